"""Reads how much data a run was trained on: `4.5 trillion tokens`, `850GB of text`, `60,000 hours of speech`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.hedges import hedge_before
from kg.extraction.lexer import words
from kg.extraction.numerals import exact
from kg.extraction.phrases import ENDS, in_compound
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.extraction.numerals import Quantity

# Words of training data, phrases that introduce what a model learns from, and words of measuring it.
DATA = words(
    "dataset datasets corpus corpora data collection mixture mix curated collected comprised comprises comprising "
    "consisting consists consisted totaling totalling totals totaled sourced assembled compiled aggregating "
    "aggregated encompassing leveraged combining"
)
TRAINED_ON = (
    ("trained", "on"),
    ("tuned", "on"),
    ("training", "on"),
    ("tuning", "on"),
    ("conducted", "on"),
    ("adapted", "on"),
)
EVALUATING = words(
    "evaluated evaluation evaluate evaluations benchmark benchmarks benchmarked validation validated heldout test "
    "tested accuracy achieves achieved achieving outperforms results assessed"
)
_BATCH = words(
    "batch batches window context buffer vocabulary throughput processing processed processes buffers cache capacity"
)
_PROPERTIES = {
    "tokens": "tokenCount", "pairs": "pairCount", "clips": "clipCount", "examples": "exampleCount", "images": "imageCount",
    "documents": "documentCount", "articles": "documentCount", "hours": "hourCount",
}  # fmt: skip
_SAMPLES = words(
    "samples trajectories episodes demonstrations structures molecules conversations dialogues videos notes records "
    "cases scans slides compounds transitions instructions prompts reports utterances sentences instances"
)
_WORDS_IN_UNIT = words("pairs clips")
_STORAGE = {
    "gb": ("GigaBYTE", 0), "gigabytes": ("GigaBYTE", 0), "tb": ("TeraBYTE", 0), "terabytes": ("TeraBYTE", 0), "pb": ("TeraBYTE", 3),
    "petabytes": ("TeraBYTE", 3), "terabyte": ("TeraBYTE", 0),
}  # fmt: skip
_LEAST = {"tokens": 1_000_000, "hours": 10}
_TOTAL = words("totaling totalling total totals totaled aggregate altogether overall amounted amounting")
_PARTIAL = words(
    "additional proprietary internal supplementary augmented subset further alongside plus supplemented including"
)
_UNITS = {"hours": "hour"}
_TEST = words("validation test evaluation held heldout evaluated")
_MEMORY = words("memory ram hbm vram gpu gpus each")
_STORED = words("text data dataset corpus totaling totalling tokens")
_RECORDED = words("audio speech data video recordings music footage recorded corpus")


@dataclass(frozen=True, slots=True)
class _Size:
    first: int
    last: int
    property: str
    unit: str
    quantity: Quantity
    total: bool
    power: int = 0


def size_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield the first size of each kind for each data set, or the one said to be the total."""
    best: dict[tuple[str, str], _Size] = {}
    for first, quantity in document.quantities.items():
        if first in context.foreign:
            continue
        size = _size_at(document, first, quantity)
        if size is None or not _of_training_data(document, size):
            continue
        key = (context.dataset(first), size.property)
        if key not in best or (size.total and not best[key].total):
            best[key] = size
    for (subject, property_), size in best.items():
        approximate = hedge_before(document.tokens, size.first) is not None
        value = exact(size.quantity.value.scaleb(size.power))
        yield claim_at(
            document, size.first, size.last, subject, property_, value, "grammar:dataset-size", unit=size.unit, approximate=approximate,
        )  # fmt: skip


def _size_at(document: Document, first: int, quantity: Quantity) -> _Size | None:
    """Read a number with what it counts: `2.1 billion interleaved image-text pairs`, `850GB`."""
    low = document.low
    _, end = document.sentence(first)
    total = bool(_TOTAL & set(low[max(0, first - 4) : first]))
    noun = quantity.last
    if noun < end and low[noun] in _STORAGE:
        unit, power = _STORAGE[low[noun]]
        return _Size(first, noun + 1, "storageSize", unit, quantity, total, power)
    while noun < end and noun < quantity.last + 7 and _within_phrase(document, noun):
        head = low[noun]
        if head in _PROPERTIES or head in _SAMPLES:
            property_ = _PROPERTIES.get(head, "sampleCount")
            counted = _counted(document, quantity.last, noun) if head in _WORDS_IN_UNIT else _UNITS.get(head, head)
            if quantity.value < _LEAST.get(head, 100) or (quantity.value != int(quantity.value) and head != "hours"):
                return None
            return _Size(first, noun + 1, property_, counted, quantity, total)
        noun += 1
    return None


_PRAISE = words(
    "carefully curated high quality resolution unique publicly available filtered diverse clean additional human "
    "meticulously large scale verified annotated raw web crawled scraped synthetic noisy"
)


def _counted(document: Document, first: int, noun: int) -> str:
    """Return the words that say what is counted, without praise: `carefully curated image-text pairs` are image-text pairs."""
    while first < noun and document.low[first] in _PRAISE:
        first += 1
    return document.text(first, noun + 1)


def _within_phrase(document: Document, i: int) -> bool:
    return document.kinds[i] == "W" and (
        in_compound(document, i) or (document.low[i] not in ENDS and document.low[i] != "and")
    )


def _of_training_data(document: Document, size: _Size) -> bool:
    """Whether a size is that of the training data, not of a batch, a test set, a buffer, or a part of the data."""
    low = document.low
    start, end = document.sentence(size.first)
    said = set(low[start:end])
    before = low[max(start, size.first - 6) : size.first]
    near = set(low[max(start, size.first - 8) : min(end, size.last + 5)])
    trained = any(low[i : i + 2] in TRAINED_ON for i in range(start, size.first))
    if _of_a_step(before, low[size.last : size.last + 3]) or not (
        DATA & said or trained or size.property == "pairCount"
    ):
        return False
    evaluating = EVALUATING & said and not (trained or {"training", "pretraining"} & said)
    if evaluating or _TEST & near or before[-1:] == ("(",):
        return False
    if _PARTIAL & set(_since_bracket(before)[-4:]) and not size.total:
        return False
    if size.property == "storageSize":
        return bool(_STORED & said) and not _MEMORY & near
    return size.property != "hourCount" or bool(_RECORDED & said)


def _of_a_step(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether the words around a size are of a batch, a rate or a window."""
    return bool(
        _BATCH & set(before) or {"per", "/", "long"} & set(after[:1]) or {"second", "window", "context"} & set(after)
    )


def _since_bracket(before: tuple[str, ...]) -> tuple[str, ...]:
    return before[before.index(")") + 1 :] if ")" in before else before
