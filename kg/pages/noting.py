"""Hears which things of a graph a page was made of, so that it need not be made again while nothing of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.pages.graph import ANYTHING, Graph, Node, Row, Term


class NotingGraph:
    """Answers as another graph does, and notes the IRIs of the things that are asked about."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._things: set[str] = set()

    def taken(self) -> set[str]:
        """Return what was asked about since the last call."""
        found, self._things = self._things, set()
        return found

    def note(self, things: Iterable[str]) -> None:
        """Note things that were asked about for another page already."""
        self._things.update(things)

    def node(self, thing: str | ox.BlankNode) -> Node:
        """Return what is said of a thing."""
        # The label of a blank node means nothing in the next graph.
        self._things.add(thing if isinstance(thing, str) else ANYTHING)
        return self._graph.node(thing)

    def objects(self, thing: str, prop: str) -> list[Term]:
        """Return all values of a property of a thing."""
        self._things.add(thing)
        return self._graph.objects(thing, prop)

    def graphs(self, thing: str) -> Iterator[tuple[str, Term, str]]:
        """Yield the statements about a thing in named graphs."""
        self._things.add(thing)
        return self._graph.graphs(thing)

    def pointing(self, thing: str, prop: str | None = None) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, str]]:
        """Yield what has a thing as its value."""
        self._things.add(thing)
        return self._graph.pointing(thing, prop)

    def select(self, query: str, bound: Mapping[str, Term] | None = None) -> list[Row]:
        """Return the rows of a query; what it is about is what its variables are bound to."""
        self._things.update(term.value for term in (bound or {}).values() if isinstance(term, ox.NamedNode))
        return self._graph.select(query, bound)
