"""Units of measure: the words that facts use, their QUDT terms, and what one is in base units."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kg.resources import resource


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its word in facts, its QUDT IRI (None where QUDT has none), and the factor to its base unit (None where it has none)."""

    word: str
    iri: str | None
    label: str
    factor: Decimal | None
    base: str | None


@cache
def load_units() -> Mapping[str, Unit]:
    """Return the units of ontology/reference/units.csv by word."""
    with (resource("ontology") / "reference" / "units.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["unit"]: Unit(
                row["unit"],
                row["iri"] or None,
                row["label"],
                Decimal(row["to_base"]) if row["to_base"] else None,
                row["base_unit"] or None,
            )
            for row in csv.DictReader(file)
        }
