"""Sessions: sizes that are none, and work that is larger than the memory it may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping import Settings, map_files, output_of
from kg.mapping.session import opened_session
from tests.unit.mapping.mappings import csv, triples_map, write


@pytest.mark.parametrize("size", ["lots", "12", "-5MB", "1 MB; DROP", "", "MB"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(MappingError, match=r"no size.*KG250"), opened_session(size):
        pass


@pytest.mark.parametrize("size", ["100MB", "1GiB", "0.5 GB", "10%"])
def test_sizes(size: str) -> None:
    with opened_session(size, 1) as (con, folder):
        assert con.execute("SELECT 1").fetchall() == [(1,)]
        assert folder.is_dir()
    assert not folder.exists()


@pytest.mark.parametrize(("memory", "threads"), [("150MB", 1), ("300MB", 2), ("1GiB", 4), (None, 4)])
def test_threads_have_memory_to_work_with(memory: str | None, threads: int) -> None:
    with opened_session(memory, 4) as (con, _):
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(threads,)]


def test_too_little_memory_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n" + "".join(f"{n % 7},{n}\n" for n in range(1000)), encoding="utf-8")
    mapping = write(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")))
    with pytest.raises(MappingError, match=r"memory is used up.*KG256"):
        map_files(mapping, output_of(str(tmp_path / "out.nt")), Settings(memory="1KB"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "mapping.rml.ttl"]


@pytest.mark.slow
@pytest.mark.parametrize("memory", ["150MB", "200MB"])
def test_a_join_and_a_distinct_that_do_not_fit_spill(tmp_path: Path, memory: str) -> None:
    rows = 400_000
    pad = "p" * 60
    (tmp_path / "a.csv").write_text(
        "id,k,v\n" + "".join(f"{n},{n * 7 % rows},{pad}{n % 200_000}\n" for n in range(rows)), encoding="utf-8"
    )
    (tmp_path / "p.csv").write_text(
        "id,k\n" + "".join(f"{pad}{n},{n % (rows // 2)}\n" for n in range(rows)), encoding="utf-8"
    )
    said = 'rml:parentTriplesMap <#P> ; rml:joinCondition [ rml:child "k" ; rml:parent "k" ]'
    turtle = triples_map(said, source=csv("a.csv"))
    turtle += triples_map(source=csv("p.csv"), subject='rml:template "http://example.org/p/{id}"', name="P")
    turtle += triples_map(
        'rml:template "{k}{v}" ; rml:termType rml:Literal',
        source=csv("a.csv"),
        subject='rml:template "http://example.org/{v}"',
        name="D",
    )
    mapping = write(tmp_path, turtle)
    map_files(mapping, output_of(str(tmp_path / "out.nt")), Settings(memory=memory, threads=2))
    with (tmp_path / "out.nt").open("rb") as file:
        assert sum(1 for _ in file) == rows + rows
