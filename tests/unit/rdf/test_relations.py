"""Rows of a dataclass become a table, whatever stands in them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kg.rdf.relations import rows_table
from tests.session import session


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    count: int
    share: float
    sure: bool
    note: str | None = None
    total: int | None = None
    known: bool | None = None


ROWS = [
    Row("plain", 1, 0.5, sure=True),
    Row("", -(2**63), -0.0, sure=False, note="", total=2**63 - 1, known=False),
    Row("a\x00b\x01\x7f\u2028", 0, 1e300, sure=True, note="quote ' and \" and \\ and \n", known=True),
    Row("葉é\u0301\U0001f600\ufffe", 2**53 + 1, 5e-324, sure=True, note="null", total=0),
    Row("'); DROP TABLE rows; --", 7, 0.1, sure=False, note="[]"),
]


def test_every_value_comes_back() -> None:
    with session() as con:
        rows_table(con, "rows", ROWS)
        assert [Row(*row) for row in con.execute("FROM rows").fetchall()] == ROWS


def test_columns_have_the_types_of_the_fields_also_without_a_row() -> None:
    with session() as con:
        rows_table(con, "rows", [], Row)
        described = {name: kind for name, kind, *_ in con.execute("DESCRIBE rows").fetchall()}
        assert con.execute("SELECT count(*) FROM rows").fetchall() == [(0,)]
    assert described == {
        "name": "VARCHAR",
        "count": "BIGINT",
        "share": "DOUBLE",
        "sure": "BOOLEAN",
        "note": "VARCHAR",
        "total": "BIGINT",
        "known": "BOOLEAN",
    }


def test_no_row_and_no_type_is_an_error() -> None:
    with session() as con, pytest.raises(IndexError):
        rows_table(con, "rows", [])


def test_a_table_is_made_anew() -> None:
    with session() as con:
        rows_table(con, "rows", ROWS)
        rows_table(con, "rows", ROWS[:1])
        assert con.execute("SELECT count(*) FROM rows").fetchall() == [(1,)]


def test_a_number_that_does_not_fit_is_an_error_and_not_another_number() -> None:
    with session() as con, pytest.raises(Exception, match=r"(?i)cast|convert|range"):
        rows_table(con, "rows", [Row("big", 2**63, 0.0, sure=True)])
