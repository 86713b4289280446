"""Function-valued expression maps (RML-FNML), and those of 2014."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.scope import Scope
from kg.mapping.rules import Call, Constant, Expression
from kg.mapping.vocabulary import FNO

# Reads an expression map that must have an expression.
Required = Callable[[Reader, Node, Scope], Expression]


def call(reader: Reader, node: Node, scope: Scope, required: Required) -> Call:
    """Return the call of a node with a function execution."""
    graph = reader.graph
    execution = graph.one(node, "functionExecution")
    assert execution is not None  # noqa: S101 - the caller saw it
    if execution in reader.reading:
        raise graph.fault(node, "a function has itself as its input", "take the circle apart", at="functionExecution")
    reader.plays(execution, "function execution")
    reader.reading.append(execution)
    try:
        function = _iri(reader, execution, "function", "functionMap")
        if function is None:
            raise graph.fault(execution, "the function is missing", f"add {graph.word('function')}")
        inputs = [_input(reader, each, scope, required) for each in graph.all(execution, "input")]
        output = _iri(reader, node, "return", "returnMap")
    finally:
        reader.reading.pop()
    return Call(function, tuple(inputs), output, graph.place(execution))


def _input(reader: Reader, node: Node, scope: Scope, required: Required) -> tuple[str, Expression]:
    graph = reader.graph
    if isinstance(node, ox.Literal):
        raise graph.fault(node, "an input is no text", f"give {graph.word('parameter')} and {graph.word('inputValue')}")
    reader.plays(node, "input")
    parameter = _iri(reader, node, "parameter", "parameterMap")
    if parameter is None:
        raise graph.fault(node, "the parameter of an input is missing", f"add {graph.word('parameter')}")
    given = graph.all(node, "inputValue", "inputValueMap")
    if len(given) != 1:
        raise graph.fault(
            node,
            f"an input has one value, not {len(given)}",
            f"give one {graph.word('inputValue')} or {graph.word('inputValueMap')}",
        )
    value = graph.one(node, "inputValue")
    if value is None:
        return parameter, required(reader, given[0], scope)
    if isinstance(value, (ox.NamedNode, ox.Literal)):
        return parameter, Constant(value.value)
    raise graph.fault(
        node, "the value of an input is a blank node", f"use {graph.word('inputValueMap')}", at="inputValue"
    )


def _iri(reader: Reader, node: Node, shortcut: str, name: str) -> str | None:
    """Return the IRI that a shortcut or a map with a constant gives."""
    graph = reader.graph
    given = graph.all(node, shortcut, name)
    if len(given) > 1:
        raise graph.fault(node, f"{graph.word(shortcut)} is given {len(given)} times", "give it once", at=name)
    value, inner = graph.one(node, shortcut), graph.one(node, name)
    if inner is not None:
        reader.plays(inner, "expression map")
        value = graph.one(inner, "constant")
        if value is None:
            raise graph.fault(
                inner,
                f"{graph.word(name)} with anything but a constant is not supported",
                f"name it with {graph.word(shortcut)}",
                code="KG209",
            )
    if value is None or isinstance(value, ox.NamedNode):
        return value.value if value is not None else None
    raise graph.fault(node, f"the value of {graph.word(shortcut)} is no IRI", "give an IRI", at=shortcut)


def call_of_2014(reader: Reader, node: Node, scope: Scope, required: Required) -> Call:
    """Return the call of a function value of 2014: a triples map whose predicates are parameters, and `fno:executes` the function."""
    value = reader.graph.one(node, "functionValue")
    assert value is not None  # noqa: S101 - the caller saw it
    if value in reader.reading:
        raise reader.graph.fault(
            node, "a function has itself as its input", "take the circle apart", at="functionValue"
        )
    function, given = parameters_of_2014(reader, value)
    reader.reading.append(value)
    try:
        inputs = tuple((parameter, value_of_2014(reader, each, scope, required)) for parameter, each in given)
    finally:
        reader.reading.pop()
    return Call(function, inputs, None, reader.graph.place(value))


def parameters_of_2014(reader: Reader, value: Node) -> tuple[str, list[tuple[str, Node]]]:
    """Return the function of a function value of 2014, and its parameters with the predicate-object maps that give them."""
    graph, function, given = reader.graph, None, []
    for each in graph.all(value, "predicateObjectMap"):
        parameter = _constant_iri(reader, each, "predicate")
        if parameter == FNO + "executes":
            function = _constant_iri(reader, each, "object")
        else:
            given.append((parameter, each))
    if function is None:
        raise graph.fault(value, "the function is missing", "add a predicate-object map with fno:executes")
    return function, given


def value_of_2014(reader: Reader, node: Node, scope: Scope, required: Required) -> Expression:
    """Return the value that a predicate-object map gives to a parameter."""
    graph = reader.graph
    shortcut, inner = graph.one(node, "object"), graph.one(node, "objectMap")
    if isinstance(shortcut, (ox.NamedNode, ox.Literal)):
        return Constant(shortcut.value)
    if inner is None:
        raise graph.fault(node, "the value of a parameter is missing", f"add {graph.word('objectMap')}")
    return required(reader, inner, scope)


def _constant_iri(reader: Reader, node: Node, shortcut: str) -> str:
    """Return the IRI that a shortcut or a map with a constant gives; some write it as a text."""
    graph = reader.graph
    value, inner = graph.one(node, shortcut), graph.one(node, f"{shortcut}Map")
    if inner is not None:
        value = graph.one(inner, "constant")
    if isinstance(value, (ox.NamedNode, ox.Literal)):
        return value.value
    raise graph.fault(node, f"{graph.word(shortcut)} is missing, or no constant", "give an IRI")
