"""On a graph like that of a build, with our own shapes, pySHACL finds the same."""

from __future__ import annotations

from kg.validation import ShapeFinding, load_shapes, validate
from tests.bench.validation import graph


def test_pyshacl_agrees_on_a_graph_like_that_of_a_build() -> None:
    shapes = load_shapes()
    with graph(6000) as con:
        reports = [validate(con, shapes, engine=engine) for engine in ("relational", "pyshacl")]
    results = [
        {finding.result for finding in report.findings if isinstance(finding, ShapeFinding)} for report in reports
    ]
    assert len(results[0]) > 5
    assert results[0] == results[1]
    places = [
        [(finding.code, finding.entity, finding.source, finding.start, finding.text) for finding in report.findings]
        for report in reports
    ]
    assert places[0] == places[1]
    assert all(finding.source for finding in reports[0].findings)
