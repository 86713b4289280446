"""Answers look-ups by the bytes of their requests: clients ask the same of one thing after another, and all but its IRI need be read once only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from kg.query import Lookup, lookup
from kg.serving.cache import Whole
from kg.serving.coding import packed
from kg.serving.intake import Asked, Intake
from kg.serving.messages import Request
from kg.serving.settings import ServeSettings
from kg.serving.states import Open

# An IRI as it stands in an address; more than what is unreserved need not be escaped there.
_IRI = re.compile(rb"%3C([A-Za-z0-9%:/?@._~!$'()*,;=-]*?)%3E")
_OPEN = b"%7B"
_LONGEST = 4000
# So many kinds of requests are remembered.
_KINDS = 1000


def _unescaped(part: bytes) -> str:
    """Return an IRI that stands in an address."""
    # What each has, which is quicker than all that one might have.
    part = part.replace(b"%3A", b":").replace(b"%2F", b"/").replace(b"%23", b"#")
    return (unquote_to_bytes(part) if b"%" in part else part).decode()


class Manner(NamedTuple):
    """How requests of a kind are answered: the text that is asked, the coding that the client likes, the lines of the answer's head without its length, coding and tag."""

    text: str
    coding: str
    media: str
    lines: bytes
    # The tag of the answer to a text.
    tag: Callable[[str], str]


class _Kind(NamedTuple):
    lookup: Lookup
    manner: Manner


class Lookups:
    """Answers requests that differ only in the IRIs between the braces of their query from one that came before.

    `at_hand` gives the state to answer from, if it need not be waited for. `manner` reads a request the long way; None where it is not to be answered here. `admit` tells
    whether a client may ask now.
    """

    def __init__(
        self,
        at_hand: Callable[[], Open | None],
        manner: Callable[[Request, Open], Manner | None],
        admit: Callable[[str], bool],
        settings: ServeSettings,
    ) -> None:
        self._at_hand, self._manner, self._admit, self._settings = at_hand, manner, admit, settings
        self._number = -1
        # None is a kind that is not answered here.
        self._kinds: dict[tuple[bytes, ...], _Kind | None] = {}
        self._once: set[tuple[bytes, ...]] = set()

    def get(self, data: bytes, client: str) -> Whole | None:
        """Return the answer to the bytes of a request; None where it is to be read as others are."""
        line, _, headers = data.partition(b"\r\n")
        start, brace, pattern = line.partition(_OPEN)
        if not brace or len(data) > _LONGEST or (opened := self._at_hand()) is None:
            return None
        parts = _IRI.split(pattern)
        try:
            iris = [_unescaped(part) for part in parts[1::2]]
        except UnicodeDecodeError:
            return None
        kind = self._kind((headers, start, *parts[::2]), opened)
        if kind is None or not self._admit(client):
            return None
        found, manner = kind
        plain = found.answer(opened.store, iris, self._settings.rows)
        if plain is None:
            return None
        text = found.text(iris)
        body, used = packed(plain, manner.media, manner.coding)
        coding = f"content-encoding: {used}\r\n" if used else ""
        end = f"{coding}etag: {manner.tag(text)}\r\ncontent-length: {len(body)}\r\n\r\n"
        notes: dict[str, object] = {"kind": "query", "text": text, "cached": False}
        request = Request("GET", "/sparql", "", {}, client=client, notes=notes)
        return Whole(b"".join((manner.lines, end.encode(), body)), request, len(body))

    def _kind(self, key: tuple[bytes, ...], opened: Open) -> _Kind | None:
        """Return how requests of a kind are answered, which is found out when it comes for the second time."""
        if opened.state.number != self._number or len(self._once) > _KINDS:
            self._kinds.clear()
            self._once.clear()
            self._number = opened.state.number
        if key not in self._once:
            self._once.add(key)
            return None
        if key not in self._kinds:
            self._kinds[key] = self._read(key, opened)
        return self._kinds[key]

    def _read(self, key: tuple[bytes, ...], opened: Open) -> _Kind | None:
        """Read a request of a kind, with IRIs of ours: what looks like an IRI in the address may be a text, or no part of the query at all."""
        headers, start, first, *rest = key
        iris = [f"urn:kg:{place}" for place in range(len(rest))]
        pattern = first + b"".join(b"%%3C%b%%3E%b" % (iri.encode(), text) for iri, text in zip(iris, rest, strict=True))
        intake = Intake(self._settings.http)
        intake.feed(start + _OPEN + pattern + b"\r\n" + headers)
        asked = intake.ready.popleft() if intake.ready else None
        # One request, whole, after which the connection stays.
        if not isinstance(asked, Asked) or not (asked.keep and asked.chunks) or intake.ready or intake.part:
            return None
        manner = self._manner(asked.request, opened)
        found = lookup(manner.text, opened.prefixes) if manner else None
        return _Kind(found, manner) if manner and found and list(found.iris) == iris else None
