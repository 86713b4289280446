"""Finds the year of a model, and says which of its years it is: released, developed, evaluated, finalised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.lexer import words
from kg.extraction.measures import Candidate
from kg.extraction.rules import claim_at
from kg.extraction.values import is_year

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document

_RELEASED = words(
    "released release releasing launched launch sourced opensourced sourcing available public publicly shipped "
    "rollout releases"
)
_PUBLISHED = words(
    "published announced introduced unveiled disseminated presented publication announcement announcing debuted"
)
_FINALIZED = words("finalized finalised frozen completed concluded finished finalization completion finalizing")
_CHECKPOINT = words("checkpoint checkpoints weights")
_DEVELOPED = words("developed development built designed created implemented")
_EVALUATED = words("evaluated benchmarked validated assessed evaluation tested")
_OTHER = words(
    "trained training conducted deployed operationalized experiments pretraining carried executed performed "
    "concluding ran run work experimental phase"
)
_MEANINGS = (
    ("releaseYear", _RELEASED, 6),
    ("publicationYear", _PUBLISHED, 5),
    ("finalizedYear", _FINALIZED, 4),
    ("developmentYear", _DEVELOPED, 3),
    ("evaluationYear", _EVALUATED, 2),
    ("year", _OTHER, 2),
)
_SCORES = {property_: score for property_, _, score in _MEANINGS} | {"checkpointFinalizedYear": 4}

QUALIFIERS = words("early late mid")
_INTRODUCING = words(
    "in during late early mid january february march april may june july august september october november december "
    "spring summer autumn fall winter q1 q2 q3 q4 year around by"
)
# Years of models; a number outside them is none without a tag.
_FIRST, _LAST = 2000, 2035
_BOUNDING = words("since until through before from after up")
# How far before and after the year the words may stand that say what happened in it.
_REACH_BEFORE, _REACH_AFTER = 22, 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a year is the year of: a property, and further ones said in the same breath (`finalized and evaluated in`)."""

    property: str
    also: tuple[str, ...] = ()
    qualifier: int | None = None


def meaning_of(document: Document, token: int) -> Meaning:
    """Return what the year at a token is the year of; `year` where the text does not say."""
    low = document.low
    start, end = document.sentence(token)
    before = range(max(start, token - _REACH_BEFORE), token)
    after = range(token + 1, min(end, token + 1 + _REACH_AFTER))
    nearest = {property_: _nearest(low, before, after, cues) for property_, cues, _ in _MEANINGS}
    qualifier = next((i for i in (token - 1, token - 2) if i >= start and low[i] in QUALIFIERS), None)
    said = {property_: place for property_, place in nearest.items() if place is not None}
    if "releaseYear" in said and _really_released(low, said["releaseYear"]):
        return Meaning("releaseYear", (), qualifier)
    said.pop("releaseYear", None)
    for property_ in ("publicationYear", "finalizedYear", "developmentYear", "evaluationYear", "year"):
        if property_ not in said:
            continue
        also = _coordinated(low, said[property_], said, property_)
        if property_ == "finalizedYear" and _CHECKPOINT & set(low[start:token]) and not also:
            return Meaning("checkpointFinalizedYear", (), qualifier)
        # The nearer verb says it: "developed ... and evaluated in" means both, "developed. It was evaluated in" the second.
        return Meaning(property_, also, qualifier)
    return Meaning("year", (), qualifier)


def _nearest(low: tuple[str, ...], before: range, after: range, cues: frozenset[str]) -> int | None:
    """Return the cue nearest to the year, in its clause."""
    for i in reversed(before):
        if low[i] in (";", ":"):
            break
        if low[i] in cues:
            return i
    return next((i for i in after if low[i] in cues), None)


def _really_released(low: tuple[str, ...], i: int) -> bool:
    """Not of `publicly available datasets` or `public release ... prior to any`."""
    if low[i] in ("available", "publicly", "public"):
        near = set(low[max(0, i - 4) : i + 4])
        return bool(
            near & words("made make release released announced become became is was weights model sourced")
        ) and not (near & words("dataset datasets data sources corpora corpus"))
    return True


def _coordinated(low: tuple[str, ...], place: int, said: dict[str, int], property_: str) -> tuple[str, ...]:
    """Return what is joined to a verb by `and`: `developed and evaluated in 2023`."""
    joined = []
    for other in ("finalizedYear", "developmentYear", "evaluationYear"):
        if other != property_ and other in said:
            left, right = sorted((place, said[other]))
            if low[left + 1 : right] in (("and",), ("and", "then"), (",", "and")):
                joined.append(other)
    return tuple(joined)


def years(document: Document, context: Context) -> Iterator[Candidate]:
    """Yield the years of the model; not those of citations, of data sets and their versions, or bounds of time."""
    low = document.low
    for first, quantity in document.quantities.items():
        plausible = is_year(quantity, document.plain.text, document.tokens) and _FIRST <= quantity.value <= _LAST
        if not plausible or first in context.foreign:
            continue
        introduced = first > 0 and low[first - 1] in _INTRODUCING
        released = low[first + 1 : first + 2] in (("release",), ("public",)) or low[first - 2 : first] == (
            "scheduled",
            "for",
        )
        bounded = bool(_BOUNDING & set(low[max(0, first - 2) : first])) and not introduced
        if not (introduced or released) or bounded or _unit_follows(low, quantity.last):
            continue
        if low[max(0, first - 2) : first - 1] in (("before",), ("until",), ("since",), ("through",)):
            continue
        meaning = meaning_of(document, first)
        cued = meaning.property != "year" or _OTHER & set(low[slice(*document.sentence(first))])
        if cued:
            yield Candidate(first, quantity.last, int(quantity.value), _SCORES[meaning.property])


def _unit_follows(low: tuple[str, ...], i: int) -> bool:
    """Whether a thing is counted or named: `2048 tokens`, `the 2017 dataset`."""
    return low[i : i + 1] != () and low[i] in words(
        "tokens token sequences gpus samples images steps dataset datasets challenge benchmark edition version image video pairs "
        "examples iterations hours trajectories splits split prompts corpus"
    )


def qualifier_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield `late` for the year in `late 2023`."""
    low = document.low
    for first, quantity in document.quantities.items():
        if not is_year(quantity, document.plain.text, document.tokens) or first in context.foreign or first == 0:
            continue
        if low[first - 1] in QUALIFIERS and meaning_of(document, first).property != "year":
            rule = "grammar:year-qualifier"
            yield claim_at(document, first - 1, quantity.last, context.model, "yearQualifier", low[first - 1], rule)
