"""What the values of properties are, as text in which words are found at once: a query that looks for a text is then asked of the few values that hold it.

The store itself reads and compares all values one by one, which takes a hundred times as long.
"""

from __future__ import annotations

import re
from time import monotonic
from typing import Any

import pyoxigraph as ox

from kg.query import TextSearch, folded

# What a query takes at most that is left as it is, in seconds; and what queries have taken before values are read for them.
_QUICK, _FIRST = 0.005, 0.25
# So many values are asked for at most: where more hold the words, the store soon finds as many as it likes.
_MOST = 500
# Values take this part of the memory that a query may take, or so many bytes.
_PART, _BYTES = 64, 1 << 26
# Of so many queries at most it is known how long they take: strangers may ask for any number.
_KNOWN = 1000
# A value as it is written both in TSV and in SPARQL; what a number stands for has more than one form, and an escape for a letter is none in every place.
_VALUE = re.compile(r'"(?:[^"\\\n\r]|\\[^uU](?![uU]))*"(?:@[A-Za-z0-9-]+)?|<[^<>"{}|^`\\\x00-\x20]*>')


class Texts:
    """The values of properties in one state of a store. They are read for those properties alone in which queries look for text and take long, and reading takes no longer than those have."""

    def __init__(self, store: ox.Store, memory: int) -> None:
        self._store = store
        self._room = memory // _PART or _BYTES
        self._values: dict[str | None, Values] = {}
        self._slow: set[str] = set()
        # For each property the seconds that queries have taken, and how many they must before its values are read.
        self._taken: dict[str | None, float] = {}
        self._needed: dict[str | None, float] = {}

    def took(self, search: TextSearch, seconds: float) -> None:
        """Note how long a query took as it was."""
        if seconds > _QUICK:
            if len(self._slow) >= _KNOWN:
                for known in (self._slow, self._taken, self._needed):
                    known.clear()
            self._slow.add(search.shape)
            self._taken[search.predicate] = self._taken.get(search.predicate, 0.0) + seconds

    def narrowed(self, search: TextSearch, seconds: float) -> str | None:
        """Return the query asked of the values that can hold its text; None where it is better asked as it is.

        To read values takes half of the `seconds` that the query may take at most (0: as long as it likes).
        """
        if search.shape not in self._slow:
            return None
        values = self._values.get(search.predicate)
        if values is None:
            values = self._read(search.predicate, seconds / 2 or float("inf"))
        found = None if values is None else values.holding(search.words)
        return None if found is None else search.among(found)

    def _read(self, predicate: str | None, seconds: float) -> Values | None:
        taken = self._taken.get(predicate, 0.0)
        if taken < self._needed.get(predicate, _FIRST):
            return None
        verb = "?p" if predicate is None else f"<{predicate}>"
        # From all graphs, so that it does not matter which of them are asked.
        rows: Any = self._store.query(
            f"SELECT DISTINCT ?o {{ {{ ?s {verb} ?o }} UNION {{ GRAPH ?g {{ ?s {verb} ?o }} }} FILTER(!isBlank(?o)) }}"
        )
        sink: Any = _Sink(self._room, monotonic() + min(taken, seconds))
        try:
            rows.serialize(sink, format=ox.QueryResultsFormat.TSV)
        except TooLongError:
            self._needed[predicate] = 2 * taken
            return None
        except TooLargeError:
            self._needed[predicate] = float("inf")
            return None
        self._room -= sink.size
        # The first line is the name of the variable.
        values = self._values[predicate] = Values(b"".join(sink.pieces).decode().partition("\n")[2])
        return values


class Values:
    """Values, a line for each, as TSV and SPARQL write them."""

    def __init__(self, lines: str) -> None:
        self._lines = lines
        self._folded = folded(lines)

    def holding(self, words: str) -> list[str] | None:
        """Return the values in which such words stand, in any case of their letters; None where they are too many, or one cannot be asked for."""
        lines, folded_ = self._lines, self._folded
        found: list[str] = []
        place = folded_.find(words)
        while place >= 0:
            start, end = lines.rfind("\n", 0, place) + 1, lines.find("\n", place)
            value = lines[start:end]
            if len(found) == _MOST or not _VALUE.fullmatch(value):
                return None
            found.append(value)
            place = folded_.find(words, end)
        return found


class TooLongError(Exception):
    """To read values takes longer than it may."""


class TooLargeError(Exception):
    """Values take more memory than they may."""


class _Sink:
    """A file to Oxigraph that keeps what is written, as long as there are time and room."""

    def __init__(self, room: int, end: float) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self._room, self._end = room, end

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        if self.size > self._room:
            raise TooLargeError
        if monotonic() > self._end:
            raise TooLongError
        return len(data)

    def flush(self) -> None:
        """Everything is kept."""
