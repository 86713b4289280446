"""Which things live in which document: those of hash IRIs, which no query finds by the document alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from kg.pages.graph import Graph

# A graph with more things of hash IRIs than these has documents with less than all of theirs.
MOST: Final = 500_000


def documents(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Return the things with a `#` in their IRI by the IRI of their document; the whole graph is read for it."""
    found: dict[str, list[str]] = defaultdict(list)
    # Each thing is looked at once, not each statement.
    things = "SELECT DISTINCT ?s WHERE { ?s ?p ?o }"
    query = f"""SELECT ?s WHERE {{ {{ {things} }} FILTER (isIRI(?s) && CONTAINS(STR(?s), "#")) }} LIMIT {MOST}"""
    for (thing,) in graph.select(query):
        if isinstance(thing, ox.NamedNode):
            found[thing.value.partition("#")[0]].append(thing.value)
    return {document: tuple(sorted(things)) for document, things in found.items()}
