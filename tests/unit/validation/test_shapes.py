"""Shapes as they are read: what is covered, what is not, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ShapesError
from kg.validation import load_shapes
from tests.unit.validation.graphs import EX, shapes


def faults(text: str) -> list[str]:
    read = shapes(text)
    return [fault for root in read.roots for fault in read.faults(root.term)]


@pytest.mark.parametrize(
    ("constraint", "fault"),
    [
        ("sh:minCount 1", "S has sh:minCount without a path"),
        ("sh:datatype xsd:string , xsd:integer", "S has several values of sh:datatype"),
        ('sh:datatype "string"', "S has an sh:datatype that is no IRI"),
        ("sh:nodeKind sh:Iri", "S has an sh:nodeKind that is none of the six"),
        ('sh:minLength "three"', "S has an sh:minLength that is not a whole number of 0 or more"),
        ('sh:minInclusive "2024"^^xsd:gYear', "S has an sh:minInclusive of a kind that SPARQL does not order"),
        ("sh:in ( :a [] )", "S has an sh:in that is no list of IRIs and literals"),
        ("sh:in :a", "S has an sh:in that is no list of IRIs and literals"),
        ('sh:pattern "(a)\\\\1"', "S has the pattern (a)\\1, which is not one of both XPath and RE2"),
        ("sh:lessThan :q", "S has sh:lessThan without a path"),
        ("sh:languageIn ( 5 )", "S has an sh:languageIn that is no list of language ranges"),
        ("sh:or ()", "S has an sh:or that is no list of shapes"),
        ("sh:not 5", "S has a literal as sh:not"),
        ('sh:closed "maybe"', "S has an sh:closed that is neither true nor false"),
        ("sh:property :T", "S has the sh:property T, which is no property shape"),
        ("sh:node [ sh:path :p ]", "S has the sh:node"),
        ("sh:sparql []", "S uses sh:sparql"),
        ("sh:severity sh:Info , sh:Warning", "S has several severities"),
        ("sh:property [ sh:path [] ]", "S/shape has a sh:path that is no property path"),
        ("sh:node :S", "S is recursive"),
    ],
)
def test_what_our_plans_do_not_cover_is_said(constraint: str, fault: str) -> None:
    said = faults(f":S a sh:NodeShape ; sh:targetNode :a ; {constraint} .")
    assert len(said) == 1
    assert said[0].startswith(fault)


def test_what_is_not_covered_counts_for_all_that_refer_to_it() -> None:
    text = ":S a sh:NodeShape ; sh:targetNode :a ; sh:node :T . :T sh:node :U . :U sh:sparql [] ."
    assert faults(text) == ["U uses sh:sparql"]


def test_what_is_switched_off_is_not_looked_at() -> None:
    assert faults(":S a sh:NodeShape ; sh:targetNode :a ; sh:node :T . :T sh:deactivated true ; sh:sparql [] .") == []
    assert shapes(":S a sh:NodeShape ; sh:targetNode :a ; sh:deactivated true .").roots == ()


def test_a_constraint_component_of_ones_own_is_named() -> None:
    text = ":S a sh:NodeShape ; sh:targetNode :a ; :most 5 . :Most a sh:ConstraintComponent ; sh:parameter [ sh:path :most ] ."
    assert faults(text) == [f"S uses the constraint component <{EX}Most>"]


def test_a_class_that_is_a_shape_targets_its_instances() -> None:
    (root,) = shapes(":C a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:IRI . :D a rdfs:Class .").roots
    assert [(target.kind, target.term) for target in root.targets] == [("class", f"<{EX}C>")]


def test_a_nameless_shape_is_called_by_its_parent_and_path() -> None:
    read = shapes(
        ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :name ; sh:node [ sh:nodeKind sh:IRI ] ] ."
    )
    assert {shape.name for shape in read.by_term.values()} == {"S", "S/name", "S/name/shape"}


def test_a_folder_gives_its_own_files_alone(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    text = f"@prefix sh: <http://www.w3.org/ns/shacl#> . <{EX}%s> sh:targetNode <{EX}a> ; sh:property [ sh:path <{EX}p> ] ."
    for name in ("b.ttl", "a.ttl", "below/c.ttl"):
        (tmp_path / name).write_text(text % name[0], encoding="utf-8")
    read = load_shapes([tmp_path])
    assert [shape.name for shape in read.roots] == ["a.ttl"[0], "b"]
    assert read.sources[f"<{EX}b>"] == "b.ttl"
    assert load_shapes([tmp_path]) == read, "blank nodes have the same names each time"


@pytest.mark.parametrize(("name", "text"), [("bad.ttl", "<a> <b> ."), ("empty.ttl", ""), ("missing.ttl", None)])
def test_no_shapes_to_read(tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ShapesError, match="KG301") as raised:
        load_shapes([path])
    assert str(path) in str(raised.value)


def test_a_folder_without_shapes(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="there are no shapes here"):
        load_shapes([tmp_path])
