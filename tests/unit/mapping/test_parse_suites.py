"""The mappings of the RML suites: all are read, and those that are wrong by themselves are refused before any data is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.parse import parse_mapping
from tests.shared import shared_path
from tests.unit.mapping.parsing import BASE

SUITES = ("rml-core", "rml-io", "rml-io-registry", "rml-fnml", "rml-cc", "rml-lv", "rml-star")
FILES = {
    path.parent.name: path for suite in SUITES for path in sorted(shared_path("suites", suite).rglob("mapping.ttl"))
}
# Refused for what the mapping says: the code, and the line.
WRONG = {
    "RMLTC0004b-JSON": ("KG203", 21),
    "RMLTC0007h-JSON": ("KG203", 22),
    "RMLTC0012c-JSON": ("KG203", 5),
    "RMLTC0012d-JSON": ("KG203", 30),
    "RMLTC0015b-JSON": ("KG203", 15),
    "RMLTC0023a-JSON": ("KG214", 14),
    "RMLTC0023b-JSON": ("KG202", 14),
    "RMLTC0023c-JSON": ("KG202", 14),
    "RMLTC0023d-JSON": ("KG214", 14),
    "RMLTC0023e-JSON": ("KG202", 14),
    "RMLTC0024a-JSON": ("KG203", 22),
    "RMLLVTC0005a": ("KG205", 24),
    "RMLLVTC0005b": ("KG205", 29),
    "RMLLVTC0005c": ("KG205", 40),
    "RMLLVTC0008a": ("KG213", 4),
    "RMLLVTC0008b": ("KG213", 14),
    "RMLLVTC0008c": ("KG213", 13),
    "RMLLVTC0008d": ("KG204", 0),
    "RMLLVTC0009a": ("KG213", 21),
    "RMLLVTC0009b": ("KG213", 54),
    "RMLLVTC0009c": ("KG213", 88),
    "RMLSTARTC009": ("KG203", 18),
    "RMLSTARTC010": ("KG203", 7),
}
# Not Turtle: `@prefix` ends with a semicolon (Turtle, rule 4).
MALFORMED = {"RMLIOREGTC0009a", "RMLIOREGTC0010a"}


def expected_errors() -> set[str]:
    """Return the cases of which the manifests say that they end with an error."""
    found = set()
    for suite in SUITES:
        with shared_path("suites", suite, "test-cases", "metadata.csv").open(encoding="utf-8", newline="") as file:
            found |= {row[0] for row in csv.reader(file) if row[-1] == "true"}
    return found


def read(case: str, folder: Path) -> None:
    """Read the mapping of a case, in which a database has its place."""
    path = folder / "mapping.ttl"
    text = FILES[case].read_text(encoding="utf-8")
    path.write_text(text.replace("$CONN", "CONN").replace("CONNECTIONDSN", "jdbc:postgresql://h/d"), encoding="utf-8")
    parse_mapping(path, BASE)


def test_all_cases_are_there() -> None:
    assert len(FILES) == 365
    assert set(WRONG) <= expected_errors()
    assert not MALFORMED & expected_errors()


@pytest.mark.parametrize("case", sorted(set(FILES) - set(WRONG) - MALFORMED))
def test_a_mapping_is_read(case: str, tmp_path: Path) -> None:
    read(case, tmp_path)


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_wrong_mapping_is_refused(case: str, tmp_path: Path) -> None:
    code, line = WRONG[case]
    with pytest.raises(MappingError) as caught:
        read(case, tmp_path)
    assert caught.value.code == code
    assert caught.value.where.partition(" (")[0] == f"{tmp_path}/mapping.ttl" + (f", line {line}" if line else "")


@pytest.mark.parametrize("case", sorted(MALFORMED))
def test_a_mapping_that_is_not_well_formed_is_refused(case: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"line 3: the mapping is no Turtle.*\[KG202\]"):
        read(case, tmp_path)
