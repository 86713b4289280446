"""Every value that the gold of the seeds derives is derived of its facts, and every error that it flags is flagged."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from kg.model import Fact, Finding, Level, Passage, Severity, Slot, Value
from kg.settings import ONTOLOGY
from kg.sources import read_passages
from tests.facts import graph_of
from tests.session import session
from tests.shared import ROOT, shared_path

GOLD: dict[str, Any] = json.loads(shared_path("gold", "seeds.json").read_text(encoding="utf-8"), parse_float=Decimal)[
    "seeds"
]

# The names of the gold that are not ours: of stated properties, units, accelerators, countries, and of derived values with their precision.
_PROPERTIES = {
    "duration": "trainingDuration",
    "achievedThroughputPerAccelerator": "achievedThroughput",
    "memory": "memorySize",
}
_UNITS = {"WK": "week", "MO": "month"}
_ACCELERATORS = {
    "TPU v5p": "google-tpu-v5p",
    "NVIDIA A100 80GB": "nvidia-a100-80gb",
    "NVIDIA H100 80GB": "nvidia-h100-80gb",
}
_COUNTRIES = {"Singapore": "SGP", "France": "FRA", "China": "CHN"}
_DERIVED = {
    "durationHours": "trainingDurationHours",
    "dataParallelDegree": "derivedDataParallelDegree",
    "energyAtTDP": "trainingEnergy",
    "parameterCountFromDims": "parameterCountFromDimensions",
    "hardwarePeakComputeBF16": "hardwarePeakCompute@bfloat16",
    "hardwarePeakComputeFP8": "hardwarePeakCompute@FP8",
    "impliedUtilizationBF16": "impliedUtilization@bfloat16",
    "impliedUtilizationFP8": "impliedUtilization@FP8",
}
_DERIVED_UNITS = {"HR": "hour"}
# Flags of the gold that are about the words of a text, which extraction reports, or rest on knowledge from outside.
_OF_THE_TEXT = frozenset(
    {
        *(
            "peak-throughput-wording",
            "scope-of-parameter-count",
            "tag-name",
            "dataset-modality",
            "missing-tag",
            "hedge-outside-tag",
            "terminology",
        ),
        *(
            "year-meaning",
            "batch-unit-missing",
            "lost-qualifier",
            "architecture-contradiction",
            "export-control-context",
            "hardware-generation",
        ),
    }
)
# Slots that the gold marks as tags, by property; what else stands in a tag is no slot.
_SLOTS = {
    "name": None,
    "parameterCount": Slot.PARAMS,
    "acceleratorCount": Slot.GPU_COUNT,
    "duration": Slot.TRAINING,
    "country": Slot.COUNTRY,
    "memory": None,
    "manufacturer": None,
}


@dataclass(frozen=True, slots=True)
class Derived:
    values: dict[str, dict[str, tuple[float, str]]]
    flags: dict[str, list[Finding]]


def value_of(entry: dict[str, Any], slot: Slot | None) -> Value:
    value = entry["value"]
    if slot is Slot.HARDWARE:
        return _ACCELERATORS[value]
    if slot is Slot.COUNTRY:
        return _COUNTRIES[value]
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Decimal) and value == value.to_integral_value() and entry["property"] != "gradientClipNorm":
        return int(value)
    assert value is None or isinstance(value, str | int | Decimal)
    return value


def fact_of(passage: Passage, entry: dict[str, Any]) -> Fact:
    tag, name = entry["tag"], entry["property"]
    slot = (
        {"model": Slot.MODEL, "hardware": Slot.HARDWARE}.get(tag)
        if tag and name == "name"
        else _SLOTS.get(name)
        if tag
        else None
    )
    assert passage.text[entry["start"] : entry["end"]] == entry["text"]
    return Fact(
        source=passage.source,
        slot=slot,
        subject=entry["subject"],
        property=_PROPERTIES.get(name, name),
        value=value_of(entry, slot),
        unit=_UNITS.get(entry["unit"], entry["unit"]),
        approximate=bool(entry.get("approximate")),
        level=Level.STATED,
        text=entry["text"],
        start=entry["start"],
        end=entry["end"],
        rule=f"tag:{tag}" if tag else "gold",
    )


@cache
def derived() -> Derived:
    passages = read_passages([str(ROOT / "seeds")]).passages
    told = [(passage, tuple(fact_of(passage, entry) for entry in GOLD[passage.file]["facts"])) for passage in passages]
    values: dict[str, dict[str, tuple[float, str]]] = {passage.file: {} for passage in passages}
    files = {passage.name: passage.file for passage in passages}
    with session() as con:
        flags: dict[str, list[Finding]] = {passage.file: [] for passage in passages}
        for finding in graph_of(con, told):
            flags[finding.source or ""].append(finding)
        for iri, name, precision, number, unit in con.execute(
            "SELECT iri, property, at_precision, lexical, unit FROM derived_values"
        ).fetchall():
            stem = iri.rpartition("/")[2].partition(".")[0]
            values[files[stem]][name.removeprefix(ONTOLOGY) + (f"@{precision}" if precision else "")] = (
                float(number),
                unit,
            )
    return Derived(values, flags)


VALUES = [(file, entry) for file, seed in GOLD.items() for entry in seed["derived"]]
FLAGS = [(file, entry) for file, seed in GOLD.items() for entry in seed["flags"] if entry["code"] not in _OF_THE_TEXT]
assert len(GOLD) == 5
assert len(VALUES) == 33
assert len(FLAGS) > 8, "no flags found"


@pytest.mark.parametrize(("file", "entry"), VALUES, ids=[f"{file[:3]}-{entry['property']}" for file, entry in VALUES])
def test_a_value_of_the_gold_is_derived(file: str, entry: dict[str, Any]) -> None:
    found = derived().values[file]
    name = _DERIVED.get(entry["property"], entry["property"])
    assert name in found, f"of {file}, these follow: {', '.join(sorted(found))}"
    number, unit = found[name]
    assert math.isclose(number, float(entry["value"]), rel_tol=1e-9)
    assert unit == ("1" if name == "derivedDataParallelDegree" else _DERIVED_UNITS.get(entry["unit"], entry["unit"]))


@pytest.mark.parametrize(("file", "entry"), FLAGS, ids=[f"{file[:3]}-{entry['code']}" for file, entry in FLAGS])
def test_a_flag_of_the_gold_is_raised(file: str, entry: dict[str, Any]) -> None:
    (severity,) = {finding.severity for finding in derived().flags[file] if finding.code == entry["code"]}
    assert severity is {"error": Severity.VIOLATION, "warn": Severity.WARNING}.get(entry["severity"], Severity.INFO)


def test_no_violation_is_found_that_the_gold_does_not_know() -> None:
    found = {
        (file, finding.code)
        for file, findings in derived().flags.items()
        for finding in findings
        if finding.severity is Severity.VIOLATION
    }
    assert found == {(file, entry["code"]) for file, entry in FLAGS if entry["severity"] == "error"}


# What our rules derive beyond the gold, which gives one value of each kind where it asks for it: these follow from facts of the gold by the same formulas.
_MORE = {
    "000": {
        "acceleratorHoursPerBillionParameters": 12218.181818181818,
        "hardwarePeakCompute": 512 * 459e12 * 10 * 604800,
    },
    "001": {
        "acceleratorHoursPerBillionParameters": 6678.72,
        "co2eEmissions": 187.00416 * 0.056039,
        "tokensPerBatch": 4e6,
    },
    "002": {"acceleratorHoursPerBillionParameters": 8014.464, "co2eEmissions": 112.202496 * 0.470783},
    "003": {},
    "004": {
        "acceleratorHoursPerBillionParameters": 2457.6,
        "co2eEmissions": 120.4224 * 0.470783,
        "tokensPerBatch": 16777216.0,
    },
}


@pytest.mark.parametrize("file", GOLD, ids=lambda file: file[:3])
def test_what_is_derived_beyond_the_gold_is_known(file: str) -> None:
    found = derived().values[file]
    more = set(found) - {_DERIVED.get(entry["property"], entry["property"]) for entry in GOLD[file]["derived"]}
    assert more == set(_MORE[file[:3]])
    for name, number in _MORE[file[:3]].items():
        assert math.isclose(found[name][0], number, rel_tol=1e-9), name
