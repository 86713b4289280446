"""Functions of mappings give in Spark what they give in DuckDB, or are refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.errors import MappingError
from kg.mapping.functions import Result, function_sql
from kg.mapping.rules import Call, Constant, Expression, Reference
from kg.mapping.spark import translated
from tests.unit.mapping.functions.calling import iri
from tests.unit.mapping.functions.test_models import MODELS, Model
from tests.unit.mapping.spark.comparing import NASTY, both

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow

# The same in both engines only when it is a constant, or not at all.
_CONSTANT = {"grel:modeParam": "javascript", "kgf:algorithm": "sha256"}
_REFUSED = {"idlab:slugify"}


@pytest.mark.parametrize("model", [model for model in MODELS if model.name not in _REFUSED], ids=str)
def test_a_function_gives_the_same(spark: SparkSession, model: Model) -> None:
    drawn: list[list[Any]] = []

    @settings(
        max_examples=6,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(st.lists(st.tuples(*(strategy for _, strategy in model.parameters)), min_size=60, max_size=90))
    def draw(rows: list[tuple[Any, ...]]) -> None:
        drawn[:] = map(list, rows)

    draw()
    inputs = tuple(
        (iri(name), Constant(_CONSTANT[name]) if name in _CONSTANT else Reference(name)) for name, _ in model.parameters
    )
    call = Call(iri(model.name), inputs)
    results = [
        Result(f"'{_CONSTANT[name]}'")
        if name in _CONSTANT
        else Result(f"c{number}", many=any(isinstance(row[number], list) for row in drawn))
        for number, (name, _) in enumerate(model.parameters)
    ]
    theirs, mine = both(spark, [function_sql(call, results).sql], drawn, [call])
    assert [(row, a, b) for row, a, b in zip(drawn, theirs, mine, strict=True) if a != b] == []


_CALLS: tuple[tuple[str, dict[str, str]], ...] = (
    ("kgf:upper", {}),
    ("kgf:lower", {}),
    ("kgf:title", {}),
    ("kgf:slug", {}),
    ("kgf:normalizeSpace", {}),
    ("kgf:hash", {"kgf:algorithm": "md5"}),
    ("kgf:regexReplace", {"kgf:pattern": "([a-z])[0-9]?", "kgf:replacement": r"<\1$>"}),
    ("kgf:regexExtract", {"kgf:pattern": "[^\\s]+$"}),
    ("kgf:regexMatches", {"kgf:pattern": "^.$"}),
    ("kgf:date", {"kgf:format": "yyyy-MM-dd"}),
    ("kgf:dateTime", {"kgf:format": "yyyy-MM-dd"}),
    ("kgf:number", {"kgf:decimal": ",", "kgf:thousands": "."}),
    ("kgf:convert", {"kgf:from": "hour", "kgf:to": "minute"}),
    ("kgf:convert", {"kgf:from": "minute", "kgf:to": "hour"}),
)


@pytest.mark.parametrize(("name", "constants"), _CALLS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_function_of_constants_gives_the_same(spark: SparkSession, name: str, constants: dict[str, str]) -> None:
    inputs: tuple[tuple[str, Expression], ...] = (
        (iri("kgf:value"), Reference("x")),
        *((iri(each), Constant(text)) for each, text in constants.items()),
    )
    call = Call(iri(name), inputs)
    values = [Result("c0"), *(Result("'" + text.replace("'", "''") + "'") for text in constants.values())]
    rows = [(text,) for text in (*NASTY, "1.234,5", "12,5", "2024-02-30", "-3", None)]
    theirs, mine = both(spark, [function_sql(call, values).sql], rows, [call])
    assert [(row, a, b) for row, a, b in zip(rows, theirs, mine, strict=True) if a != b] == []


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_a_function_that_spark_does_not_have_is_refused(name: str) -> None:
    call = Call(iri(name), ((iri("idlab:_str"), Reference("x")),))
    with pytest.raises(MappingError, match="KG261"):
        translated(f"SELECT {function_sql(call, [Result('x')]).sql}")
