"""Expression maps: constants, references, templates and functions."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg.mapping.parse.functions import call, call_of_2014
from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.parse.templates import TemplateError, parse_template
from kg.mapping.rules import Constant, Expression, Reference, Template

KINDS = ("constant", "reference", "template", "functionExecution", "functionValue")


def expression_kind(reader: Reader, node: Node) -> str | None:
    """Return the property that gives a node's expression, or None; an error if there are several."""
    graph = reader.graph
    kinds = graph.those_said(node, KINDS)
    if len(kinds) > 1:
        raise graph.fault(
            node, f"{' and '.join(map(graph.word, kinds))} are given together", "give only one of them", at=kinds[1]
        )
    return kinds[0] if kinds else None


def expression(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """Return the expression of an expression map, or None where it has none; a constant is given as text."""
    graph, kind = reader.graph, expression_kind(reader, node)
    if kind is None:
        return None
    if kind == "constant":
        return Constant(constant(reader, node, "constant").value)
    if kind == "functionExecution":
        return call(reader, node, scope, required)
    if kind == "functionValue":
        return call_of_2014(reader, node, scope, required)
    text = graph.text(node, kind) or ""
    if kind == "reference":
        scope.check(graph, node, kind, text)
        return Reference(text, graph.place(node, kind))
    return template(reader, node, kind, text, scope)


def required(reader: Reader, node: Node, scope: Scope) -> Expression:
    """Return the expression of an expression map that must have one, and that stands where a condition cannot."""
    reader.plays(node, "expression map")
    found = expression(reader, node, scope)
    if found is None:
        word = reader.graph.word
        raise reader.graph.fault(
            node,
            "an expression is missing",
            f"add {word('reference')}, {word('template')}, {word('constant')} or {word('functionExecution')}",
        )
    return found


def template(reader: Reader, node: Node, at: str, text: str, scope: Scope) -> Template:
    """Return the parts of the template that is a property's value."""
    try:
        found = parse_template(text)
    except TemplateError as error:
        raise reader.graph.fault(node, error.what, error.advice, at=at, code="KG214") from error
    place = reader.graph.place(node, at)
    for part in found.parts:
        if isinstance(part, Reference):
            scope.check(reader.graph, node, at, part.name)
    return Template(tuple(replace(part, place=place) if isinstance(part, Reference) else part for part in found.parts))


def constant(reader: Reader, node: Node, name: str) -> ox.NamedNode | ox.Literal:
    """Return the constant that is a property's value: an IRI or a literal."""
    value = reader.graph.one(node, name)
    if isinstance(value, (ox.NamedNode, ox.Literal)):
        return value
    raise reader.graph.fault(
        node,
        f"the value of {reader.graph.word(name)} is a blank node, which no constant can be",
        "give an IRI or a literal, or use a term map with a term type of blank node",
        at=name,
    )
