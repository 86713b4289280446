"""The triples of a triples map, as terms: its subject, and its predicates with their objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pyoxigraph as ox

from kg.mapping.parse.collections import gather, is_gather
from kg.mapping.parse.conditions import conditioned, conditions
from kg.mapping.parse.expressions import KINDS
from kg.mapping.parse.faults import nearest, one
from kg.mapping.parse.graph import Node
from kg.mapping.parse.joins import join_conditions, joined, unsupported
from kg.mapping.parse.positions import GRAPH, OBJECT, PREDICATE, SUBJECT, Part, Position, distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.parse.targets import targets
from kg.mapping.parse.terms import class_part, shortcut_part, term_map
from kg.mapping.parse.views import source_of
from kg.mapping.rules import ConstantTerm, Expression, Joined, Place, QuotedTriple, Target, Term
from kg.mapping.vocabulary import RML, Language, current
from kg.rdf.namespaces import RDF
from kg.rdf.terms import iri

_CLASSES = ("TriplesMap", "AssertedTriplesMap", "NonAssertedTriplesMap")
_SIGNS = ("logicalSource", "subjectMap", "subject", "predicateObjectMap")
_REFERRING = {"parentTriplesMap": (OBJECT,), "quotedTriplesMap": (SUBJECT, OBJECT)}
_RDF_TYPE = Part(ConstantTerm(iri(RDF + "type")))


@dataclass(frozen=True, slots=True)
class Statement:
    """A predicate with an object, the graphs that are named beside them (a term, None for the default graph, with targets), and the conditions on both."""

    predicate: Part
    object: Part
    graphs: tuple[tuple[Term | None, tuple[Target, ...]], ...]
    conditions: tuple[Expression, ...]
    place: Place
    node: Node


def triples_maps(reader: Reader) -> tuple[Node, ...]:
    """Return the triples maps of a mapping in the order of the file."""
    graph = reader.graph
    # A function value of 2014 looks like one.
    functions = {value for node in graph.nodes for value in graph.all(node, "functionValue")}
    found = [node for node in graph.nodes if node not in functions and is_triples_map(reader, node)]
    return tuple(sorted(found, key=graph.line))


def is_triples_map(reader: Reader, node: Node) -> bool:
    """Whether a node is a triples map, by its class or by what is said of it."""
    graph = reader.graph
    return bool(graph.those_said(node, _SIGNS)) or any(graph.is_a(node, name) for name in _CLASSES)


def scope_of(reader: Reader, node: Node) -> Scope:
    """Return the source of a triples map, and the base of relative IRIs that it makes."""
    graph = reader.graph
    base = graph.one(node, "baseIRI")
    text = base.value if isinstance(base, (ox.NamedNode, ox.Literal)) else reader.base
    source = graph.one(node, "logicalSource")
    if source is None and graph.language is not Language.RML:
        raise graph.fault(
            node, "the triples map has no logical source", f"add {graph.word('logicalSource')}", code="KG210"
        )
    return Scope(source_of(reader, source) if source is not None else None, text, node, once=source is None)


def subjects(reader: Reader, node: Node, scope: Scope) -> tuple[Part, ...]:
    """Return the subjects of a triples map: one, save where it quotes several triples."""
    graph = reader.graph
    reader.plays(node, "triples map")
    given = graph.all(node, "subjectMap", "subject")
    word = graph.word("subjectMap")
    if not given:
        raise graph.fault(node, "a triples map has exactly one subject map, not 0", f"add {word}")
    if len(given) > 1:
        what = f"a triples map has exactly one subject map, not {len(given)}"
        raise graph.repeated(node, what, "make a triples map of each", "subjectMap", "subject")
    shortcut = graph.one(node, "subject")
    if shortcut is not None:
        return (shortcut_part(reader, node, shortcut, SUBJECT),)
    return parts(reader, given[0], SUBJECT, scope)


def subject_graphs(reader: Reader, node: Node, scope: Scope) -> tuple[tuple[Term | None, tuple[Target, ...]], ...]:
    """Return the graphs that the subject map of a triples map names."""
    return tuple(each for inner in reader.graph.all(node, "subjectMap") for each in _graphs(reader, inner, scope))


def classes(reader: Reader, node: Node) -> Iterator[Statement]:
    """Yield what a triples map says with rml:class."""
    graph = reader.graph
    for inner in graph.all(node, "subjectMap"):
        for each in graph.said(inner, "class"):
            place = Place(graph.file, each.line, graph.name(node))
            yield Statement(_RDF_TYPE, class_part(reader, inner, each.value), (), (), place, inner)


def predicate_objects(reader: Reader, node: Node, scope: Scope) -> Iterator[Statement]:
    """Yield what a predicate-object map says."""
    graph = reader.graph
    reader.plays(node, "predicate-object map")
    predicates = _all_parts(reader, node, PREDICATE, scope)
    objects = _all_parts(reader, node, OBJECT, scope)
    for found, name in ((predicates, "predicate"), (objects, "object")):
        if not found:
            raise graph.fault(
                node,
                f"a predicate-object map needs {'a predicate' if name == 'predicate' else 'an object'}",
                f"add {graph.word(name)} or {graph.word(f'{name}Map')}",
            )
    graphs = _graphs(reader, node, scope)
    held = conditions(reader, node, scope)
    for predicate, each in product(predicates, objects):
        yield Statement(predicate, each, graphs, held, graph.place(node), node)


def _all_parts(reader: Reader, node: Node, position: Position, scope: Scope) -> tuple[Part, ...]:
    """Return what the shortcuts and maps of a position make, in the order of the file."""
    graph = reader.graph
    shortcuts = graph.all(node, position.shortcut)
    found: list[Part] = [shortcut_part(reader, node, value, position) for value in shortcuts]
    for inner in graph.all(node, position.name):
        found += parts(reader, inner, position, scope)
    return tuple(found)


def _graphs(reader: Reader, node: Node, scope: Scope) -> tuple[tuple[Term | None, tuple[Target, ...]], ...]:
    found = []
    for part in _all_parts(reader, node, GRAPH, scope):
        assert not isinstance(part.term, Joined)  # noqa: S101 - no graph map joins
        is_default = isinstance(part.term, ConstantTerm) and current(part.term.text[1:-1]) == RML + "defaultGraph"
        found.append((None if is_default else part.term, part.targets))
    return tuple(found)


def parts(reader: Reader, node: Node, position: Position, scope: Scope) -> tuple[Part, ...]:
    """Return what a map at a position makes."""
    graph = reader.graph
    kinds = graph.those_said(node, (*KINDS, *_REFERRING))
    refers = [kind for kind in kinds if kind in _REFERRING]
    if refers and len(kinds) > 1:
        raise graph.fault(
            node, f"{' and '.join(map(graph.word, kinds))} are given together", "give only one of them", at=kinds[-1]
        )
    if refers:
        reader.plays(node, position.part)
        if position not in _REFERRING[refers[0]]:
            raise graph.fault(
                node, f"{one(position.noun)} comes from no other triples map", f"take {graph.word(refers[0])} away"
            )
        return _quoted(reader, node, scope) if refers[0] == "quotedTriplesMap" else _parents(reader, node, scope)
    if is_gather(reader, node):
        return (gather(reader, node, position, scope, parts),)
    return (term_map(reader, node, position, scope),)


def _other(reader: Reader, node: Node, name: str) -> Node:
    """Return the triples map to which a term map refers."""
    graph = reader.graph
    other = graph.one(node, name)
    if other is not None and is_triples_map(reader, other):
        return other
    shown = graph.name(other) if isinstance(other, ox.NamedNode) else "without a name"
    raise graph.fault(
        node,
        f"there is no triples map {shown}",
        nearest(shown, (graph.name(each) for each in triples_maps(reader))),
        at=name,
    )


def _parents(reader: Reader, node: Node, scope: Scope) -> tuple[Part, ...]:
    """Return the subjects of a parent triples map."""
    other = _other(reader, node, "parentTriplesMap")
    theirs = scope_of(reader, other)
    pairs = join_conditions(reader, node, scope, theirs)
    own, held = targets(reader, node), conditions(reader, node, scope)
    found = []
    for part in subjects(reader, other, theirs):
        term = joined(reader, node, part.term, theirs.source, scope, pairs)
        found.append(Part(term, distinct((*own, *part.targets)), (*held, *part.conditions)))
    return tuple(found)


def _quoted(reader: Reader, node: Node, scope: Scope) -> tuple[Part, ...]:
    """Return the triples of a quoted triples map."""
    graph = reader.graph
    other = _other(reader, node, "quotedTriplesMap")
    if other in reader.reading or other == scope.owner:
        raise graph.fault(node, "the triples map quotes itself", "take the circle apart", at="quotedTriplesMap")
    theirs = scope_of(reader, other)
    pairs = join_conditions(reader, node, scope, theirs)
    own, held = targets(reader, node), conditions(reader, node, scope)
    reader.reading.append(other)
    try:
        triples = list(_triples(reader, node, other, theirs))
    finally:
        reader.reading.pop()
    return tuple(Part(joined(reader, node, each, theirs.source, scope, pairs), own, held) for each in triples)


def _triples(reader: Reader, node: Node, other: Node, scope: Scope) -> Iterator[QuotedTriple]:
    said = [*classes(reader, other)]
    for inner in reader.graph.all(other, "predicateObjectMap"):
        said += predicate_objects(reader, inner, scope)
    for subject, each in product(subjects(reader, other, scope), said):
        ends, predicate = (subject.term, each.object.term), each.predicate.term
        if isinstance(ends[0], Joined) or isinstance(ends[1], Joined) or isinstance(predicate, Joined):
            raise unsupported(reader, node, "quoting a triple that is joined itself")
        held = distinct((*subject.conditions, *each.conditions, *each.object.conditions))
        yield QuotedTriple(ends[0], conditioned(reader, each.node, predicate, held), ends[1])
