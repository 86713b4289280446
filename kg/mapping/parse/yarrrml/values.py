"""Values of YARRRML: references, templates, constants, functions, and conditions on them."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kg.mapping.parse.graph import Node
from kg.mapping.parse.yarrrml.items import Item
from kg.mapping.parse.yarrrml.writer import Writer

FUNCTION = {"function": ("fn", "f"), "parameters": ("pms",)}
_PARAMETER = {"parameter": ("pm", "p"), "value": ("v",), "type": (), "from": ()}
_IDLAB = "https://w3id.org/imec/idlab/function#"
_GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
# What YARRRML calls by a name of its own.
_BUILT_IN = {"equal": _IDLAB + "equal", "notEqual": _IDLAB + "notEqual"}
_PARAMETERS = {"str1": _GREL + "valueParam", "str2": _GREL + "valueParam2"}
_TYPES = ("iri", "blank", "literal")
_INLINE = re.compile(r"\s*([^\s(]+)\s*\((.*)\)\s*", re.DOTALL)
Parameters = tuple[tuple[str, Item], ...]


def typed(text: str, given: Item | None = None) -> tuple[str, str | None]:
    """Return a text without `~iri`, `~blank` or `~literal`, and which of them was there or is given apart."""
    for kind in _TYPES:
        if text.endswith(f"~{kind}"):
            return text.removesuffix(f"~{kind}"), kind
    return text, given.text if given is not None else None


def function_of(writer: Writer, item: Item) -> tuple[str, Parameters]:
    """Return the name of a function and its parameters with their values."""
    keys = item.keys or {}
    given = next((keys[name] for name in ("function", "fn", "f") if name in keys), None)
    if given is None:
        raise writer.fault(item, "the function is missing", "add the key 'function'")
    text = writer.text(given)
    inline = _INLINE.fullmatch(text) if "(" in text and not text.startswith("$(") else None
    if inline is not None:
        return inline.group(1), _inline_parameters(writer, given, inline.group(1), inline.group(2))
    listed = next((keys[name] for name in ("parameters", "pms") if name in keys), None)
    return text, tuple(_parameter(writer, each) for each in (listed.each() if listed is not None else ()))


def _parameter(writer: Writer, item: Item) -> tuple[str, Item]:
    if item.items is not None:
        if len(item.items) < 2:
            raise writer.fault(item, "a parameter needs a name and a value", "write [name, value]")
        return writer.text(item.items[0]), item.items[1]
    keys = writer.keys(item, _PARAMETER)
    if "parameter" not in keys or "value" not in keys:
        raise writer.fault(item, "a parameter needs a name and a value", "give 'parameter' and 'value'")
    return writer.text(keys["parameter"]), keys["value"]


def _inline_parameters(writer: Writer, item: Item, function: str, text: str) -> Parameters:
    prefix, found = function.rpartition(":")[0], []
    for each in _split(text):
        name, equals, value = each.partition("=")
        if not equals:
            raise writer.fault(item, f"{each!r} is no parameter with a value", "write name = value")
        name, value = name.strip(), value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        inner = _INLINE.fullmatch(value) if not value.startswith("$(") else None
        made = Item(item.line, value)
        if inner is not None:
            made = Item(item.line, keys={"function": made}, key_lines={"function": item.line})
        found.append((name if ":" in name or not prefix else f"{prefix}:{name}", made))
    return tuple(found)


def _split(text: str) -> list[str]:
    """Return the parts between commas that stand in no brackets or quotes."""
    found, depth, quote, start = [], 0, "", 0
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "," and depth == 0:
            found.append(text[start:index])
            start = index + 1
    return [each for each in (*found, text[start:]) if each.strip()]


def is_function(item: Item) -> bool:
    """Whether an item calls a function."""
    return item.keys is not None and any(name in item.keys for name in ("function", "fn", "f"))


def call(writer: Writer, node: Node, item: Item) -> None:
    """Say that a node's value is what a function returns."""
    name, parameters = function_of(writer, item)
    execution = writer.blank(node, "functionExecution", item.line)
    writer.add(execution, "function", _name(writer, item, name, _BUILT_IN), item.line)
    for parameter, value in parameters:
        given = writer.blank(execution, "input", value.line)
        writer.add(given, "parameter", _name(writer, value, parameter, _PARAMETERS), value.line)
        inner = writer.blank(given, "inputValueMap", value.line)
        if is_function(value):
            call(writer, inner, value)
        else:
            text, kind = typed(writer.text(value))
            writer.expression(inner, value, text, iri=kind == "iri")


def _name(writer: Writer, item: Item, name: str, own: dict[str, str]) -> ox.NamedNode:
    return ox.NamedNode(own[name]) if name in own else writer.iri(item, name)


def conditions(writer: Writer, node: Node, item: Item | None) -> None:
    """Say under which conditions a thing is made."""
    for each in item.each() if item is not None else ():
        call(writer, writer.blank(node, "condition", each.line), each)
