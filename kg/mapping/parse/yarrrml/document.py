"""A YARRRML document to triples of RML (YARRRML specification)."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import MappingError
from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Graph, Node
from kg.mapping.parse.yarrrml import access, terms
from kg.mapping.parse.yarrrml.items import Item, read_items
from kg.mapping.parse.yarrrml.prefixes import PREDEFINED
from kg.mapping.parse.yarrrml.values import conditions
from kg.mapping.parse.yarrrml.writer import Writer
from kg.mapping.vocabulary import RML, Language
from kg.rdf.namespaces import RDF

_DOCUMENT = {
    "mappings": ("mapping", "m"),
    "prefixes": (),
    "base": (),
    "sources": ("source", "s"),
    "targets": ("target", "t"),
    "external": (),
    "authors": ("author", "a"),
}
_MAPPING = {
    "subjects": ("subject", "s"),
    "predicateobjects": ("predicateobject", "po"),
    "sources": ("source",),
    "graphs": ("graph", "g"),
    "conditions": ("condition", "c"),
}
_PREDICATE_OBJECT = {
    "predicates": ("predicate", "p"),
    "objects": ("object", "o"),
    "graphs": ("graph", "g"),
    "conditions": ("condition", "c"),
    "datatype": (),
    "language": (),
    "type": (),
    "inversepredicates": ("inversepredicate", "i", "iv"),
}


def read_yarrrml(path: Path, content: bytes) -> Graph:
    """Return a YARRRML document as triples of RML, with its lines; MappingError tells all that is wrong with it."""
    root = read_items(content, str(path))
    graph = Graph(str(path), Language.YARRRML)
    writer = Writer(graph, dict(PREDEFINED), {})
    keys = writer.keys(root, _DOCUMENT)
    if "mappings" not in keys or not keys["mappings"].keys:
        raise MappingError(
            "KG204", "the mapping has no mappings", where=str(path), advice="add the key 'mappings' with one at least"
        )
    own = _texts(writer, keys.get("prefixes"))
    writer.prefixes |= own
    graph.prefixes = own
    writer.external |= _texts(writer, keys.get("external"))
    for name, item in _named(writer, keys.get("targets")):
        with writer.faults.caught():
            writer.targets[name] = access.target(writer, item)
    writer.sources |= dict(_named(writer, keys.get("sources")))
    _Document(writer).write(keys["mappings"])
    writer.faults.raised()
    return graph


def _texts(writer: Writer, item: Item | None) -> dict[str, str]:
    return {name: each.text or "" for name, each in _named(writer, item)}


def _named(writer: Writer, item: Item | None) -> list[tuple[str, Item]]:
    if item is None or item.is_null:
        return []
    if item.keys is None:
        raise writer.fault(item, "a collection of keys is missing", "write name: value")
    return list(item.keys.items())


class _Document:
    """Writes mappings: a triples map for each source and subject of one."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def write(self, mappings: Item) -> None:
        writer, known = self.writer, mappings.keys or {}
        parts = {}
        for name, item in known.items():
            writer.mapping = name
            with writer.faults.caught():
                keys = writer.keys(item, _MAPPING)
                pairs = list(product(_sources(keys), _subjects(keys)))
                nodes = [_node(name, number) for number in range(len(pairs))]
                writer.mappings[name] = nodes
                parts[name] = (keys, pairs)
        for name, (keys, pairs) in parts.items():
            writer.mapping = name
            for node, (source, subject) in zip(writer.mappings[name], pairs, strict=True):
                writer.graph.names[node] = name
                with writer.faults.caught():
                    self._triples_map(node, mappings.key_lines[name], keys, source, subject)

    def _triples_map(
        self, node: Node, line: int, keys: dict[str, Item], source: Item | None, subject: Item | None
    ) -> None:
        writer = self.writer
        writer.add(node, RDF + "type", ox.NamedNode(RML + "TriplesMap"), line)
        if source is not None:
            with writer.faults.caught():
                described = _described(writer, source)
                access.source(writer, writer.blank(node, "logicalSource", source.line), described)
        subject_map = writer.blank(node, "subjectMap", subject.line if subject is not None else line)
        with writer.faults.caught():
            terms.subject(writer, subject_map, subject)
        with writer.faults.caught():
            conditions(writer, subject_map, keys.get("conditions"))
        with writer.faults.caught():
            _graphs(writer, subject_map, keys.get("graphs"))
        for each in _predicate_objects(keys.get("predicateobjects")):
            with writer.faults.caught():
                _predicate_object(writer, writer.blank(node, "predicateObjectMap", each.line), each)


