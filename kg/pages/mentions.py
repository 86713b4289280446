"""What a graph mentions without a word about it: classes and properties that are merely used, and things that are values and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from kg.pages.addresses import is_iri
from kg.pages.graph import Graph
from kg.pages.overview import Overview
from kg.pages.vocabulary import Kind, TermInfo

# A graph of more statements than these is not searched for what is a value and nothing else: the first who asks for what is not there waits for it.
_MOST_READ = 200_000


class Mentions:
    """Terms that are defined or used, and the things of the hash IRIs of documents. In a static site, what is merely mentioned has no pages."""

    def __init__(self, graph: Graph, overview: Overview, *, static: bool) -> None:
        self._graph, self._overview, self._static = graph, overview, static

    @cached_property
    def used(self) -> Mapping[str, TermInfo]:
        """The classes and properties that the graph uses without a word about them."""
        if self._static:
            return {}
        kinds: dict[str, Kind] = dict.fromkeys(self._overview.properties, "property")
        kinds |= dict.fromkeys(self._overview.classes, "class")
        defined = self._overview.vocabulary.terms
        bare = (iri for iri in sorted(kinds) if iri not in defined and is_iri(iri) and not self._graph.node(iri))
        return {iri: TermInfo(iri, kinds[iri]) for iri in bare}

    @cached_property
    def terms(self) -> Mapping[str, TermInfo]:
        """The classes and properties that are defined, and those that are merely used."""
        return {**self.used, **self._overview.vocabulary.terms}

    def parts(self, iri: str) -> tuple[str, ...]:
        """Return the things of the hash IRIs of a document, and the terms of it that are used."""
        found, used = self._overview.parts(iri), self._used_within.get(iri)
        return tuple(sorted({*found, *used})) if used else found

    def values(self, iri: str) -> tuple[str, ...]:
        """Return the things of the hash IRIs of a document of which nothing is said, but which are values of something."""
        return () if "#" in iri or self.parts(iri) else tuple(sorted(self._values.get(iri, ())))

    @cached_property
    def _used_within(self) -> Mapping[str, Sequence[str]]:
        """The classes and properties with hash IRIs that are merely used, by their documents."""
        return _by_document(iri for iri in self.used if "#" in iri)

    @cached_property
    def _values(self) -> Mapping[str, Sequence[str]]:
        """The things of hash IRIs that are nothing but values, by their documents."""
        if self._static or self._overview.triples > _MOST_READ:
            return {}
        found = self._graph.select(
            """SELECT ?o WHERE { { SELECT DISTINCT ?o WHERE { ?s ?p ?o FILTER (isIRI(?o)) } } FILTER (CONTAINS(STR(?o), "#")) }"""
        )
        iris = (value.value for (value,) in found if isinstance(value, ox.NamedNode))
        return _by_document(filter(is_iri, iris))


def _by_document(iris: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for iri in iris:
        found.setdefault(iri.partition("#")[0], []).append(iri)
    return found
