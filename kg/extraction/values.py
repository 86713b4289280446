"""What the content of a tag comes to: the normalised value of a slot, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.extraction.hedges import hedge_before
from kg.extraction.lexer import lex, words
from kg.extraction.numerals import exact, read_quantities
from kg.extraction.places import countries_in
from kg.model import Level, Slot
from kg.rdf.accelerators import parse_accelerator

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from kg.extraction.lexer import Tokens
    from kg.extraction.numerals import Quantity
    from kg.model import Scalar
    from kg.rdf.reference import Reference

# A tag holds a value, not a chapter; a longer content is not searched.
LONGEST_CONTENT = 400

DURATIONS = {
    spelling: unit
    for unit, spellings in (
        ("hour", "hour hours hr hrs h"),
        ("day", "day days d"),
        ("week", "week weeks wk wks"),
        ("month", "month months mo mos"),
        ("year", "year years yr yrs"),
    )
    for spelling in spellings.split()
}
_ONE = words("a an one single")
_TIMES = words("× x times by of with")
_ACTIVE = words("active activated")
_NO_NAME = words(
    "our the this a an model models system architecture network proposed method approach framework unnamed not "
    "specified none unknown n/a na"
)
FIRST_YEAR, LAST_YEAR = 1950, 2100


@dataclass(frozen=True, slots=True)
class SlotValue:
    """The value of a slot as its text states it; a product (`16 nodes x 8`) is derived."""

    value: Scalar
    unit: str | None = None
    approximate: bool = False
    level: Level = Level.STATED


@dataclass(frozen=True, slots=True)
class NoValue:
    """Why a content has no value: a stable code and the end of a sentence that starts with the tag."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class _Content:
    text: str
    tokens: Tokens
    quantities: tuple[Quantity, ...]
    reference: Reference

    @property
    def approximate(self) -> bool:
        return any(hedge_before(self.tokens, i) is not None for i in range(len(self.tokens) + 1))


TOO_LONG = NoValue("tag-without-value", f"it holds more than {LONGEST_CONTENT} characters")
_RANGE = NoValue("range", "a range is no single value")
_AMBIGUOUS = NoValue("ambiguous-tag-value", "it holds more than one value")


def read_value(slot: Slot, text: str, reference: Reference) -> SlotValue | NoValue:
    """Return the value that a tag's content (without tags inside it) states."""
    if not text.strip():
        return NoValue("empty-tag", "it is empty")
    tokens = lex(text)
    content = _Content(text, tokens, tuple(read_quantities(tokens, text).values()), reference)
    return _READERS[slot](content)


def _model(content: _Content) -> SlotValue | NoValue:
    if set(content.tokens.low) <= _NO_NAME or not any(character.isalnum() for character in content.text):
        return NoValue("tag-without-value", "it names no model")
    return SlotValue(" ".join(content.text.split()))


def _params(content: _Content) -> SlotValue | NoValue:
    tokens = content.tokens
    total = [
        quantity for quantity in content.quantities if not _ACTIVE & set(tokens.low[quantity.last : quantity.last + 2])
    ]
    if _is_range(tokens, total):
        return _RANGE
    value = _single(total)
    if not isinstance(value, NoValue) and value != value.to_integral_value():
        return NoValue("tag-without-value", "a number of parameters is whole")
    return value if isinstance(value, NoValue) else SlotValue(int(value), approximate=content.approximate)


def _gpu_count(content: _Content) -> SlotValue | NoValue:
    tokens, quantities = content.tokens, content.quantities
    if not quantities:
        if _ONE & set(tokens.low):
            return SlotValue(1, approximate=content.approximate)
        return NoValue("tag-without-value", "it holds no number")
    if _is_range(tokens, quantities):
        return _RANGE
    if len(quantities) == 2 and _TIMES & set(tokens.low[quantities[0].last : quantities[1].first]):
        return _whole(quantities[0].value * quantities[1].value, content, Level.DERIVED)
    if len(quantities) == 1 and {"node", "nodes"} & set(tokens.low):
        return NoValue("tag-without-value", "it counts nodes")
    value = _single(quantities)
    return value if isinstance(value, NoValue) else _whole(value, content)


