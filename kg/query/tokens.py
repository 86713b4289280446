"""The tokens of SPARQL as programs write them, for queries that are read here before they are run; whatever is written otherwise is no part of such a query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

# What SPARQL takes for a space: nothing else is one, though it may look so.
SPACE = r"[ \t\r\n]"
IRI = r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*)>"
NAME = r"[A-Za-z][A-Za-z0-9_-]*:(?:[A-Za-z0-9_][A-Za-z0-9_-]*)?"
VARIABLE = r"[?$][A-Za-z0-9_]+"
TEXT = r"""(?:"[^"\\\n\r]*"(?!")|'[^'\\\n\r]*'(?!'))"""
LANGUAGE = r"[A-Za-z]+(?:-[A-Za-z0-9]+)*"
# Keywords are of ASCII alone: to others, a long s is an S in another case.
KEYWORDS = re.ASCII | re.IGNORECASE
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# A text that is longer is seldom asked again for another thing.
LONGEST = 4000
# What stands between tokens: spaces and comments. Nothing of a comment is ever taken for a token.
_BETWEEN = rf"(?>{SPACE}|\#[^\n\r]*+)*+"
_PREFIX = re.compile(rf"{_BETWEEN}PREFIX{SPACE}+([A-Za-z][A-Za-z0-9_-]*):{SPACE}*{IRI}", KEYWORDS)
_TOKEN = re.compile(
    rf"""{_BETWEEN}(?:(?P<iri>{IRI})
    | (?P<variable>(?>{VARIABLE})(?![^\x00-\x7F]))
    | (?P<name>(?>{NAME})(?![:%\\]|[^\x00-\x7F]|\.(?![ \t\r\n}}])))
    | (?P<text>{TEXT})
    | (?P<tag>@(?>{LANGUAGE})(?![A-Za-z0-9-]|[^\x00-\x7F]))
    | (?P<number>(?>[0-9]+(?:\.[0-9]+)?)(?![.A-Za-z0-9_]|[^\x00-\x7F]))
    | (?P<word>(?>[A-Za-z]+)(?![A-Za-z0-9_:-]|[^\x00-\x7F]))
    | (?P<sign>\^\^|&&|\|\||!=|<=|>=|[.;,{{}}()=<>!+*/|^-]))""",
    re.VERBOSE,
)
_END = re.compile(_BETWEEN)


class Token(NamedTuple):
    """A token of SPARQL: what it is, how it is written, and where."""

    kind: str
    text: str
    # What it is compared by: keywords may be written in small letters.
    sign: str
    start: int
    end: int


def tokens(text: str, place: int) -> list[Token]:
    """Return the tokens from a place on; ValueError where something else stands among them."""
    found = []
    while (match := _TOKEN.match(text, place)) is not None:
        kind = str(match.lastgroup)
        written = match[kind]
        sign = written.upper() if kind == "word" else written
        found.append(Token(kind, written, sign, match.start(kind), match.end()))
        place = match.end()
    if not _END.fullmatch(text, place):
        raise ValueError("something that is no token here")
    return found


def is_plain(text: str) -> bool:
    """Return whether a query is short, and nothing in it stands for something else: an escape for a letter, or a path with dots for another."""
    return len(text) <= LONGEST and "\\" not in text and "/." not in text


def prologue(text: str, prefixes: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """Return the prefixes that are known behind those that a query begins with, and where that is; ValueError where one stands for no IRI, used or not."""
    known, place = dict(prefixes), 0
    while (prefix := _PREFIX.match(text, place)) is not None:
        known[prefix[1]] = ox.NamedNode(prefix[2]).value
        place = prefix.end()
    return known, place


def named(name: str, prefixes: Mapping[str, str]) -> ox.NamedNode:
    """Return what a prefixed name stands for; KeyError or ValueError where it is nothing."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(prefixes[prefix] + local)


@dataclass(frozen=True, slots=True)
class Form:
    """A query whose IRIs may be others: `iris` are those, in their order, and `texts` what stands around them, one more."""

    iris: tuple[str, ...]
    texts: tuple[str, ...]

    def text(self, iris: Sequence[str]) -> str:
        """Return the same query of other things."""
        return self.texts[0] + "".join([iri + text for iri, text in zip(iris, self.texts[1:], strict=True)])

    @staticmethod
    def nodes(iris: Sequence[str]) -> list[ox.NamedNode]:
        """Return what IRIs stand for in such a query; ValueError where one is none, or may be another."""
        # A base IRI, which queries here have, takes the dots out of a path.
        if "/." in " ".join(iris):
            raise ValueError("dots in a path")
        return list(map(ox.NamedNode, iris))


def cut(text: str, places: Iterable[tuple[int, int]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the IRIs of a query that stand at these places, each in its brackets from the first number to the second, and the texts around them."""
    iris, texts, done = [], [], 0
    for start, end in places:
        texts.append(text[done : start + 1])
        iris.append(text[start + 1 : end - 1])
        done = end - 1
    return tuple(iris), (*texts, text[done:])
