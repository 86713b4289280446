"""The style of our shapes: named, explained, graded, and complete for the ontology."""

from __future__ import annotations

import re

import pytest

from kg.rdf.namespaces import SH
from kg.rdf.vocabulary import load_vocabulary
from kg.settings import ONTOLOGY, SHAPES
from kg.validation import load_shapes
from kg.validation.paths import Step
from kg.validation.shapes import Shape
from kg.validation.sql import words
from kg.validation.terms import unknown_in_shapes

OURS = load_shapes()
STATED: dict[str, dict[str, list[str]]] = {}
for subject, predicate, value in OURS.triples:
    STATED.setdefault(subject, {}).setdefault(predicate, []).append(value)
PROPERTY_SHAPES = tuple(shape for shape in OURS.by_term.values() if shape.path is not None)
SEVERITIES = {f"<{SH}Violation>": "wrong", f"<{SH}Warning>": "implausible", f"<{SH}Info>": "missing"}


def one(shape: Shape, name: str) -> str:
    values = STATED[shape.term].get(f"<{SH}{name}>", [])
    assert len(values) == 1, f"{shape.name} has {len(values)} values of sh:{name}"
    return values[0]


def test_there_are_shapes() -> None:
    assert len(PROPERTY_SHAPES) > 200
    assert len(OURS.roots) > 15


@pytest.mark.parametrize("shape", PROPERTY_SHAPES, ids=lambda shape: shape.name)
def test_a_property_shape_says_what_it_is(shape: Shape) -> None:
    assert shape.term.startswith(f"<{SHAPES}"), "a property shape has an IRI"
    assert one(shape, "name").endswith('"@en')
    assert one(shape, "severity") in SEVERITIES
    message = one(shape, "message")
    assert message.endswith('"@en')
    assert re.fullmatch(r"[A-Z].*[^ ]\.", words(message)), "a message is a sentence"
    assert len(words(message).split()) > 5, "a message says what is right"


def test_a_value_that_is_missing_is_an_info_and_is_called_so() -> None:
    for shape in PROPERTY_SHAPES:
        missing = [use.component for use in shape.constraints] == ["MinCount"]
        assert (shape.severity == f"<{SH}Info>") == missing == shape.name.endswith("-missing"), shape.name


def test_the_name_of_a_property_shape_begins_with_that_of_its_node_shape() -> None:
    for root in OURS.roots:
        for term in root.properties:
            name = OURS.by_term[term].name
            assert name.startswith((f"{root.name}-", "utilization-")), name


def test_our_plans_cover_our_shapes() -> None:
    assert [fault for root in OURS.roots for fault in OURS.faults(root.term)] == []


def test_our_shapes_use_no_term_that_does_not_exist() -> None:
    known = {term.name for term in load_vocabulary()}
    assert [unknown.message for unknown in unknown_in_shapes(OURS, known)] == []


def _targets() -> dict[str, Shape]:
    return {
        target.term[1:-1].removeprefix(ONTOLOGY): root
        for root in OURS.roots
        for target in root.targets
        if target.kind == "class"
    }


def test_every_class_has_shapes() -> None:
    classes = {term.name for term in load_vocabulary() if term.kind == "class"}
    assert classes, "no classes found"
    assert classes <= set(_targets())


def test_every_property_has_a_shape_in_each_class_that_carries_it() -> None:
    targets = _targets()
    lacking = []
    for term in load_vocabulary():
        if term.kind in ("class", "annotation"):
            continue
        for domain in term.domains:
            paths = [OURS.by_term[shape].path for shape in targets[domain].properties]
            if Step(f"<{term.iri}>") not in paths:
                lacking.append(f"{domain} {term.name}")
    # The super-property of all hyper-parameters is never stated itself.
    assert lacking == ["TrainingRun hyperParameterValue"]


def test_a_shape_wants_the_datatype_that_the_ontology_gives() -> None:
    ranges = {f"<{term.iri}>": term.range for term in load_vocabulary() if term.kind == "datatype"}
    checked = 0
    for shape in PROPERTY_SHAPES:
        for use in shape.constraints:
            if use.component == "Datatype" and isinstance(shape.path, Step) and shape.path.predicate in ranges:
                assert use.terms == (f"<{ranges[shape.path.predicate]}>",), shape.name
                checked += 1
    assert checked > 100
