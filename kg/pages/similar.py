"""Finds names that are spelled nearly like a text: by the pairs of letters that they share, then by how many letters differ; and names that are words of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# So many names, and letters of them, are looked through; of a larger graph the first. A letter takes four bytes.
_MOST_NAMES = 300_000
_MOST_LETTERS = 8_000_000
# So many names that share the most pairs are compared letter by letter.
_COMPARED = 50
# What shares less is another name.
_ALIKE = 0.55
_ALIKE_AT_START = 0.7
# What is less of a text is not what the text is about, and of longer ones most is not looked at.
_LEAST_LETTERS = 2
_LEAST_PART = 0.15
_MOST_WORDS, _LONGEST_PART = 40, 12
_PAIRS = 1 << 16
_OTHER = re.compile(r"[^a-z0-9+#]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")


def folded(text: str) -> str:
    """Return what counts of a name: letters without case and accents, digits, `+` and `#`; a dot where digits were apart (`3.1` is not `31`)."""
    return _words(text).replace(" ", "")


def parts(text: str) -> dict[str, float]:
    """Return the words of a text that follow each other, folded, with the share of its letters that they have; the most first, without the text itself.

    Numbers are not taken apart: `Llama 3` is no part of `Llama 3.1`.
    """
    words = _words(text).split()[:_MOST_WORDS]
    whole = sum(map(len, words))
    found: dict[str, float] = {}
    for first in range(len(words)):
        part = ""
        for word in words[first : first + _LONGEST_PART]:
            part += word
            if len(part) >= max(_LEAST_LETTERS, _LEAST_PART * whole) and len(part) < whole:
                found[part] = len(part) / whole
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _words(text: str) -> str:
    """Return the words of a text, folded, with a space between them."""
    if text.isascii():
        words = _OTHER.sub(" ", text.lower())
    else:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        words = " ".join("".join([_kept(each) for each in plain]).split())
    return _BETWEEN_DIGITS.sub(".", words)


def _kept(letter: str) -> str:
    """Return a letter or a part of one, nothing for an accent, and a space for all else."""
    if letter.isalnum() or letter in "+#":
        return letter
    if not unicodedata.category(letter).startswith("M"):
        return " "
    # Above and below a letter, and the points of Hebrew and Arabic, are accents; other signs make another letter (か, が).
    order = unicodedata.combining(letter)
    return "" if 10 <= order <= 36 or order >= 200 else letter


def distances(asked: str, name: str) -> tuple[int, int]:
    """Return how many letters must be put in, left out, replaced or swapped with the next to make a name of a text, and to make a beginning of one.

    It is optimal string alignment, with the columns of the table as bits (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit
    distances").
    """
    if not asked:
        return len(name), 0
    places: dict[str, int] = {}
    for at, letter in enumerate(asked):
        places[letter] = places.get(letter, 0) | 1 << at
    every, last = (1 << len(asked)) - 1, 1 << (len(asked) - 1)
    rises, falls, diagonal, before = every, 0, every, 0
    distance = least = len(asked)
    for letter in name:
        here = places.get(letter, 0)
        swapped = ((~diagonal & here) << 1) & before
        diagonal = ((((here & rises) + rises) ^ rises) | here | falls | swapped) & every
        right, left = falls | (~(diagonal | rises) & every), diagonal & rises
        distance += bool(right & last) - bool(left & last)
        least = min(least, distance)
        right, left = (right << 1 | 1) & every, (left << 1) & every
        rises, falls, before = left | (~(diagonal | right) & every), right & diagonal, here
    return distance, least


def likeness(asked: str, name: str) -> float:
    """Rate two folded names from 0 to 1, which is the same: the share of letters that stay, a little less where a text is like the beginning alone."""
    if asked == name:
        return 1.0
    longest = max(len(asked), len(name))
    if not asked or not name:
        return 0.0
    distance, start = distances(asked, name)
    whole = 1 - distance / longest
    beginning = 1 - start / len(asked)
    # Of few letters nearly any name has the like at its beginning.
    if len(asked) < 4 or beginning < _ALIKE_AT_START:
        beginning = 0.0
    return max(whole if whole >= _ALIKE else 0.0, beginning * (0.75 + 0.1 * min(1.0, len(asked) / longest)))


class Similar:
    """Names by their pairs of letters: for each pair the numbers of the names that have it, in arrays; and by the hashes of their letters."""

    def __init__(self, names: Iterable[str]) -> None:
        kept, letters = [], 0
        for name in names:
            kept.append(folded(name))
            letters += len(kept[-1]) + 1
            if len(kept) >= _MOST_NAMES or letters >= _MOST_LETTERS:
                break
        codes = _codes("".join(f"\n{name}" for name in kept) + "\n")
        owners = (np.cumsum(codes == ord("\n"), dtype=np.int32) - 1)[:-1]
        pairs = _pairs(codes)
        order = np.argsort(pairs, kind="stable")
        pairs, owners = pairs[order], owners[order]
        # A name counts once for a pair that it has twice.
        first = np.ones(len(pairs), dtype=bool)
        first[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
        pairs, self._owners = pairs[first], owners[first]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(pairs, minlength=_PAIRS))))
        self._sizes = np.bincount(self._owners, minlength=len(kept)).astype(np.int32)
        hashes = np.fromiter(map(hash, kept), np.int64, len(kept))
        self._by_hash = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes = hashes[self._by_hash]

    def nearest(self, text: str) -> list[int]:
        """Return the numbers, from 0 on, of up to a hundred names that share the most pairs of letters with a text, or have the most of its own."""
        asked = folded(text)
        if not asked or not len(self._sizes):
            return []
        pairs = np.unique(_pairs(_codes(f"\n{asked}\n")))
        held = [self._owners[self._starts[pair] : self._starts[pair + 1]] for pair in pairs]
        shared = np.bincount(np.concatenate(held), minlength=len(self._sizes))
        # What shares a single pair of many has nothing to do with the text.
        found = np.flatnonzero(shared * 4 >= len(pairs))
        both = shared[found] / (len(pairs) + self._sizes[found])
        own = shared[found] - self._sizes[found] / 1000
        chosen = {*found[_highest(both)].tolist(), *found[_highest(own)].tolist()}
        return sorted(chosen)

    def within(self, sought: Iterable[str]) -> list[int]:
        """Return the numbers of up to a hundred names that are, or very seldom are not, one of some folded names; those of the first ones first."""
        found: list[int] = []
        hashes = np.fromiter(map(hash, sought), np.int64)
        starts, ends = np.searchsorted(self._hashes, hashes, "left"), np.searchsorted(self._hashes, hashes, "right")
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            found += self._by_hash[start : min(end, start + 2 * _COMPARED - len(found))].tolist()
        return found


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)


def _pairs(codes: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """Return a number for each two letters that follow each other; few pairs have the number of another."""
    mixed = codes[:-1] * np.uint32(0x9E3779B1) ^ codes[1:] * np.uint32(0x85EBCA6B)
    return (mixed >> np.uint32(16)).astype(np.uint16)


def _highest(rates: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return where the highest rates stand; of equal ones the first."""
    return np.argsort(-rates, kind="stable")[:_COMPARED]
