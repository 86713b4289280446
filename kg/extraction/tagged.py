"""Claims from tags: the seven slots as the tags mark them, and what is faulty about the tags' contents."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from kg.extraction.claims import Claim
from kg.extraction.hedges import hedge_before
from kg.extraction.tags import inner_text
from kg.extraction.values import LONGEST_CONTENT, TOO_LONG, NoValue, SlotValue, read_value
from kg.extraction.years import meaning_of
from kg.model import Finding, Severity, Slot
from kg.rdf.accelerators import parse_accelerator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.extraction.document import Document
    from kg.extraction.tags import Tag

_GROUPS = ("pods", "slices", "nodes", "servers", "superpods", "racks")
# A count and the hardware that it counts have only their tags and a space between them.
_BESIDE = len("</gpu_count> <hardware>") + 1
_HEDGED = (Slot.PARAMS, Slot.GPU_COUNT, Slot.TRAINING, Slot.YEAR)


@dataclass(frozen=True, slots=True)
class TaggedValue:
    """A tag with the value of its content; `token` is the first token of the content, `hedge` that of a hedge before the tag."""

    tag: Tag
    text: str
    value: SlotValue | NoValue
    token: int
    hedge: int | None


def read_tagged(document: Document) -> tuple[TaggedValue, ...]:
    """Return the tags of a document with their values, in the order of the text."""
    found = []
    for tag in document.markup.tags:
        # A longer content is no value; it is not even copied, for tags may be nested without end.
        text = inner_text(document.passage.text, tag) if tag.end - tag.start <= LONGEST_CONTENT else ""
        token = document.token_at(document.plain.plain_offset(tag.start))
        hedge = hedge_before(document.tokens, token) if tag.slot in _HEDGED and text.strip() else None
        value = read_value(tag.slot, text, document.reference) if tag.end - tag.start <= LONGEST_CONTENT else TOO_LONG
        found.append(TaggedValue(tag, text, value, token, hedge))
    return tuple(found)


def tag_claims(document: Document, tagged: tuple[TaggedValue, ...], model: str, run: str) -> Iterator[Claim]:
    """Yield a claim for each tag that has a value, with what follows from an accelerator's name and a year's sentence."""
    raw = document.passage.text
    for entry, following in zip_longest(tagged, tagged[1:]):
        value, tag = entry.value, entry.tag
        rule = f"tag:{tag.slot}"
        subject, property_ = subject_of(tag.slot, model, run)
        if isinstance(value, NoValue):
            if value.code == "range":
                quote = raw[tag.start : tag.end]
                yield Claim(subject, property_, None, quote, rule, tag.start, tag.slot, approximate=True)
            continue
        quote = raw[tag.start : tag.end]
        approximate = value.approximate or entry.hedge is not None
        more: tuple[str, ...] = ()
        if tag.slot is Slot.YEAR:
            meaning = meaning_of(document, entry.token)
            property_, more = meaning.property, meaning.also
        unit = counted_groups(entry, following) or value.unit
        yield Claim(subject, property_, value.value, quote, rule, tag.start, tag.slot, unit, approximate, value.level)
        for property_ in more:
            yield Claim(subject, property_, value.value, quote, rule, tag.start, approximate=approximate)
        if tag.slot is Slot.HARDWARE and quote == entry.text:
            yield from accelerator_claims(document, quote, tag.start, rule)


def counted_groups(entry: TaggedValue, following: TaggedValue | None) -> str | None:
    """Return `pods` or the like where a count is one of groups of accelerators, which the next tag names, and not of accelerators.

    "4 TPU v4 pods" and "a TPU v4 pod" count pods, "a 256 TPU v4 pod" counts the chips of one.
    """
    if entry.tag.slot is not Slot.GPU_COUNT or not isinstance(entry.value, SlotValue) or following is None:
        return None
    if following.tag.slot is not Slot.HARDWARE or following.tag.start - entry.tag.end > _BESIDE:
        return None
    words = following.text.lower().split()
    last = words[-1].strip(".,;:") if words else ""
    plural = last if last.endswith("s") else f"{last}s"
    return plural if plural in _GROUPS and (last == plural or entry.value.value == 1) else None


def subject_of(slot: Slot, model: str, run: str) -> tuple[str, str]:
    """Return of what a slot is a property, and which."""
    return {
        Slot.MODEL: (model, "name"),
        Slot.PARAMS: (model, "parameterCount"),
        Slot.GPU_COUNT: (run, "acceleratorCount"),
        Slot.HARDWARE: ("accelerator", "name"),
        Slot.TRAINING: (run, "trainingDuration"),
        Slot.COUNTRY: ("facility", "country"),
        Slot.YEAR: (model, "year"),
    }[slot]


def accelerator_claims(document: Document, name: str, start: int, rule: str) -> Iterator[Claim]:
    """Yield the memory and the maker that an accelerator's name states; `start` is where the name stands in the raw text."""
    mention = parse_accelerator(name, document.reference)
    if mention is None:
        return
    if mention.memory_span is not None and mention.memory_gb is not None:
        first, last = mention.memory_span
        yield Claim(
            "accelerator", "memorySize", mention.memory_gb, name[first:last], rule, start + first, unit="GigaBYTE"
        )
    if mention.vendor_span is not None:
        first, last = mention.vendor_span
        yield Claim("accelerator", "manufacturer", mention.vendor, name[first:last], rule, start + first)


def tag_findings(document: Document, tagged: tuple[TaggedValue, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the contents of tags: no value, a repetition, a hedge that the tag leaves out."""
    first_of: dict[Slot, TaggedValue] = {}
    for entry, following in zip_longest(tagged, tagged[1:]):
        name = f"<{entry.tag.slot}>"
        if isinstance(entry.value, NoValue):
            yield _finding(document, entry, entry.value.code, f"{name} has no value: {entry.value.why}.")
            continue
        if groups := counted_groups(entry, following):
            message = f"{entry.text} counts {groups}, not accelerators: how many of these there were is not stated."
            yield _finding(document, entry, "groups-counted", message)
        if entry.hedge is not None:
            words = document.text(entry.hedge, entry.token)
            message = f'"{words}" stands before {name}: a reader of the tag alone takes the value for exact.'
            yield _finding(document, entry, "hedge-outside-tag", message)
        earlier = first_of.setdefault(entry.tag.slot, entry)
        if earlier is not entry and isinstance(earlier.value, SlotValue):
            yield _repeated(document, entry, earlier, earlier.value)


def _repeated(document: Document, entry: TaggedValue, earlier: TaggedValue, value: SlotValue) -> Finding:
    name = f"<{entry.tag.slot}>"
    if entry.text == earlier.text:
        message = f"{name} is repeated with the same content."
        return _finding(document, entry, "repeated-tag", message, Severity.INFO)
    if isinstance(entry.value, SlotValue) and (entry.value.value, entry.value.unit) == (value.value, value.unit):
        message = f'{name} is repeated with another spelling of its value, "{earlier.text}" before.'
        return _finding(document, entry, "repeated-tag-spelling", message, Severity.INFO)
    message = f'{name} is repeated with another value, "{earlier.text}" before: both are kept.'
    return _finding(document, entry, "conflicting-tag", message)


def _finding(
    document: Document, entry: TaggedValue, code: str, message: str, severity: Severity = Severity.WARNING
) -> Finding:
    tag = entry.tag
    text = document.passage.text[tag.start : tag.end] if tag.end - tag.start <= LONGEST_CONTENT else None
    return Finding(code, severity, message, document.passage.source, tag.start, tag.end, text)
