"""Subjects, predicates, objects and graphs of YARRRML."""

from __future__ import annotations

import pyoxigraph as ox

from kg.mapping.parse.graph import Node
from kg.mapping.parse.yarrrml.access import add_targets
from kg.mapping.parse.yarrrml.items import Item
from kg.mapping.parse.yarrrml.values import FUNCTION, call, conditions, function_of, is_function, typed
from kg.mapping.parse.yarrrml.writer import Writer, pieces_of
from kg.mapping.vocabulary import RML
from kg.rdf.namespaces import RDF

_TERM_TYPES = {"iri": "IRI", "blank": "BlankNode", "literal": "Literal"}
_CONDITIONS = {"conditions": ("condition", "c")}
_TERM = {"value": ("v",), "type": (), "targets": ("target", "t"), **FUNCTION, **_CONDITIONS}
_OBJECT = {
    **_TERM,
    "datatype": (),
    "language": (),
    "mapping": ("mappings", "m"),
    "quoted": (),
    "quotedNonAsserted": (),
}
_LANGUAGE = {"value": ("v",), "targets": ("target", "t")}
_EQUAL = ("equal", "idlab-fn:equal", "https://w3id.org/imec/idlab/function#equal")
_SIDES = {"s": "child", "subject": "child", "o": "parent", "object": "parent"}


def subject(writer: Writer, node: Node, item: Item | None) -> None:
    """Say what the subject of a mapping is; without anything it is a blank node."""
    if item is None or item.is_null:
        line = item.line if item is not None else 0
        writer.add(node, "termType", ox.NamedNode(RML + "BlankNode"), line)
        return
    _term(writer, node, item, "iri")


def predicate(writer: Writer, node: Node, item: Item) -> None:
    """Say what a predicate is."""
    _term(writer, node, item, "iri")


def graph(writer: Writer, node: Node, item: Item) -> None:
    """Say what a graph is."""
    _term(writer, node, item, "iri")


def _term(writer: Writer, node: Node, item: Item, default: str) -> None:
    """Say what a term is that an item gives as a text, or with keys."""
    if item.keys is None:
        text, kind = typed(writer.text(item))
        kind = _kind(writer, item, kind or default)
        writer.expression(node, item, text, iri=kind == "iri")
        _say_type(writer, node, item, kind, text)
        return
    keys = writer.keys(item, _OBJECT)
    if "quoted" in keys or "quotedNonAsserted" in keys:
        _quoted(writer, node, keys)
        return
    given = keys.get("type")
    if "function" in keys:
        kind = _kind(writer, item, writer.text(given) if given is not None else default)
        call(
            writer,
            node,
            Item(item.line, keys={name: keys[name] for name in ("function", "parameters") if name in keys}),
        )
        writer.add(node, "termType", ox.NamedNode(RML + _TERM_TYPES[kind]), item.line)
    elif "value" in keys:
        text, kind = typed(writer.text(keys["value"]), given)
        kind = _kind(writer, item, kind or default)
        writer.expression(node, keys["value"], text, iri=kind == "iri")
        _say_type(writer, node, item, kind, text)
    else:
        kind = _kind(writer, item, writer.text(given) if given is not None else default)
        if kind != "blank":
            raise writer.fault(item, "the value is missing", "add the key 'value' or 'function'")
        writer.add(node, "termType", ox.NamedNode(RML + "BlankNode"), item.line)
    conditions(writer, node, keys.get("conditions"))
    add_targets(writer, node, keys.get("targets"))


def _kind(writer: Writer, item: Item, kind: str) -> str:
    if kind not in _TERM_TYPES:
        raise writer.fault(item, f"there is no type {kind!r}", f"use one of: {', '.join(_TERM_TYPES)}")
    return kind


def _say_type(writer: Writer, node: Node, item: Item, kind: str, text: str) -> None:
    """Say the term type, save for a constant, which has its own."""
    if any(is_reference for _, is_reference in pieces_of(text)):
        writer.add(node, "termType", ox.NamedNode(RML + _TERM_TYPES[kind]), item.line)


