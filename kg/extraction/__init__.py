"""Passages to facts: what a text says of a model and its training, each value with the words that say it.

`extract` is the door. Tags are read first and exactly, the grammar reads the rest, and a verifier lets through only
what the text says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.claims import Claim, Extractor
from kg.extraction.document import read_document
from kg.extraction.grammar import GrammarExtractor
from kg.extraction.remarks import remarks
from kg.extraction.unstated import unstated_claims
from kg.extraction.verify import Verifier
from kg.model import Fact, Finding
from kg.rdf.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model import Passage
    from kg.rdf.reference import Reference

__all__ = ["Claim", "Extraction", "Extractor", "extract"]


@dataclass(frozen=True, slots=True)
class Extraction:
    """The facts of a passage by place, and what is to be told about it."""

    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]


def extract(
    passage: Passage, reference: Reference, extractors: Sequence[Extractor] = (GrammarExtractor(),)
) -> Extraction:
    """Return what a passage states, verified, and a fact without value for each slot that it does not state.

    Same passage, same reference, same result: facts are ordered by start, end, property and value. Whatever an
    extractor claims that the text does not say becomes a finding. Never raises for bad text.
    """
    document = read_document(passage, reference)
    verifier = Verifier(document, load_vocabulary())
    facts: dict[Fact, None] = {}
    findings = list(document.markup.findings)
    for claim in (claim for extractor in extractors for claim in extractor.claims(document)):
        outcome = verifier.verify(claim)
        if isinstance(outcome, Fact):
            facts[outcome] = None
        else:
            findings.append(outcome)
    for claim in unstated_claims(document, facts):
        outcome = verifier.verify(claim)
        if isinstance(outcome, Fact):
            facts[outcome] = None
    findings.extend(remarks(document, tuple(facts)))
    return Extraction(tuple(sorted(facts, key=_order)), tuple(sorted(findings, key=_place)))


def _order(fact: Fact) -> tuple[int, int, str, str, str]:
    return fact.start, fact.end, fact.property, str(fact.value), fact.rule


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return finding.start or 0, finding.end or 0, finding.code, finding.message
