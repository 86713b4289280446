"""Preconditions of a request that changes a graph (RFC 9110, 13): what the client says of the graph, and whether it is so.

The tag of a graph names the state of the data that it was read from. So the process that writes knows, without reading the graph, whether it was changed since; and as
it does one thing after the other, nothing comes between that look and the change.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from kg.serving.messages import Problem, Request

# An element of a list, which may be empty (RFC 9110, 5.6.1 and 8.8.3).
_ELEMENT = re.compile(r'[ \t]*((?:W/)?"[!#-~\x80-\xff]*")?[ \t]*(?:,|\Z)')
_OURS = re.compile(r'"([0-9a-f]+)-([0-9]{1,19})-([0-9a-f]{16})-[0-9a-f]{16}"')
_ANY = ("*",)
# Of so many graphs it is known when each was changed; of more, only when the last of them was.
_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Preconditions:
    """Tags of which the graph must have one, and tags of which it may have none; `*` is any that it could have, None says nothing."""

    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None


NONE = Preconditions()


def preconditions(request: Request) -> Preconditions:
    """Return the preconditions of a request; Problem where they cannot be read, for a change must not be made in spite of one."""
    return Preconditions(_tags(request, "if-match"), _tags(request, "if-none-match"))


def _tags(request: Request, name: str) -> tuple[str, ...] | None:
    text = request.headers.get(name)
    if text is None:
        return None
    if text.strip() == "*":
        return _ANY
    found, place = [], 0
    while place < len(text):
        element = _ELEMENT.match(text, place)
        if element is None:
            raise Problem(400, f"{name} must be * or tags in quotes")
        found.append(element[1])
        place = element.end()
    return tuple(filter(None, found))


def graph_tag(state: str, graph: str | None, form: object) -> str:
    """Return the tag of a graph (None: the default graph) in a state of the data; a strong one: the same graph in the same form has the same bytes in each process."""
    return f'"{state}-{_hash(graph)}-{_hash(form)}"'


def _hash(key: object) -> str:
    return hashlib.blake2b(repr(key).encode(), digest_size=8).hexdigest()


class Changes:
    """When graphs were changed last, as numbers of states, in one run of the server (`run`, with which its tags begin)."""

    def __init__(self, run: str, number: int) -> None:
        self._run = run
        # The state since which each graph is as it was but for those that are listed.
        self._all = self._newest = number
        self._each: dict[str | None, int] = {}

    def all(self, number: int) -> None:
        """Note a state before which any graph may have been changed."""
        self._all = self._newest = number
        self._each.clear()

    def one(self, graph: str | None, number: int) -> None:
        """Note a state before which only this graph was changed."""
        if len(self._each) >= _KNOWN:
            self.all(number)
        self._each[graph] = self._newest = number

    def check(self, asked: Preconditions, graph: str | None, *, there: bool) -> None:
        """Raise Problem where a graph that is there, or not, is not as the client says."""
        if asked.match is not None and not there:
            raise Problem(412, "there is no such graph")
        if asked.match is not None and asked.match != _ANY and not self._has(graph, asked.match):
            raise Problem(412, "the graph is not, or no more, the one that If-Match names")
        # Weak tags are as good as others where none may fit (RFC 9110, 13.1.2).
        unwanted = asked.none_match and tuple(tag.removeprefix("W/") for tag in asked.none_match)
        if there and unwanted and (unwanted == _ANY or self._has(graph, unwanted)):
            raise Problem(412, "there is such a graph, and If-None-Match says that there must not be")

    def _has(self, graph: str | None, tags: tuple[str, ...]) -> bool:
        """Return whether one of the tags was given for the graph as it is now, in whatever form."""
        since = self._each.get(graph, self._all)
        return any(
            (ours := _OURS.fullmatch(tag)) is not None
            and (ours[1], ours[3]) == (self._run, _hash(graph))
            and since <= int(ours[2]) <= self._newest
            for tag in tags
        )
