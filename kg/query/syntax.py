"""Tells what is wrong with a text that is not SPARQL, in words that help more than those of the engine: it lists whatever might have stood there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from kg.query.mistakes import Spot, mistake, shown
from kg.query.refused import Engine, Refused, Said, reasons, refused

# A reason, and no sign or keyword.
_REASON = re.compile(r"[A-Z][A-Za-z]* .*[a-z].*", re.DOTALL)
_GROUPED = "has a variable that is not in GROUP BY, as it must be where things are grouped or counted"
_TAKEN = "the pattern has the variable behind AS already; give it another name"
_REASONS = {
    "The SELECT contains a variable that is unbound": f"SELECT {_GROUPED}",
    "The SELECT contains an expression with a variable that is unbound": f"an expression in SELECT {_GROUPED}",
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot stand where things are grouped or counted; name the variables",
    "The SELECT overrides an existing variable using an expression": _TAKEN,
    "BIND is overriding an existing variable": _TAKEN,
    "IRI parsing failed": "an IRI here is none: it has no scheme, such as http:, or a sign that no IRI has",
}
# An IRI that is closed on its line, whatever stands in it.
_CLOSED = re.compile(r"<[^<>\n\r]*>")
_PROLOGUE = ("PREFIX", "BASE")
_UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
_QUERIES = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_CLAUSES = _QUERIES | {"WHERE", "FROM", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "{", "}"}
# More signs than these tell nothing.
_FEW = 6
_CLOSING = {"{": "}", "(": ")", "[": "]", "{|": "|}"}


class Fault(NamedTuple):
    """What is wrong, and where, counted from 1; 0 where nobody knows."""

    what: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return what is wrong, behind its place."""
        return f"line {self.line}, column {self.column}: {self.what}" if self.line else self.what


def why_not(
    text: str,
    said: str,
    prefixes: Collection[str] = (),
    *,
    base: str | None = None,
    update: bool = False,
    updates: str = "and is no query",
) -> Fault:
    """Return what is wrong with a query, or an `update`, and where.

    `said` is what the engine says, `prefixes` are those that need no declaration, `base` is what relative IRIs are resolved against, `updates` what to say of an update that was
    sent as a query.
    """
    engine, first = Engine(update, prefixes, base), Said.of(text, said)
    if first is None:
        return Fault(said)
    if not text.strip():
        return Fault("there is nothing in it", 1, 1)
    found = refused(text, first, engine)
    place, what = (
        _unknown(text, found, prefixes)
        or _other_kind(found, updates, update=update)
        or _reason(found, found.said)
        or _stuck(text, found, engine)
    )
    return Fault(what, *_located(text, place))


def _located(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _other_kind(found: Refused, updates: str, *, update: bool) -> tuple[int, str] | None:
    """Return what to say, and of which place, where a query is sent as an update, the other way round, or neither."""
    before = ""
    for match in found.tokens[: found.at + 1]:
        word, prologue = (match["word"] or "").upper(), before in _PROLOGUE
        before = word
        if not word or prologue or word in _PROLOGUE:
            continue
        if word in _UPDATES and not update:
            what = f"begins an update, {updates}"
        elif word in _QUERIES and update:
            what = "begins a query, which is sent as `query`"
        elif word not in _QUERIES | _UPDATES:
            what = "begins neither a query nor an update"
        else:
            return None
        return match.start(), f"{shown(match.group())} {what}"
    return None


def _unknown(text: str, found: Refused, prefixes: Collection[str]) -> tuple[int, str] | None:
    """Return the same of the first prefix that nobody has declared: no parser gets past it."""
    if "\\u" in text or "\\U" in text:
        # A letter that is written as its code point may be one of a name.
        return None
    declared: set[str] = set()
    before = ""
    for match in found.tokens[: found.at + 1]:
        name = match["prefix"]
        if name is not None and before == "PREFIX":
            declared.add(name)
        elif name is not None and name not in declared and name not in prefixes:
            name = shown(name)
            if not text.startswith("//", match.end()):
                return match.start(), f"the prefix {name}: is not declared; declare it with PREFIX {name}: <...>"
            if not text.startswith("<", match.start() - 1):
                return match.start(), f"an IRI stands in < >, as in <{name}://...>"
            closed = _CLOSED.match(text, match.start() - 1)
            return match.start() - 1, f"this IRI has {'a space, or another sign that no IRI has' if closed else 'no >'}"
        before = (match["word"] or "").upper()
    return None


def _reason(found: Refused, said: Sequence[str]) -> tuple[int, str] | None:
    """Return the same where the engine gives a reason."""
    for item in filter(_REASON.fullmatch, said):
        return found.place, _REASONS.get(item, item)
    return None


def _stuck(text: str, found: Refused, engine: Engine) -> tuple[int, str]:
    """Return what to say of the place where the engine got stuck, and which that is."""
    if not found.sure:
        return found.place, "what stands here, or right before it, cannot stand there"
    return (
        _reason(found, reasons(text, found, engine))
        or _unclosed(text, found)
        or (found.place, mistake(_spot(found)) or _told(text, found))
    )


def _open(found: Refused) -> list[int]:
    """Return which tokens are brackets that are open where the text was refused."""
    around: list[int] = []
    for number, match in enumerate(found.tokens[: found.at]):
        if match.group() in _CLOSING:
            around.append(number)
        elif match.group() in _CLOSING.values():
            del around[-1:]
    return around


def _bracket(text: str, bracket: re.Match[str]) -> str:
    line, column = _located(text, bracket.start())
    return f"the {bracket.group()} at line {line}, column {column} is not closed"


def _unclosed(text: str, found: Refused) -> tuple[int, str] | None:
    """Return what to say of a text or bracket that is not closed, or not open."""
    here, brackets = found.token(0), [found.tokens[number] for number in _open(found)]
    if not here and found.opened >= 0:
        sign = text[found.opened]
        lines = f"; one of several lines stands in {sign * 3}" if text.find(sign, found.opened + 1) > 0 else ""
        return found.opened, f"the text that begins here with {sign} has no end{lines}"
    if here and here not in _CLOSING.values():
        return None
    if here and not any(_CLOSING[match.group()] == here for match in brackets):
        return found.place, f"this {here} closes nothing"
    if not brackets or _CLOSING[brackets[-1].group()] == here:
        return None
    return found.place, _bracket(text, brackets[-1]) + (f" before this {here}" if here else "")


def _spot(found: Refused) -> Spot:
    around = _open(found)
    number = around[-1] if around else 0
    place = found.tokens[found.at - 1].end() if found.at else -1
    words = (match.group().upper() for match in reversed(found.tokens[: found.at]))
    return Spot(
        here=found.token(0),
        before=found.token(-1),
        earlier=found.token(-2),
        after=found.token(1),
        glued=place == found.place,
        inside=found.tokens[number].group() if around else "",
        opener=found.tokens[number - 1].group() if number else "",
        clause=next((word for word in words if word in _CLAUSES), ""),
        missing=found.expected[0].strip('"') if len(found.expected) == 1 else "",
    )


def _told(text: str, found: Refused) -> str:
    here, before, around = shown(found.token(0)), shown(found.token(-1)), _open(found)
    if not before:
        return f"{here} begins neither a query nor an update"
    what = f"{here} cannot stand here, behind {before}" if here else f"something is missing at the end, behind {before}"
    if around and f'"{_CLOSING[found.tokens[around[-1]].group()]}"' in found.expected:
        return f"{what}; {_bracket(text, found.tokens[around[-1]])} yet"
    return what + (f"; expected one of {', '.join(found.expected)}" if 1 < len(found.expected) <= _FEW else "")
