"""The text of a passage without its tags, and the way back to where each character stands in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plain:
    """A text with spans cut out of it.

    `_starts[i]` is the plain offset at which the i-th kept piece begins and `_shifts[i]` what to add there to come to
    the raw offset.
    """

    text: str
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def raw(self, offset: int) -> int:
        """Return where the plain character at `offset` stands in the raw text."""
        return offset + self._shifts[bisect_right(self._starts, offset) - 1]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of a plain one: after any tag that opens at its start, before any that closes at its end."""
        if start >= end:
            place = self.raw(start)
            return place, place
        return self.raw(start), self.raw(end - 1) + 1

    def plain_offset(self, raw: int) -> int:
        """Return the plain offset of a raw one; one inside a cut gives the place of the cut."""
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self._starts[middle] + self._shifts[middle] <= raw:
                low = middle
            else:
                high = middle
        piece_end = self._starts[low + 1] if low + 1 < len(self._starts) else len(self.text)
        return min(max(raw - self._shifts[low], self._starts[low]), piece_end)


def cut_out(text: str, cuts: tuple[tuple[int, int], ...]) -> Plain:
    """Return the text without the cuts, which are ordered and do not overlap."""
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    plain = raw = 0
    for start, end in (*cuts, (len(text), len(text))):
        if start > raw or not starts:
            starts.append(plain)
            shifts.append(raw - plain)
            pieces.append(text[raw:start])
            plain += start - raw
        raw = end
    return Plain("".join(pieces), tuple(starts), tuple(shifts))
