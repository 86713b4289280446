"""Claims for the slots that no tag fills, from grammar and gazetteer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.locations import countries
from kg.extraction.measures import accelerator_counts, accelerators, best, durations, parameter_counts
from kg.extraction.naming import model_names
from kg.extraction.rules import claim_at
from kg.extraction.tagged import accelerator_claims, subject_of
from kg.extraction.years import meaning_of, years
from kg.model import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.extraction.measures import Candidate

_FINDERS: dict[Slot, tuple[str, Callable[[Document, Context], Iterator[Candidate]]]] = {
    Slot.PARAMS: ("grammar:params", parameter_counts),
    Slot.GPU_COUNT: ("grammar:gpu_count", accelerator_counts),
    Slot.HARDWARE: ("gazetteer:hardware", accelerators),
    Slot.TRAINING: ("grammar:training", durations),
    Slot.COUNTRY: ("gazetteer:country", countries),
    Slot.YEAR: ("grammar:year", years),
}
# A name of a model needs a clear cue; below this it could be any name.
_LEAST_NAME_SCORE = 7


def find_model(document: Document, context: Context) -> Candidate | None:
    """Return the name of the passage's model, if the text says it clearly."""
    candidates = [candidate for candidate in model_names(document, context) if candidate.score >= _LEAST_NAME_SCORE]
    return min(candidates, key=lambda candidate: (-candidate.score, candidate.first)) if candidates else None


def slot_claims(
    document: Document, context: Context, missing: frozenset[Slot], name: Candidate | None, model: str, run: str
) -> Iterator[Claim]:
    """Yield a claim for each missing slot that the text states without a tag."""
    if name is not None and Slot.MODEL in missing:
        yield name.claim(document, Slot.MODEL, model, "name", "grammar:model")
    for slot, (rule, find) in _FINDERS.items():
        found = best(find(document, context)) if slot in missing else None
        if found is None:
            continue
        subject, property_ = subject_of(slot, model, run)
        more: tuple[str, ...] = ()
        if slot is Slot.YEAR:
            meaning = meaning_of(document, found.first)
            property_, more = meaning.property, meaning.also
        claim = found.claim(document, slot, subject, property_, rule)
        yield claim
        for property_ in more:
            yield claim_at(document, found.first, found.last, subject, property_, found.value, rule)
        if slot is Slot.HARDWARE and claim.near is not None:
            yield from accelerator_claims(document, claim.quote, claim.near, rule)
