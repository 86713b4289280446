"""The journal of a push: what it remembers, and what it makes of a torn one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import PushError
from kg.pushing.journal import Journal, Work

WORK = Work("http://store", "urn:g", "urn:staging", "abc", (10, 20))


def test_it_remembers_chunks_and_the_swap(tmp_path: Path) -> None:
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert not journal.resumes(WORK)
        journal.start(WORK)
        journal.chunk(0, "x")
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.resumes(WORK)
        assert not journal.resumes(replace(WORK, sha256="other"))
        assert not journal.resumes(replace(WORK, chunks=(30,)))
        assert (journal.sent, journal.swapping, journal.staging) == ({0: "x"}, False, "urn:staging")
        journal.swap()
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.swapping
        journal.clear()
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.staging is None


def test_a_line_that_was_torn_counts_as_not_written(tmp_path: Path) -> None:
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        journal.start(WORK)
        journal.chunk(0, "x")
    with journal.path.open("a") as file:
        file.write('{"chunk": 1, "sha')
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.sent == {0: "x"}
        journal.chunk(1, "y")
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.sent == {0: "x", 1: "y"}


def test_nonsense_counts_as_nothing_done(tmp_path: Path) -> None:
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        pass
    journal.path.write_text("[1]\n")
    with Journal(tmp_path, "http://store", "urn:g") as journal:
        assert journal.staging is None


def test_two_pushes_to_one_graph_do_not_run_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path, "http://store", "urn:g"):
        with pytest.raises(PushError, match="KG629"), Journal(tmp_path, "http://store", "urn:g"):
            pass
        with Journal(tmp_path, "http://store", "urn:other"):
            pass


def test_a_journal_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PushError, match="KG631"), Journal(tmp_path / "file", "http://store", "urn:g"):
        pass
