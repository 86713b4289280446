"""The 25 named questions have the right answers for the five seeds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.query import questions
from tests.e2e.conftest import kg

S, Y, F, C = "Sphinx-Max-70B", "Synapse-70B", "Flamingo-XL-v2", "Cosmos-1-70B"
U = "unnamed, in 003_0ca416bae7649043.txt"

# What each question answers: the named columns, row by row; a column that a row has no value for is left out of the row.
ANSWERS: dict[str, list[dict[str, str | float]]] = {
    "trained-in-singapore": [{"name": C}, {"name": F}, {"name": S}],
    "models-per-country": [
        {"country": "Singapore", "models": 3},
        {"country": "China", "models": 1},
        {"country": "France", "models": 1},
    ],
    "compute-over-threshold": [
        {"name": Y, "compute": 1.89e24, "method": "operation counting (6ND)", "over_1e25": "no", "over_1e23": "yes"},
        {"name": S, "compute": 9.9090432e23, "method": "hardware", "over_1e25": "no", "over_1e23": "yes"},
        {"name": C, "compute": 6.3e23, "method": "operation counting (6ND)", "over_1e25": "no", "over_1e23": "yes"},
        {"name": F, "at_most": 3.15064608768e23, "method": "undetermined", "over_1e25": "no", "over_1e23": "possibly"},
        {"name": U, "method": "undetermined", "over_1e25": "undetermined", "over_1e23": "undetermined"},
    ],
    "accelerator-hours-per-country": [
        {"country": "China", "accelerator_hours": "unknown", "runs_unknown": 1},
        {"country": "France", "accelerator_hours": 467510.4, "runs_unknown": 0},
        {"country": "Singapore", "accelerator_hours": 1312698.24, "runs_unknown": 0},
    ],
    "what-is-not-stated": [{"name": Y, "not_stated": "year"}, {"name": U, "not_stated": "acceleratorCount, name"}],
    "a100-in-china": [{"name": U, "accelerator": "NVIDIA A100 80GB"}],
    "data-used": [
        {"dataset": "CC3M", "proprietary": "no", "models": f"{Y}, {U}"},
        {"dataset": "LAION-5B", "proprietary": "no", "models": f"{Y}, {U}"},
        {"dataset": "SBU Captions", "proprietary": "no", "models": U},
        {"dataset": "WebVid-10M", "proprietary": "no", "models": f"{S}, {Y}"},
        {
            "dataset": "proprietary corpus of web-scraped documents and associated images",
            "proprietary": "yes",
            "models": U,
        },
        {"dataset": "proprietary high-quality instructional video dataset", "proprietary": "yes", "models": S},
    ],
    "energy-and-emissions": [
        {"name": Y, "energy_mwh": 187.0, "co2e_tonnes": 10.5, "note": "accelerators only, PUE 1"},
        {"name": C, "energy_mwh": 120.4, "co2e_tonnes": 56.7, "note": "accelerators only, PUE 1"},
        {"name": F, "energy_mwh": 112.2, "co2e_tonnes": 52.8, "note": "accelerators only, PUE 1"},
        {"name": S, "note": "not derivable"},
        {"name": U, "note": "not derivable"},
    ],
    "models-by-year": [
        {"year": "not stated", "name": Y, "meanings": ""},
        {"year": "2024", "name": C, "meanings": "evaluated, finalized"},
        {"year": "2024", "name": S, "meanings": "released"},
        {"year": "2023", "name": F, "meanings": "developed, evaluated"},
        {"year": "2023", "name": U, "meanings": "checkpoint finalized", "qualifier": "late"},
    ],
    "largest-accelerator-counts": [
        {"name": S, "count": 512, "accelerator": "TPU v5p"},
        {"name": C, "count": 256, "accelerator": "NVIDIA H100 80GB"},
        {"name": Y, "count": 256, "accelerator": "NVIDIA A100 80GB"},
        {"name": F, "count": 128, "accelerator": "NVIDIA A100 80GB"},
    ],
    "models-on-a100-80gb": [{"name": Y, "count": "256"}, {"name": F, "count": "128"}, {"name": U, "count": "unknown"}],
    "parallelism-that-adds-up": [{"name": C, "model_parallel": 8, "data_parallel": 32, "count": 256}],
    "compute-over-hardware-peak": [
        {"name": Y, "precision": "bfloat16", "utilization_percent": 360, "possible": "no"},
        {"name": C, "precision": "bfloat16", "utilization_percent": 103, "possible": "no"},
        {"name": C, "precision": "FP8", "utilization_percent": 51, "possible": "yes"},
    ],
    "accelerator-hours-per-billion-parameters": [
        {"name": S, "accelerator_hours_per_billion": 12218},
        {"name": F, "accelerator_hours_per_billion": 8014},
        {"name": Y, "accelerator_hours_per_billion": 6679},
        {"name": C, "accelerator_hours_per_billion": 2458},
        {"name": U},
    ],
    "learning-rates": [
        {"name": C, "peak_learning_rate": 1.5e-4},
        {"name": F, "peak_learning_rate": 2e-4, "warmup_steps": 5000},
        {"name": S, "peak_learning_rate": 1.5e-4, "warmup_steps": 3000},
        {"name": Y, "peak_learning_rate": 3e-5, "warmup_steps": 2000},
        {"name": U, "warmup_steps": 10000},
    ],
    "batch-in-tokens": [
        {"name": C, "tokens": 16777216, "stated": 2048, "unit": "sequences"},
        {"name": S, "tokens": 16777216, "stated": 2048, "unit": "sequences"},
        {"name": Y, "tokens": 4000000, "stated": 4000000, "unit": "tokens"},
        {"name": F, "stated": 2048, "unit": "unit not stated"},
        {"name": U, "stated": 2048, "unit": "image-text pairs"},
    ],
    "precisions": [
        {"precision": "FP8", "models": 1, "names": C},
        {"precision": "bfloat16", "models": 5, "names": f"{C}, {F}, {S}, {Y}, {U}"},
    ],
    "flash-attention-2": [{"name": C}, {"name": S}, {"name": Y}],
    "durations": [
        {"name": F, "days": 91.3},
        {"name": Y, "days": 76.1},
        {"name": S, "days": 70},
        {"name": U, "days": 60.9},
        {"name": C, "days": 28},
    ],
    "shared-components": [{"component": "CLIP ViT-L/14", "models": 2, "names": f"{F}, {Y}"}],
    "interconnects": [
        {"name": C, "interconnects": "InfiniBand HDR, NVLink"},
        {"name": F, "interconnects": "InfiniBand, NVLink"},
        {"name": S, "interconnects": "3D torus"},
        {"name": Y, "interconnects": "InfiniBand, NVLink"},
        {"name": U, "interconnects": ""},
    ],
    "source-of-accelerator-counts": [
        {"name": C, "count": 256, "file": "004_8098eae265170da6.txt", "start": 804, "end": 807, "words": "256"},
        {"name": F, "count": 128, "file": "002_7e824436ca4280ec.txt", "start": 1361, "end": 1364, "words": "128"},
        {"name": S, "count": 512, "file": "000_5e80782ab8af4a1a.txt", "start": 688, "end": 691, "words": "512"},
        {"name": Y, "count": 256, "file": "001_8ea9fc188a3530c8.txt", "start": 1260, "end": 1263, "words": "256"},
    ],
    "approximate-values": [
        {"name": F, "property": "trainingDuration"},
        {"name": S, "property": "trainingDuration"},
        {"name": Y, "property": "reportedCompute"},
        {"name": Y, "property": "trainingDuration"},
        {"name": U, "property": "trainingDuration"},
    ],
    "tags-present": [
        {"file": "000_5e80782ab8af4a1a.txt", "tags": 7},
        {"file": "001_8ea9fc188a3530c8.txt", "tags": 6},
        {"file": "002_7e824436ca4280ec.txt", "tags": 7},
        {"file": "003_0ca416bae7649043.txt", "tags": 5},
        {"file": "004_8098eae265170da6.txt", "tags": 7},
        {"file": "all passages", "tags": 32},
    ],
    "distinct-things": [
        {"kind": "accelerators", "distinct": 3},
        {"kind": "benchmarks", "distinct": 7},
        {"kind": "countries", "distinct": 3},
        {"kind": "public data sets", "distinct": 4},
    ],
}


def value(cell: dict[str, str]) -> str | float:
    return float(cell["value"]) if "XMLSchema#" in cell.get("datatype", "") else cell["value"]


def test_every_question_is_answered_here() -> None:
    assert [each.name for each in questions()] == list(ANSWERS)
    assert len(ANSWERS) == 25


@pytest.mark.parametrize("name", ANSWERS)
def test_question_has_the_right_answer(name: str, release: Path) -> None:
    done = kg("query", release, "--named", name, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    rows = json.loads(done.stdout)["results"]["bindings"]
    expected = ANSWERS[name]
    columns = {column for row in expected for column in row}
    found = [{column: value(row[column]) for column in row if column in columns} for row in rows]
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert row == {
            key: pytest.approx(cell) if isinstance(cell, int | float) else cell for key, cell in wanted.items()
        }


def test_the_list_shows_each_question_with_its_text() -> None:
    done = kg("query", "--list")
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 25
    assert all(each.name in line and each.text in line for each, line in zip(questions(), lines, strict=True))
