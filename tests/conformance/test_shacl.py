"""The W3C test suite of SHACL: every case through the engine "auto", and through our own plans where these say that they cover it.

Results are compared as sets: lessThan-002, uniqueLang-001 and shared of the suite list the same result twice, a report of ours has it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import pytest

from kg.errors import ShapesError
from kg.rdf.namespaces import SH
from kg.rdf.quads import read_quads
from kg.validation import Engine, Report, ShapeFinding, load_shapes, validate
from kg.validation.paths import list_members, path_text, read_path
from tests.shared import shared_path

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"

Nodes: TypeAlias = dict[str, dict[str, list[str]]]
Row: TypeAlias = tuple[str, str | None, str | None, str, str, str]

# Case -> why it does not come out as the suite has it, with the engine "auto".
DEVIATIONS: dict[str, str] = {
    "sparql/pre-binding/shapesGraph-001": "pySHACL does not bind $shapesGraph, which SHACL 5.3.1 leaves to the engine",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the suite; `expected` holds its results, or is None where the shapes are to be refused."""

    name: str
    data: Path
    shapes: Path
    expected: frozenset[Row] | None
    messages: frozenset[str]

    def __str__(self) -> str:
        return self.name


def _nodes(path: Path) -> Nodes:
    import pyoxigraph as ox

    nodes: Nodes = {}
    names: dict[str, str] = {}

    def named(term: object) -> str:
        text = str(term)
        return names.setdefault(text, f"_:{len(names)}") if text.startswith("_:") else text

    for quad in ox.parse(path=path, base_iri=path.resolve().as_uri()):
        nodes.setdefault(named(quad.subject), {}).setdefault(named(quad.predicate), []).append(named(quad.object))
    return nodes


def _one(nodes: Nodes, subject: str, predicate: str) -> str | None:
    values = nodes.get(subject, {}).get(f"<{predicate}>", [])
    return values[0] if values else None


def _cases(manifest: Path) -> Iterator[Case]:
    nodes = _nodes(manifest)
    here = f"<{manifest.resolve().as_uri()}>"
    for included in nodes[here].get(f"<{MF}include>", []):
        yield from _cases(Path(included[1:-1].removeprefix("file://")))
    for head in nodes[here].get(f"<{MF}entries>", []):
        for entry in list_members(head, nodes) or ():
            yield _case(manifest, entry, nodes)


def _case(manifest: Path, entry: str, nodes: Nodes) -> Case:
    action = _one(nodes, entry, f"{MF}action") or ""
    result = _one(nodes, entry, f"{MF}result") or ""
    files = [Path((_one(nodes, action, f"{SHT}{name}") or "")[8:-1]) for name in ("dataGraph", "shapesGraph")]
    results = nodes.get(result, {}).get(f"<{SH}result>", [])
    return Case(
        name=f"{manifest.parent.parent.name}/{manifest.parent.name}/{entry[1:-1].rpartition('/')[2]}",
        data=files[0],
        shapes=files[1],
        expected=None if result == f"<{SHT}Failure>" else frozenset(_row(nodes, found) for found in results),
        messages=frozenset(text for found in results for text in nodes[found].get(f"<{SH}resultMessage>", [])),
    )


def _row(nodes: Nodes, result: str) -> Row:
    path = _one(nodes, result, f"{SH}resultPath")
    return (
        _one(nodes, result, f"{SH}focusNode") or "",
        path_text(read_path(path, nodes)) if path else None,
        _one(nodes, result, f"{SH}value"),
        _one(nodes, result, f"{SH}sourceShape") or "",
        (_one(nodes, result, f"{SH}sourceConstraintComponent") or "")[1:-1],
        _one(nodes, result, f"{SH}resultSeverity") or "",
    )


def _blank(term: str | None) -> str | None:
    """Return a term, with blank nodes numbered as `_nodes` does: by the order in which the file has them."""
    return f"_:{term.rpartition('b')[2]}" if term and term.startswith("_:") else term


def _found(report: Report) -> frozenset[Row]:
    rows = set()
    for finding in report.findings:
        if isinstance(finding, ShapeFinding) and finding.result is not None:
            result = finding.result
            focus, shape = _blank(result.focus), _blank(result.shape)
            rows.add((focus or "", result.path, _blank(result.value), shape or "", result.component, result.severity))
    return frozenset(rows)


SUITE = shared_path("suites", "shacl", "data-shapes-test-suite", "tests")
CASES = tuple(_cases(SUITE / "manifest.ttl"))
assert len(CASES) == 120, f"the suite has 98 core and 22 SPARQL cases, {len(CASES)} were found"


def _report(case: Case, engine: Engine) -> Report:
    con = duckdb.connect()
    read_quads(con, [case.data])
    return validate(con, load_shapes([case.shapes]), engine=engine)


def _covered(case: Case) -> bool:
    shapes = load_shapes([case.shapes])
    return case.expected is not None and not any(shapes.faults(root.term) for root in shapes.roots)


def _check(case: Case, engine: Engine) -> None:
    if case.expected is None:
        with pytest.raises(ShapesError, match="KG304"):
            _report(case, engine)
        return
    report = _report(case, engine)
    assert _found(report) == case.expected
    assert report.conforms == (not case.expected)
    said = {
        text
        for finding in report.findings
        if isinstance(finding, ShapeFinding) and finding.result
        for text in finding.result.messages
    }
    assert case.messages <= said


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.xfail(reason=DEVIATIONS[case.name])) if case.name in DEVIATIONS else case
        for case in CASES
    ],
    ids=str,
)
def test_the_suite(case: Case) -> None:
    _check(case, "auto")


NATIVE = tuple(case for case in CASES if _covered(case))


@pytest.mark.parametrize("case", NATIVE, ids=str)
def test_our_own_plans(case: Case) -> None:
    _check(case, "relational")


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in DEVIATIONS], ids=str)
def test_the_reference_validator(case: Case) -> None:
    _check(case, "pyshacl")


def test_how_much_our_own_plans_cover() -> None:
    core = [case for case in NATIVE if case.name.startswith("core/")]
    print(f"\nanswered without pySHACL: {len(core)} of 98 core cases")  # noqa: T201
    assert len(core) == 98


def test_no_deviation_is_out_of_date() -> None:
    assert set(DEVIATIONS) <= {case.name for case in CASES}
