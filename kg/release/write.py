"""Writes the files of a release from the relation of quads; the same quads give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import zstandard

from kg.rdf.minting import slug
from kg.rdf.namespaces import DCAT, DCTERMS, RDF, VOID, XSD
from kg.rdf.prefixes import prefixes
from kg.release.directory import MANIFEST
from kg.settings import Settings

GRAPH = "graph.nq.zst"
TURTLE = "graph.ttl"
_TYPE = f"<{RDF}type>"
# A level at which speed still exceeds that of a disk; part of what makes the bytes.
_ZSTD_LEVEL = 9


def write_quads(con: duckdb.DuckDBPyConnection, folder: Path, *, by_graph: bool = False) -> Path:
    """Write every quad once, in canonical N-Quads, sorted by code point, or by graph first; return the path of the lines."""
    lines = folder / "graph.nq"
    order = "g, line" if by_graph else "line"
    _copy(con, f"SELECT DISTINCT concat_ws(' ', s, p, o, g) || ' .' AS line, g FROM quads ORDER BY {order}", lines)
    return lines


def write_graph(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write every quad to graph.nq.zst; return the path of the plain lines, for the store to load."""
    plain = write_quads(con, folder)
    compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_content_size=True)
    with plain.open("rb") as source, (folder / GRAPH).open("wb") as target:
        compressor.copy_stream(source, target, size=plain.stat().st_size)
    return plain


def write_triples(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """Write each triple once, whatever its graphs, by subject and its type first; return the path of the lines (N-Triples)."""
    lines = folder / "graph.nt"
    _copy(
        con,
        f"SELECT DISTINCT s || ' ' || p || ' ' || o || ' .' AS line, s, p <> '{_TYPE}' AS later, p, o FROM quads ORDER BY s, later, p, o",
        lines,
    )
    return lines


def write_turtle(triples: Path, folder: Path, base: str) -> None:
    """Write triples in the order of a file to graph.ttl, for people."""
    with (folder / TURTLE).open("wb") as target:
        read = (quad.triple for quad in ox.parse(path=str(triples), format=ox.RdfFormat.N_TRIPLES))
        ox.serialize(read, target, ox.RdfFormat.TURTLE, prefixes=prefixes(base))


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write manifest.json; a directory that holds one is a release."""
    (folder / MANIFEST).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_void(con: duckdb.DuckDBPyConnection, folder: Path, settings: Settings) -> None:
    """Write void.ttl: what the dataset holds, by class and property (VoID), and where its dumps are (DCAT)."""
    dumps = [name for name in (GRAPH, TURTLE) if (folder / name).is_file()]
    with (folder / "void.ttl").open("wb") as target:
        triples = sorted(_described(con, settings, dumps), key=str)
        ox.serialize(
            triples, target, ox.RdfFormat.TURTLE, prefixes=prefixes(settings.base) | {"void": VOID, "dcat": DCAT}
        )


def _described(con: duckdb.DuckDBPyConnection, settings: Settings, dumps: Iterable[str]) -> Iterator[ox.Triple]:
    base = settings.base
    dataset = ox.NamedNode(base + "void")

    def triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    def number(value: int) -> ox.Literal:
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))

    yield triple(dataset, RDF + "type", ox.NamedNode(VOID + "Dataset"))
    yield triple(dataset, RDF + "type", ox.NamedNode(DCAT + "Dataset"))
    yield triple(dataset, DCTERMS + "title", ox.Literal(settings.title, language="en"))
    if settings.license:
        yield triple(dataset, DCTERMS + "license", ox.NamedNode(settings.license))
    yield triple(dataset, VOID + "uriSpace", ox.Literal(base))
    counts = con.execute(
        "SELECT count(DISTINCT (s, p, o)), count(DISTINCT s), count(DISTINCT p), count(DISTINCT o) FROM quads"
    ).fetchone()
    for name, value in zip(("triples", "distinctSubjects", "properties", "distinctObjects"), counts or (), strict=True):
        yield triple(dataset, VOID + name, number(value))
    for name in dumps:
        distribution = ox.NamedNode(f"{base}void#{name}")
        yield triple(dataset, DCAT + "distribution", distribution)
        yield triple(distribution, RDF + "type", ox.NamedNode(DCAT + "Distribution"))
        yield triple(distribution, DCTERMS + "title", ox.Literal(name))
    vocabularies = con.execute(
        r"SELECT DISTINCT regexp_extract(p, '^<(.*[#/])[^#/]*>$', 1) AS v FROM quads WHERE v <> '' ORDER BY v"
    ).fetchall()
    for (vocabulary,) in vocabularies:
        yield triple(dataset, VOID + "vocabulary", ox.NamedNode(vocabulary))
    partitions: tuple[tuple[str, str, str, str, list[str]], ...] = (
        (
            "classPartition",
            "class",
            "entities",
            "SELECT o, count(DISTINCT s) FROM quads WHERE p = ? GROUP BY o",
            [_TYPE],
        ),
        ("propertyPartition", "property", "triples", "SELECT p, count(DISTINCT (s, o)) FROM quads GROUP BY p", []),
    )
    for partition, key, counted, query, parameters in partitions:
        for term, count in con.execute(query, parameters).fetchall():
            name = term.strip("<>")
            part = ox.NamedNode(f"{base}void#{key}-{slug(name)}")
            yield triple(dataset, VOID + partition, part)
            yield triple(part, VOID + key, ox.NamedNode(name))
            yield triple(part, VOID + counted, number(count))


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the first column of a query, a line a row, as it is.

    The csv writer of DuckDB writes text unchanged when nothing is quoted; canonical terms hold no line break and no control character, so that no line is torn.
    """
    quoted = str(path).replace("'", "''")
    con.execute(
        f"COPY (SELECT line FROM ({query})) TO '{quoted}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')"
    )
