"""Writes the data of a document; the same triples give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

_WITH_PREFIXES = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3, ox.RdfFormat.RDF_XML)


def written(triples: Iterable[ox.Triple], syntax: ox.RdfFormat, prefixes: Mapping[str, str]) -> bytes:
    """Return triples in order, in a syntax, with those prefixes that they use."""
    ordered = sorted(set(triples), key=str)
    names = None
    if syntax in _WITH_PREFIXES:
        used = " ".join(map(str, ordered))
        names = {name: iri for name, iri in prefixes.items() if f"<{iri}" in used}
    return ox.serialize(ordered, format=syntax, prefixes=names) or b""
