"""Where a term map stands in a quad, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from kg.mapping.rules import Expression, Joined, Target, Term, TermType

T = TypeVar("T")
IRIS = (TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI)


@dataclass(frozen=True, slots=True)
class Position:
    """The part that a term map plays, its property and shortcut, and the types that it may have (the first by default)."""

    part: str
    name: str
    shortcut: str
    allowed: tuple[TermType, ...]

    @property
    def noun(self) -> str:
        """What the map makes."""
        return self.part.removesuffix(" map")


SUBJECT = Position("subject map", "subjectMap", "subject", (*IRIS, TermType.BLANK_NODE))
PREDICATE = Position("predicate map", "predicateMap", "predicate", IRIS)
OBJECT = Position("object map", "objectMap", "object", (*IRIS, TermType.BLANK_NODE, TermType.LITERAL))
GRAPH = Position("graph map", "graphMap", "graph", (*IRIS, TermType.BLANK_NODE))
CLASS = Position("class", "class", "class", IRIS)
DATATYPE = Position("datatype map", "datatypeMap", "datatype", IRIS)
LANGUAGE = Position("language map", "languageMap", "language", (TermType.LITERAL,))


@dataclass(frozen=True, slots=True)
class Part:
    """A term of a quad, the targets that its maps name, and conditions that must hold for the quad but cannot stand in the term."""

    term: Term | Joined
    targets: tuple[Target, ...] = ()
    conditions: tuple[Expression, ...] = ()


def distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return the values, each once, in their order."""
    return tuple(dict.fromkeys(values))
