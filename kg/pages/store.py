"""A store as the pages ask it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.pages.graph import LONGEST, Graph, Node, Row, Term

_SAMPLE = 20_000
_KEPT = 20_000
# A page asks again and again what points to a thing: so many links are kept, of so many things.
_NEAR = 1001
_NEAR_KEPT = 64
_NONE = "https://kg.example/"


class StoreGraph:
    """Answers the questions of the pages from a store of which the default graph is the merge of all; it keeps what is said of so many things."""

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str], kept: int = _KEPT) -> None:
        self._store, self._prefixes = store, dict(prefixes)
        # What many pages name is looked up once.
        self.node = lru_cache(kept)(self._node)
        self._near = lru_cache(_NEAR_KEPT)(self._pointing)
        self._named = any(True for _ in store.named_graphs())

    def note(self, things: Iterable[str]) -> None:
        """Take no note of what pages are made of: see NotingGraph."""

    def _node(self, thing: str | ox.BlankNode) -> Node:
        found: dict[str, list[Term]] = {}
        for quad in islice(self._quads(_term(thing), None, None), LONGEST + 1):
            name = quad.predicate.value
            if name in found:
                found[name].append(quad.object)
            else:
                found[name] = [quad.object]
        return found

    def objects(self, thing: str, prop: str) -> list[Term]:
        """Return all values of a property of a thing."""
        return [quad.object for quad in self._quads(_term(thing), _term(prop), None)]

    def graphs(self, thing: str) -> Iterator[tuple[str, Term, str]]:
        """Yield the statements about a thing in named graphs: property, value and graph."""
        this = _term(thing) if self._named else None
        if this is not None:
            for quad in self._store.quads_for_pattern(this, None, None, None):
                if isinstance(quad.graph_name, ox.NamedNode):
                    yield quad.predicate.value, quad.object, quad.graph_name.value

    def pointing(self, thing: str, prop: str | None = None) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, str]]:
        """Yield what has a thing as its value, with the property, or of one property alone."""
        near = self._near(thing)
        if near is not None:
            # They are in the order of their subjects, as the store has those of one property.
            yield from (each for each in near if each[1] == prop) if prop else near
            return
        for quad in self._quads(None, _term(prop) if prop else None, _term(thing)):
            if isinstance(quad.subject, ox.NamedNode | ox.BlankNode):
                yield quad.subject, quad.predicate.value

    def _pointing(self, thing: str) -> list[tuple[ox.NamedNode | ox.BlankNode, str]] | None:
        """Return what has a thing as its value, with the property; None where that is very much."""
        found = list(islice(self._quads(None, None, _term(thing)), _NEAR))
        if len(found) == _NEAR:
            return None
        return [
            (quad.subject, quad.predicate.value)
            for quad in found
            if isinstance(quad.subject, ox.NamedNode | ox.BlankNode)
        ]

    def _quads(self, subject: Any, predicate: Any, value: Any) -> Iterator[ox.Quad]:
        """Return the triples that fit, each once; none where all three are open, which is what no IRI becomes."""
        if subject is None and value is None:
            return iter(())
        return self._store.quads_for_pattern(subject, predicate, value, ox.DefaultGraph())

    def select(self, query: str, bound: Mapping[str, Term] | None = None) -> list[Row]:
        """Return the rows of a query of ours."""
        given: Any = {ox.Variable(name): term for name, term in (bound or {}).items()}
        found: Any = self._store.query(query, prefixes=self._prefixes, substitutions=given)
        names = [variable.value for variable in found.variables]
        return [tuple(row[name] for name in names) for row in found]


def _term(thing: str | ox.BlankNode) -> ox.NamedNode | ox.BlankNode | None:
    """Return a thing as a term; None for what is no IRI, of which nothing can be said."""
    if isinstance(thing, ox.BlankNode):
        return thing
    try:
        return ox.NamedNode(thing)
    except ValueError:
        return None


def usual_base(graph: Graph, minted: str | None) -> str:
    """Return what the IRIs start with that have a page: scheme and host of those that are minted (None: not known), or of most things."""
    if minted:
        return host(minted) or _NONE
    rows = graph.select(f"SELECT ?s WHERE {{ ?s ?p ?o }} LIMIT {_SAMPLE}")
    hosts = Counter(host(row[0].value) for row in rows if isinstance(row[0], ox.NamedNode))
    hosts.pop("", None)
    return min(hosts, key=lambda host: (-hosts[host], host)) if hosts else _NONE


def host(iri: str) -> str:
    """Return scheme and host of an IRI, or nothing where it has none of the web."""
    parts = urlsplit(iri)
    return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in ("http", "https") and parts.netloc else ""
