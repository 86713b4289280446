"""Findings lead back to the words of the source."""

from __future__ import annotations

import pytest

from kg.model import Finding
from tests.unit.validation.graphs import report

PASSAGE = """
<graph/a> {
  <passage/a> a kg:Passage ; kg:fileName "a.txt" .
  <model/a> a kg:Model ; kg:name "A \\"1\\"" ; kg:layerCount 8 ; kg:hasTrainingRun <run/a> .
  <run/a> a kg:TrainingRun ; kg:acceleratorCount 0 , 5 ; kg:trainingDuration <statement/d> .
  <statement/n> rdf:subject <model/a> ; rdf:predicate kg:name ; rdf:object "A \\"1\\"" ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=4,9> .
  <statement/l> rdf:subject <model/a> ; rdf:predicate kg:layerCount ; rdf:object 8 ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=90,91> .
  <statement/c> rdf:subject <run/a> ; rdf:predicate kg:acceleratorCount ; rdf:object 0 ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=30,31> .
  <statement/e> rdf:subject <run/a> ; rdf:predicate kg:acceleratorCount ; rdf:object 5 ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=20,21> .
  <statement/d> rdf:subject <run/a> ; rdf:predicate kg:trainingDuration ; rdf:object 10 ; oa:hasSource <passage/a> ; oa:hasSelector <passage/a#char=50,58> .
  <passage/a#char=4,9> oa:start 4 ; oa:end 9 ; oa:exact "A \\"1\\"" .
  <passage/a#char=90,91> oa:start 90 ; oa:end 91 ; oa:exact "8" .
  <passage/a#char=30,31> oa:start 30 ; oa:end 31 ; oa:exact "0" .
  <passage/a#char=20,21> oa:start 20 ; oa:end 21 ; oa:exact "5" .
  <passage/a#char=50,58> oa:start 50 ; oa:end 58 ; oa:exact "10 weeks" .
  <allocation/a> a kg:HardwareAllocation .
}
<graph/derived> {
  <derived/a> a kg:DerivedQuantity ; kg:quantityOf <run/a> ; kg:quantityKind kg:acceleratorHours ; prov:wasDerivedFrom <statement/d> , <accelerator/x> .
  <run/a> kg:acceleratorHours 0 .
}
"""


def first(shape: str) -> Finding:
    return report(PASSAGE, f":S {shape} .").findings[0]


@pytest.mark.parametrize(
    ("shape", "start", "text"),
    [
        # the statement that says the value
        ("sh:targetClass kg:TrainingRun ; sh:path kg:acceleratorCount ; sh:minInclusive 1", 30, "0"),
        # the first statement of the property, where no value is at fault by itself
        ("sh:targetClass kg:TrainingRun ; sh:path kg:acceleratorCount ; sh:maxCount 1", 20, "5"),
        # a quantity is its own statement
        ("sh:targetClass kg:TrainingRun ; sh:path kg:trainingDuration ; sh:nodeKind sh:Literal", 50, "10 weeks"),
        # the input of a derived value, and of its derived quantity
        ("sh:targetClass kg:TrainingRun ; sh:path kg:acceleratorHours ; sh:minExclusive 0", 50, "10 weeks"),
        ("sh:targetClass kg:DerivedQuantity ; sh:path kg:formula ; sh:minCount 1", 50, "10 weeks"),
        # the first statement about the thing, where a value is missing
        ("sh:targetClass kg:Model ; sh:path kg:parameterCount ; sh:minCount 1", 4, 'A "1"'),
        # the first statement of its passage, where nothing is stated about the thing
        ("sh:targetClass kg:HardwareAllocation ; sh:path kg:accelerator ; sh:minCount 1", 4, 'A "1"'),
        # a statement and a span are their own places
        ("sh:targetNode <statement/l> ; sh:path kg:rule ; sh:minCount 1", 90, "8"),
        ("sh:targetNode <passage/a#char=30,31> ; sh:path rdf:type ; sh:minCount 1", 30, "0"),
    ],
)
def test_a_finding_has_its_place(shape: str, start: int, text: str) -> None:
    finding = first(shape)
    assert (finding.source, finding.start, finding.text) == ("a.txt", start, text)
    assert finding.end == start + len(text)


def test_what_is_in_no_passage_has_no_place() -> None:
    finding = first("sh:targetNode <accelerator/x> ; sh:path kg:name ; sh:minCount 1")
    assert (finding.source, finding.start, finding.end, finding.text) == (None, None, None, None)


def test_unknown_terms_have_a_place_too() -> None:
    data = PASSAGE + "<graph/a> { <model/a> kg:layersCount 8 . }"
    (finding,) = report(data, ":S a sh:NodeShape .").findings
    assert (finding.code, finding.source, finding.text) == ("unknown-term", "a.txt", 'A "1"')


def test_entities_have_labels() -> None:
    made = report(
        PASSAGE + '<model/a> rdfs:label "Modell A"@de , "Model A"@en .',
        ":S sh:targetClass kg:Model ; sh:path kg:year ; sh:minCount 1 .",
    )
    assert made.labels == {"https://kg.example/id/model/a": "Model A"}