def objects(writer: Writer, node: Node, item: Item, *, kind: str, datatype: Item | None, language: Item | None) -> None:
    """Say what the object of a predicate-object map is; `kind` is the type of one that says nothing of it."""
    if item.items is not None:
        if not item.items:
            raise writer.fault(item, "an object is missing", "write a value")
        if len(item.items) > 1:
            datatype, language = tag(item.items[1])
        item = item.items[0]
    if item.keys is not None and any(name in item.keys for name in ("mapping", "mappings", "m")):
        _reference(writer, node, item)
        return
    inner = writer.blank(node, "objectMap", item.line)
    _term(writer, inner, item, kind)
    keys = writer.keys(item, _OBJECT) if item.keys is not None else {}
    language = keys.get("language", language)
    if language is not None:
        _language(writer, inner, language)
    datatype = keys.get("datatype", datatype)
    if datatype is not None and language is None:
        _datatype(writer, inner, datatype)


def tag(item: Item) -> tuple[Item | None, Item | None]:
    """Return what stands after an object as its datatype, or as its language where it ends with `~lang`."""
    if item.text is not None and item.text.endswith("~lang"):
        return None, Item(item.line, item.text.removesuffix("~lang"))
    return item, None


def _datatype(writer: Writer, node: Node, item: Item) -> None:
    text = writer.text(item)
    if any(is_reference for _, is_reference in pieces_of(text)):
        writer.expression(writer.blank(node, "datatypeMap", item.line), item, text, iri=True)
    else:
        writer.add(node, "datatype", writer.iri(item, text), item.line)


def _language(writer: Writer, node: Node, item: Item) -> None:
    keys = writer.keys(item, _LANGUAGE) if item.keys is not None else {"value": item}
    if "value" not in keys:
        raise writer.fault(item, "the language is missing", "add the key 'value'")
    inner = writer.blank(node, "languageMap", item.line)
    writer.expression(inner, keys["value"], writer.text(keys["value"]), iri=False)
    add_targets(writer, inner, keys.get("targets"))


def _reference(writer: Writer, node: Node, item: Item) -> None:
    """Say that the objects are the subjects of other mappings."""
    keys = writer.keys(item, _OBJECT)
    for each in keys["mapping"].each():
        for other in writer.others(each):
            inner = writer.blank(node, "objectMap", each.line)
            writer.add(inner, "parentTriplesMap", other, each.line)
            _joins(writer, inner, keys.get("conditions"))
            add_targets(writer, inner, keys.get("targets"))


def _quoted(writer: Writer, node: Node, keys: dict[str, Item]) -> None:
    """Say that a term is a quoted triple."""
    name = "quoted" if "quoted" in keys else "quotedNonAsserted"
    for other in writer.others(keys[name]):
        writer.add(node, "quotedTriplesMap", other, keys[name].line)
        if name == "quotedNonAsserted":
            writer.add(other, RDF + "type", ox.NamedNode(RML + "NonAssertedTriplesMap"), keys[name].line)
    _joins(writer, node, keys.get("conditions"))
    add_targets(writer, node, keys.get("targets"))


def _joins(writer: Writer, node: Node, item: Item | None) -> None:
    for each in item.each() if item is not None else ():
        name, parameters = function_of(writer, each)
        if name not in _EQUAL or len(parameters) != 2:
            raise writer.fault(
                each,
                "mappings are only joined where two values are equal",
                "use the function equal with str1 and str2",
                "KG209",
            )
        join = writer.blank(node, "joinCondition", each.line)
        for index, (side, value) in enumerate(zip(_sides(each), parameters, strict=True)):
            _side(writer, join, side or ("child", "parent")[index], value[1])


def _sides(item: Item) -> tuple[str | None, ...]:
    """Return from where the parameters of a condition come, if it is said."""
    keys = item.keys or {}
    listed = next((keys[name] for name in ("parameters", "pms") if name in keys), None)
    found = []
    for each in listed.each() if listed is not None else ():
        third = each.items[2].text if each.items is not None and len(each.items) > 2 else None
        found.append(_SIDES.get(third or ""))
    return tuple(found) or (None, None)


def _side(writer: Writer, join: Node, side: str, value: Item) -> None:
    if is_function(value):
        call(writer, writer.blank(join, f"{side}Map", value.line), value)
        return
    text = writer.text(value)
    pieces = pieces_of(text)
    if len(pieces) == 1 and pieces[0][1]:
        writer.add(join, side, pieces[0][0], value.line)
    else:
        writer.expression(writer.blank(join, f"{side}Map", value.line), value, text, iri=False)
