"""The verifier: what an extractor claims becomes a fact only if the passage says it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kg.extraction import Claim, extract
from kg.extraction.document import read_document
from kg.extraction.verify import Verifier
from kg.model import Fact, Finding, Level, Passage, Severity, Slot
from kg.rdf.reference import load_reference
from kg.rdf.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.extraction.document import Document

TEXT = "Nova-7B has <params>7 billion</params> parameters. It ran for 3 weeks, and again for 3 weeks, using 6.3 GWh."
CLAIM = Claim("run:pretraining", "trainingDuration", 3, "3 weeks", "model:some-model", unit="week")


def verified(claim: Claim) -> Fact | Finding:
    """Return what the verifier makes of a claim about the text."""
    document = read_document(Passage("p.txt", "p", TEXT, ""), load_reference())
    return Verifier(document, load_vocabulary()).verify(claim)


def test_offsets_are_computed_from_the_quote() -> None:
    fact = verified(CLAIM)
    assert isinstance(fact, Fact)
    assert (fact.start, fact.text) == (TEXT.index("3 weeks"), "3 weeks")


def test_the_place_named_by_the_extractor_is_taken_if_the_quote_stands_there() -> None:
    second = TEXT.rindex("3 weeks")
    fact = verified(replace(CLAIM, near=second))
    assert isinstance(fact, Fact)
    assert fact.start == second
    elsewhere = verified(replace(CLAIM, near=5))
    assert isinstance(elsewhere, Fact)
    assert elsewhere.start == TEXT.index("3 weeks")


def test_a_quote_of_the_text_without_tags_is_found_with_them() -> None:
    fact = verified(Claim("model:Nova-7B", "parameterCount", 7_000_000_000, "7 billion parameters", "model:m"))
    assert isinstance(fact, Fact)
    assert fact.text == "7 billion</params> parameters"


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (replace(CLAIM, quote="4 weeks"), "number-not-in-quote"),
        (replace(CLAIM, value=4, quote="4 weeks"), "quote-not-found"),
        (replace(CLAIM, value=30), "number-not-in-quote"),
        (replace(CLAIM, property="duration"), "unknown-property"),
        (replace(CLAIM, property="Model"), "unknown-property"),
        (replace(CLAIM, subject="model:Nova-7B"), "wrong-subject"),
        (replace(CLAIM, subject="thing:1"), "unknown-subject"),
        (replace(CLAIM, value="three"), "wrong-type"),
        (replace(CLAIM, value=True), "wrong-type"),
        (replace(CLAIM, value=Decimal("NaN")), "wrong-type"),
        (replace(CLAIM, quote=""), "quote-missing"),
        (Claim("model:x", "layerCount", Decimal("3.5"), "3 weeks", "m"), "wrong-type"),
        (Claim("model:x", "name", "", "Nova", "m"), "wrong-type"),
        (Claim("model:x", "name", (), "Nova", "m"), "wrong-type"),
        (Claim("facility", "country", "XXX", "Nova", "m", slot=Slot.COUNTRY), "unknown-country"),
        (Claim("accelerator", "name", "nvidia-b9000", "Nova", "m", slot=Slot.HARDWARE), "unknown-accelerator"),
    ],
)
def test_a_wrong_claim_is_a_finding_with_its_reason(claim: Claim, code: str) -> None:
    finding = verified(claim)
    assert isinstance(finding, Finding)
    assert (finding.code, finding.severity, finding.source) == (code, Severity.WARNING, "p.txt")
    assert claim.property in finding.message


def test_a_number_may_stand_in_the_quote_in_a_multiple_of_its_unit() -> None:
    energy = Claim("run:pretraining", "reportedEnergy", 6300, "6.3 GWh", "m", unit="MegaW-HR")
    assert isinstance(verified(energy), Fact)
    assert isinstance(verified(replace(energy, value=6200)), Finding)


def test_a_derived_number_need_not_stand_in_its_quote() -> None:
    derived = Claim("run:pretraining", "acceleratorCount", 128, "3 weeks", "m", level=Level.DERIVED)
    assert isinstance(verified(derived), Fact)


class Confabulator:
    """An extractor that says one thing which is there and one which is not."""

    def claims(self, document: Document) -> Iterable[Claim]:
        """Return both."""
        assert document.plain.text.startswith("Nova-7B has 7 billion")
        return [CLAIM, replace(CLAIM, value=9, quote="9 weeks")]


def test_another_extractor_plugs_in_and_cannot_invent() -> None:
    extraction = extract(Passage("p.txt", "p", TEXT, ""), load_reference(), [Confabulator()])
    stated = [fact for fact in extraction.facts if fact.value is not None]
    assert [(fact.value, fact.rule) for fact in stated] == [(3, "model:some-model")]
    assert "quote-not-found" in [finding.code for finding in extraction.findings]
