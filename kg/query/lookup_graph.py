"""Look-ups whose answer is a graph: all that is said of things, or what is made of the solutions of a pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.lookup import LONG, Lookup, Statements

_SUBJECTS = (ox.NamedNode, ox.BlankNode)
# So many statements are read to describe things: none of them is joined with others.
_MOST_DESCRIBED = 1000
# What writes a graph.
Write = Callable[[Iterable[ox.Triple]], bytes]


@dataclass(frozen=True, slots=True)
class GraphLookup(Lookup):
    """A look-up of a graph, which `_write` writes as its client likes it."""

    _write: Write

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the graph; None where it has more than `rows` triples (0: any number) or takes long, or where an IRI is none."""
        try:
            triples = list(self._triples(store, self._known(iris)))
            return None if 0 < rows < len(triples) else self._write(triples)
        except (OSError, RuntimeError, TypeError, ValueError):
            return None

    def _triples(self, store: ox.Store, known: tuple[Any, ...]) -> Iterable[ox.Triple]:
        """Return the triples of the graph, made of what the default graph says of these terms."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Description(GraphLookup):
    """A look-up of all that is said of things, and of the blank nodes that it leads to (DESCRIBE)."""

    def _triples(self, store: ox.Store, known: tuple[Any, ...]) -> Iterable[ox.Triple]:
        statements = Statements(store, _MOST_DESCRIBED)
        waiting = list(dict.fromkeys(known))
        seen = set(waiting)
        while waiting:
            for quad in statements.matching(waiting.pop(), None, None):
                value = _short(quad.object)
                if isinstance(value, ox.BlankNode) and value not in seen:
                    seen.add(value)
                    waiting.append(value)
                yield quad.triple


@dataclass(frozen=True, slots=True)
class Construction(GraphLookup):
    """A look-up of which each solution makes triples (CONSTRUCT); `_template` tells where the terms of each of them are found."""

    _template: tuple[tuple[int, int, int], ...]

    def _triples(self, store: ox.Store, known: tuple[Any, ...]) -> Iterable[ox.Triple]:
        made: set[ox.Triple] = set()
        # From the last to the first, as the store does it, so that the answer is the same whoever gives it.
        template = self._template[::-1]
        for terms in self._solutions(Statements(store), known):
            for about, verb, value in template:
                subject, predicate, object_ = terms[about], terms[verb], terms[value]
                # What has no value, or cannot stand there, makes no triple.
                if object_ is None or not isinstance(predicate, ox.NamedNode) or not isinstance(subject, _SUBJECTS):
                    continue
                triple = ox.Triple(subject, predicate, _short(object_))
                # One that was made before is not told again, but for those of blank nodes, which the store takes for others each time.
                if triple not in made or isinstance(subject, ox.BlankNode) or isinstance(object_, ox.BlankNode):
                    made.add(triple)
                    yield triple


def _short(term: Any) -> Any:
    """Return a term; TypeError where it is a triple of RDF 1.2, or long."""
    if isinstance(term, ox.Literal):
        if len(term.value) > LONG:
            raise TypeError
    elif isinstance(term, ox.Triple):
        raise TypeError
    return term
