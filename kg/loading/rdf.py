"""Quads of pyoxigraph into graphs of rdflib."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib
    from rdflib.term import Node


def add_quads(target: rdflib.Dataset | rdflib.Graph, quads: Iterable[ox.Quad]) -> None:
    """Add quads to a dataset, or their triples to a graph. The lexical forms of literals are kept: rdflib would write "01" as "1"."""
    import pyoxigraph as ox
    import rdflib

    # Most terms come many times.
    made: dict[object, Node] = {}

    def term(value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
        if value not in made:
            if isinstance(value, ox.NamedNode):
                made[value] = rdflib.URIRef(value.value)
            elif isinstance(value, ox.BlankNode):
                made[value] = rdflib.BNode(value.value)
            elif isinstance(value, ox.Literal):
                datatype = (
                    None if value.language or value.datatype.value == str(rdflib.XSD.string) else value.datatype.value
                )
                made[value] = rdflib.Literal(value.value, lang=value.language, datatype=datatype, normalize=False)
            else:
                raise TypeError("rdflib has no triple terms")
        return made[value]

    graphs: dict[object, rdflib.Graph] = {}
    for quad in quads:
        name, graph = quad.graph_name, target
        if isinstance(target, rdflib.Dataset) and not isinstance(name, ox.DefaultGraph):
            if name not in graphs:
                graphs[name] = target.graph(
                    rdflib.URIRef(name.value) if isinstance(name, ox.NamedNode) else rdflib.BNode(name.value)
                )
            graph = graphs[name]
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
