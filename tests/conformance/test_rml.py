"""The test suites of RML, each case by the command line on a copy of its folder, with `--strict`."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from tests.conformance import servers
from tests.conformance.deviations import DEVIATIONS, NOT_RUN, Deviation
from tests.conformance.report import OUTPUTS
from tests.conformance.rml_suite import SUITES, Case, Result, Servers, fault, load_cases, run
from tests.shared import ROOT

CASES = tuple(case for suite in SUITES for case in load_cases(suite))
assert len({case.name for case in CASES}) == len(CASES), "names of cases are unique"


@pytest.fixture
def database(pytestconfig: pytest.Config) -> Servers:
    return lambda system: servers.server(system, pytestconfig)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, tmp_path: Path, database: Servers) -> None:
    if case.name in NOT_RUN:
        pytest.skip(NOT_RUN[case.name])
    result = run(case, tmp_path / "case", database)
    published = fault(case, result, case.folder)
    if case.name in DEVIATIONS:
        assert published, "comes out as published: take it from the list of deviations"
        published = _fault_of_deviation(case, DEVIATIONS[case.name], result, tmp_path / "expected")
    if published:
        pytest.fail(published, pytrace=False)


def _fault_of_deviation(case: Case, deviation: Deviation, result: Result, corrected: Path) -> str:
    """Return how a result differs from what the list says of its case."""
    if deviation.code:
        said = f"[{deviation.code}]" in result.said
        return (
            ""
            if result.status == 3 and said
            else f"an error {deviation.code} was expected\n{result.status} {result.said}"
        )
    shutil.copytree(case.folder, corrected)
    for name, edits in deviation.edits.items():
        path = corrected / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for pattern, replacement in edits:
            edited = re.sub(pattern, replacement, text)
            assert edited != text, f"{pattern} is not in {name}"
            text = edited
        path.write_text(text, encoding="utf-8")
    names = case.outputs or tuple(deviation.edits)
    made = dataclasses.replace(case, error=False, outputs=names)
    return fault(made, result, corrected, deviation.change)


def test_the_lists_name_cases() -> None:
    names = {case.name for case in CASES}
    assert set(DEVIATIONS) <= names
    assert set(NOT_RUN) <= names
    assert not set(DEVIATIONS) & set(NOT_RUN)


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_published_is_what_the_run_gives(name: str) -> None:
    path = ROOT / name
    told = f"{name} is not up to date; run: python -m tests.conformance.report"
    assert path.is_file(), told
    assert path.read_text(encoding="utf-8") == OUTPUTS[name](), told


def test_the_earl_report_tells_of_each_case_once() -> None:
    quads: list[Any] = list(
        ox.parse(OUTPUTS["docs/reference/conformance-earl.ttl"](), format=ox.RdfFormat.TURTLE, base_iri="urn:x")
    )
    tests = [quad.object.value for quad in quads if quad.predicate.value == "http://www.w3.org/ns/earl#test"]
    assert sorted(tests) == sorted(case.iri for case in CASES)
