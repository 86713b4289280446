"""Errors say where, what, and what to do."""

from __future__ import annotations

import pickle

import pytest

from kg import errors
from kg.errors import KgError, SourceError


@pytest.mark.parametrize(
    ("where", "advice", "expected"),
    [
        ("a.txt", "convert it", "a.txt: it is torn; convert it [KG104]"),
        ("", "convert it", "it is torn; convert it [KG104]"),
        ("a.txt", "", "a.txt: it is torn [KG104]"),
    ],
)
def test_an_error_reads_as_one_line(where: str, advice: str, expected: str) -> None:
    assert str(SourceError("KG104", "it is torn", where=where, advice=advice)) == expected


def test_every_error_of_ours_is_caught_by_the_command_line() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) > 4
    assert all(issubclass(kind, KgError) for kind in kinds)


def test_an_error_goes_from_one_process_to_another() -> None:
    error = SourceError("KG104", "it is torn", where="a.txt", advice="convert it")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - ours
    assert (type(again), str(again)) == (SourceError, str(error))
