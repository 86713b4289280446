"""Reads phrases: a noun phrase up to where it ends, and lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.extraction.lexer import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.extraction.document import Document

# Words that end a noun phrase.
ENDS = words(
    "that which who whose where when while whereas with without within in into across by for to on onto using "
    "through under from at via including such as than then after before during over per upon rather utilizing "
    "leveraging employing capable based comprising consisting containing enabling allowing ensuring resulting "
    "followed following is are was were be been being has have had can could may we our its it this these those "
    "both each if because since but or not also spanning covering totaling drawn sourced collected derived obtained "
    "featuring leading yielding achieving demonstrating making providing trained designed optimized evaluated used "
    "alongside among between against toward towards along plus e.g i.e"
)
_LONGEST = 9
_JOINING = ("and", "or", "/")
_ARTICLES = words("a an the our its their")


@dataclass(frozen=True, slots=True)
class Item:
    """A member of a list: its tokens, without what stands in brackets behind it."""

    first: int
    last: int


def noun_phrase(document: Document, first: int, limit: int, *, coordinated: bool = True) -> int:
    """Return the token after the noun phrase that starts at `first` (which may be `first`: there is none).

    With `coordinated`, `speech and text recognition` is one phrase; a participle after `and` (`and released`) ends it.
    """
    low, kinds = document.low, document.kinds
    i = first
    while i < min(limit, first + _LONGEST):
        word = low[i]
        if in_compound(document, i) or (word == "of" and i > first):
            pass
        elif word in _JOINING and i > first:
            if not coordinated or not _goes_on(document, i + 1, limit):
                break
        elif kinds[i] not in "WN" or word in ENDS or (i > first and word.endswith("ized")):
            break
        i += 1
    while i > first and low[i - 1] in ("and", "or", "of", "the", "a", "an", "more", "even", "only"):
        i -= 1
    return i


def in_compound(document: Document, i: int) -> bool:
    """Whether a hyphen joins a word to its neighbour: in `instruction-following` the second word ends nothing."""
    hyphened = document.tokens.hyphened
    return hyphened[i] or (i + 1 < len(hyphened) and hyphened[i + 1])


def _goes_on(document: Document, i: int, limit: int) -> bool:
    """Whether the phrase goes on behind `and`: with a noun or adjective, not with a verb (`and released in`)."""
    low, kinds = document.low, document.kinds
    if i >= limit or kinds[i] != "W" or low[i] in ENDS or low[i] in _ARTICLES:
        return False
    participle = low[i].endswith("ed") and not in_compound(document, i)
    return not participle or (i + 1 < limit and kinds[i + 1] == "W" and low[i + 1] not in ENDS)


def abbreviates(document: Document, first: int, last: int) -> bool:
    """Whether a name in brackets only shortens the words before them: `grouped-query attention (GQA)` is no benchmark."""
    low = document.low
    letters = "".join(low[first:last])
    if low[first - 1 : first] != ("(",) or not letters.isalpha():
        return False
    initials = "".join(word[0] for word in low[max(0, first - 1 - len(letters)) : first - 1])
    return initials == letters


def skip_articles(document: Document, i: int) -> int:
    """Return the first token from i that is no article."""
    while i < len(document.low) and document.low[i] in _ARTICLES:
        i += 1
    return i


def read_list(
    document: Document, first: int, limit: int, accept: Callable[[int, int], bool], *, tails: bool = False
) -> list[Item]:
    """Read `a, b (c), and d` from token `first`: the items that `accept` takes, up to the first that it does not.

    With `tails` an item may go on with words that are no part of it (`deduplication at document level, ...`), as long
    as a separator follows.
    """
    items: list[Item] = []
    i = first
    while i < limit:
        i = skip_articles(document, i)
        end = noun_phrase(document, i, limit, coordinated=False)
        if end <= i or not accept(i, end):
            break
        items.append(Item(i, end))
        after = _past_brackets(document, end, limit)
        separator = _separator(document, after, limit)
        if separator is None and tails:
            after = _tail(document, after, limit)
            separator = _separator(document, after, limit)
        if separator is None:
            break
        i = separator
    return items


def _separator(document: Document, i: int, limit: int) -> int | None:
    """Return the token after `,`, `and`, `, and`, or None where none stands at i."""
    low = document.low
    start = i
    if i < limit and low[i] in (",", ";"):
        i += 1
    if i < limit and low[i] in ("and", "or", "&"):
        i += 1
    if low[i : i + 3] == ("as", "well", "as"):
        i += 3
    return i if i > start and i < limit else None


def _past_brackets(document: Document, i: int, limit: int) -> int:
    if document.low[i : i + 1] != ("(",):
        return i
    close = next((j for j in range(i, min(limit, i + 20)) if document.low[j] == ")"), None)
    return i if close is None else close + 1


def _tail(document: Document, i: int, limit: int) -> int:
    """Return where the words that qualify an item end: the next comma or, behind no comma, the end."""
    for j in range(i, min(limit, i + 14)):
        if document.low[j] in (",", ".", ";"):
            return j
    return i
