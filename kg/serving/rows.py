"""Counts the rows of results as Oxigraph writes them, so that an answer can be cut after any row and still be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

# So many bytes of an answer are kept before the first of them goes out: what is known by then can still be told in a header.
KEPT = 1 << 22


_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Triple terms nest as deep as anybody likes, but nothing inside of a row is followed by another object or by the end of the array.
_LAST = rb"(?=,\{|\])"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What ends the head of results, what a row is, what ends results whose last rows were left out, and a mark that stands in each row at least once."""

    head: re.Pattern[bytes]
    row: re.Pattern[bytes]
    ending: bytes
    mark: bytes


_SHAPES = {
    "json": _Shape(
        re.compile(rb'"bindings":\['),
        re.compile(rb',?\{(?:[^"}]++|' + _STRING + rb"|\}(?!" + _LAST + rb"))*+\}" + _LAST, re.DOTALL),
        b"]}}",
        b"{",
    ),
    "xml": _Shape(
        re.compile(rb"<results>"),
        re.compile(rb"<result>.*?</result>", re.DOTALL),
        b"</results><!-- truncated --></sparql>",
        b"</result>",
    ),
    "tsv": _Shape(re.compile(rb"\n"), re.compile(rb"[^\n]*+\n"), b"", b"\n"),
}


class Rows:
    """Lets rows through until there are so many; results are fed to it in pieces of any size.

    As long as marks show that the limit cannot have been reached, and little is there, pieces are only kept: most answers are never looked through.
    """

    def __init__(self, format_: str, limit: int) -> None:
        self._shape = _SHAPES[format_]
        self._limit = limit
        # What has not been passed on, and how much of it there must be before it is looked at (again).
        self._kept: list[bytes] = []
        self._size = 0
        self._enough = 0
        self._marks = 0
        self._tail = b""
        self._looking = False
        self._in_head = True
        self.count = 0
        # Whether a row was left out.
        self.full = False

    def feed(self, piece: bytes) -> bytes:
        """Return what may be passed on; after the row over the limit has come, `full` is true and nothing more is to be fed."""
        self._kept.append(piece)
        self._size += len(piece)
        if not self._looking:
            mark = self._shape.mark
            end = self._tail + piece
            self._marks += end.count(mark)
            self._tail = end[max(0, len(end) - len(mark) + 1) :]
            self._looking = self._marks > self._limit or self._size > KEPT
        return self._look() if self._looking and self._size >= self._enough else b""

    def _look(self) -> bytes:
        data = b"".join(self._kept)
        place = 0
        if self._in_head:
            head = self._shape.head.search(data)
            if head is not None:
                place = head.end()
                self._in_head = False
        match = self._shape.row.match
        found = None if self._in_head else match(data, place)
        while found is not None:
            if self.count == self._limit:
                self.full = True
                break
            self.count += 1
            place = found.end()
            found = match(data, place)
        left = data[place:]
        self._kept, self._size = [left], len(left)
        # A row of many pieces is looked at again only when it has doubled, else its length would count squared.
        self._enough = 2 * len(left) if len(left) > 1 << 16 else 0
        return data[:place]

    @property
    def begun(self) -> bool:
        """Whether the head has come, without which results cannot be read."""
        return not self._in_head or self._shape.head.search(b"".join(self._kept)) is not None

    def rest(self) -> bytes:
        """Return what is left of results that came to their end; `full` may be true now, as a part may not have been looked at yet."""
        passed = self._look() if self._looking else b""
        return passed + (self._shape.ending if self.full else b"".join(self._kept))

    def stop(self) -> bytes:
        """Return what ends results that are cut here, after whole rows only, with a word of it where the syntax has a place for one."""
        passed = b"" if self.full else self._look()
        return passed + (b"" if self._in_head else self._shape.ending)
