"""Files that a mapping names: where they are, how they are encoded and compressed."""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from kg.mapping.parse.faults import nearest
from kg.mapping.parse.graph import Graph, Node
from kg.mapping.parse.reader import Reader
from kg.mapping.rules import Dialect
from kg.mapping.vocabulary import RML, current

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_ROOTS = ("MappingDirectory", "CurrentWorkingDirectory")
_COMPRESSIONS = {"none": "", "gzip": "gzip", "zip": "zip", "targz": "targz", "tarxz": "tarxz", "zstd": "zstd"}
_COMPRESSED = re.compile(r"\.(gz|zst|zip|xz|tgz|txz)$")
_STANDARD_INPUT = "-"


def located(folder: Path, text: str) -> str:
    """Return a path as it counts from a folder; URLs, absolute paths and standard input stay as they are."""
    if text == _STANDARD_INPUT:
        return text
    if text.startswith("file:"):
        return unquote(urlsplit(text).path)
    return text if _URL.match(text) else str(folder / text)


def described_path(reader: Reader, node: Node, *, part: str) -> str | None:
    """Return the path of a file that rml:path and rml:root describe, or None where there is no rml:path."""
    graph = reader.graph
    path = graph.text(node, "path")
    if path is None:
        return None
    reader.plays(node, part)
    return located(_root(reader, node), path)


def _root(reader: Reader, node: Node) -> Path:
    """Return the folder from which a path counts; the working directory unless said otherwise (RML-IO, section on sources)."""
    graph = reader.graph
    root = graph.one(node, "root")
    if root is None or root == ox.NamedNode(RML + "CurrentWorkingDirectory"):
        return Path()
    if root == ox.NamedNode(RML + "MappingDirectory"):
        return reader.folder
    if isinstance(root, ox.NamedNode):
        if current(root.value).startswith(RML):
            name = current(root.value).removeprefix(RML)
            raise graph.fault(node, f"there is no root rml:{name}", nearest(name, _ROOTS), at="root", code="KG210")
        return Path(located(reader.folder, root.value))
    if isinstance(root, ox.Literal):
        return Path(located(reader.folder, root.value))
    raise graph.fault(node, "the root is no folder", f"use {' or '.join(f'rml:{each}' for each in _ROOTS)}", at="root")


def encoding(graph: Graph, nodes: list[Node], default: str = "utf-8") -> str:
    """Return the encoding that the first of the nodes names, as Python calls it."""
    for node in nodes:
        value = graph.one(node, "encoding")
        if value is not None:
            return codec(graph, node, "encoding", _local(value))
    return default


def codec(graph: Graph, node: Node, at: str, name: str) -> str:
    """Return the name under which Python knows an encoding."""
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise graph.fault(
            node,
            f"there is no encoding {name!r}",
            "use rml:UTF-8, rml:UTF-16 or the name of another",
            at=at,
            code="KG210",
        ) from error


def compression(graph: Graph, nodes: list[Node]) -> str:
    """Return the compression that the first of the nodes names, or an empty text."""
    for node in nodes:
        value = graph.one(node, "compression")
        if value is not None:
            name = _local(value)
            if name not in _COMPRESSIONS:
                raise graph.fault(
                    node,
                    f"there is no compression {name!r}",
                    nearest(name, _COMPRESSIONS),
                    at="compression",
                    code="KG210",
                )
            return _COMPRESSIONS[name]
    return ""


def _local(value: Node) -> str:
    """Return the local name of a term of RML, or a text."""
    text = current(value.value) if isinstance(value, (ox.NamedNode, ox.Literal)) else ""
    return text.removeprefix(RML)


def suffix(path: str) -> str:
    """Return the suffix of a file's name in lower case, that of a compression left out: `.csv` for `a.CSV.gz`."""
    name = PurePath(urlsplit(path).path if _URL.match(path) else path).name.lower()
    while _COMPRESSED.search(name):
        name = _COMPRESSED.sub("", name.removesuffix(".tar.gz").removesuffix(".tar.xz"))
    return PurePath(name.removesuffix(".tar")).suffix


def usual_dialect(path: str) -> Dialect:
    """Return how a file of CSV is written that nothing is said of: as its suffix has it."""
    return Dialect(delimiter="\t" if suffix(path) in (".tsv", ".tab") else ",")
