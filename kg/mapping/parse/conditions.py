"""Conditions (RML-FNML): terms that are only there where functions say `true`."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg.mapping.parse.expressions import required
from kg.mapping.parse.graph import Node
from kg.mapping.parse.positions import distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.rules import Constant, ConstantTerm, Expression, Gather, Joined, QuotedTriple, Term, TermMap, TermType
from kg.rdf.terms import XSD_STRING


def conditions(reader: Reader, node: Node, scope: Scope) -> tuple[Expression, ...]:
    """Return the conditions of a term map or predicate-object map."""
    found = []
    for each in reader.graph.all(node, "condition"):
        reader.plays(each, "condition")
        found.append(required(reader, each, scope))
    return tuple(found)


def conditioned(reader: Reader, node: Node, term: Term, held: tuple[Expression, ...]) -> Term:
    """Return a term that is only there where conditions hold."""
    if not held:
        return term
    if isinstance(term, QuotedTriple):
        return replace(term, predicate=conditioned(reader, node, term.predicate, held))
    if isinstance(term, Gather):
        return _conditioned_gather(reader, node, term, held)
    assert isinstance(term, (TermMap, ConstantTerm))  # noqa: S101 - no mapping makes another
    return _conditioned_map(reader, node, term, held)


def _conditioned_map(reader: Reader, node: Node, term: TermMap | ConstantTerm, held: tuple[Expression, ...]) -> TermMap:
    if isinstance(term, ConstantTerm):
        return replace(_as_term_map(term), conditions=held, place=reader.graph.place(node))
    return replace(term, conditions=distinct((*term.conditions, *held)))


def _conditioned_gather(reader: Reader, node: Node, gather: Gather, held: tuple[Expression, ...]) -> Gather:
    """Return a collection that has no head, or no members, where the conditions do not hold, so that there is none."""
    if gather.head is not None:
        return replace(gather, head=_conditioned_map(reader, node, gather.head, held))
    members = tuple(each for each in gather.members if not isinstance(each, Joined))
    if gather.allow_empty or len(members) < len(gather.members):
        raise reader.graph.fault(
            node,
            "a condition on this collection is not supported",
            f"give the collection a name with {reader.graph.word('template')}",
            code="KG209",
        )
    return replace(gather, members=tuple(conditioned(reader, node, each, held) for each in members))


def _as_term_map(term: ConstantTerm) -> TermMap:
    """Return the map that makes a constant term of its value."""
    triple = f"<urn:s> <urn:p> {term.text} .".encode()
    value = next(ox.parse(triple, format=ox.RdfFormat.N_TRIPLES)).object
    if isinstance(value, ox.NamedNode):
        return TermMap(Constant(value.value), TermType.IRI)
    assert isinstance(value, ox.Literal)  # noqa: S101 - a constant is an IRI or a literal
    if value.language is not None:
        return TermMap(Constant(value.value), TermType.LITERAL, language=ConstantTerm(value.language))
    plain = value.datatype.value == XSD_STRING
    return TermMap(
        Constant(value.value), TermType.LITERAL, datatype=None if plain else ConstantTerm(value.datatype.value)
    )
