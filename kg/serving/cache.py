"""Answers that were given before, least used first to go."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kg.serving.messages import Request

# What an entry takes beside its body and its key.
_ENTRY = 1000
# Of so many requests it is known that they came; of two with the same place among them, only of the later one.
_SEEN = 1 << 16


class Bodied(Protocol):
    """An answer of some kind, whose room is that of its body."""

    @property
    def body(self) -> bytes:
        """What is kept."""


Kept = TypeVar("Kept", bound=Bodied)


class Cache(Generic[Kept]):
    """Keeps answers up to so many bytes in all; those of a state that is gone are dropped."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.number = -1
        self._entries: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()

    def get(self, number: int, key: Hashable) -> Kept | None:
        """Return what was answered to a request on a state of the data."""
        if number != self.number:
            return None
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, number: int, key: Hashable, answer: Kept) -> None:
        """Keep an answer; one that takes more than a tenth of all room is not kept."""
        if not self.limit:
            return
        # A key holds the text of a request, which may be longer than the answer.
        size = len(answer.body) + len(repr(key)) + _ENTRY
        if size > self.limit // 10 or number < self.number:
            return
        if number > self.number:
            self._entries.clear()
            self.size, self.number = 0, number
        before = self._entries.pop(key, None)
        if before is not None:
            self.size -= before[1]
        self._entries[key] = answer, size
        self.size += size
        while self.size > self.limit:
            _, (_, old) = self._entries.popitem(last=False)
            self.size -= old


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer as it goes out, head included; the request that it answers, and how large it is without its head."""

    body: bytes
    request: Request
    size: int


class Repeats:
    """Answers by the very bytes of their requests: what is asked again and again, as it was asked before, need not be read again.

    An answer is kept when it is given for the second time: most are never asked for again, and to keep them all takes longer than to make a small one. `state` tells
    the number of the newest state of the data, `admit` whether a client may ask now; `make` answers what is not kept, where it can do so by the bytes alone.
    """

    def __init__(
        self,
        limit: int,
        state: Callable[[], int],
        admit: Callable[[str], bool],
        make: Callable[[bytes, str], Whole | None] = lambda *_: None,
    ) -> None:
        self._cache: Cache[Whole] = Cache(limit)
        self._state, self._admit, self._make = state, admit, make
        # Hashes of the requests that came, each at its place: a set would grow, and stop all requests each time that it does.
        self._seen = array("q", bytes(8 * _SEEN))

    def get(self, data: bytes, client: str) -> Whole | None:
        """Return what was answered to these bytes, if that still holds, and the client may have it; or what is answered to them now."""
        number = self._state()
        found = self._cache.get(number, data)
        if found is not None:
            return found if self._admit(client) else None
        made = self._make(data, client)
        if made is not None and self.came(data):
            self.put(number, data, made)
        return made

    def came(self, data: bytes) -> bool:
        """Note a request that had to be answered; return whether it is not the first with these bytes, so that its answer is worth keeping."""
        request = hash(data)
        place = request % _SEEN
        if self._seen[place] == request:
            return True
        self._seen[place] = request
        return False

    def put(self, number: int, data: bytes, whole: Whole) -> None:
        """Keep an answer that was made from a state of the data."""
        self._cache.put(number, data, whole)