def _whole(value: Decimal, content: _Content, level: Level = Level.STATED) -> SlotValue | NoValue:
    if value != value.to_integral_value() or value < 1:
        return NoValue("tag-without-value", "a number of accelerators is whole and positive")
    return SlotValue(int(value), approximate=content.approximate, level=level)


def _hardware(content: _Content) -> SlotValue | NoValue:
    mention = parse_accelerator(content.text, content.reference)
    if mention is None or mention.key is None:
        return NoValue("unknown-accelerator", "the reference table has no such accelerator")
    return SlotValue(mention.key)


def _training(content: _Content) -> SlotValue | NoValue:
    tokens = content.tokens
    durations = [quantity for quantity in content.quantities if unit_after(tokens, quantity.last)]
    if not durations:
        return _indefinite_duration(content)
    if _is_range(tokens, content.quantities):
        return _RANGE
    first = durations[0]
    stated = {(quantity.value, unit_after(tokens, quantity.last)) for quantity in durations}
    if len(stated) > 1 and "(" not in tokens.low:
        return _AMBIGUOUS
    return SlotValue(exact(first.value), unit_after(tokens, first.last), content.approximate)


def _indefinite_duration(content: _Content) -> SlotValue | NoValue:
    """Read `a week`, `an hour`."""
    low = content.tokens.low
    for i, word in enumerate(low[:-1]):
        if word in _ONE and low[i + 1] in DURATIONS and not content.quantities:
            return SlotValue(1, DURATIONS[low[i + 1]], content.approximate)
    return NoValue("tag-without-value", "it holds no number with a unit from hour to year")


def unit_after(tokens: Tokens, i: int) -> str | None:
    """Return the unit of time that token i is, unless it is part of another unit (GPU-hours are counted by their first word)."""
    unit = DURATIONS.get(tokens.low[i]) if i < len(tokens) else None
    long_enough = unit is not None and (len(tokens.low[i]) > 1 or tokens.glued[i])
    return unit if long_enough else None


def _country(content: _Content) -> SlotValue | NoValue:
    found = {alpha3 for _, _, alpha3 in countries_in(content.tokens, content.text, content.reference, tagged=True)}
    if len(found) == 1:
        return SlotValue(found.pop())
    return _AMBIGUOUS if found else NoValue("unknown-country", "it is no name of a country of ISO 3166")


def _year(content: _Content) -> SlotValue | NoValue:
    years = {int(q.value) for q in content.quantities if is_year(q, content.text, content.tokens)}
    if len(years) == 1:
        return SlotValue(years.pop(), approximate=content.approximate)
    return _RANGE if years else NoValue("tag-without-value", "it holds no year")


def is_year(quantity: Quantity, text: str, tokens: Tokens) -> bool:
    """Whether a number is written as a year."""
    written = text[tokens.starts[quantity.first] : tokens.ends[quantity.last - 1]]
    return len(written) == 4 and written.isdecimal() and FIRST_YEAR <= quantity.value <= LAST_YEAR


def _is_range(tokens: Tokens, quantities: list[Quantity] | tuple[Quantity, ...]) -> bool:
    """Whether two numbers are joined by a dash or `to`: `40-45 days`, `between 40 and 45`."""
    for left, right in pairwise(quantities):
        between = tokens.low[left.last : right.first]
        if right.value != left.value and set(between) & {"-", "–", "—", "to"}:
            return True
        if between == ("and",) and "between" in tokens.low:
            return True
    return False


def _single(quantities: list[Quantity] | tuple[Quantity, ...]) -> Decimal | NoValue:
    values = {quantity.value for quantity in quantities}
    if not values:
        return NoValue("tag-without-value", "it holds no number")
    return values.pop() if len(values) == 1 else _AMBIGUOUS


_READERS: dict[Slot, Callable[[_Content], SlotValue | NoValue]] = {
    Slot.MODEL: _model,
    Slot.PARAMS: _params,
    Slot.GPU_COUNT: _gpu_count,
    Slot.HARDWARE: _hardware,
    Slot.TRAINING: _training,
    Slot.COUNTRY: _country,
    Slot.YEAR: _year,
}
