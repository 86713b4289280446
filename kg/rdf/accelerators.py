"""Names of accelerators, parsed into vendor, family, form factor and memory, and from there to a key of the reference table.

Nothing is compared by likeness: `A1000` is not `A100`, and `A100 64GB` names a memory that no A100 of the table has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.rdf.accelerator_names import Index, Name, Word, index, words
from kg.rdf.reference import Accelerator, Reference

Span: TypeAlias = tuple[int, int]

# What may stand between the words of one name: a break of a few characters or a hyphen, but no comma, no bracket, no new paragraph.
_GAP = re.compile(r"[ \t\u00a0\u202f®™]{0,3}(?:\r?\n[ \t]{0,3})?(?:[-_‐‑–]\s?)?")
# A blank that is no break between paragraphs.
_BLANK = r"(?:[^\S\n]|\n(?!\s*\n))"
_NOT_MEMORY = r"(?!\s*(?:/|per\s)\s*s|\s+(?:of\s+)?(?:system|host|main|CPU|DRAM|RAM|DDR))"
_ATTRIBUTE = re.compile(
    rf"(?P<gap>(?:{_BLANK}|[,_/(\[‐‑–®™-]){{0,4}})"
    r"""(?:
        (?P<form>SXM[2-6]?|PCI[-\ ]?E(?:xpress)?|NVL|OAM|DGXS)(?![0-9A-Za-z])(?!\s*(?:gen|bus|[3-7]\.0|x[0-9]|interconnect|lane|link|slot|switch))
      | (?P<memory>(?P<number>[0-9]{1,4})[\s-]?(?P<unit>GB|GiB|G))(?![0-9A-Za-z])"""
    + _NOT_MEMORY
    + r"""
      | (?P<noise>(?:Tensor[\s-]Cores?|HBM[0-9]?e?|GDDR[0-9]?X?|NVL[0-9]+|VRAM)(?![0-9A-Za-z]))
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LATER_MEMORY = re.compile(
    rf"{_BLANK}*(?:[(\[]|,?{_BLANK}(?:each )?(?:with|having|featuring|offering){_BLANK})"
    r"(?P<memory>(?P<number>[0-9]{1,4})[\s-]?(?:GB|GiB))(?![0-9A-Za-z])" + _NOT_MEMORY,
    re.IGNORECASE,
)
# "40GB or 80GB" says neither.
_OTHER_MEMORY = re.compile(r"\s?(?:/|and|or)\s?([0-9]{1,4})\s?G(?:i?B)?(?![0-9A-Za-z])")
_NOUN = re.compile(
    rf"(?:{_BLANK}|-){{1,2}}"
    r"""(?:(?:AI|graphics|compute|computing|tensor)[\s-])?(superchip|gpu|tpu|npu|dcu|hpu|ipu|chip|core|accelerator|card|pod|unit|node|device
        |processor|board|server|system|instance|module)s?(?![0-9A-Za-z])""",
    re.IGNORECASE | re.VERBOSE,
)
_SLICE = re.compile(r"-([0-9]{1,5})(?!\w|\.[0-9])")
_COUNT_BEFORE = re.compile(r"(?<![\w.,])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,6})\s?[xX×]\s?\Z")
_COUNT_AFTER = re.compile(r"\s?[x×]\s?([0-9]{1,6})(?!\w|\.[0-9])")
_LONGEST_COUNT = 16
_LONGEST_ADDRESS = 200
_BRACKET_END = re.compile(r"[^()\[\]\n]{0,20}[)\]]")
_ADDRESS = re.compile(r"\S*(?:://|www\.)\S*\Z")
_MEMORY_WORD = re.compile(r"([0-9]{1,4})(?:gb|gib|g)")
_FORM_WORD = re.compile(r"(sxm|pcie|nvl|oam|dgxs)[2-6]?")
_FORMS = {"SXM": "SXM", "PCI": "PCIe", "NVL": "NVL", "OAM": "OAM", "DGX": "DGXS"}

_BRANDS = frozenset(("tesla", "geforce", "quadro", "radeon", "instinct", "habana", "hgx", "dgx", "cloud"))
_FILLERS = frozenset(("tensor", "core", "gpu", "gpus"))
# After the name of a card they make it another card's name.
_OTHER_CARD = frozenset(("super", "ti", "laptop", "mobile", "d", "max"))
_CUE_NOUNS = frozenset(
    ("gpu", "tpu", "npu", "dcu", "hpu", "ipu", "accelerator", "chip", "card", "superchip", "core", "pod")
)
# Nouns that are names too: "Trillium TPU", "Colossus IPU".
_NOUNS = frozenset(("tpu", "tpus", "dcu", "dcus", "ipu", "ipus"))
# Makers that also rent out the accelerators of others: "AWS A100 instances" says nothing about who makes the A100.
_CLOUDS = frozenset(("Alibaba", "AWS", "Baidu", "Google", "Huawei", "Microsoft"))
# TensorCores that one chip counts for in a slice's name: v3-256 is 128 chips, v5e counts chips.
_CORES_PER_CHIP = {"TPU v2": 2, "TPU v3": 2, "TPU v4": 2, "TPU v5p": 2, "TPU v5e": 1, "TPU v6e": 1}


@dataclass(frozen=True, slots=True)
class AcceleratorMention:
    """An accelerator as a text names it; all spans are code points of that text, end exclusive.

    `start`/`end` hold the whole mention with its noun (`NVIDIA A100 80GB GPUs`), `name_span` leaves a noun at the end off. `key` is the most general
    row of the table that has all that is said; None where the name is that of no row (`RTX 4080 Super`, `Intel A100`). With a memory that the family is
    not known to have, `known_memory` is False and `key` is the family's. `vendor` is the maker of the family; it is stated only where `vendor_span` is.
    `count` is a multiplier written onto the name (`8xH100`), outside the mention. `noun` is the last noun, lower case and singular (`gpu`, `node`).
    `slice_size` is the number after a TPU's version (`v3-256`), `slice_chips` the chips that it means, None where the custom is not known.
    """

    key: str | None
    kind: str
    vendor: str
    family: str
    form_factor: str | None
    memory_gb: int | None
    known_memory: bool
    start: int
    end: int
    name_span: Span
    vendor_span: Span | None
    form_factor_span: Span | None
    memory_span: Span | None
    noun: str | None
    count: int | None
    count_span: Span | None
    slice_size: int | None
    slice_chips: int | None


def parse_accelerator(text: str, reference: Reference) -> AcceleratorMention | None:
    """Return the accelerator named in a text known to be about hardware (a tag's content, a table's cell), or None.

    Of several the first counts; a name of a whole line of products (`TPU`, `Hopper`) gives way to a later one that says more.
    """
    lines = index(reference).lines
    first = None
    for mention in _mentions(text, reference, cued=False):
        if mention.family.lower() not in lines:
            return mention
        first = first or mention
    return first


def find_accelerators(text: str, reference: Reference) -> tuple[AcceleratorMention, ...]:
    """Return the accelerators named in running text, in order and without overlap.

    Here a name that means other things too (`T4`, `Hopper`, `a100` in small letters) counts only beside a vendor, a memory, a noun or the like.
    """
    return tuple(_mentions(text, reference, cued=True))


@dataclass(slots=True)
class _Draft:
    """A mention while it is read: first from its name to the left, then to the right."""

    name: Name
    start: int
    end: int
    vendor_span: Span | None = None
    brand: bool = False
    contradicted: bool = False
    other_card: bool = False
    form: str | None = None
    form_span: Span | None = None
    memory: int | None = None
    memory_span: Span | None = None
    noun: str | None = None
    slice_size: int | None = None
    name_end: int = field(default=0)


def _mentions(text: str, reference: Reference, *, cued: bool) -> Iterator[AcceleratorMention]:
    table = index(reference)
    found = words(text)
    at, free = 0, 0  # the next word to look at, and the character up to which all is read
    while at < len(found):
        matched = _match(text, found, at, table) if found[at].start >= free else None
        if matched is None:
            at += 1
            continue
        name, after = matched
        if _leads_to_a_narrower_name(text, found, after, name, table):
            at = after
            continue
        draft = _Draft(name, found[at].start, found[after - 1].end)
        _read_left(text, found, at, free, draft, table)
        _read_right(text, found, after, draft, table)
        mention = _mention(text, draft, table)
        if (name.bare and not (draft.vendor_span or draft.brand)) or (
            cued and not _has_cue(text, found[at:after], draft, mention)
        ):
            at += 1
            continue
        yield mention
        at, free = after, draft.end


def _match(text: str, found: list[Word], at: int, table: Index) -> tuple[Name, int] | None:
    """Return the longest name that starts at a word, and the number of the word after it."""
    for first in dict.fromkeys((found[at].lower, found[at].singular)):
        for name in table.names.get(first, ()):
            after = _end_of(text, found, at, name)
            if after is not None:
                return name, after
    return None


def _end_of(text: str, found: list[Word], at: int, name: Name) -> int | None:
    """Return the number of the word after a name that starts at a word, or None where other words stand there."""
    for nth, part in enumerate(name.words):
        if at == len(found) or (nth and not _joined(text, found[at - 1], found[at])):
            return None
        word = found[at]
        # The s of "V100s" is a plural, that of "V100S" a name's; before a noun there is no plural ("V100s GPUs").
        plural = word.lower != word.singular and name.written.endswith("S") and not _NOUN.match(text, word.end)
        if part != word.singular and (part != word.lower or plural):
            return None
        at += 1
        if name.turned and nth == 0 and _SLICE.match(text, word.end):
            at += 1  # the slice of "v3-8 TPU"
    return at


def _joined(text: str, left: Word, right: Word) -> bool:
    return _GAP.fullmatch(text, left.end, right.start) is not None


def _leads_to_a_narrower_name(text: str, found: list[Word], after: int, name: Name, table: Index) -> bool:
    """Tell whether a name of a line (Hopper) is followed by one of a product below it (H100)."""
    while after < len(found) and found[after].lower in _FILLERS and _joined(text, found[after - 1], found[after]):
        after += 1
    if name.row.level != "family" or after == len(found) or not _joined(text, found[after - 1], found[after]):
        return False
    narrower = _match(text, found, after, table)
    return narrower is not None and name.row.key in table.above[narrower[0].row.key]


def _read_left(text: str, found: list[Word], at: int, free: int, draft: _Draft, table: Index) -> None:
    """Take the vendor, the line, a memory and a form factor that stand before the name."""
    left = at - 1
    while left >= 0 and found[left].start >= free and _joined(text, found[left], found[left + 1]):
        word = found[left]
        taken = _vendor(text, found, left, draft, table) or _left_attribute(text, found, left, draft)
        if taken:
            left -= taken
            draft.start = found[left + 1].start
        elif word.lower in _BRANDS or word.lower in table.lines:
            draft.brand = True
            draft.start = word.start
            left -= 1
        elif word.lower in _FILLERS:
            left -= 1
        else:
            break


def _vendor(text: str, found: list[Word], left: int, draft: _Draft, table: Index) -> int:
    """Take a vendor that ends at a word; return the number of its words."""
    for size in (2, 1):
        first = left - size + 1
        if first < 0 or draft.vendor_span is not None or draft.contradicted:
            continue
        vendor = table.vendors.get(tuple(word.lower for word in found[first : left + 1]))
        if vendor is None or not all(
            _joined(text, *pair) for pair in zip(found[first:left], found[first + 1 : left + 1], strict=True)
        ):
            continue
        if vendor == draft.name.row.vendor:
            draft.vendor_span = found[first].start, found[left].end
        elif vendor in _CLOUDS or found[left].lower in _BRANDS:
            continue
        else:
            draft.contradicted = True
        return size
    return 0


def _left_attribute(text: str, found: list[Word], left: int, draft: _Draft) -> int:
    """Take a memory or a form factor that ends at a word; return the number of its words."""
    word = found[left]
    memory = _MEMORY_WORD.fullmatch(word.lower)
    if memory and draft.memory is None:
        draft.memory, draft.memory_span = int(memory[1]), (word.start, word.end)
        return 1
    number = found[left - 1] if left else None
    if (
        word.lower in ("gb", "gib")
        and draft.memory is None
        and number
        and number.lower.isdigit()
        and _joined(text, number, word)
    ):
        draft.memory, draft.memory_span = int(number.lower), (number.start, word.end)
        return 2
    if _FORM_WORD.fullmatch(word.lower) and draft.form is None:
        draft.form, draft.form_span = _FORMS[word.lower[:3].upper()], (word.start, word.end)
        return 1
    return 0


def _read_right(text: str, found: list[Word], after: int, draft: _Draft, table: Index) -> None:
    """Take what stands after the name: a slice, form factor and memory, nouns, and a memory after those."""
    if draft.name.turned:
        between = _SLICE.match(text, draft.start + len(draft.name.words[0]))
        draft.slice_size = int(between[1]) if between else None
    elif draft.name.row.kind == "TPU" and (part := _SLICE.match(text, draft.end)):
        draft.slice_size, draft.end = int(part[1]), part.end()
    _read_second_name(text, found, after, draft, table)
    memories = table.memories[draft.name.row.key]
    while (attribute := _ATTRIBUTE.match(text, draft.end)) and _right_attribute(attribute, draft, memories):
        draft.end = attribute.end()
    if draft.memory is not None and (other := _OTHER_MEMORY.match(text, draft.end)) and int(other[1]) in memories:
        draft.memory, draft.memory_span, draft.end = None, None, other.end()
    _close_bracket(text, draft)
    draft.name_end = draft.end
    while noun := _NOUN.match(text, draft.end):
        draft.noun, draft.end = noun[1].lower(), noun.end()
    later = _LATER_MEMORY.match(text, draft.end) if draft.noun and draft.memory is None else None
    if later and int(later["number"]) in memories:
        draft.memory, draft.memory_span, draft.end = int(later["number"]), later.span("memory"), later.end()
        _close_bracket(text, draft)


def _read_second_name(text: str, found: list[Word], after: int, draft: _Draft, table: Index) -> None:
    """Take another name of the same thing or of its line (H100 Hopper, TPU v6e (Trillium)), or the word that makes it another card (4080 Super)."""
    if after == len(found) or draft.end > found[after].start:
        return
    row = draft.name.row
    gap = text[draft.end : found[after].start]
    if row.family.startswith(("RTX", "GTX")) and found[after].lower in _OTHER_CARD and _GAP.fullmatch(gap):
        draft.other_card, draft.end = True, found[after].end
    elif gap.strip() == "(" or _GAP.fullmatch(gap):
        second = _match(text, found, after, table)
        if (
            second
            and (second[0].row.key == row.key or second[0].row.key in table.above[row.key])
            and found[after].lower not in _NOUNS
        ):
            draft.brand, draft.end = True, found[second[1] - 1].end
            _close_bracket(text, draft)


def _right_attribute(found: re.Match[str], draft: _Draft, memories: frozenset[int]) -> bool:
    """Take a form factor or a memory into the draft; tell whether it is one, and the first of its sort."""
    if found["form"]:
        if draft.form is not None:
            return False
        draft.form, draft.form_span = _FORMS[found["form"][:3].upper()], found.span("form")
    elif found["memory"]:
        # A number that is no memory of the family must be tied to the name: "A100-64GB", but not "A100, 512 GB" or "A100 5G".
        loose = "," in found["gap"] or "/" in found["gap"] or found["unit"].lower() == "g"
        if draft.memory is not None or (loose and int(found["number"]) not in memories):
            return False
        draft.memory, draft.memory_span = int(found["number"]), found.span("memory")
    return True


def _close_bracket(text: str, draft: _Draft) -> None:
    """Take the end of a bracket that was opened within the mention: `(80GB)`, `(80GB each)`."""
    inside = text[draft.start : draft.end]
    if inside.count("(") + inside.count("[") > inside.count(")") + inside.count("]"):
        rest = _BRACKET_END.match(text, draft.end)
        draft.end = rest.end() if rest else draft.end


def _mention(text: str, draft: _Draft, table: Index) -> AcceleratorMention:
    row = draft.name.row
    known = draft.memory is None or draft.memory in table.memories[row.key]
    named = not (draft.contradicted or draft.other_card)
    count, count_span = _count(text, draft)
    cores = _CORES_PER_CHIP.get(row.family)
    chips = draft.slice_size // cores if draft.slice_size and cores and draft.slice_size % cores == 0 else None
    return AcceleratorMention(
        key=_row(draft, table).key if named else None,
        kind=row.kind,
        vendor=row.vendor,
        family=row.family,
        form_factor=draft.form,
        memory_gb=draft.memory,
        known_memory=known,
        start=draft.start,
        end=draft.end,
        name_span=(draft.start, draft.name_end),
        vendor_span=draft.vendor_span,
        form_factor_span=draft.form_span,
        memory_span=draft.memory_span,
        noun=draft.noun,
        count=count,
        count_span=count_span,
        slice_size=draft.slice_size,
        slice_chips=chips,
    )


def _row(draft: _Draft, table: Index) -> Accelerator:
    """Return the most general row of the family that has the form factor and the memory, as far as they are said and known."""
    family, *others = table.families[draft.name.row.vendor, draft.name.row.family]
    memory = draft.memory
    form = draft.form if any(row.form_factor == draft.form for row in others) else None
    if (memory is not None and memory not in table.memories[family.key]) or (
        form is None and memory in (None, family.memory_gb)
    ):
        return family
    for said in others:
        if (said.form_factor, said.memory_gb) == (form, memory):
            return said
    # A form factor that comes with one memory only names the product: H100 NVL.
    fitting = [row for row in others if form == row.form_factor and memory in (None, row.memory_gb)]
    if form is not None and len(fitting) == 1:
        return fitting[0]
    return next((row for row in others if row.form_factor is None and row.memory_gb == memory), family)


def _count(text: str, draft: _Draft) -> tuple[int | None, Span | None]:
    window = max(0, draft.start - _LONGEST_COUNT)
    before = _COUNT_BEFORE.search(text[window : draft.start])
    if before:
        return int(before[1].replace(",", "")), (window + before.start(1), window + before.end(1))
    after = _COUNT_AFTER.match(text, draft.end)
    return (int(after[1]), after.span(1)) if after else (None, None)


def _has_cue(text: str, name: list[Word], draft: _Draft, mention: AcceleratorMention) -> bool:
    """Tell whether a name in running text is surely an accelerator's; one within an address is not."""
    if _ADDRESS.search(text[max(0, draft.start - _LONGEST_ADDRESS) : draft.start]):
        return False
    written = "".join(word.written for word in name)
    if not draft.name.ordinary and (len(name) > 1 or written.removesuffix("s") == draft.name.written.removesuffix("s")):
        return True
    beside = draft.vendor_span or draft.brand or draft.form or mention.count is not None or draft.slice_size
    plural = name[-1].lower != name[-1].singular and written[:1].isupper() and not draft.name.written.isalpha()
    return bool(beside or plural or draft.noun in _CUE_NOUNS or (draft.memory is not None and mention.known_memory))
