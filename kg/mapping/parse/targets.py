"""Logical targets (RML-IO): files to which quads go."""

from __future__ import annotations

import pyoxigraph as ox

from kg.mapping.parse.faults import nearest
from kg.mapping.parse.files import compression, described_path, encoding, located
from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.rules import Target
from kg.mapping.vocabulary import DCAT, FORMATS, RML, VOID, current

_SYNTAXES = {
    "N-Quads": "nq",
    "N-Triples": "nt",
    "Turtle": "ttl",
    "TriG": "trig",
    "N3": "n3",
    "RDF_XML": "rdf",
    "JSON-LD": "jsonld",
    "RDF_JSON": "rj",
}
_WRITING = {RML + "Write", RML + "WriteRead"}


def targets(reader: Reader, node: Node) -> tuple[Target, ...]:
    """Return the targets that a term map names."""
    return tuple(_target(reader, each) for each in reader.graph.all(node, "logicalTarget"))


def _target(reader: Reader, node: Node) -> Target:
    if node not in reader.targets:
        reader.targets[node] = _read(reader, node)
    return reader.targets[node]


def _read(reader: Reader, node: Node) -> Target:
    graph = reader.graph
    reader.plays(node, "logical target")
    access = graph.one(node, "target")
    if access is None:
        raise graph.fault(node, "the logical target says not where", f"add {graph.word('target')}", code="KG210")
    # A property may stand on the target or on the logical target.
    nodes = [access, node]
    _check_mode(reader, nodes)
    return Target(
        _path(reader, node, access), _syntax(reader, nodes), encoding(graph, nodes), compression(graph, nodes)
    )


def _path(reader: Reader, node: Node, access: Node) -> str:
    graph = reader.graph
    if isinstance(access, ox.Literal):
        return located(reader.folder, access.value)
    path = described_path(reader, access, part="target")
    if path is not None:
        return path
    dumps = graph.all(access, VOID + "dataDump", DCAT + "dataDump", DCAT + "downloadURL", DCAT + "accessURL") or [
        access
    ]
    dump = dumps[0]
    if isinstance(dump, ox.NamedNode) and dump.value.startswith("file:"):
        return located(reader.folder, dump.value)
    if isinstance(dump, ox.Literal):
        return located(reader.folder, dump.value)
    raise graph.fault(
        node, "this target is not supported", 'name a file: rml:target [ a rml:FilePath ; rml:path "out.nq" ]',
        at="target", code="KG209",
    )  # fmt: skip


def _syntax(reader: Reader, nodes: list[Node]) -> str:
    for node in nodes:
        value = reader.graph.one(node, "serialization")
        if value is None:
            continue
        name = value.value.removeprefix(FORMATS) if isinstance(value, ox.NamedNode) else ""
        if name not in _SYNTAXES:
            shown = name or "that is no IRI"
            raise reader.graph.fault(
                node,
                f"there is no serialization {shown}",
                nearest(name, (f"formats:{each}" for each in _SYNTAXES)),
                at="serialization",
                code="KG210",
            )
        return _SYNTAXES[name]
    return "nq"


def _check_mode(reader: Reader, nodes: list[Node]) -> None:
    for node in nodes:
        value = reader.graph.one(node, "mode")
        if value is not None and (not isinstance(value, ox.NamedNode) or current(value.value) not in _WRITING):
            raise reader.graph.fault(
                node, "a target is always written anew", "take rml:mode away, or use rml:Write", at="mode", code="KG209"
            )
