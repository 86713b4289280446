"""Reads RDF from strangers: nothing outside of it is fetched, and nothing in it expands without end."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.serving.messages import Problem

_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "text/n3": ox.RdfFormat.N3,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
# What may be sent.
TRIPLES = tuple(media for media in _FORMATS if media not in ("application/trig", "application/n-quads"))
# An entity that stands for a plain IRI, as OWL editors write them, cannot grow.
_ENTITY = re.compile(r"""<!ENTITY\s+[\w.:-]+\s+("[^"&%<]{0,500}"|'[^'&%<]{0,500}')\s*>""")
_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")
_ANY_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)


def parse(data: bytes, media: str, base: str) -> bytes:
    """Return the triples of a document as N-Triples; Problem where they cannot be read."""
    format_ = _FORMATS.get(media)
    if format_ is None:
        raise Problem(415, f"{media or 'a body without a media type'} is not read; send one of {', '.join(_FORMATS)}")
    if media not in TRIPLES:
        raise Problem(415, "a graph is sent as triples: Turtle, N-Triples, RDF/XML or JSON-LD")
    if format_ == ox.RdfFormat.RDF_XML:
        data = _without_declarations(data)
    try:
        # Blank nodes get names of their own, so that several documents can be put together.
        quads = ox.parse(data, format=format_, base_iri=base, rename_blank_nodes=True)
        return ox.serialize(map(_triple, quads), format=ox.RdfFormat.N_TRIPLES) or b""
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Problem(400, f"the body is no {media}: {error}") from error


def _triple(quad: ox.Quad) -> ox.Triple:
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        raise ValueError(f"it holds more than one graph: there is {quad.graph_name}, too")  # noqa: TRY004 - its value is wrong
    return quad.triple


def _without_declarations(data: bytes) -> bytes:
    """Return a document of XML as UTF-8, once it is sure that its entities stand for plain texts only."""
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is no UTF-8: {error}") from error
    if len(_ANY_ENTITY.findall(text)) != len(_ENTITY.findall(text)) or re.search(
        r"<!DOCTYPE[^\[>]*\b(SYSTEM|PUBLIC)\b", text
    ):
        raise Problem(
            400, "the document declares entities that lead elsewhere or hold other entities, which are not expanded"
        )
    # The parser goes by what the document says of its coding, which is now another.
    return (_DECLARATION.sub("", text) if coding == "utf-16" else text).encode()
