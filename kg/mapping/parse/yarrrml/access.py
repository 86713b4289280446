"""Sources and targets of YARRRML."""

from __future__ import annotations

import pyoxigraph as ox

from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Node
from kg.mapping.parse.yarrrml.items import Item
from kg.mapping.parse.yarrrml.writer import Writer
from kg.mapping.vocabulary import CSVW, D2RQ, FORMATS, RML, SPARQL_SERVICE

_SOURCE = {
    **dict.fromkeys(("access", "type", "credentials", "queryFormulation", "query", "table", "encoding"), ()),
    **dict.fromkeys(("delimiter", "contentType", "operationType", "referenceFormulation", "iterator", "security"), ()),
}
_TARGET = dict.fromkeys(("access", "type", "serialization", "compression"), ())
_CREDENTIALS = {"username": (), "password": ()}
_FORMULATIONS = {
    "csv": "CSV",
    "xlsx": "CSV",
    "json": "JSONPath",
    "jsonpath": "JSONPath",
    "xml": "XPath",
    "xpath": "XPath",
}
_FILES = ("localfile", "remotefile", "wot")
_IN_FILES = ("sqlite", "duckdb")
_DATABASES = ("mysql", "mariadb", "postgresql", *_IN_FILES)
_SERIALIZATIONS = {
    "jsonld": "JSON-LD",
    "n3": "N3",
    "nquads": "N-Quads",
    "ntriples": "N-Triples",
    "rdfjson": "RDF_JSON",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "turtle": "Turtle",
}
_COMPRESSIONS = {"gzip": "gzip", "zip": "zip", "targzip": "targz", "targz": "targz", "tarxz": "tarxz"}


def source(writer: Writer, node: Node, item: Item) -> None:
    """Say of a logical source what a source of YARRRML says."""
    if item.items is not None:
        keys = _listed(writer, item)
    elif item.text is not None:
        keys = _listed(writer, Item(item.line, items=(item,)))
    else:
        keys = writer.keys(item, _SOURCE)
    security = keys.get("security")
    if security is not None and any(each.text != "none" and not _is_none(each) for each in security.each()):
        raise writer.fault(security, "sources that want a key are not supported", "fetch the content first", "KG209")
    _formulation(writer, node, keys.get("referenceFormulation"))
    for name, prop in (("iterator", "iterator"), ("query", "query"), ("table", "tableName")):
        if name in keys:
            writer.add(node, prop, writer.text(keys[name]), keys[name].line)
    if "access" in keys:
        _access(writer, node, keys)
    elif "query" not in keys and "table" not in keys:
        raise writer.fault(item, "the source does not say where it is", "add the key 'access'", "KG210")


def _is_none(item: Item) -> bool:
    given = (item.keys or {}).get("type")
    return given is not None and given.text == "none"


def _listed(writer: Writer, item: Item) -> dict[str, Item]:
    """Return the keys for which a list `[file~formulation, iterator]` stands."""
    items = item.items or ()
    if not items or len(items) > 2:
        raise writer.fault(item, "this is no source", "write [file~formulation, iterator]", "KG210")
    access, _, formulation = writer.text(items[0]).rpartition("~")
    if not access:
        access, formulation = formulation, ""
    keys = {"access": Item(items[0].line, access)}
    if formulation:
        keys["referenceFormulation"] = Item(items[0].line, formulation)
    if len(items) > 1:
        keys["iterator"] = items[1]
    return keys


def _formulation(writer: Writer, node: Node, item: Item | None) -> None:
    if item is None:
        return
    name = writer.text(item).lower()
    if name not in _FORMULATIONS:
        raise writer.fault(item, f"there is no reference formulation {name!r}", nearest(name, _FORMULATIONS), "KG210")
    writer.add(node, "referenceFormulation", ox.NamedNode(RML + _FORMULATIONS[name]), item.line)


