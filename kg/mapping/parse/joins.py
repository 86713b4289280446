"""Join conditions, and terms that come from the records of another source."""

from __future__ import annotations

from kg.errors import MappingError
from kg.mapping.parse.expressions import required
from kg.mapping.parse.functions import parameters_of_2014, value_of_2014
from kg.mapping.parse.graph import Node
from kg.mapping.parse.positions import distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.rules import Expression, Gather, Joined, QuotedTriple, Reference, Source, Term

_EQUAL = "https://w3id.org/imec/idlab/function#equal"
Conditions = tuple[tuple[Expression, Expression], ...]


def join_conditions(reader: Reader, node: Node, child: Scope, parent: Scope) -> Conditions:
    """Return the pairs of expressions, here and there, that the join conditions of a node want equal."""
    found = []
    for each in reader.graph.all(node, "joinCondition"):
        reader.plays(each, "join condition")
        if reader.graph.said(each, "functionValue"):
            found.append(_equality_of_2014(reader, each, child, parent))
        else:
            found.append((_side(reader, each, "child", child), _side(reader, each, "parent", parent)))
    return distinct(tuple(found))


def _side(reader: Reader, node: Node, name: str, scope: Scope) -> Expression:
    """Return what one side of a join condition compares: a reference by shortcut, or an expression map."""
    graph = reader.graph
    given = graph.all(node, name, f"{name}Map")
    if len(given) != 1:
        raise graph.fault(
            node,
            f"a join condition has one {graph.word(name)}, not {len(given)}",
            f"give one {graph.word(name)}, or one {graph.word(f'{name}Map')}",
            at=name,
        )
    text = graph.text(node, name)
    if text is None:
        return required(reader, given[0], scope)
    scope.check(graph, node, name, text)
    return Reference(text, graph.place(node, name))


def _equality_of_2014(reader: Reader, node: Node, child: Scope, parent: Scope) -> tuple[Expression, Expression]:
    """Return the two sides of a join by the function of equality, as the generators of 2014 write it: one is a parent's term."""
    graph = reader.graph
    value = graph.one(node, "functionValue")
    assert value is not None  # noqa: S101 - the caller saw it
    function, given = parameters_of_2014(reader, value)
    sides: dict[bool, Expression] = {}
    for _, each in given:
        inner = graph.one(each, "objectMap")
        of_parent = graph.one(inner, "parentTermMap") if inner is not None else None
        if of_parent is not None:
            sides[True] = required(reader, of_parent, parent)
        else:
            sides[False] = value_of_2014(reader, each, child, required)
    if function != _EQUAL or len(sides) != 2:
        raise graph.fault(
            node,
            "joins are only supported where a value here equals one there",
            f"use {graph.word('child')} and {graph.word('parent')}",
            code="KG209",
        )
    return sides[False], sides[True]


def joined(
    reader: Reader, node: Node, term: Term | Joined, source: Source | None, here: Scope, conditions: Conditions
) -> Term | Joined:
    """Return a term of a source as it is where that source is read anyway, and joined otherwise."""
    if isinstance(term, Joined):
        raise unsupported(reader, node, "a join of what is joined itself")
    if source is None or (not conditions and source == here.source):
        return term
    if isinstance(term, (Gather, QuotedTriple)) and _has_joined(term):
        raise unsupported(reader, node, "a join of a collection of joined members")
    return Joined(term, source, conditions)


def _has_joined(term: Term | Joined) -> bool:
    if isinstance(term, QuotedTriple):
        return any(_has_joined(each) for each in (term.subject, term.predicate, term.object))
    if isinstance(term, Gather):
        return any(_has_joined(each) for each in term.members)
    return isinstance(term, Joined)


def unsupported(reader: Reader, node: Node, what: str) -> MappingError:
    """Return an error for a way to join that cannot be had."""
    return reader.graph.fault(
        node, f"{what} is not supported", "join in a logical view, and map that (RML-LV)", code="KG209"
    )
