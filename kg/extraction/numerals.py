"""Reads numbers as authors write them, exactly: `2,048`, `4.5 trillion`, `128k`, `1.5 × 10⁻⁴`, `eleven`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kg.extraction.lexer import NUMBER, POWER, WORD, lex, listed, words

if TYPE_CHECKING:
    from kg.extraction.lexer import Tokens

_ONES = {
    word: Decimal(number)
    for number, word in enumerate(
        listed(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            "eighteen nineteen"
        ),
        start=1,
    )
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
    "quadrillion": Decimal(10**15),
}
_LETTERS = {
    "k": Decimal(1000), "K": Decimal(1000), "M": Decimal(10**6), "mn": Decimal(10**6), "b": Decimal(10**9),
    "B": Decimal(10**9), "bn": Decimal(10**9), "Bn": Decimal(10**9), "T": Decimal(10**12), "tn": Decimal(10**12),
}  # fmt: skip
_TIMES = words("× times x * · cdot")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SEPARATORS = str.maketrans({",": None, "\u2009": None, "\u202f": None, "−": "-"})
# No number that an author writes is longer; a longer run of digits is no number.
_LONGEST = 40
# What is counted where a thousand is written with a space.
_COUNTED = words("hours hour gpu tpu days steps iterations")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: the tokens from `first` to before `last` and what they come to.

    `scaled` is true with a scale (`7 billion`, `7B`), `spelled` for a number in words.
    """

    first: int
    last: int
    value: Decimal
    scaled: bool = False
    spelled: bool = False


def read_quantities(tokens: Tokens, text: str) -> dict[int, Quantity]:
    """Return the numbers of a text by their first token; digits inside names (`ViT-22B`, `v0.2`) are none."""
    found: dict[int, Quantity] = {}
    position = 0
    while position < len(tokens):
        quantity = None
        if tokens.kinds[position] == NUMBER:
            if not _inside_name(tokens, position):
                quantity = _from_digits(tokens, position, text)
        elif tokens.low[position] in _ONES or tokens.low[position] in _TENS:
            quantity = _from_words(tokens, position)
        if quantity:
            found[position] = quantity
            position = quantity.last
        else:
            position += 1
    return found


def numbers_in(text: str) -> tuple[Decimal, ...]:
    """Return the numbers that a short text (a quote) states, in their order."""
    tokens = lex(text)
    return tuple(quantity.value for quantity in read_quantities(tokens, text).values())


def exact(value: Decimal) -> int | Decimal:
    """Return an integer where the number is one, else the number as it is."""
    return int(value) if value == value.to_integral_value() else value


def _inside_name(tokens: Tokens, i: int) -> bool:
    if i == 0:
        return False
    if tokens.hyphened[i]:
        return True
    if not tokens.glued[i]:
        return False
    if tokens.kinds[i - 1] == WORD:
        return True
    return tokens.low[i - 1] in "./" and i > 1 and tokens.glued[i - 1] and tokens.kinds[i - 2] == WORD


def _from_digits(tokens: Tokens, first: int, text: str) -> Quantity | None:
    literal = tokens.low[first]
    if len(literal) > _LONGEST:
        return None
    if _broken(tokens, first, text):
        return _scaled(tokens, Quantity(first, first + 3, Decimal(literal + tokens.low[first + 2])), text)
    value = Decimal(literal.translate(_SEPARATORS))
    position = first + 1
    if literal == "10":
        power = _power(tokens, position)
        if power:
            return Quantity(first, power[1], Decimal(1).scaleb(power[0]), scaled=True)
    if _low(tokens, position) in _TIMES and _low(tokens, position + 1) == "10":
        power = _power(tokens, position + 2)
        if power:
            return Quantity(first, power[1], value.scaleb(power[0]), scaled=True)
    return _scaled(tokens, Quantity(first, position, value), text)


def _broken(tokens: Tokens, first: int, text: str) -> bool:
    """Whether a space has come into a number: `1, 830 hours`; a list (`on 4, 128 and 256 chips`) has no such unit behind it."""
    if first + 3 >= len(tokens) or tokens.low[first + 1] != "," or tokens.low[first + 3] not in _COUNTED:
        return False
    parts = tokens.low[first], tokens.low[first + 2]
    space = text[tokens.ends[first + 1] : tokens.starts[first + 2]] == " " and tokens.glued[first + 1]
    listed_before = first > 0 and tokens.low[first - 1] in (",", "and", "or")
    return (
        space
        and not listed_before
        and parts[0].isdigit()
        and len(parts[0]) <= 3
        and parts[1].isdigit()
        and len(parts[1]) == 3
    )


def _power(tokens: Tokens, i: int) -> tuple[int, int] | None:
    """Read `⁻⁴` or `^{-4}`: the exponent and the token after it."""
    if i < len(tokens) and tokens.kinds[i] == POWER and tokens.glued[i] and len(tokens.low[i]) <= 4:
        return int(tokens.low[i].translate(_SUPERSCRIPTS)), i + 1
    if _low(tokens, i) != "^":
        return None
    sign, i = (-1, i + 2) if _low(tokens, i + 1) in ("-", "−") else (1, i + 1)
    digits = _low(tokens, i)
    return (sign * int(digits), i + 1) if digits.isdecimal() and len(digits) <= 3 else None


def _scaled(tokens: Tokens, quantity: Quantity, text: str) -> Quantity:
    """Take in the scale after a number, and the `and a half` of a spelled one."""
    position = quantity.last
    if position >= len(tokens):
        return quantity
    word = tokens.low[position]
    if word == "and" and tokens.low[position : position + 3] == ("and", "a", "half"):
        return Quantity(
            quantity.first, position + 3, quantity.value + Decimal("0.5"), quantity.scaled, quantity.spelled
        )
    scale = _SCALES.get(word)
    if scale is None and not quantity.spelled and len(word) <= 2:
        written = text[tokens.starts[position] : tokens.ends[position]]
        # `128 k tokens` is a scale; `in 5 B ...` could be anything, so a space asks for k or M and a word behind it.
        spaced = written in "kKM" and position + 1 < len(tokens) and tokens.kinds[position + 1] == WORD
        if tokens.glued[position] or tokens.hyphened[position] or spaced:
            scale = _LETTERS.get(written)
    if scale is None:
        return quantity
    return Quantity(quantity.first, position + 1, quantity.value * scale, scaled=True, spelled=quantity.spelled)


def _from_words(tokens: Tokens, first: int) -> Quantity:
    """Read `eleven`, `twenty-four`, `one hundred and twenty-eight`, `two million`."""
    total, last = _below_hundred(tokens, first)
    if _low(tokens, last) == "hundred":
        total, last = total * 100, last + 1
        after = last + 1 if _low(tokens, last) == "and" else last
        if _low(tokens, after) in _ONES or _low(tokens, after) in _TENS:
            rest, last = _below_hundred(tokens, after)
            total += rest
    return _scaled(tokens, Quantity(first, last, total, spelled=True), "")


def _below_hundred(tokens: Tokens, i: int) -> tuple[Decimal, int]:
    word = tokens.low[i]
    if word not in _TENS:
        return _ONES[word], i + 1
    unit = _ONES.get(_low(tokens, i + 1))
    if unit and unit < 10 and tokens.hyphened[i + 1]:
        return _TENS[word] + unit, i + 2
    return Decimal(_TENS[word]), i + 1


def _low(tokens: Tokens, i: int) -> str:
    return tokens.low[i] if i < len(tokens) else ""
