"""Reads a text with the project's own tables, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction import Extraction, extract
from kg.model import Passage, Slot
from kg.rdf.reference import load_reference

if TYPE_CHECKING:
    from kg.model import Fact, Value


def read(text: str) -> Extraction:
    """Return what a text states; the fact's own promise about its place is checked on the way."""
    extraction = extract(Passage("passage.txt", "passage", text, "0" * 64), load_reference())
    for fact in extraction.facts:
        assert text[fact.start : fact.end] == fact.text, fact
    return extraction


def facts(text: str, property_: str) -> list[Fact]:
    """Return the facts with a value that a text states by one property."""
    return [fact for fact in read(text).facts if fact.property == property_ and fact.value is not None]


def values(text: str, property_: str) -> list[Value]:
    """Return the values that a text states by one property."""
    return [fact.value for fact in facts(text, property_)]


def slot(text: str, wanted: Slot) -> Fact | None:
    """Return the first fact with a value in a slot."""
    return next((fact for fact in read(text).facts if fact.slot is wanted and fact.value is not None), None)


def codes(text: str) -> list[str]:
    """Return the codes of the findings about a text, without the slots that it does not state."""
    return [finding.code for finding in read(text).findings if finding.code != "missing-tag"]
