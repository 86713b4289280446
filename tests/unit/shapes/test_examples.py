"""Every property shape has an example that conforms and one in which it, and nothing else, finds something."""

from __future__ import annotations

import pytest

from kg.settings import DEFAULT_BASE
from kg.validation import ShapeFinding, load_shapes, validate
from kg.validation.paths import Step, path_text
from tests.unit.shapes.examples import ALL, FOLDER, Example, connection

OURS = load_shapes()
PROPERTY_SHAPES = tuple(shape for shape in OURS.by_term.values() if shape.path is not None)
VALID = tuple(example for example in ALL if example.shape is None)
INVALID = tuple(example for example in ALL if example.shape is not None)


@pytest.mark.parametrize("example", VALID, ids=str)
def test_a_valid_example_conforms(example: Example) -> None:
    with connection(example.triples) as con:
        report = validate(con, OURS, engine="relational")
    assert [(finding.code, finding.message) for finding in report.findings] == []
    assert report.conforms
    here = {shape.name for shape in OURS.roots if OURS.sources[shape.term] == f"{example.file}.ttl"}
    assert here, "no shape of this file has targets"
    assert not here & set(report.idle)


@pytest.mark.parametrize("example", INVALID, ids=str)
def test_an_invalid_example_fires_exactly_its_shape(example: Example) -> None:
    with connection(example.triples) as con:
        report = validate(con, OURS, engine="relational")
    assert {finding.shape for finding in report.findings} == {example.shape}


def test_every_property_shape_has_its_examples() -> None:
    assert len(PROPERTY_SHAPES) > 200
    assert sorted(example.shape or "" for example in INVALID) == sorted(shape.term[1:-1] for shape in PROPERTY_SHAPES)


def test_the_valid_example_of_a_property_shape_has_a_value_for_it() -> None:
    used = {(example.file, predicate) for example in VALID for _, predicate, _ in example.triples}
    for shape in PROPERTY_SHAPES:
        if isinstance(shape.path, Step):
            file = OURS.sources[shape.term].removesuffix(".ttl")
            assert (file, shape.path.predicate) in used, f"{shape.name}: no value for {path_text(shape.path)}"


def test_every_file_of_shapes_has_a_file_of_examples() -> None:
    assert {path.stem for path in FOLDER.glob("*.ttl")} == {example.file for example in VALID}


def test_pyshacl_agrees_on_all_examples_at_once() -> None:
    triples = []
    for number, example in enumerate(ALL):
        # Each example keeps to itself: its things have names of their own.
        apart = f"<{DEFAULT_BASE}{number}/"
        triples += [
            (s, p, o)
            for s, p, o in ((t.replace(f"<{DEFAULT_BASE}", apart) for t in triple) for triple in example.triples)
        ]
    with connection(tuple(triples)) as con:
        reports = [validate(con, OURS, engine=engine) for engine in ("relational", "pyshacl")]
    results = [
        {finding.result for finding in report.findings if isinstance(finding, ShapeFinding)} for report in reports
    ]
    assert len(results[0]) >= len(INVALID)
    assert results[0] == results[1]
