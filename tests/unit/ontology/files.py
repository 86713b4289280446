"""The files of the ontology, as graphs, for the tests of this folder."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF

from kg.resources import resource
from kg.settings import ONTOLOGY

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = resource("ontology")
CORE = sorted(FOLDER.glob("*.ttl"))
ALIGNMENTS = sorted((FOLDER / "alignments").glob("*.ttl"))
ALL = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".ttl", ".csv", ".jsonld"})
KINDS = (OWL.Class, OWL.DatatypeProperty, OWL.ObjectProperty, OWL.AnnotationProperty)

_USED = re.compile(rf"(?:\bkg:|{re.escape(ONTOLOGY)})([A-Za-z]\w*)")


@cache
def graph_of(path: Path) -> Graph:
    """Return one file as a graph; do not change it."""
    return Graph().parse(path, format="turtle", publicID="https://kg.example/id/")


@cache
def core() -> Graph:
    """Return all modules of the ontology in one graph; do not change it."""
    return merged(CORE)


def merged(paths: list[Path]) -> Graph:
    """Return a new graph with the triples of several files."""
    graph = Graph()
    for path in paths:
        for triple in graph_of(path):
            graph.add(triple)
    return graph


def is_ours(term: object) -> bool:
    return isinstance(term, URIRef) and term.startswith(ONTOLOGY) and str(term) != ONTOLOGY


def declared(graph: Graph) -> set[URIRef]:
    """Return our classes and properties that a graph declares."""
    return {
        term for kind in KINDS for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef) and is_ours(term)
    }


def local(term: object) -> str:
    return str(term).removeprefix(ONTOLOGY)


def names_used(path: Path) -> set[str]:
    """Return the local names of our terms that the text of a file uses, comments included."""
    return set(_USED.findall(path.read_text(encoding="utf-8")))
