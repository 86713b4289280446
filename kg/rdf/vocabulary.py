"""The terms of our ontology as frozen values, so that a misspelt name is an error and not a silent triple."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

import pyoxigraph

from kg.errors import MappingError
from kg.rdf.namespaces import OWL, QUDT, RDF, RDFS, SKOS
from kg.resources import resource
from kg.settings import ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Kind: TypeAlias = Literal["class", "datatype", "object", "quantity", "annotation"]

# What the values of one term's predicates are, by predicate IRI, in the order of the file.
_Values: TypeAlias = dict[str, list[str]]

_Named = pyoxigraph.NamedNode
_TYPE = RDF + "type"
_KINDS: Mapping[str, Kind] = {
    OWL + "Class": "class",
    OWL + "DatatypeProperty": "datatype",
    OWL + "ObjectProperty": "object",
    OWL + "AnnotationProperty": "annotation",
}
_PARENTS = (RDFS + "subClassOf", RDFS + "subPropertyOf")
_HYPER_PARAMETER = "hyperParameterValue"


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of the ontology.

    `name` is the local name, `iri` the whole IRI. `kind` is "quantity" for a property whose values are QUDT quantity
    values. `range` is the IRI of the datatype or class of its values (None where there is no single one), `domains`
    holds the local names of the classes that carry the property, `parents` those of the direct super-classes or
    super-properties, sorted. `unit` is the word of units.csv that plain numbers are counted in, None where it differs
    from statement to statement or does not apply.
    """

    name: str
    iri: str
    kind: Kind
    range: str | None
    label: str
    definition: str
    parents: tuple[str, ...]
    hyper_parameter: bool
    domains: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms of the ontology by local name, in alphabetical order."""

    terms: Mapping[str, Term]

    def term(self, name: str) -> Term:
        """Return the term with that local name; MappingError, with the nearest names, where there is none."""
        try:
            return self.terms[name]
        except KeyError:
            raise _unknown(name, self.terms) from None

    def ancestors(self, name: str) -> tuple[Term, ...]:
        """Return all super-classes or super-properties of a term, direct and indirect, nearest first, not itself."""
        found: dict[str, Term] = {}
        waiting = list(self.term(name).parents)
        while waiting:
            parent = waiting.pop(0)
            if parent not in found:
                found[parent] = self.term(parent)
                waiting.extend(found[parent].parents)
        found.pop(name, None)
        return tuple(found.values())

    def descendants(self, name: str) -> tuple[Term, ...]:
        """Return all sub-classes or sub-properties of a term, direct and indirect, by name, without the term itself."""
        wanted = self.term(name)
        return tuple(term for term in self if wanted in self.ancestors(term.name))

    def __iter__(self) -> Iterator[Term]:
        """Yield the terms in alphabetical order of their names."""
        return iter(self.terms.values())

    def __contains__(self, name: object) -> bool:
        return name in self.terms

    def __len__(self) -> int:
        return len(self.terms)


def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """Return the terms that the Turtle files directly in `folder` (default: our ontology) declare; read once a folder.

    The alignments in the folder below are not read: the program writes our terms alone.
    """
    return _load(resource("ontology") if folder is None else folder)


@cache
def _load(folder: Path) -> Vocabulary:
    described: dict[str, _Values] = {}
    files = sorted(folder.glob("*.ttl"))
    if not files:
        what = "there is no ontology here, that is, no .ttl file"
        raise MappingError("KG211", what, where=str(folder), advice="name the folder of the ontology")
    for file in files:
        for subject, predicate, value in _triples(file):
            described.setdefault(subject, {}).setdefault(predicate, []).append(value)
    declared = {subject.removeprefix(ONTOLOGY): values for subject, values in described.items() if _kind(values)}
    return Vocabulary(MappingProxyType({name: _term(name, declared) for name in sorted(declared)}))


def _triples(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the triples about our own terms, as plain texts."""
    try:
        for quad in pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE):
            subject, value = quad.subject, quad.object
            if isinstance(subject, _Named) and isinstance(value, _Named | pyoxigraph.Literal):
                iri = subject.value
                if iri.startswith(ONTOLOGY) and iri != ONTOLOGY:
                    yield iri, quad.predicate.value, value.value
    except (SyntaxError, OSError) as error:
        raise MappingError("KG211", f"this file of the ontology cannot be read: {error}", where=str(file)) from error


def _kind(values: _Values) -> Kind | None:
    return next((_KINDS[type_] for type_ in values.get(_TYPE, ()) if type_ in _KINDS), None)


def _term(name: str, declared: Mapping[str, _Values]) -> Term:
    values = declared[name]
    kind = _kind(values)
    assert kind is not None  # noqa: S101 - only declared terms come here
    ranges = values.get(RDFS + "range") or values.get(ONTOLOGY + "rangeIncludes") or []
    range_ = ranges[0] if len(ranges) == 1 else None
    return Term(
        name=name,
        iri=ONTOLOGY + name,
        kind="quantity" if range_ == QUDT + "QuantityValue" else kind,
        range=range_,
        label=_only(values, RDFS + "label"),
        definition=_only(values, SKOS + "definition"),
        parents=_parents(values),
        hyper_parameter=_HYPER_PARAMETER in _closure(name, declared),
        domains=_local(values.get(RDFS + "domain", []) + values.get(ONTOLOGY + "domainIncludes", [])),
        unit=next(iter(values.get(ONTOLOGY + "unitWord", ())), None),
    )


def _only(values: _Values, predicate: str) -> str:
    return next(iter(values.get(predicate, ())), "")


def _local(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({iri.removeprefix(ONTOLOGY) for iri in iris if iri.startswith(ONTOLOGY)}))


def _parents(values: _Values) -> tuple[str, ...]:
    return _local(parent for predicate in _PARENTS for parent in values.get(predicate, ()))


def _closure(name: str, declared: Mapping[str, _Values]) -> set[str]:
    """Return the names of all ancestors; a parent that no file declares is an error."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for parent in _parents(declared[waiting.pop()]):
            if parent not in declared:
                raise _unknown(parent, declared)
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _unknown(name: str, known: Iterable[str]) -> MappingError:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    advice = f"did you mean {' or '.join(near)}?" if near else "docs/reference/ontology.md lists the terms"
    return MappingError("KG212", f"the ontology has no term {name!r}", advice=advice)
