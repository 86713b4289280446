"""Gather maps (RML-CC): lists and containers of what several term maps make."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kg.mapping.parse.conditions import conditioned, conditions
from kg.mapping.parse.expressions import expression_kind
from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Node
from kg.mapping.parse.joins import unsupported
from kg.mapping.parse.positions import IRIS, OBJECT, SUBJECT, Part, Position, distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.parse.targets import targets
from kg.mapping.parse.terms import term_map
from kg.mapping.rules import ConstantTerm, Gather, Joined, QuotedTriple, Target, Term, TermMap, TermType
from kg.mapping.vocabulary import RML, current
from kg.rdf.namespaces import RDF

_KINDS = ("List", "Bag", "Seq", "Alt")
_STRATEGIES = {RML + "append": False, RML + "cartesianProduct": True}

# Reads what a node at a position makes, which may be several terms.
Parts = Callable[[Reader, Node, Position, Scope], tuple[Part, ...]]


def is_gather(reader: Reader, node: Node) -> bool:
    """Whether a term map gathers."""
    return bool(reader.graph.said(node, "gather", "gatherAs"))


def gather(reader: Reader, node: Node, position: Position, scope: Scope, parts: Parts) -> Part:
    """Return the head of the list or container of a gather map."""
    graph = reader.graph
    reader.plays(node, position.part)
    if position not in (SUBJECT, OBJECT):
        raise graph.fault(node, f"a {position.noun} is no list or container", f"take {graph.word('gather')} away")
    held = conditions(reader, node, scope)
    members, of_members = _members(reader, node, scope, parts)
    head = _head(reader, node, position, scope)
    made = Gather(
        reader.name(node, scope.owner),
        _kind(reader, node),
        members,
        head,
        _allows_empty(reader, node),
        _is_cartesian(reader, node),
    )
    own = distinct((*targets(reader, node), *of_members))
    # The conditions of a named collection stand in its head.
    return Part(made if head is not None else conditioned(reader, node, made, held), own)


def _members(
    reader: Reader, node: Node, scope: Scope, parts: Parts
) -> tuple[tuple[Term | Joined, ...], tuple[Target, ...]]:
    graph = reader.graph
    items = graph.items(node, "gather")
    if not items:
        raise graph.fault(
            node, "nothing is gathered", f"name term maps with {graph.word('gather')} ( [ ... ] )", at="gather"
        )
    if node in reader.reading:
        raise graph.fault(node, "a collection is its own member", "take the circle apart", at="gather")
    reader.reading.append(node)
    try:
        found = [part for item in items for part in parts(reader, item, OBJECT, scope)]
    finally:
        reader.reading.pop()
    if any(part.conditions for part in found):
        raise unsupported(reader, node, "a condition on a joined member of a collection")
    return tuple(part.term for part in found), distinct(tuple(each for part in found for each in part.targets))


def _head(reader: Reader, node: Node, position: Position, scope: Scope) -> TermMap | ConstantTerm | None:
    """Return what names the collection, or None where nothing does."""
    # A reference names a thing here, and makes no literal.
    of_head = Position(position.part, position.name, position.shortcut, (*IRIS, TermType.BLANK_NODE))
    if expression_kind(reader, node) is None:
        given = reader.graph.one(node, "termType")
        if given is not None and (not isinstance(given, ox.NamedNode) or current(given.value) != RML + "BlankNode"):
            raise reader.graph.fault(
                node,
                "a collection without a name is a blank node",
                f"add {reader.graph.word('template')}, or take {reader.graph.word('termType')} away",
                at="termType",
            )
        return None
    term = term_map(reader, node, of_head, scope).term
    assert isinstance(term, (TermMap, ConstantTerm))  # noqa: S101 - a term map makes nothing else
    return term


def _kind(reader: Reader, node: Node) -> str:
    graph = reader.graph
    value = graph.one(node, "gatherAs")
    iri = value.value if isinstance(value, ox.NamedNode) else ""
    if iri not in (RDF + kind for kind in _KINDS):
        raise graph.fault(
            node,
            "the kind of the collection is missing" if value is None else f"there is no collection {graph.short(iri)}",
            f"give {graph.word('gatherAs')} {', '.join(f'rdf:{kind}' for kind in _KINDS)}",
            at="gatherAs",
        )
    return iri


def _is_cartesian(reader: Reader, node: Node) -> bool:
    graph = reader.graph
    value = graph.one(node, "strategy")
    if value is None:
        return False
    iri = current(value.value) if isinstance(value, ox.NamedNode) else ""
    if iri not in _STRATEGIES:
        name = iri.removeprefix(RML)
        raise graph.fault(
            node,
            f"there is no strategy {name}",
            nearest(name, (each.removeprefix(RML) for each in _STRATEGIES)),
            at="strategy",
        )
    return _STRATEGIES[iri]


def _allows_empty(reader: Reader, node: Node) -> bool:
    graph = reader.graph
    text = graph.text(node, "allowEmptyListAndContainer")
    if text not in (None, "true", "false", "1", "0"):
        raise graph.fault(
            node, f"{text!r} is neither true nor false", "write true or false", at="allowEmptyListAndContainer"
        )
    return text in ("true", "1")


def gathered(term: Term | Joined | None) -> Iterator[Gather]:
    """Yield the collections that a term consists of, the inner after the outer; those of a joined term are told by its own triples map."""
    if isinstance(term, Gather):
        yield term
        for each in term.members:
            yield from gathered(each)
    elif isinstance(term, QuotedTriple):
        for each in (term.subject, term.predicate, term.object):
            yield from gathered(each)
