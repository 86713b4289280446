"""Tells what is wrong with a text that is not SPARQL, in words that help more than those of the engine: it lists whatever might have stood there."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

_LOCATED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXPECTED = re.compile(r"expected (?:one of )?(.*)", re.DOTALL)
# What the engine says of its own making: classes of characters, and rules without a name.
_UNTOLD = re.compile(r"\[.*\]|<unreported>", re.DOTALL)
# A reason, and no sign or keyword.
_REASON = re.compile(r"[A-Z][A-Za-z]* [A-Za-z].*", re.DOTALL)
# As much of SPARQL as is needed to find names and keywords; a text that never ends ends it all.
_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>
    | \#[^\n\r]*
    | \"{3}(?:[^"\\]++|\\.|\"{1,2}(?!"))*+\"{3} | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3}
    | "(?!"")(?:[^"\\\n\r]++|\\.)*+" | '(?!'')(?:[^'\\\n\r]++|\\.)*+'
    | (?P<open>["'])
    | [?$]\w+ | @[A-Za-z-]+ | _:\w*
    | (?P<prefix>(?>[^\W\d_][\w.-]*)?):(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*
    | (?P<word>\w[\w.-]*)
    | .""",
    re.VERBOSE | re.DOTALL,
)
# So much of a word is told.
_SHOWN = 50
# Whoever waits must not wait for more to be looked through.
_LONGEST = 1 << 18
_PROLOGUE = ("PREFIX", "BASE")
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_QUERIES = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))


class Fault(NamedTuple):
    """What is wrong, and where, counted from 1; 0 where nobody knows."""

    what: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return what is wrong, behind its place."""
        return f"line {self.line}, column {self.column}: {self.what}" if self.line else self.what


def why_not(
    text: str, said: str, prefixes: Container[str] = (), *, update: bool = False, updates: str = "and is no query"
) -> Fault:
    """Return what is wrong with a query, or an `update`, and where.

    `said` is what the engine says, `prefixes` are those that need no declaration, `updates` is what to say of an update that was sent as a query.
    """
    found = _LOCATED.fullmatch(said)
    if found is None:
        return Fault(said)
    line, column = int(found[1]), int(found[2])
    if not text.strip():
        return Fault("there is nothing in it", line, column)
    place, what = (
        _other_kind(text, updates, update=update) or _unknown(text, _offset(text, line, column), prefixes) or (-1, "")
    )
    if what:
        line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return Fault(what or _told(found[3]), line, column)


def _matches(text: str) -> Iterator[re.Match[str]]:
    for match in _TOKEN.finditer(text, 0, _LONGEST):
        if match["open"]:
            return
        if match["prefix"] is not None or match["word"]:
            yield match


def _other_kind(text: str, updates: str, *, update: bool) -> tuple[int, str] | None:
    """Return what to say, and of which place, where a query is sent as an update, the other way round, or neither."""
    for match in _matches(text):
        word = (match["word"] or "").upper()
        if match["prefix"] is not None or word in _PROLOGUE:
            continue
        if word in _UPDATES and not update:
            what = f"begins an update, {updates}"
        elif word in _QUERIES and update:
            what = "begins a query, which is sent as `query`"
        elif word not in _QUERIES | _UPDATES:
            what = "begins neither a query nor an update"
        else:
            return None
        return match.start(), f"{match['word'][:_SHOWN]} {what}"
    return None


def _unknown(text: str, end: int, prefixes: Container[str]) -> tuple[int, str] | None:
    """Return the same of the first prefix before a place that nobody has declared: no parser gets past it."""
    if "\\u" in text or "\\U" in text:
        # A letter that is written as its code point may be one of a name.
        return None
    declared: set[str] = set()
    before = ""
    for match in _matches(text):
        name = match["prefix"]
        if match.start() >= end:
            break
        if name is not None and before == "PREFIX":
            declared.add(name)
        elif name is not None and name not in declared and name not in prefixes:
            if text.startswith("<", match.start() - 1) and text.startswith("//", match.end()):
                return match.start() - 1, "this IRI has a space, or another sign that no IRI has"
            name = name[:_SHOWN]
            return match.start(), f"the prefix {name}: is not declared; declare it with PREFIX {name}: <...>"
        before = (match["word"] or "").upper()
    return None


def _offset(text: str, line: int, column: int) -> int:
    place = 0
    for _ in range(line - 1):
        place = text.find("\n", place) + 1
    return place + column - 1


def _told(said: str) -> str:
    """Return what the engine says, without what only its makers understand."""
    listed = _EXPECTED.fullmatch(said)
    if listed is None:
        return said
    items = [item for item in listed[1].split(", ") if not _UNTOLD.fullmatch(item)]
    reasons = [item for item in items if _REASON.fullmatch(item)]
    if reasons:
        return reasons[0]
    if not items:
        return "what stands here, or right before it, cannot stand there"
    return f"expected {'one of ' if len(items) > 1 else ''}{', '.join(items)}"
