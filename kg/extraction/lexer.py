r"""Cuts plain text into tokens and sentences, in one scan.

A token is a number, a word of letters and digits, or a sign. What only joins or decorates is no token: the hyphen
inside a compound (`8-way` is `8 way`, `warm-up` is `warm up`) and the markup of formulas (`$\beta_1$` is `beta 1`). So
one pattern reads all spellings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER, WORD, SIGN, POWER = "N", "W", "S", "P"

_TOKEN = re.compile(
    r"(?P<number>(?:\d{1,3}(?:[,\u2009\u202f]\d{3})+(?!\d|,\d)|\d+)(?:\.\d+)?(?:[eE][+\-−]?\d{1,3}(?![^\W_]))?)"
    r"|(?P<power>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<times>(?<=\d)[x×](?=\d))|(?P<genitive>(?<=\w)['’]s(?!\w))"
    r"|(?P<word>\\?[^\W\d_][^\W_⁰¹²³⁴⁵⁶⁷⁸⁹]*)"
    r"|(?P<gap>\s*\n\s*\n\s*)|(?P<line>[ \t\r]*\n)|(?P<sign>[^\s$\\{}_\ufeff])"
)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_KINDS = {"number": NUMBER, "power": POWER, "word": WORD, "genitive": WORD}
_LOW: dict[str | None, Callable[[str], str]] = {
    "word": lambda word: word.lstrip("\\").lower().translate(_SUBSCRIPTS),
    "times": lambda _: "×",
    "genitive": lambda _: "'s",
}
_DECORATION = frozenset({"", "_", "{", "}", "$", "\\"})
_HYPHENS = frozenset("-‐‑–")
_ENDS = frozenset(".!?")
_CLOSERS = frozenset("\")]”’'")
# Longer runs without a full stop are cut, so that work within a sentence stays bounded.
_LONGEST_SENTENCE = 300


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a text in their order; for lists of words in the source."""
    return tuple(text.split())


def words(text: str) -> frozenset[str]:
    """Return the set of the words of a text; for closed sets of words in the source."""
    return frozenset(text.split())


# A full stop after these words ends no sentence.
_ABBREVIATIONS = words("g e al vs approx ca cf fig eq no sec resp etc dr prof st u s inc ltd ver v")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text in parallel columns.

    `low` is the token in lower case with subscripts as digits; `kinds` one of N, W, S, P (a superscript); `starts` and
    `ends` are offsets; `glued[i]` is true where nothing stands between the tokens i-1 and i, `hyphened[i]` where a
    hyphen (left out) joins them; `sentences` are pairs of token indices, end exclusive; `paragraphs` the indices of the
    tokens that start one.
    """

    low: tuple[str, ...]
    kinds: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    glued: tuple[bool, ...]
    hyphened: tuple[bool, ...]
    sentences: tuple[tuple[int, int], ...]
    paragraphs: frozenset[int]

    def __len__(self) -> int:
        return len(self.low)


def lex(text: str) -> Tokens:
    """Return the tokens of a text, in time linear in its length."""
    low: list[str] = []
    kinds: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    glued: list[bool] = []
    hyphened: list[bool] = []
    paragraphs = {0}
    hyphen, previous, size = False, -1, len(text)
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind in ("gap", "line"):
            if kind == "gap":
                paragraphs.add(len(low))
            continue
        start, end = match.span()
        word = match.group()
        joins = word in _HYPHENS and start == previous and end < size
        if joins and (kinds[-1] == WORD or text[end].isalpha() or hyphened[-1]):
            # Between two numbers it stays, for there it makes a range; but not in a name (LLaMA-2-13B).
            hyphen, previous = True, end
            continue
        low.append(_LOW[kind](word) if kind in _LOW else word)
        kinds.append(_KINDS.get(kind or "", SIGN))
        starts.append(start)
        ends.append(end)
        glued.append(previous >= 0 and not hyphen and text[previous:start] in _DECORATION)
        hyphened.append(hyphen)
        hyphen, previous = False, end
    sentences = _sentences(low, starts, ends, text, paragraphs)
    columns = (tuple(starts), tuple(ends), tuple(glued), tuple(hyphened))
    return Tokens(tuple(low), "".join(kinds), *columns, sentences, frozenset(paragraphs))


def _sentences(
    low: list[str], starts: list[int], ends: list[int], text: str, paragraphs: set[int]
) -> tuple[tuple[int, int], ...]:
    """Split the tokens after a full stop (or a paragraph) that something like a new sentence follows."""
    found: list[tuple[int, int]] = []
    first = 0
    for i, word in enumerate(low):
        last = i + 1
        ended = last == len(low) or last in paragraphs or last - first >= _LONGEST_SENTENCE
        if not ended and word in _ENDS:
            if low[last] in _CLOSERS and starts[last] == ends[i] and last + 1 < len(low):
                last += 1
            gap = starts[last] > ends[last - 1]
            abbreviated = word == "." and i > 0 and low[i - 1] in _ABBREVIATIONS and starts[i] == ends[i - 1]
            ended = gap and not text[starts[last]].islower() and not abbreviated
        if ended and last > first:
            found.append((first, last))
            first = last
    return tuple(found)
