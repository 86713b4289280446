"""A mapping file to rules."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.errors import MappingError
from kg.mapping.parse.graph import Graph, read_graph
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.triples_maps import statements
from kg.mapping.parse.views import source_of
from kg.mapping.rules import Database, Rules

_YARRRML = (".yml", ".yaml", ".yarrrml")


def parse_mapping(path: Path, base: str, database: Database | None = None) -> Rules:
    """Read a mapping in RML, RML of 2014, R2RML (any syntax of RDF, by suffix; Turtle else) or YARRRML (`.yml`, `.yaml`, `.yarrrml`).

    Relative IRIs that it makes are resolved against `base`; relative paths of files count from the mapping's folder, save where it says otherwise.
    R2RML names no database: its tables are those of `database`, or of the running session.
    MappingError tells all that is wrong, with lines and what to write instead.
    """
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()[:12]
    reader = Reader(_graph(path, content, base), path.parent, base, database or Database(), digest)
    found = tuple(dict.fromkeys(statements(reader)))
    for node in reader.graph.nodes:
        # One that no triples map uses is read all the same: it may be wrong.
        if reader.graph.said(node, "viewOn"):
            with reader.faults.caught():
                source_of(reader, node)
    reader.check_vocabulary()
    reader.faults.raised()
    return Rules(found, reader.graph.prefixes)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MappingError(
            "KG201",
            f"the mapping cannot be read: {error.strerror or error}",
            where=str(path),
            advice="check that it exists",
        ) from error


def _graph(path: Path, content: bytes, base: str) -> Graph:
    if path.suffix.lower() in _YARRRML:
        from kg.mapping.parse.yarrrml import read_yarrrml

        return read_yarrrml(path, content)
    return read_graph(path, content, base)