def _access(writer: Writer, node: Node, keys: dict[str, Item]) -> None:
    address, line = writer.text(keys["access"]), keys["access"].line
    kind = writer.text(keys["type"]).lower() if "type" in keys else "localfile"
    if kind == "sparql":
        place = writer.blank(node, "source", line)
        writer.add(place, SPARQL_SERVICE + "endpoint", writer.iri(keys["access"], address), line)
    elif kind in _DATABASES:
        place = writer.blank(node, "source", line)
        name = address if address.startswith("jdbc:") else f"jdbc:{kind}:{_location(kind, address)}"
        writer.add(place, D2RQ + "jdbcDSN", name, line)
        credentials = writer.keys(keys["credentials"], _CREDENTIALS) if "credentials" in keys else {}
        for each, value in credentials.items():
            writer.add(place, D2RQ + each, writer.text(value), value.line)
    elif kind in _FILES:
        _file(writer, node, keys, address)
    else:
        raise writer.fault(
            keys["type"],
            f"sources of the type {kind!r} are not supported",
            f"use one of: {', '.join((*_FILES, *_DATABASES, 'sparql'))}",
            "KG209",
        )


def _location(kind: str, address: str) -> str:
    """Return the part of a database's name after its kind, of an address that may begin with another scheme, such as http."""
    host_and_name = address.partition("://")[2] or address
    return f"//{host_and_name}" if kind not in _IN_FILES and "/" in host_and_name else address


def _file(writer: Writer, node: Node, keys: dict[str, Item], address: str) -> None:
    line = keys["access"].line
    if "delimiter" not in keys and "encoding" not in keys:
        writer.add(node, "source", address, line)
        return
    place = writer.blank(node, "source", line)
    writer.add(place, CSVW + "url", address, line)
    dialect = writer.blank(place, CSVW + "dialect", line)
    for name in ("delimiter", "encoding"):
        if name in keys:
            writer.add(dialect, CSVW + name, writer.text(keys[name]).replace("\\t", "\t"), keys[name].line)


def add_targets(writer: Writer, node: Node, item: Item | None) -> None:
    """Say to which targets the quads of a term go."""
    if item is None or item.is_null:
        return
    first = item.items[0].text if item.items else None
    if item.items is not None and first is not None and first not in writer.targets:
        # A list whose first member is no name is one target.
        writer.add(node, "logicalTarget", target(writer, item), item.line)
        return
    for each in item.each():
        if each.text is not None and each.text not in writer.targets:
            raise writer.fault(
                each,
                f"there is no target {each.text!r}",
                nearest(each.text, writer.targets) or "define it in 'targets'",
            )
        made = writer.targets[each.text] if each.text is not None else target(writer, each)
        writer.add(node, "logicalTarget", made, each.line)


def target(writer: Writer, item: Item) -> Node:
    """Return the logical target that a target of YARRRML describes."""
    if item.text is not None:
        item = Item(item.line, items=(item,))
    keys = _listed_target(writer, item) if item.items is not None else writer.keys(item, _TARGET)
    if "access" not in keys:
        raise writer.fault(item, "the target does not say where it is", "add the key 'access'", "KG210")
    kind = writer.text(keys["type"]).lower() if "type" in keys else "localfile"
    if kind == "sparql":
        raise writer.fault(keys["type"], "SPARQL endpoints as targets are not supported", "name a file", "KG209")
    node = ox.BlankNode()
    place = writer.blank(node, "target", keys["access"].line)
    writer.add(place, "path", writer.text(keys["access"]), keys["access"].line)
    _choose(writer, node, keys.get("serialization"), "serialization", _SERIALIZATIONS, FORMATS)
    _choose(writer, node, keys.get("compression"), "compression", _COMPRESSIONS, RML)
    return node


def _listed_target(writer: Writer, item: Item) -> dict[str, Item]:
    """Return the keys for which a list `[file~type, serialization, compression]` stands."""
    items = item.items or ()
    if not items or len(items) > 3:
        raise writer.fault(item, "this is no target", "write [file~type, serialization, compression]", "KG210")
    access, tilde, kind = writer.text(items[0]).rpartition("~")
    keys = {"access": Item(items[0].line, access if tilde else kind)}
    if tilde:
        keys["type"] = Item(items[0].line, kind)
    return keys | dict(zip(("serialization", "compression"), items[1:], strict=False))


def _choose(writer: Writer, node: Node, item: Item | None, name: str, known: dict[str, str], namespace: str) -> None:
    if item is None:
        return
    text = writer.text(item).lower()
    if text not in known:
        raise writer.fault(item, f"there is no {name} {text!r}", nearest(text, known), "KG210")
    writer.add(node, name, ox.NamedNode(namespace + known[text]), item.line)
