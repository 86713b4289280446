"""Graphs in a database session, and how tests read tables back as triples."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox

from kg.rdf.namespaces import RDF, RDFS, XSD
from kg.rdf.prefixes import prefixes
from kg.rdf.quads import read_quads
from kg.rdf.terms import macros

BASE = "https://x.example/id/"
NAMES = prefixes(BASE)
TYPE = ox.NamedNode(RDF + "type")
LABEL = ox.NamedNode(RDFS + "label")


def iri(local: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + local)


def typed(lexical: str, kind: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + kind))


def quad(
    subject: ox.NamedNode | ox.BlankNode | str,
    predicate: ox.NamedNode | str,
    value: ox.NamedNode | ox.BlankNode | ox.Literal,
    graph: str | None = None,
) -> ox.Quad:
    return ox.Quad(
        iri(subject) if isinstance(subject, str) else subject,
        iri(predicate) if isinstance(predicate, str) else predicate,
        value,
        iri(graph) if graph else ox.DefaultGraph(),
    )


@contextmanager
def session(quads: Iterable[ox.Quad], folder: Path, *, threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database session that holds quads."""
    lines = folder / "input.nq"
    ox.serialize(quads, str(lines), format=ox.RdfFormat.N_QUADS)
    with duckdb.connect(config={"threads": threads}) as con:
        con.execute(macros())
        read_quads(con, [lines])
        con.execute(f"SET temp_directory = '{folder / 'spilled'}'")
        yield con


def triples(quads: Iterable[ox.Quad]) -> set[str]:
    return {str(each.triple) for each in quads}


def node(name: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def rebuilt(rows: Iterable[Mapping[str, Any]], class_: str | None, columns: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the triples that the rows of a table tell, by the description of its columns."""
    found: set[str] = set()
    for row in rows:
        subject = node(row["id"])
        if class_:
            found.add(str(ox.Triple(subject, TYPE, ox.NamedNode(class_))))
        for column in columns:
            values = row[column["name"]]
            for value in values if isinstance(values, list) else [] if values is None else [values]:
                found.add(str(ox.Triple(subject, ox.NamedNode(column["property"]), _term(value, column))))
    return found


def _term(value: Any, column: Mapping[str, Any]) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if column.get("language"):
        return ox.Literal(value, language=column["language"])
    if column.get("datatype"):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return ox.Literal(text, datatype=ox.NamedNode(column["datatype"]))
    return node(value)


def catalogue(folder: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = json.loads((folder / "tables.json").read_text(encoding="utf-8"))["tables"]
    return tables


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
