"""The description of the SPARQL endpoint itself (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from itertools import islice

import pyoxigraph as ox

from kg.rdf.namespaces import RDF

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_MOST = 1000


def service(origin: str, store: ox.Store, *, writable: bool, merged: bool = False) -> list[ox.Triple]:
    """Return the triples that tell what the endpoint speaks, and which graphs it has (the first thousand of them); `merged` is a store whose default graph is the merge of them all."""
    endpoint = ox.NamedNode(f"{origin}/sparql")
    dataset, default = ox.NamedNode(f"{endpoint.value}#dataset"), ox.NamedNode(f"{endpoint.value}#default")
    described = ox.NamedNode(f"{endpoint.value}#service")
    triples = [
        _type(described, "Service"),
        ox.Triple(described, _term("endpoint"), endpoint),
        ox.Triple(described, _term("supportedLanguage"), _term("SPARQL11Query")),
        ox.Triple(described, _term("defaultDataset"), dataset),
        _type(dataset, "Dataset"),
        ox.Triple(dataset, _term("defaultGraph"), default),
        _type(default, "Graph"),
    ]
    triples += [
        ox.Triple(described, _term("resultFormat"), ox.NamedNode(_FORMATS + name)) for name in (*_RESULTS, *_GRAPHS)
    ]
    if merged:
        triples.append(ox.Triple(described, _term("feature"), _term("UnionDefaultGraph")))
    if writable:
        triples.append(ox.Triple(described, _term("supportedLanguage"), _term("SPARQL11Update")))
        triples += [ox.Triple(described, _term("inputFormat"), ox.NamedNode(_FORMATS + name)) for name in _GRAPHS[:4]]
    for number, graph in enumerate(islice(store.named_graphs(), _MOST)):
        if isinstance(graph, ox.NamedNode):
            named = ox.NamedNode(f"{endpoint.value}#graph{number}")
            triples += [
                ox.Triple(dataset, _term("namedGraph"), named),
                _type(named, "NamedGraph"),
                ox.Triple(named, _term("name"), graph),
            ]
    return triples


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def _type(node: ox.NamedNode, name: str) -> ox.Triple:
    return ox.Triple(node, ox.NamedNode(f"{RDF}type"), _term(name))
