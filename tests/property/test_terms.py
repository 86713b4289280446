"""Terms survive every way through the program: Python, DuckDB and two parsers agree on what a term is, whatever its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import duckdb
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from kg.rdf.namespaces import XSD
from kg.rdf.terms import iri, literal
from tests.property.strategies import AWKWARD, finite, many_texts, texts
from tests.session import session

_LANGUAGES = st.sampled_from(["en", "en-GB", "zh-Hant-TW", "x-klingon"])


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with session() as opened:
        yield opened


def each(con: duckdb.DuckDBPyConnection, expression: str, values: Sequence[object], *more: object) -> list[Any]:
    """Return the value of an expression over `x` for each value, in order."""
    query = f"SELECT {expression} FROM (SELECT unnest($1) AS x, generate_subscripts($1, 1) AS n) ORDER BY n"
    return [value for (value,) in con.execute(query, [list(values), *more]).fetchall()]


@given(many_texts)
@example(list(AWKWARD))
def test_duckdb_makes_the_literals_that_python_makes(con: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    assert each(con, "kg_plain(x)", values) == [literal(text) for text in values]
    assert each(con, "kg_typed(x, $2)", values, "http://x/t") == [literal(text, "http://x/t") for text in values]
    assert each(con, "kg_typed(x, $2)", values, XSD + "string") == [literal(text) for text in values]
    assert each(con, "kg_tagged(x, 'en')", values) == [literal(text, language="en") for text in values]


@given(many_texts)
@example(list(AWKWARD))
def test_duckdb_takes_a_literal_apart(con: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    for made, datatype in (
        ([literal(text) for text in values], ""),
        ([literal(text, "http://x/t#u") for text in values], "http://x/t#u"),
        ([literal(text, language="en") for text in values], ""),
    ):
        assert each(con, "kg_lexical(x)", made) == values
        assert each(con, "kg_datatype(x)", made) == [datatype] * len(values)


@given(texts)
@example(AWKWARD)
def test_a_plain_literal_is_what_pyoxigraph_writes(text: str) -> None:
    assert literal(text) == str(ox.Literal(text))


@given(texts, _LANGUAGES)
def test_a_tagged_literal_is_what_pyoxigraph_writes(text: str, language: str) -> None:
    assert literal(text, language=language) == str(ox.Literal(text, language=language))


@given(texts)
@example(AWKWARD)
def test_a_typed_literal_is_what_pyoxigraph_writes(text: str) -> None:
    assert literal(text, XSD + "token") == str(ox.Literal(text, datatype=ox.NamedNode(XSD + "token")))


@given(texts)
@example(AWKWARD)
def test_parsers_read_back_the_text_that_was_written(text: str) -> None:
    line = f"<http://x/s> <http://x/p> {literal(text)} .\n"
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert quad.object == ox.Literal(text)
    ((_, _, value),) = rdflib.Graph().parse(data=line, format="nt")
    assert str(value) == text


def percent_encoded(text: str) -> str:
    """R2RML 7.3, written down once more: all but iunreserved of RFC 3987 is percent-encoded."""

    def kept(character: str) -> bool:
        code = ord(character)
        plane, place = divmod(code, 0x10000)
        return (
            re.fullmatch("[A-Za-z0-9._~-]", character) is not None
            or 0xA0 <= code <= 0xD7FF
            or 0xF900 <= code <= 0xFDCF
            or 0xFDF0 <= code <= 0xFFEF
            or (1 <= plane <= 13 and place <= 0xFFFD)
            or 0xE1000 <= code <= 0xEFFFD
        )

    return "".join(character if kept(character) else quote(character, safe="") for character in text)


@given(many_texts)
@example(list(AWKWARD))
def test_iri_safe_values_are_those_of_r2rml_and_fit_an_iri(con: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    encoded = each(con, "kg_encode(x)", values)
    assert encoded == [percent_encoded(text) for text in values]
    for text in encoded:
        ox.NamedNode(f"http://x/{text}?{text}#{text}")


@given(many_texts)
@example(list(AWKWARD))
def test_blank_nodes_are_legal_and_one_for_each_value(con: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    labels = each(con, "kg_blank(x)", values)
    assert len(set(labels)) == len(set(values))
    for label in labels:
        (quad,) = ox.parse(f"{label} <http://x/p> {label} .", format=ox.RdfFormat.N_TRIPLES)
        assert str(quad.subject) == label


_IRI_PIECES = st.lists(
    st.sampled_from(
        [
            "http:",
            "urn:",
            "a",
            "//",
            "/",
            ":",
            "[",
            "]",
            "[::1]",
            "@",
            "%41",
            "%",
            "?",
            "#",
            "é",
            " ",
            "<",
            "\\",
            "\ue000",
            "'",
            "80",
            "..",
            "x.org",
        ]
    ),
    max_size=8,
).map("".join)


@given(_IRI_PIECES | texts)
def test_what_is_checked_as_an_iri_is_one_for_the_parser(con: duckdb.DuckDBPyConnection, text: str) -> None:
    """Whatever passes is read by the parsers; a store that refuses one line refuses the whole graph."""
    ((checked, fault),) = con.execute(
        "SELECT kg_iri(kg_sound_iri($1, 'http://base/', false)), kg_iri_fault($1, false)", [text]
    ).fetchall()
    assert (checked is None) == (fault is not None)
    if checked is None:
        assert fault.endswith("is no IRI")
        return
    (quad,) = ox.parse(f"{checked} {checked} {checked} .", format=ox.RdfFormat.N_TRIPLES)
    assert str(quad.object) == checked
    assert iri(checked[1:-1]) == checked
    assert checked[1:-1] in (text, f"http://base/{text}")


@given(finite)
def test_a_double_is_canonical_and_true_to_15_digits(con: duckdb.DuckDBPyConnection, number: float) -> None:
    (text,) = each(con, "kg_double(x)", [number])
    assert re.fullmatch(r"-?(0\.0E0|[1-9]\.(0|\d*[1-9])E(0|-?[1-9]\d*))", text), text
    assert Decimal(text) == Decimal(f"{number:.14e}")


@given(finite)
def test_a_decimal_is_canonical_and_true_to_15_digits(con: duckdb.DuckDBPyConnection, number: float) -> None:
    (text,) = each(con, "kg_decimal(x)", [number])
    assert re.fullmatch(r"0|-?(0|[1-9]\d*)(\.\d*[1-9])?", text), text
    assert Decimal(text) == Decimal(f"{number:.14e}")
    assert (Decimal(text) == 0) == (number == 0)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_both_forms_of_a_number_agree(con: duckdb.DuckDBPyConnection, number: float) -> None:
    ((double, decimal),) = con.execute("SELECT kg_double($1::DOUBLE), kg_decimal($1::DOUBLE)", [number]).fetchall()
    if decimal is None:
        assert double in ("NaN", "INF", "-INF")
    else:
        assert Decimal(double) == Decimal(decimal)
