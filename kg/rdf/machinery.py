"""Tells the things of the world from those that are about the graph itself."""

from __future__ import annotations

from typing import Final

from kg.rdf.namespaces import OA, OWL, RDF, RDFS, SKOS
from kg.settings import ONTOLOGY

NAMESPACES: Final = (RDF, RDFS, OWL, OA)
CLASSES: Final = frozenset(
    (
        ONTOLOGY + "ExtractedStatement",
        ONTOLOGY + "DerivedQuantity",
        "http://qudt.org/schema/qudt/QuantityValue",
        SKOS + "Concept",
    )
)


def is_machinery(class_: str) -> bool:
    """Say whether things of a class are about the graph itself: evidence, spans of text, terms of vocabularies."""
    return class_.startswith(NAMESPACES) or class_ in CLASSES
