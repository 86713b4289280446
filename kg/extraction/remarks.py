"""Findings about how a passage is written: what its reader should know, though the facts are as the text says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.tagged import read_tagged, tag_findings
from kg.extraction.values import SlotValue
from kg.extraction.years import QUALIFIERS
from kg.model import Finding, Severity, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extraction.document import Document
    from kg.extraction.tagged import TaggedValue
    from kg.model import Fact

_SHARDED = ("fsdp", "sharded", "zero")


def remarks(document: Document, facts: Sequence[Fact]) -> Iterator[Finding]:
    """Yield the findings about tags and wording."""
    tagged = read_tagged(document)
    yield from tag_findings(document, tagged)
    yield from _lost_qualifiers(document, tagged)
    yield from _missing(document, facts)
    on_tpus = _on_tpus(document, facts)
    for fact in facts:
        yield from _of_fact(document, fact, on_tpus=on_tpus)


def _missing(document: Document, facts: Sequence[Fact]) -> Iterator[Finding]:
    stated = {fact.slot for fact in facts if fact.value is not None}
    for slot in Slot:
        if slot not in stated:
            message = f"No <{slot}>, and the text states none: not specified."
            yield Finding("missing-tag", Severity.INFO, message, document.passage.source)


def _lost_qualifiers(document: Document, tagged: Sequence[TaggedValue]) -> Iterator[Finding]:
    for entry in tagged:
        word = document.low[entry.token - 1] if entry.token else ""
        if entry.tag.slot is Slot.YEAR and isinstance(entry.value, SlotValue) and word in QUALIFIERS:
            message = f'"{word} {entry.text}": the tag keeps only {entry.text}.'
            yield _finding(document, "lost-qualifier", Severity.WARNING, message, entry.tag.start, entry.tag.end)


def _of_fact(document: Document, fact: Fact, *, on_tpus: bool) -> Iterator[Finding]:
    if fact.slot is Slot.YEAR and fact.value is not None and fact.property != "releaseYear":
        message = f"{fact.value} is said as {_spaced(fact.property)}, not as the year of release."
        yield _finding(document, "year-meaning", Severity.INFO, message, fact.start, fact.end)
    if fact.rule == "tag:gpu_count" and fact.value is not None and on_tpus:
        message = "<gpu_count> marks a number of TPUs."
        yield _finding(document, "tag-name", Severity.INFO, message, fact.start, fact.end)
    if fact.property == "globalBatchSize" and fact.unit is None:
        message = f'"{fact.text}" does not say what the batch counts.'
        yield _finding(document, "batch-unit-missing", Severity.INFO, message, fact.start, fact.end)
    if fact.property == "modelParallelism" and "model" in fact.text.lower() and _near_sharding(document, fact):
        message = "Fully sharded data parallelism is called model parallelism here; it shards the data-parallel state."
        yield _finding(document, "terminology", Severity.INFO, message, fact.start, fact.end)
    decoding = fact.property == "architecture" and "decoder-only" in str(fact.value)
    if decoding and fact.subject.startswith("component:") and fact.subject.endswith("encoder"):
        message = f"A {_spaced(fact.subject.partition(':')[2])} is said to be a {fact.value}."
        yield _finding(document, "architecture-contradiction", Severity.INFO, message, fact.start, fact.end)


def _on_tpus(document: Document, facts: Sequence[Fact]) -> bool:
    keys = [str(fact.value) for fact in facts if fact.slot is Slot.HARDWARE and fact.value is not None]
    return bool(keys) and all(document.reference.accelerators[key].kind == "TPU" for key in keys)


def _near_sharding(document: Document, fact: Fact) -> bool:
    """Whether the sentence says that the parallelism comes by sharding: `PyTorch FSDP for model parallelism`."""
    token = document.token_at(document.plain.plain_offset(fact.start))
    first, _ = document.sentence(token)
    return any(word in _SHARDED for word in document.low[max(first, token - 4) : token])


def _spaced(name: str) -> str:
    """Return the words of a name: `checkpointFinalizedYear` is `checkpoint finalized year`."""
    return "".join(f" {character.lower()}" if character.isupper() else character for character in name).replace(
        "-", " "
    )


def _finding(document: Document, code: str, severity: Severity, message: str, start: int, end: int) -> Finding:
    text = document.passage.text[start:end]
    return Finding(code, severity, message, document.passage.source, start, end, text)
