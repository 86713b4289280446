"""The terms that things are described with: those of the shipped ontology, and those that the graph itself defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, TypeAlias

import pyoxigraph as ox

from kg.pages.graph import Graph, values
from kg.pages.names import DESCRIPTIONS, TYPE, UNIT_WORD
from kg.rdf.labels import LABELS
from kg.rdf.namespaces import OWL, RDF, RDFS, SCHEMA, SKOS
from kg.resources import resource
from kg.settings import ONTOLOGY

Kind: TypeAlias = Literal["class", "property"]

_CLASSES: Final = (OWL + "Class", RDFS + "Class", RDFS + "Datatype")
_PROPERTIES: Final = (
    *(OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "FunctionalProperty")),
    RDF + "Property",
)
DOMAINS: Final = (RDFS + "domain", ONTOLOGY + "domainIncludes", "https://schema.org/domainIncludes")
RANGES: Final = (RDFS + "range", ONTOLOGY + "rangeIncludes", "https://schema.org/rangeIncludes")
PARENTS: Final = (RDFS + "subClassOf", RDFS + "subPropertyOf")
# A graph that defines more terms than these is a dictionary, and is not read as a whole.
_MOST = 5000

_Values: TypeAlias = dict[str, list[ox.NamedNode | ox.Literal]]


@dataclass(frozen=True, slots=True)
class TermInfo:
    """What is said of a class or property; `classes` are those that carry the property, `ranges` those of its values, `unit` the word of its unit."""

    iri: str
    kind: Kind
    labels: tuple[ox.Literal, ...] = ()
    definitions: tuple[ox.Literal, ...] = ()
    notes: tuple[ox.Literal, ...] = ()
    examples: tuple[ox.Literal, ...] = ()
    parents: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    unit: str | None = None
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Classes and properties by IRI, in alphabetical order, and the triples that define them."""

    terms: Mapping[str, TermInfo] = field(default_factory=dict)
    said: Mapping[str, _Values] = field(default_factory=dict)

    def triples(self, iris: Iterable[str]) -> list[ox.Triple]:
        """Return what is said of some terms, without blank nodes."""
        return [
            ox.Triple(ox.NamedNode(iri), ox.NamedNode(predicate), value)
            for iri in iris
            for predicate, values_ in sorted(self.said.get(iri, {}).items())
            for value in sorted(values_, key=str)
        ]

    def labels(self) -> Mapping[str, Sequence[ox.Literal]]:
        """Return the labels of all terms."""
        return {iri: term.labels for iri, term in self.terms.items() if term.labels}

    def unit(self, iri: str) -> str | None:
        """Return the word of the unit of a property's numbers, or None."""
        term = self.terms.get(iri)
        return term.unit if term else None

    def of_kind(self, kind: Kind) -> Iterator[TermInfo]:
        """Yield the classes, or the properties."""
        return (term for term in self.terms.values() if term.kind == kind)

    def __or__(self, other: Vocabulary) -> Vocabulary:
        """Return the terms of both; of a term in both what the other says."""
        return Vocabulary(
            dict(sorted((dict(self.terms) | dict(other.terms)).items())), dict(self.said) | dict(other.said)
        )


@cache
def shipped() -> Vocabulary:
    """Return the ontology that comes with the program; read once."""
    triples: dict[str, _Values] = {}
    for file in sorted(resource("ontology").glob("*.ttl")):
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            _add(triples, quad.subject, quad.predicate, quad.object)
    return Vocabulary({iri: term for iri, term in _terms(triples) if iri.startswith(ONTOLOGY)}, triples)


@cache
def broader() -> Mapping[str, str]:
    """Return the term of schema.org that each of our terms is a kind of, where there is one."""
    found: dict[str, str] = {}
    for quad in ox.parse(path=str(resource("ontology") / "alignments" / "schema-org.ttl"), format=ox.RdfFormat.TURTLE):
        subject, parent = quad.subject, quad.object
        if quad.predicate.value not in PARENTS or not isinstance(subject, ox.NamedNode):
            continue
        if isinstance(parent, ox.NamedNode) and parent.value.startswith(SCHEMA):
            found[subject.value] = parent.value
    return found


def defined(graph: Graph) -> Vocabulary:
    """Return the classes and properties that the graph itself defines."""
    kinds = values((*_CLASSES, *_PROPERTIES))
    found = graph.select(f"SELECT DISTINCT ?s WHERE {{ VALUES ?c {{ {kinds} }} ?s a ?c }} LIMIT {_MOST}")
    iris = sorted(row[0].value for row in found if isinstance(row[0], ox.NamedNode))
    triples: dict[str, _Values] = {}
    for start in range(0, len(iris), 500):
        data = values(iris[start : start + 500])
        if not data:
            continue
        for subject, predicate, value in graph.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {data} }} ?s ?p ?o }}"):
            _add(triples, subject, predicate, value)
    return Vocabulary(dict(_terms(triples)), triples)


def _add(triples: dict[str, _Values], subject: object, predicate: object, value: object) -> None:
    if (
        isinstance(subject, ox.NamedNode)
        and isinstance(predicate, ox.NamedNode)
        and isinstance(value, ox.NamedNode | ox.Literal)
    ):
        triples.setdefault(subject.value, {}).setdefault(predicate.value, []).append(value)


def _terms(triples: Mapping[str, _Values]) -> Iterator[tuple[str, TermInfo]]:
    for iri, said in sorted(triples.items()):
        types = set(_iris(said, (TYPE,)))
        kind: Kind | None = "property" if types & set(_PROPERTIES) else "class" if types & set(_CLASSES) else None
        if kind is None:
            continue
        units = _texts(said, (UNIT_WORD,))
        yield (
            iri,
            TermInfo(
                iri,
                kind,
                labels=_texts(said, LABELS),
                definitions=_texts(said, DESCRIPTIONS),
                notes=_texts(said, (SKOS + "scopeNote",)),
                examples=_texts(said, (SKOS + "example",)),
                parents=_iris(said, PARENTS),
                classes=_iris(said, DOMAINS),
                ranges=_iris(said, RANGES),
                unit=units[0].value if units else None,
                deprecated=any(text.value in ("true", "1") for text in _texts(said, (OWL + "deprecated",))),
            ),
        )


def _texts(said: _Values, predicates: Iterable[str]) -> tuple[ox.Literal, ...]:
    return tuple(
        value for predicate in predicates for value in said.get(predicate, ()) if isinstance(value, ox.Literal)
    )


def _iris(said: _Values, predicates: Iterable[str]) -> tuple[str, ...]:
    found = {
        value.value: None
        for predicate in predicates
        for value in said.get(predicate, ())
        if isinstance(value, ox.NamedNode)
    }
    return tuple(sorted(found))
