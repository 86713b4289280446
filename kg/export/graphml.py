"""GraphML for Gephi, yEd and networkx: things are nodes, their literals attributes, links between things edges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import IO

import pyoxigraph as ox

from kg.rdf.namespaces import RDF, RDFS, XSD
from kg.rdf.prefixes import shortened
from kg.rdf.xml import NOT_IN_XML

_NUMBERS = {XSD + name: kind for name, kind in (("integer", int), ("decimal", float), ("double", float))}


def write_graphml(triples: Iterable[ox.Quad], target: IO[bytes], prefixes: dict[str, str]) -> None:
    """Write triples as GraphML; a node's values of one property are joined by `; `, and numbers stay numbers where there is one only.

    A character that XML cannot hold becomes U+FFFD.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    values: defaultdict[str, defaultdict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    types: defaultdict[str, list[str]] = defaultdict(list)
    for triple in triples:
        subject, predicate, value = _node(triple.subject), triple.predicate.value, triple.object
        graph.add_node(subject)
        if isinstance(value, ox.Literal):
            values[subject][predicate].append(value)
        elif predicate == RDF + "type":
            types[subject].append(shortened(value.value, prefixes) if isinstance(value, ox.NamedNode) else str(value))
        else:
            graph.add_edge(subject, _node(value), key=predicate, property=shortened(predicate, prefixes))
    whole = _numeric_properties(values)
    for node in graph:
        attributes: dict[str, str | int | float] = {"type": "; ".join(sorted(types[node]))} if node in types else {}
        for predicate, literals in values.get(node, {}).items():
            name = "label" if predicate == RDFS + "label" else shortened(predicate, prefixes)
            text = "; ".join(sorted(literal.value for literal in literals))
            attributes[name] = whole[predicate](text) if predicate in whole else NOT_IN_XML.sub("\ufffd", text)
        graph.nodes[node].update(dict(sorted(attributes.items())))
    # The writer of the standard library: the other one takes its place where lxml is installed, and writes other bytes.
    nx.write_graphml_xml(graph, target, infer_numeric_types=False)


def _node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _numeric_properties(values: dict[str, defaultdict[str, list[ox.Literal]]]) -> dict[str, type[int | float]]:
    """Return the properties whose values are numbers of one datatype, one a node: GraphML wants one type an attribute."""
    kinds: defaultdict[str, set[type[int | float] | None]] = defaultdict(set)
    for properties in values.values():
        for predicate, literals in properties.items():
            kinds[predicate].add(_number_type(literals[0]) if len(literals) == 1 else None)
    return {
        predicate: kind
        for predicate, (kind, *more) in ((key, tuple(found)) for key, found in kinds.items())
        if kind is not None and not more
    }


def _number_type(literal: ox.Literal) -> type[int | float] | None:
    kind = _NUMBERS.get(literal.datatype.value)
    try:
        return kind if kind and isinstance(kind(literal.value), kind) else None
    except ValueError:
        return None
