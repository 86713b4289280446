"""A mapping as rules: what every mapping language is normalised to, and all that the planner sees.

A rule makes one quad from one row of one source (or of two joined sources). Predicates, objects and graphs of a triples map that occur
several times are multiplied out, constant shortcuts and classes are spelled out, so that a rule has exactly four term maps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class TermType(StrEnum):
    """The kind of RDF term that a term map makes."""

    IRI = "IRI"
    BLANK_NODE = "blank node"
    LITERAL = "literal"


class SourceKind(StrEnum):
    """How a logical source is read."""

    RELATION = "relation"  # a table of the running session
    QUERY = "query"  # SQL over the tables of the running session
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Source:
    """A logical source: `location` is a file, a relation's name, or the SQL text of a query."""

    kind: SourceKind
    location: str


@dataclass(frozen=True, slots=True)
class Table:
    """What the engine says of a source: the name of its table and its columns with their types, as DuckDB writes them."""

    name: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of the row."""

    name: str


Part: TypeAlias = str | Reference


@dataclass(frozen=True, slots=True)
class TermMap:
    """How one term is made: the parts, joined, are a constant (text only), a reference (one reference), or a template (both).

    For a constant the text is a finished term in N-Triples syntax. `datatype` and `language` are term maps whose value is the bare IRI or tag.
    `encode` says that references are made safe for an IRI, as templates of IRIs want; an IRI that is a reference is checked instead, and
    resolved against `base`.
    """

    parts: tuple[Part, ...]
    term_type: TermType
    constant: bool = False
    encode: bool = False
    base: str = ""
    datatype: TermMap | None = None
    language: TermMap | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The columns that the map reads, those of its datatype and language included."""
        own = [part.name for part in self.parts if isinstance(part, Reference)]
        for inner in (self.datatype, self.language):
            own.extend(inner.references if inner else ())
        return tuple(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class Join:
    """A second source whose row gives the object: pairs of (child column, parent column) must be equal."""

    source: Source
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Makes a quad from each row of `source`; with a join, `object` reads the parent's row. `origin` names the triples map, for messages."""

    source: Source
    subject: TermMap
    predicate: TermMap
    object: TermMap
    graph: TermMap | None = None
    join: Join | None = None
    origin: str = field(default="", compare=False)
