"""Terms of Spark are byte for byte those of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.mapping.plan.terms import term
from kg.mapping.plan.values import Catalog, Scope
from kg.mapping.rules import Column, ConstantTerm, Reference, Template, TermMap, TermType
from kg.rdf.lexical import FORMS
from kg.rdf.namespaces import XSD
from tests.property.strategies import texts
from tests.unit.mapping.spark.comparing import NASTY, both

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow

_TERMS = (
    "kg_plain(c0)",
    "kg_iri(c0)",
    "kg_encode(c0)",
    "kg_encode_uri(c0)",
    "kg_blank(c0)",
    "kg_typed(c0, 'http://x/t')",
    "kg_typed(c0, 'http://www.w3.org/2001/XMLSchema#string')",
    "kg_tagged(c0, 'en')",
    "kg_sound_iri(c0, 'http://base/', FALSE)",
    "kg_sound_iri(c0, 'http://base/', TRUE)",
    "kg_iri_fault(c0, TRUE)",
    "kg_sound_tag(c0)",
    "kg_tag_fault(c0)",
    "list_transform([c0, c0 || 'x'], lambda v0: kg_iri(kg_encode(v0)))",
)


@pytest.mark.parametrize("term", _TERMS)
def test_nasty_texts_make_the_same_terms(spark: SparkSession, term: str) -> None:
    rows = [(text,) for text in (*NASTY, None)]
    theirs, mine = both(spark, [term], rows)
    assert [(row, a, b) for row, a, b in zip(rows, theirs, mine, strict=True) if a != b] == []


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(texts, min_size=200, max_size=300))
def test_any_texts_make_the_same_terms(spark: SparkSession, values: list[str]) -> None:
    theirs, mine = both(spark, _TERMS, [(value,) for value in values])
    assert theirs == mine


_FORMS = (
    *("7", "+07", "-128", "128", "1.5", "1e3", "-INF", "inf", "NaN", "1", "TRUE", "18446744073709551615", "9" * 50),
    *("2024-02-29", "2023-02-29", "-0044-03-15", "12024-01-01Z", "2024-02-29T24:00:00Z", "2023-02-29T10:00:00.5+01:00"),
    *(
        "10:00:00",
        "99",
        "2024",
        "--02-30",
        "P1Y",
        "P1M",
        "PT5M",
        "2024-02",
        "---01",
        "--02",
        "--02-29",
        "1 day",
        "0aFF",
        "abc",
        "aGVsbG8=",
        "en-GB",
    ),
    *("aGVs bG8=", "aGVs  bG8=", " aGVs", "aGVs ", "aGVsbG8", "aGVsbH9=", "aGVsbA= =", "aGVsbA== ", "0aF"),
    *("en--GB", "en-", "en-abcdefgh", "en-abcdefghi", "abcdefghi", "e1"),
)

KINDS = list(FORMS)


def test_the_same_texts_fit_a_datatype(spark: SparkSession) -> None:
    column = {"c0": Column("c0")}
    constant = [TermMap(Reference("c0"), TermType.LITERAL, datatype=ConstantTerm(XSD + kind)) for kind in KINDS]
    row = TermMap(Template((f"{XSD}date",)), TermType.IRI, "http://base/")
    maps = [*constant, TermMap(Reference("c0"), TermType.LITERAL, datatype=row)]
    made = [term(each, Scope(column, Catalog(), "compared")) for each in maps]
    rows = [(text,) for text in (*NASTY, *_FORMS, "0a" * 3000, "aGVs" * 30_000, "en" + "-ab" * 30_000, None)]
    theirs, mine = both(spark, [sql for each in made for sql in (each.sql, *each.faults)], rows)
    assert [(row, a, b) for row, a, b in zip(rows, theirs, mine, strict=True) if a != b] == []
    assert {
        kind for kind, *column in zip(KINDS, *(row[: 2 * len(KINDS) : 2] for row in mine), strict=True) if any(column)
    } == set(KINDS)


def test_numbers_have_the_same_digits(spark: SparkSession) -> None:
    numbers = [
        "0",
        "1e22",
        "0.1",
        "1e-7",
        "123456.789",
        "-2.5e10",
        "1e300",
        "1e-300",
        "3.14159265358979",
        "100",
        "NaN",
        "Infinity",
    ]
    theirs, mine = both(spark, ["kg_decimal(TRY_CAST(c0 AS DOUBLE))"], [(each,) for each in numbers])
    assert theirs == mine
