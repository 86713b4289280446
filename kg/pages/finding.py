"""What was found by name, as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from kg.pages.context import Context
from kg.pages.graph import Graph, values
from kg.pages.search import Hit
from kg.pages.values import Link


def shown(context: Context, hits: Sequence[Hit], languages: Sequence[str]) -> list[dict[str, Any]]:
    """Return what was found as pages show it: the link to a thing, its other name where that is what fits, and the names of its classes."""
    classes = types(context.graph, [hit.iri for hit in hits])
    write = context.writer(
        {hit.iri for hit in hits} | {name for names in classes.values() for name in names}, languages
    )
    found = []
    for hit in hits:
        link = write.link(hit.iri)
        here = Link(link.label, hit.iri, context.addresses.url(hit.iri))
        other = hit.name if hit.name != link.label.text else ""
        found.append(
            {"link": here, "other": other, "types": [write.term(name).label for name in classes.get(hit.iri, ())]}
        )
    return found


def types(graph: Graph, iris: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the classes of things."""
    data = values(iris)
    rows = graph.select(f"SELECT ?s ?c WHERE {{ VALUES ?s {{ {data} }} ?s a ?c }} LIMIT 2000") if data else []
    found: dict[str, tuple[str, ...]] = {}
    for thing, class_ in rows:
        if isinstance(thing, ox.NamedNode) and isinstance(class_, ox.NamedNode):
            found[thing.value] = tuple(sorted((*found.get(thing.value, ()), class_.value)))
    return found
