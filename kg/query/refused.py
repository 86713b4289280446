"""Finds the token at which the engine got stuck in a text that is not SPARQL, and what is around it.

The place that the engine names is up to a keyword's length behind it: for each keyword that might stand there it takes as many signs as that has, and then compares them.
So it is asked again, with so many spaces before each token there that no keyword reaches into the next one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kg.query.reading import read

_LOCATED = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
# What the engine says of its own making: classes of characters, and rules without a name.
_UNTOLD = re.compile(r"\[.*\]|<unreported>", re.DOTALL)
# As much of SPARQL as is needed to tell its tokens apart; a text that never ends ends it all.
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]++ | \#[^\n\r]*+)
    | <[^<>"{}|^`\\\x00-\x20]*>
    | \"{3}(?:[^"\\]++|\\.|\"{1,2}(?!"))*+\"{3} | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3}
    | "(?!"")(?:[^"\\\n\r]++|\\.)*+" | '(?!'')(?:[^'\\\n\r]++|\\.)*+'
    | (?P<open>["'])
    | [?$]\w+ | @[A-Za-z-]+ | _:\w*
    | (?P<prefix>(?>[^\W\d_][\w.-]*)?):(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*
    | (?P<word>\w[\w.-]*)
    | \^\^ | && | \|\| | [!<>]= | \{\| | \|\}
    | .""",
    re.VERBOSE | re.DOTALL,
)
# More than the signs of any keyword.
_AHEAD = 20
_SPACES = " " * _AHEAD
# No SPARQL ends so: what is asked again for a place is never run.
_NEVER = f"{_SPACES}\n\x01"
# Whoever waits must not wait for more to be looked through.
_LONGEST = 1 << 17


class Said(NamedTuple):
    """What the engine says of a text: the place where it got stuck, and what might have stood there, or the reason; `whole` where all of it can be told."""

    place: int
    items: tuple[str, ...]
    whole: bool

    @staticmethod
    def of(text: str, message: str) -> Said | None:
        """Return what a message says, without what only the makers of the engine understand; None where it names no place."""
        found = _LOCATED.fullmatch(message)
        if found is None:
            return None
        place = 0
        for _ in range(int(found[1]) - 1):
            place = text.find("\n", place) + 1
        said = found[3].split(", ")
        items = tuple(item for item in said if not _UNTOLD.fullmatch(item))
        return Said(place + int(found[2]) - 1, items, len(items) == len(said))


class Refused(NamedTuple):
    """A text that was refused, as far as it was read: `at` tells which of the tokens could not stand there, or how many there are where the end could not.

    `place` is where that is. Where it is not `sure`, it is what the engine says first, and `at` is one of the tokens before. `said` is all that the engine says, `expected` are
    the signs that alone might have stood there; `opened` is where a text begins that never ends, or -1.
    """

    tokens: Sequence[re.Match[str]]
    at: int
    place: int
    sure: bool
    said: tuple[str, ...]
    expected: tuple[str, ...] = ()
    opened: int = -1

    def token(self, number: int) -> str:
        """Return a token near that which was refused, by its distance; nothing where there is none."""
        return self.tokens[self.at + number].group() if 0 <= self.at + number < len(self.tokens) else ""


class Engine(NamedTuple):
    """Who refuses: for queries or for updates, with the prefixes that need no declaration, and what relative IRIs are resolved against."""

    update: bool
    prefixes: Collection[str]
    base: str | None

    def asked(self, text: str) -> Said | None:
        """Return what is said of a text, or None where it is not refused."""
        iri = "http://x/"
        try:
            if self.update:
                ox.Store().update(text, base_iri=self.base)
            else:
                known = {each: iri for each in self.prefixes if f"{each}:" in text}
                ox.Store().query(text, base_iri=self.base, prefixes=known)
        except SyntaxError as error:
            return Said.of(text, error.msg)
        except (OSError, ValueError, RuntimeError):
            return None
        return None


def refused(text: str, said: Said, engine: Engine) -> Refused:
    """Return where a text is refused; in one that is too long to be looked through, at the place that the engine says."""
    tokens: list[re.Match[str]] = []
    opened, whole = -1, len(text) <= _LONGEST
    for match in _walk(text):
        if match["open"]:
            opened = match.start()
            break
        tokens.append(match)
        if match.start() > said.place:
            whole = False
            break
    starts = [match.start() for match in tokens]
    found = Refused(tokens, _last(starts, said.place), said.place, sure=False, said=said.items)
    if not tokens or said.place >= _LONGEST:
        return found
    first = _last(starts, said.place - _AHEAD)
    probe, places = text[: starts[first]], []
    for match in tokens[first:]:
        places.append(len(probe) + _AHEAD)
        probe += _SPACES + match.group()
    again = engine.asked(probe + _NEVER)
    end = len(probe + _NEVER) - 1
    if again is None or (again.place >= end and not whole):
        return found
    at = len(tokens) if again.place >= end else first + _last(places, again.place)
    # Signs are all that is wanted where nothing is taken of what is there: a keyword takes as much as it is long.
    exact = again.place == (end if at == len(tokens) else places[at - first])
    signs = tuple(item for item in again.items if item.startswith('"'))
    expected = signs if exact and (again.whole or len(signs) > 1) else ()
    place = starts[at] if at < len(tokens) else len(text.rstrip())
    return Refused(tokens, at, place, sure=True, said=said.items + again.items, expected=expected, opened=opened)


def reasons(text: str, found: Refused, engine: Engine) -> tuple[str, ...]:
    """Return what the engine says of a query that ends where it is refused, which is why, if it is well-formed up to there."""
    # What is wrong with an IRI is told behind it.
    last = found.at if len(found.token(0)) > 1 and found.token(0).startswith("<") else found.at - 1
    before = text[: found.tokens[last].end()] if last >= 0 else ""
    # It may be a query by itself, of an empty store then; it must ask nobody else. Updates are not tried.
    alone = not engine.update and len(before) < _LONGEST and not read(before).services
    said = engine.asked(before) if alone else None
    return said.items if said is not None else ()


def _last(places: Sequence[int], place: int) -> int:
    """Return which of the places is the last that is not behind another, or the first."""
    return max(bisect_right(places, place) - 1, 0)


def _walk(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _TOKEN.finditer(text, 0, _LONGEST) if not match["space"])
