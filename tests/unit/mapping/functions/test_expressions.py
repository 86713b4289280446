"""Regular expressions, numbers as people write them, and units."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mapping.functions.expressions import group_count
from kg.mapping.functions.quantities import find_unit
from kg.rdf.units import load_units
from tests.unit.mapping.functions.calling import results

_V = "grel:valueParam"


def test_grel_writes_expressions_between_slashes(con: duckdb.DuckDBPyConnection) -> None:
    texts = ["a1b22", "/x/", "$1\\"]

    def replaced(find: str, replacement: str) -> list[str | None]:
        return results(
            con,
            "grel:string_replace",
            (_V, texts),
            ("grel:p_string_find", find),
            ("grel:p_string_replace", replacement),
        )

    assert replaced(r"/([0-9]+)/", "<$1>") == ["a<1>b<22>", "/x/", "$<1>\\"]
    assert replaced("/x", "y") == ["a1b22", "y/", "$1\\"]
    assert replaced("/x/", "\\0") == ["a1b22", "/\\0/", "$1\\"]
    assert results(con, "grel:string_contains", (_V, texts), ("grel:string_sub", "/[0-9]{2}/")) == [
        "true",
        "false",
        "false",
    ]
    assert results(con, "grel:string_split", (_V, ["a1b22c", "1"]), ("grel:p_string_sep", "/[0-9]+/")) == [
        ["a", "b", "c"],
        [],
    ]
    matched = results(
        con, "grel:string_match", (_V, ["ab12", "ab12x", None]), ("grel:p_string_regex", "/([a-z]+)([0-9]+)/")
    )
    assert matched == [["ab", "12"], None, None]
    assert results(con, "grel:string_match", (_V, ["ab", "c"]), ("grel:p_string_regex", "/a|ab/")) == [[], None]


def test_our_own_expressions(con: duckdb.DuckDBPyConnection) -> None:
    texts = ["v1.20", "none", None]
    pattern = ("kgf:pattern", r"v([0-9]+)\.([0-9]+)")
    assert results(con, "kgf:regexExtract", ("kgf:value", texts), pattern) == ["v1.20", None, None]
    assert results(con, "kgf:regexExtract", ("kgf:value", texts), pattern, ("kgf:group", "2")) == ["20", None, None]
    assert results(con, "kgf:regexMatches", ("kgf:value", texts), pattern) == ["true", "false", None]
    assert results(con, "kgf:regexReplace", ("kgf:value", texts), pattern, ("kgf:replacement", r"\2.\1")) == [
        "20.1",
        "none",
        None,
    ]


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        (r"", 0),
        (r"a(b)(?:c)(?P<d>e)", 2),
        (r"\(a\)[(](x)", 1),
        (r"[^]()](a)", 1),
        (r"\Q(a)\E(b)", 1),
        (r"((a)|(b))", 3),
        (r"[[:alpha:](]+(a)", 1),
    ],
)
def test_groups_are_counted(pattern: str, count: int) -> None:
    assert group_count(pattern) == count


def test_numbers_as_people_write_them(con: duckdb.DuckDBPyConnection) -> None:
    def number(texts: list[str | None], decimal: str, thousands: str) -> list[str | None]:
        return results(con, "kgf:number", ("kgf:value", texts), ("kgf:decimal", decimal), ("kgf:thousands", thousands))

    german = ["1.234.567,89", "1.5", "12,5", "-1.000", "1.00,5", "abc", "", None, "1234567", " 7 ", "1,5e3", ",5"]
    assert number(german, ",", ".") == [
        "1234567.89",
        None,
        "12.5",
        "-1000",
        None,
        None,
        None,
        None,
        "1234567",
        "7",
        "1500",
        ".5",
    ]
    assert number(["1 234,5", "1\u202f234", "1\xa0234,0"], ",", " ") == ["1234.5", "1234", "1234.0"]
    assert number(["1'234.5", "1,234"], ".", "'") == ["1234.5", None]
    assert number(["12,34,567.8"], ".", ",") == ["1234567.8"]
    assert results(con, "kgf:number", ("kgf:value", ["1,234", "12.5"])) == [None, "12.5"]


@given(st.lists(st.decimals(-(10**15), 10**15, places=2), min_size=1, max_size=5))
def test_a_written_number_is_read_back(con: duckdb.DuckDBPyConnection, numbers: list[Decimal]) -> None:
    written = [f"{number:,.2f}".translate(str.maketrans(",.", ".,")) for number in numbers]
    made = results(con, "kgf:number", ("kgf:value", written), ("kgf:decimal", ","), ("kgf:thousands", "."))
    assert [Decimal(each) for each in made] == numbers


def test_units_are_converted(con: duckdb.DuckDBPyConnection) -> None:
    def converted(values: list[str | None], source: str, target: str) -> list[str | None]:
        return results(con, "kgf:convert", ("kgf:value", values), ("kgf:from", source), ("kgf:to", target))

    assert converted(["1", "2.5", "x", None, "-3"], "TeraBYTE", "GigaBYTE") == ["1000", "2500", None, None, "-3000"]
    assert converted(["90"], "minute", "hour") == ["1.5"]
    assert converted(["131.70"], "hour", "http://qudt.org/vocab/unit/HR") == ["131.70"]
    assert converted(["12345678901234567"], "PetaBYTE", "GigaBYTE") == ["12345678901234567000000"]
    mixed = results(
        con,
        "kgf:convert",
        ("kgf:value", ["1", "1", "1", "1"]),
        ("kgf:from", ["hour", "day", "watt", None]),
        ("kgf:to", "minute"),
    )
    assert mixed == ["60", "1440", None, None]


def test_every_unit_is_found_by_its_names() -> None:
    units = list(load_units().values())
    assert units
    assert all(find_unit(unit.word) is unit and find_unit(unit.label) for unit in units)
