"""Answers look-ups by the bytes of their requests: clients ask the same of one thing after another, and all but its IRI need be read once only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import pyoxigraph as ox

from kg.query import Excerpt, Lookup, excerpt, graph_lookup, lookup
from kg.serving.cache import Whole
from kg.serving.coding import packed
from kg.serving.execute import execute, graph_bytes, graph_media, results_media, typed
from kg.serving.headers import dated, open_to_all
from kg.serving.http import head
from kg.serving.intake import Asked, Intake
from kg.serving.messages import Answer, Problem, Request
from kg.serving.question import Question
from kg.serving.replies import KEPT
from kg.serving.settings import ServeSettings
from kg.serving.states import Open

# An IRI as it stands in an address; more than what is unreserved need not be escaped there.
_IRI = re.compile(rb"%3C([A-Za-z0-9%:/?@._~!$'()*,;=-]*?)%3E")
# Behind the first of these, IRIs are those of things.
_BRACE, _DESCRIBE = b"%7B", b"DESCRIBE"
_JSON = "application/sparql-results+json"
_LONGEST = 4000
# So many kinds of requests are remembered.
_KINDS = 1000
# A kind is given up when so many more of its requests could not be answered here than could.
_PATIENCE = 10
# A look-up may take so long, and give so many rows, in the front, where all others wait for it; else a worker does it.
_SECONDS, _ROWS = 0.02, 2000


def _unescaped(part: bytes) -> str:
    """Return an IRI that stands in an address."""
    # What each has, which is quicker than all that one might have.
    part = part.replace(b"%3A", b":").replace(b"%2F", b"/").replace(b"%23", b"#")
    return (unquote_to_bytes(part) if b"%" in part else part).decode()


def looked_up(
    store: ox.Store, questioned: Question, prefixes: Mapping[str, str], rows: int
) -> tuple[bytes, str] | None:
    """Answer a question here, and return the body and its media type; None if it gives more rows than here, or than these (0: any number), or takes long.

    Problem where it cannot be answered.
    """
    parts: list[bytes] = []
    media: list[str] = []
    quick = questioned.query(min(_ROWS, rows or _ROWS), _SECONDS)
    if execute(store, quick, prefixes, media.append, parts.append).truncated:
        return None
    return b"".join(parts), media[0]


def _opened(line: bytes) -> int:
    """Return where the IRIs of things begin in the first line of a request; 0 where there are none."""
    # Much quicker than a regular expression that takes small letters, too.
    line = line.upper()
    brace = line.find(_BRACE)
    describe = line.find(_DESCRIBE, 0, brace if brace >= 0 else len(line))
    return describe + len(_DESCRIBE) if describe >= 0 else brace + len(_BRACE) if brace >= 0 else 0


class Manner(NamedTuple):
    """How requests of a kind are answered: the question of one of them, and what gives the tag of the answer to a text."""

    question: Question
    tag: Callable[[str], str]


@dataclass(slots=True)
class _Kind:
    """Requests that are alike but for IRIs."""

    found: Lookup | Excerpt
    # The media type of what a look-up answers.
    media: str
    manner: Manner
    # The heads of answers by their media type.
    heads: dict[str, bytes] = field(default_factory=dict)
    misses: int = 0

    def answer(self, opened: Open, iris: list[str], rows: int) -> tuple[str, bytes, str] | None:
        """Return the query of these IRIs, the answer to it and its media type; None where it is not answered here."""
        found, question = self.found, self.manner.question
        if isinstance(found, Lookup):
            body = found.answer(opened.store, iris, rows)
            return None if body is None else (found.text(iris), body, self.media)
        store = found.store(opened.store, iris, rows)
        if store is None:
            return None
        text = found.text(iris)
        try:
            answered = looked_up(store, question._replace(text=text), opened.prefixes, rows)
        except Problem:
            return None
        return None if answered is None else (text, *answered)

    def head(self, media: str) -> bytes:
        """Return the lines that answers begin with, but for the length, the coding and the tag."""
        if media not in self.heads:
            self.heads[media] = head(open_to_all(Answer(200, {**KEPT, "content-type": media})))
        return self.heads[media]


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
        place = _opened(line)
        if not place or len(data) > _LONGEST or (opened := self._at_hand()) is None:
            return None
        start, pattern = line[:place], line[place:]
        parts = _IRI.split(pattern)
        try:
            iris = [_unescaped(part) for part in parts[1::2]]
        except UnicodeDecodeError:
            return None
        key = (headers, start, *parts[::2])
        kind = self._kind(key, opened)
        if kind is None or not self._admit(client):
            return None
        answered = kind.answer(opened, iris, self._settings.rows)
        if answered is None:
            kind.misses += 1
            if kind.misses > _PATIENCE:
                self._kinds[key] = None
            return None
        kind.misses = max(0, kind.misses - 1)
        text, plain, media = answered
        body, used = packed(plain, media, kind.manner.question.coding)
        coding = f"content-encoding: {used}\r\n" if used else ""
        end = f"{dated()}{coding}etag: {kind.manner.tag(text)}\r\ncontent-length: {len(body)}\r\n\r\n"
        notes: dict[str, object] = {"kind": "query", "text": text, "cached": False}
        request = Request("GET", "/sparql", "", {}, client=client, notes=notes)
        return Whole(b"".join((kind.head(media), end.encode(), body)), request, len(body))

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
        intake.feed(start + pattern + b"\r\n" + headers)
        asked = intake.ready.popleft() if intake.ready else None
        # One request, whole, after which the connection stays.
        if not isinstance(asked, Asked) or not (asked.keep and asked.chunks) or intake.ready or intake.part:
            return None
        manner = self._manner(asked.request, opened)
        if manner is None:
            return None
        found, media = _found(manner.question, opened.prefixes)
        return _Kind(found, media, manner) if found and list(found.iris) == iris else None


def _found(question: Question, prefixes: Mapping[str, str]) -> tuple[Lookup | Excerpt | None, str]:
    """Return what a question is read as, and the media type of what that answers where it writes it itself."""
    if results_media(question.likes) == (_JSON, "json") and (rows := lookup(question.text, prefixes)):
        return rows, _JSON
    media = graph_media(question.likes)
    if media and (graph := graph_lookup(question.text, prefixes, partial(graph_bytes, media=media, prefixes=prefixes))):
        return graph, typed(media)
    return excerpt(question.text, prefixes), ""
