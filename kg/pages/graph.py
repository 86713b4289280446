"""What the pages ask of a graph, and how a term is written in a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol, TypeAlias

import pyoxigraph as ox

from kg.pages.addresses import is_iri

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row: TypeAlias = tuple[Term | None, ...]

# An order of the terms ?o. The store's own order of terms of many kinds is no order, and its sort may then end the process.
BY_TEXT: Final = "STR(?o) LANG(?o) STR(DATATYPE(?o)) isIRI(?o)"


# The values of a thing's predicates.
Node: TypeAlias = Mapping[str, list[Term]]
# What a page notes that changes with any change of the graph.
ANYTHING: Final = "_:"
# A thing of which more is said than this is read property by property.
LONGEST: Final = 1000


class Graph(Protocol):
    """A graph that can be looked into, and that answers SELECT queries; its default graph is the merge of all its graphs."""

    def note(self, things: Iterable[str]) -> None:
        """Hear of things that a page is made of though it does not ask for them: they were asked about for another."""

    def node(self, thing: str | ox.BlankNode) -> Node:
        """Return what is said of a thing (an IRI, or a blank node), at most LONGEST + 1 statements."""

    def objects(self, thing: str, prop: str) -> list[Term]:
        """Return all values of a property of a thing."""

    def graphs(self, thing: str) -> Iterator[tuple[str, Term, str]]:
        """Yield the statements about a thing in named graphs: property, value and graph."""

    def pointing(self, thing: str, prop: str | None = None) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, str]]:
        """Yield what has a thing as its value, with the property, or of one property alone."""

    def select(self, query: str, bound: Mapping[str, Term] | None = None) -> list[Row]:
        """Return the rows of a query, a term for each variable of SELECT in their order (None: not bound).

        `bound` gives variables their values; each stands at the end of SELECT, and its column may be left out of the rows. The prefixes of
        kg.rdf.prefixes are known to the query.
        """


def values(terms: Iterable[str]) -> str:
    """Return IRIs as the data of a VALUES block; what no IRI may be is left out, so that nothing but IRIs gets into a query."""
    return " ".join(f"<{iri}>" for iri in terms if is_iri(iri))


def is_cut(node: Node) -> bool:
    """Say whether more is said of a thing than `Graph.node` returns."""
    return sum(map(len, node.values())) > LONGEST


def whole(term: Term | None) -> int:
    """Return a count of a row as a number."""
    return int(term.value) if isinstance(term, ox.Literal) else 0
