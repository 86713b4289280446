"""What --explain, --dry-run and --lint say of a mapping and its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping import Settings
from kg.mapping.explain import explained, first_lines, lint
from kg.mapping.parse import parse_mapping
from kg.mapping.run import opened
from tests.unit.mapping.mappings import csv, triples_map, write


def told(folder: Path, turtle: str) -> tuple[list[str], list[str], list[str]]:
    """Return the plan, the first lines and the advice."""
    with opened(parse_mapping(write(folder, turtle), "http://base/"), Settings()) as run:
        advice = [f"{each.place}: {each.what}; {each.advice}" for each in lint(run)]
        return list(explained(run)), list(first_lines(run, 2)), advice


def test_a_plan_tells_scans_checks_and_an_estimate(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n2,y\n3,z\n", encoding="utf-8")
    maps = ('rml:reference "v"', 'rml:predicate ex:q ; rml:objectMap [ rml:reference "v" ; rml:termType rml:IRI ]')
    plan, lines, advice = told(tmp_path, triples_map(*maps, source=csv("a.csv")))
    assert plan[0].endswith("a.csv: 2 rules over 3 rows, streamed: subjects are unique")
    assert all("mapping.rml.ttl, line" in line for line in plan[1:3])
    assert plan[-2] == "checks: 1 kind of unfit value is looked for"
    assert plan[-1].startswith("estimate: at most 6 triples")
    assert lines
    assert all(line.endswith(" .") for line in lines)
    assert not advice


def test_one_is_no_plural(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n", encoding="utf-8")
    plan, _, _ = told(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")))
    assert plan[0].endswith("a.csv: 1 rule over 1 row, streamed: subjects are unique")
    assert plan[-1].startswith("estimate: at most 1 triple,")


def test_joins_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,k\n1,1\n2,1\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("k,x\n1,a\n", encoding="utf-8")
    said = 'rml:parentTriplesMap <#P> ; rml:joinCondition [ rml:child "k" ; rml:parent "k" ]'
    turtle = triples_map(said, source=csv("a.csv"))
    turtle += triples_map('rml:reference "x"', source=csv("p.csv"), subject='rml:template "http://p/{x}"', name="P")
    plan, lines, _ = told(tmp_path, turtle)
    assert any(line.endswith("p.csv: a look-up, for its keys are unique") for line in plan)
    assert len(lines) == 3
    (tmp_path / "p.csv").write_text("k,x\n1,a\n1,b\n", encoding="utf-8")
    plan, _, _ = told(tmp_path, turtle)
    assert any(line.endswith("p.csv: an inner join, for its keys repeat") for line in plan)


@pytest.mark.parametrize(
    ("values", "looks"),
    [
        ("true,false", "boolean"), ("1,-2", "integer"), ("1.5,.5", "decimal"), ("2024-01-31,2024-12-01", "date"),
        ("2024-01-31T10:00:00Z,2024-01-31T10:00:00.5+01:00", "dateTime"), ("007,1", None), ("1,x", None), ("2024-13-01,2024-01-01", None),
    ],
)  # fmt: skip
def test_text_that_looks_like_something_else_is_told(tmp_path: Path, values: str, looks: str | None) -> None:
    one, two = values.split(",")
    (tmp_path / "a.csv").write_text(f"id,v\n1,{one}\n2,{two}\n3,\n", encoding="utf-8")
    _, _, advice = told(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")))
    assert [each for each in advice if "look like" in each] == [
        each for each in advice if looks and f"look like xsd:{looks} " in each
    ]
    assert bool(advice) is (looks is not None)


def test_subjects_that_repeat_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n1,y\n", encoding="utf-8")
    _, _, (advice,) = told(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")))
    assert "share subjects, for id repeats" in advice
