"""What pages know about a graph as a whole: found out once, when it is first asked for, and handed on to other processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kg.pages import classes
from kg.pages.graph import Graph, whole
from kg.pages.hashes import documents
from kg.pages.shape import mixed_units
from kg.pages.vocabulary import Vocabulary, defined, shipped
from kg.settings import ONTOLOGY


class Overview:
    """Classes, properties, terms and documents of a graph, which must not change.

    A pickled one has found everything out, and asks no graph. `documents` are the things of hash IRIs by their documents, where somebody knows them.
    """

    def __init__(self, graph: Graph, documents: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._graph = graph
        if documents is not None:
            self.documents = documents

    @cached_property
    def classes(self) -> dict[str, int]:
        """How many things each class has."""
        return classes.counts(self._graph)

    @cached_property
    def properties(self) -> dict[str, int]:
        """How many statements each property has."""
        rows = self._graph.select("SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p LIMIT 10000")
        return {row[0].value: whole(row[1]) for row in rows if isinstance(row[0], ox.NamedNode)}

    @property
    def triples(self) -> int:
        """How many statements there are."""
        return sum(self.properties.values())

    @cached_property
    def graphs(self) -> int:
        """How many named graphs there are."""
        rows = self._graph.select("SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
        return whole(rows[0][0]) if rows else 0

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms that the graph defines, and ours if it uses them."""
        return shipped() | defined(self._graph) if self.ours else defined(self._graph)

    @property
    def ours(self) -> bool:
        """Whether the graph speaks with the words of our ontology."""
        return any(name.startswith(ONTOLOGY) for name in (*self.classes, *self.properties))

    @cached_property
    def mixed(self) -> frozenset[str]:
        """The properties whose numbers cannot be compared as they stand."""
        return mixed_units(self._graph, self.vocabulary)

    @cached_property
    def documents(self) -> Mapping[str, tuple[str, ...]]:
        """The things of hash IRIs by their documents."""
        return documents(self._graph)

    @cached_property
    def terms(self) -> Mapping[str, Sequence[str]]:
        """The terms of the vocabulary with hash IRIs by their documents."""
        found: dict[str, list[str]] = {}
        for name in self.vocabulary.terms:
            document, hash_, _ = name.partition("#")
            if hash_:
                found.setdefault(document, []).append(name)
        return found

    def parts(self, document: str) -> tuple[str, ...]:
        """Return the things of the hash IRIs of a document, those of the vocabulary among them."""
        if "#" in document:
            return ()
        own, terms = self.documents.get(document, ()), self.terms.get(document, ())
        return tuple(sorted({*own, *terms})) if own or terms else ()

    def __getstate__(self) -> dict[str, Any]:
        found = ("classes", "properties", "graphs", "vocabulary", "mixed", "documents", "terms")
        return {name: getattr(self, name) for name in found}
