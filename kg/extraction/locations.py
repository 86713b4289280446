"""Finds where a run took place: the facility and the country that a passage names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.measures import Candidate
from kg.extraction.places import countries_in
from kg.extraction.rules import Reading, Rule, spanned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.context import Context
    from kg.extraction.document import Document

_SITES = words(
    "facility facilities laboratory lab center centre centers centres cluster datacenter infrastructure campus site "
    "hub located location based hosted housed supercomputer supercomputing institute institution university "
    "headquarters compute data"
)
_PEOPLE = words(
    "team group researchers collective consortium engineers developed conducted research trained executed released"
)
_OF_DATA = words(
    "patients hospitals hospital sourced collected corpora speakers records archives legislation news citizens"
)


def countries(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield the countries named, those of a site first, then those of the people; a country of data last."""
    low = document.low
    for first, last, alpha3 in countries_in(document.tokens, document.plain.text, document.reference):
        if first in context.foreign:
            continue
        start, end = document.sentence(first)
        near = set(low[max(start, first - 9) : min(end, last + 4)])
        score = 3 if near & _SITES else 2 if near & _PEOPLE or set(low[start:end]) & _PEOPLE else 1
        of_data = near & _OF_DATA and not {"trained", "located", "facility", "conducted", "our"} & near
        if of_data or low[max(start, first - 1) : first] == ("(",):
            score = 1
        if score > 1:
            yield Candidate(first, last, alpha3, score)


def _at_a_place(reading: Reading) -> bool:
    """Whether the words name where something is: after `our`, `at a`, `Google's`, a country."""
    before = reading.before(4)
    if not before:
        return True
    return bool({"our", "at", "in", "'s", "from", "on", "based", "a", "the", "by"} & set(before[-3:]))


RULES: tuple[Rule, ...] = (
    Rule(
        "facility-type",
        "(research|compute|computing|high performance computing|high performance compute|supercomputing|training|data|computational"
        "|ai|hpc) (facility|center|centre|lab|laboratory|site|hub|campus|institution|institute)",
        "facilityType", "facility", value=spanned, when=_at_a_place,
    ),
    Rule("facility-type", "(laboratory|datacenter|facility)", "facilityType", "facility", value=spanned, when=_at_a_place),
)  # fmt: skip
