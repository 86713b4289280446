"""The table of units: exact, complete, and right where QUDT has a unit."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from kg.rdf.namespaces import UNIT
from kg.rdf.units import load_units
from tests.unit.ontology.files import FOLDER

UNITS = load_units()
TIME = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_629_746, "year": 31_557_600}
WORDS = """
hour day week month year GigaBYTE TeraBYTE MegaW-HR W FLOPS FLOP NUM FRAME-PER-SEC pixel tonne 1 accelerator-hour
TFLOP/s-day PFLOP/s-day tokens sequences steps frames
"""


def test_the_words_that_facts_use_are_there() -> None:
    assert [word for word in WORDS.split() if word not in UNITS] == []


def test_every_row_is_read() -> None:
    with (FOLDER / "reference" / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit"] for row in rows] == list(UNITS), "a word stands twice"
    assert [row["unit"] for row in rows if None in row or not row["label"] or not row["source"]] == []


@pytest.mark.parametrize("word", TIME)
def test_times_are_exact_seconds(word: str) -> None:
    assert UNITS[word].factor == TIME[word]
    assert UNITS[word].base == "second"


def test_a_month_is_not_the_synodic_one() -> None:
    assert UNITS["month"].iri == UNIT + "MO_MeanGREGORIAN"


def test_reported_compute_becomes_operations() -> None:
    factor = UNITS["TFLOP/s-day"].factor
    assert factor is not None
    assert Decimal("4.2") * factor == Decimal("3.6288e17")
    assert UNITS["TFLOP/s-day"].base == "FLOP"


def test_iris_are_units_of_qudt_and_factor_and_base_go_together() -> None:
    assert [unit.word for unit in UNITS.values() if unit.iri and not unit.iri.startswith(UNIT)] == []
    assert [unit.word for unit in UNITS.values() if (unit.factor is None) != (unit.base is None)] == []
    assert [unit.word for unit in UNITS.values() if unit.factor is not None and unit.factor <= 0] == []
