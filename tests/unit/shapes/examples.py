"""Reads shapes/examples: a conforming graph for each file of shapes, and for each property shape what to change so that it finds something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyoxigraph as ox

from kg.rdf.namespaces import RDF
from kg.resources import resource
from kg.settings import DEFAULT_BASE, SHAPES
from kg.validation.shapes import Triple

FOLDER = resource("shapes")
_NIL = f"<{RDF}nil>"


@dataclass(frozen=True, slots=True)
class Example:
    """A graph; `shape` is the IRI of the property shape that is to find something in it, None if it conforms."""

    file: str
    shape: str | None
    triples: tuple[Triple, ...]

    def __str__(self) -> str:
        return f"{self.file}:{(self.shape or 'valid').removeprefix(SHAPES)}"


def examples(path: Path) -> Iterator[Example]:
    """Yield the examples of a file, the conforming one first."""
    graphs: dict[str, list[Triple]] = {}
    for quad in ox.parse(path=path):
        triple = str(quad.subject), str(quad.predicate), str(quad.object)
        graphs.setdefault(str(quad.graph_name)[1:-1], []).append(triple)
    valid = graphs.pop(f"{DEFAULT_BASE}valid")
    yield Example(path.stem, None, tuple(valid))
    for shape, changes in graphs.items():
        changed = {(subject, predicate) for subject, predicate, _ in changes}
        kept = [triple for triple in valid if triple[:2] not in changed]
        yield Example(path.stem, shape, (*kept, *(triple for triple in changes if triple[2] != _NIL)))


def connection(triples: tuple[Triple, ...]) -> duckdb.DuckDBPyConnection:
    """Return a connection whose relation of quads holds the triples."""
    con = duckdb.connect()
    con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    columns = [list(column) for column in zip(*triples, strict=True)]
    con.execute("INSERT INTO quads SELECT unnest($1), unnest($2), unnest($3), NULL", columns)
    return con


ALL = tuple(example for path in sorted((FOLDER / "examples").glob("*.trig")) for example in examples(path))
assert ALL, "no examples found"
