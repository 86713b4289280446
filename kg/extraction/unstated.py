"""Says of each slot without a value that the passage states none, with the words that stand where it would, if there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.claims import Claim
from kg.extraction.context import PRETRAINING, UNNAMED
from kg.extraction.lexer import words
from kg.extraction.naming import unnamed
from kg.extraction.rules import claim_at
from kg.extraction.tagged import subject_of
from kg.model import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extraction.document import Document
    from kg.model import Fact

RULE = "not-stated"
_MANY = words("fleet cluster array set pool grid number")


def unstated_claims(document: Document, facts: Iterable[Fact]) -> Iterator[Claim]:
    """Yield a claim without value for each slot that none of the facts fills."""
    told = list(facts)
    stated = {fact.slot for fact in told}
    model = next((fact.subject for fact in told if fact.subject.startswith("model:")), UNNAMED)
    run = next((fact.subject for fact in told if fact.slot in (Slot.GPU_COUNT, Slot.TRAINING)), f"run:{PRETRAINING}")
    for slot in Slot:
        if slot in stated:
            continue
        subject, property_ = subject_of(slot, model, run)
        span = _place(document, slot)
        if span is None:
            yield Claim(subject, property_, None, "", RULE, slot=slot)
        else:
            yield claim_at(document, *span, subject, property_, None, RULE, slot=slot)


def _place(document: Document, slot: Slot) -> tuple[int, int] | None:
    if slot is Slot.MODEL:
        return unnamed(document)
    return _uncounted(document) if slot is Slot.GPU_COUNT else None


def _uncounted(document: Document) -> tuple[int, int] | None:
    """Return the phrase that stands where the number would: `a distributed fleet of NVIDIA A100 GPUs`."""
    low = document.low
    for name in document.accelerators:
        if low[name - 1 : name] != ("of",) or name < 2 or low[name - 2] not in _MANY:
            continue
        first = name - 2
        start, _ = document.sentence(name)
        while first > start and document.kinds[first - 1] == "W" and low[first - 1] not in _BEFORE:
            first -= 1
        return first, name - 1
    return None


_BEFORE = words(
    "a an the our using utilizing leveraged leveraging employed used on across with of and comprising utilized "
    "utilizes over"
)
