"""Terms that do not exist, in shapes and in data."""

from __future__ import annotations

import pytest

from kg.model import Severity
from tests.unit.validation.graphs import report

NOTHING = ":S a sh:NodeShape ."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            ":a kg:paramterCount 5 .",
            "The ontology has no term kg:paramterCount, which is used once; did you mean kg:parameterCount",
        ),
        (":a kg:hasQuux 5 . :b kg:hasQuux 6 .", "The ontology has no term kg:hasQuux, which is used 2 times."),
        (":a a kg:model .", "The ontology has no term kg:model, which is used once; did you mean kg:Model"),
        (":a kg:notStated kg:Year .", "The ontology has no term kg:Year, which is used once; did you mean kg:year"),
    ],
)
def test_a_term_that_the_ontology_lacks(data: str, message: str) -> None:
    (finding,) = report(data, NOTHING).findings
    assert finding.code == "unknown-term"
    assert finding.severity is Severity.VIOLATION
    assert finding.message.startswith(message)
    assert finding.entity == "http://example.org/a"


def test_a_misspelt_parameter_of_a_shape() -> None:
    (finding,) = report(
        "", ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :p ; sh:mincount 1 ] ."
    ).findings
    assert (
        finding.message == "SHACL has no term sh:mincount, which is used once; did you mean sh:minCount or sh:maxCount?"
    )


def test_a_misspelt_class_in_a_target() -> None:
    (finding,) = report("", ":S a sh:NodeShape ; sh:targetClass kg:TrainingRuns .").findings
    assert (finding.path, finding.entity) == ("https://kg.example/ns#TrainingRuns", "http://example.org/S")


def test_an_unknown_term_is_no_validation_result() -> None:
    assert report(":a kg:nmae 5 .", NOTHING).conforms


def test_terms_of_the_ontology_and_of_others_are_fine() -> None:
    assert report(":a a kg:Model ; kg:name 'x' ; :anything kg:GPU . kg:x :y :z .", NOTHING).findings == ()
