"""What a query gave, read from the answer of the endpoint, for the page that shows it without a script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pyoxigraph as ox

from kg.pages.graph import Row

Truncated: TypeAlias = Literal["", "rows", "time"]

_PLACE = re.compile(r"\bline (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of SELECT, a term for each variable (None: not bound)."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Triples:
    """The triples of CONSTRUCT or DESCRIBE."""

    triples: tuple[ox.Triple, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """The answer of ASK."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there are no results; line and column count from 1, and are 0 where no place is known."""

    message: str
    line: int = 0
    column: int = 0


Results: TypeAlias = Rows | Triples | Truth


def read_results(body: bytes, media_type: str) -> Results:
    """Read SPARQL results as JSON, or a graph as N-Triples; ValueError for another media type, SyntaxError for a broken body."""
    media = media_type.partition(";")[0].strip()
    if media == "application/n-triples":
        return Triples(tuple(quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)))
    if media != "application/sparql-results+json":
        raise ValueError(f"results are read from JSON or N-Triples, not from {media!r}")
    found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Truth(bool(found))
    variables = tuple(variable.value for variable in found.variables)
    return Rows(variables, tuple(tuple(solution[name] for name in variables) for solution in found))


def fault(message: str) -> Fault:
    """Return what a message of the endpoint says, and the place in the query that it names."""
    place = _PLACE.search(message)
    return Fault(message, int(place[1]), int(place[2])) if place else Fault(message)
