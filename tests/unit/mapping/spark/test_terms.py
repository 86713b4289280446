"""Terms of Spark are byte for byte those of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