def _node(name: str, number: int) -> ox.NamedNode:
    return ox.NamedNode(f"urn:yarrrml:{quote(name)}:{number}")


def _sources(keys: dict[str, Item]) -> tuple[Item | None, ...]:
    """Return the sources of a mapping; a list of texts is one source if its first member is no name of one."""
    given = keys.get("sources")
    return given.each() if given is not None and not given.is_null else (None,)


def _described(writer: Writer, item: Item) -> Item:
    """Return what a source's name stands for, or the source itself."""
    if item.text is None or "~" in item.text:
        return item
    if item.text not in writer.sources:
        raise writer.fault(
            item,
            f"there is no source {item.text!r}",
            f"define it in 'sources'; {nearest(item.text, writer.sources)}"
            if writer.sources
            else "define it in 'sources'",
            "KG210",
        )
    return writer.sources[item.text]


def _subjects(keys: dict[str, Item]) -> tuple[Item | None, ...]:
    given = keys.get("subjects")
    return given.each() if given is not None and given.each() else (given,)


def _predicate_objects(item: Item | None) -> tuple[Item, ...]:
    return item.each() if item is not None else ()


def _graphs(writer: Writer, node: Node, item: Item | None) -> None:
    for each in item.each() if item is not None else ():
        terms.graph(writer, writer.blank(node, "graphMap", each.line), each)


def _predicate_object(writer: Writer, node: Node, item: Item) -> None:
    keys = _spelled_out(writer, item)
    if "inversepredicates" in keys:
        raise writer.fault(
            keys["inversepredicates"],
            "inverse predicates are not supported",
            "write a mapping of the other direction",
            "KG209",
        )
    for name in ("predicates", "objects"):
        if name not in keys or not keys[name].each():
            raise writer.fault(item, f"the {name} are missing", f"add the key '{name}', or write [predicate, object]")
    predicates = keys["predicates"].each()
    for each in predicates:
        terms.predicate(writer, writer.blank(node, "predicateMap", each.line), each)
    given = keys.get("type")
    kind = given.text if given is not None else None
    if kind is None:
        kind = "iri" if any(_is_type(writer, each) for each in predicates) else "literal"
    for each in keys["objects"].each():
        terms.objects(writer, node, each, kind=kind, datatype=keys.get("datatype"), language=keys.get("language"))
    _graphs(writer, node, keys.get("graphs"))
    conditions(writer, node, keys.get("conditions"))


def _spelled_out(writer: Writer, item: Item) -> dict[str, Item]:
    """Return the keys for which a list `[predicates, objects, datatype or language]` stands, or those that are there."""
    if item.items is None:
        return writer.keys(item, _PREDICATE_OBJECT)
    if not 2 <= len(item.items) <= 3:
        raise writer.fault(
            item, "a predicate and an object are wanted", "write [predicate, object] or [predicate, object, datatype]"
        )
    keys = {"predicates": item.items[0], "objects": item.items[1]}
    if len(item.items) > 2:
        datatype, language = terms.tag(item.items[2])
        keys |= {name: each for name, each in (("datatype", datatype), ("language", language)) if each is not None}
    return keys


def _is_type(writer: Writer, item: Item) -> bool:
    return item.text is not None and writer.expanded(item, item.text, strict=False) in ("a", RDF + "type")
