"""Term maps: how the terms of a quad are made, save for collections, joined and quoted ones."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.mapping.parse.conditions import conditioned, conditions
from kg.mapping.parse.constants import bare_constant, constant_map, constant_term, meant
from kg.mapping.parse.expressions import constant, expression, expression_kind, template
from kg.mapping.parse.faults import nearest, one
from kg.mapping.parse.graph import Node
from kg.mapping.parse.positions import CLASS, DATATYPE, LANGUAGE, OBJECT, Part, Position, distinct
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.parse.targets import targets
from kg.mapping.rules import ConstantTerm, Target, Template, TermMap, TermType
from kg.mapping.vocabulary import RML, current

_NOT_IN_TEXT = {
    TermType.IRI: re.compile(r'[\x00-\x20<>"{}|^`\\]'),
    TermType.URI: re.compile(r'[^\x21-\x7e]|[<>"{}|^`\\]'),
}
_TERM_TYPES = {RML + kind.value: kind for kind in TermType}
# What makes literals where nothing else is said, if it stands in an object map.
_OF_LITERALS = ("reference", "functionExecution", "functionValue")


def shortcut_part(reader: Reader, node: Node, value: Node, position: Position) -> Part:
    """Return the term that a shortcut property of a node names."""
    return Part(constant_term(reader, node, value, position, position.shortcut))


def class_part(reader: Reader, node: Node, value: Node) -> Part:
    """Return a class that a subject map names."""
    return shortcut_part(reader, node, value, CLASS)


def term_map(reader: Reader, node: Node, position: Position, scope: Scope) -> Part:
    """Return the term of a map that has an expression, or that makes blank nodes without one."""
    graph = reader.graph
    reader.plays(node, position.part)
    if isinstance(node, ox.Literal):
        raise graph.fault(
            node, f"{one(position.part)} is no text", f"write {graph.word(position.shortcut)} for a constant"
        )
    datatype, of_datatype = _inner(reader, node, DATATYPE, scope)
    language, of_language = _inner(reader, node, LANGUAGE, scope)
    if datatype is not None and language is not None:
        raise graph.fault(node, "a literal has a datatype or a language, not both", "take one of them away")
    held = conditions(reader, node, scope)
    found = distinct((*targets(reader, node), *of_datatype, *of_language))
    given = _term_type(reader, node, position)
    if expression_kind(reader, node) == "constant":
        term = constant_map(reader, node, position, given, datatype, language)
        return Part(conditioned(reader, node, term, held), found)
    tagged = datatype is not None or language is not None
    term_type = given or _default_type(reader, node, position, tagged=tagged)
    if tagged and term_type is not TermType.LITERAL:
        raise graph.fault(
            node,
            "only a literal has a datatype or a language",
            f"take it away, or give {graph.word('termType')} rml:Literal",
            at="termType",
        )
    made = _valued(reader, node, position, scope, term_type)
    return Part(
        TermMap(made.expression, term_type, made.base, datatype, language, held, made.place),
        found,
    )


def _valued(reader: Reader, node: Node, position: Position, scope: Scope, term_type: TermType) -> TermMap:
    """Return a term map with the expression of a node."""
    graph = reader.graph
    value = expression(reader, node, scope)
    if value is None:
        if term_type is not TermType.BLANK_NODE:
            word = graph.word
            raise graph.fault(
                node,
                f"the {position.part} has no expression",
                f"add {word('reference')}, {word('template')} or {word('constant')}",
            )
        # Such a blank node has no use for a base; the name tells those of one term map from those of another.
        return TermMap(None, term_type, reader.name(node, scope.owner), place=graph.place(node))
    if isinstance(value, Template) and term_type in _NOT_IN_TEXT:
        _check_text(reader, node, value, term_type)
    inverse = graph.text(node, "inverseExpression")
    if inverse is not None:
        template(reader, node, "inverseExpression", inverse, scope)
    return TermMap(value, term_type, scope.base, place=graph.place(node))


def _default_type(reader: Reader, node: Node, position: Position, *, tagged: bool) -> TermType:
    """Return the term type of a map that names none (RML-Core, section on default term types)."""
    literal = position is OBJECT and (tagged or expression_kind(reader, node) in _OF_LITERALS)
    return TermType.LITERAL if literal else position.allowed[0]


def _term_type(reader: Reader, node: Node, position: Position) -> TermType | None:
    graph = reader.graph
    given = graph.one(node, "termType")
    if given is None:
        return None
    iri = current(given.value) if isinstance(given, ox.NamedNode) else ""
    found = _TERM_TYPES.get(iri)
    allowed = [kind.value for kind in position.allowed]
    if found is None:
        name = iri.removeprefix(RML) or "that is no IRI"
        raise graph.fault(node, f"there is no term type {name}", nearest(name, allowed), at="termType")
    if found not in position.allowed:
        raise graph.fault(
            node,
            f"no {position.noun} is of the term type {found.value}",
            f"use one of: {', '.join(allowed)}",
            at="termType",
        )
    return found


def _inner(
    reader: Reader, node: Node, position: Position, scope: Scope
) -> tuple[TermMap | ConstantTerm | None, tuple[Target, ...]]:
    """Return the datatype or language map of a term map, whose value is a bare IRI or tag, and its targets."""
    graph = reader.graph
    given = graph.all(node, position.shortcut, position.name)
    if len(given) > 1:
        raise graph.fault(
            node, f"a literal has one {position.noun}, not {len(given)}", "take the others away", at=position.name
        )
    value = graph.one(node, position.shortcut)
    if value is not None:
        return bare_constant(reader, node, value, position, position.shortcut), ()
    inner = graph.one(node, position.name)
    if inner is None:
        return None, ()
    part = term_map(reader, inner, position, scope)
    if isinstance(part.term, ConstantTerm):
        value = meant(reader, constant(reader, inner, "constant"), position, None)
        return bare_constant(reader, inner, value, position, "constant"), part.targets
    assert isinstance(part.term, TermMap)  # noqa: S101 - a map in this position makes nothing else
    return part.term, part.targets


def _check_text(reader: Reader, node: Node, value: Template, term_type: TermType) -> None:
    """Raise an error for text in a template that no IRI, or no URI, may hold: only what references give is encoded."""
    for part in value.parts:
        bad = _NOT_IN_TEXT[term_type].search(part) if isinstance(part, str) else None
        if bad:
            raise reader.graph.fault(
                node,
                f"the template of {'an IRI' if term_type is TermType.IRI else 'a URI'} holds {bad.group()!r}",
                f"percent-encode it, or make a literal with {reader.graph.word('termType')} rml:Literal",
                at="template",
                code="KG214",
            )
