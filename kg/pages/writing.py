"""Writes the data of a document; the same triples give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.rdf.xml_text import made_fit_for_xml

_WITH_PREFIXES = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3, ox.RdfFormat.RDF_XML)


def written(triples: Iterable[ox.Triple], syntax: ox.RdfFormat, prefixes: Mapping[str, str]) -> bytes:
    """Return triples in order, in a syntax, with those prefixes that they use."""
    return forms(triples, (syntax,), prefixes)[0]


def forms(
    triples: Iterable[ox.Triple], syntaxes: Iterable[ox.RdfFormat], prefixes: Mapping[str, str]
) -> tuple[bytes, ...]:
    """Return the same in some syntaxes."""
    by_text = {str(triple): triple for triple in triples}
    texts = sorted(by_text)
    ordered = [by_text[each] for each in texts]
    used = " ".join(texts)
    names = {name: iri for name, iri in prefixes.items() if f"<{iri}" in used}
    return tuple(_form(ordered, syntax, names) for syntax in syntaxes)


def _form(triples: list[ox.Triple], syntax: ox.RdfFormat, prefixes: dict[str, str]) -> bytes:
    body = ox.serialize(triples, format=syntax, prefixes=prefixes if syntax in _WITH_PREFIXES else None) or b""
    return made_fit_for_xml(body) if syntax == ox.RdfFormat.RDF_XML else body
