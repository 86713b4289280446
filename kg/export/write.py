"""Writes the relation of quads as RDF of every syntax."""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, cast

from kg.errors import QueryError
from kg.export.arrow import write_text
from kg.export.aside import lay_aside
from kg.export.document import write_document, write_placed
from kg.export.evidence import shorten_terms, use_reifiers
from kg.export.frame import write_frame
from kg.export.jsonld import json_ld
from kg.export.namespaces import choose_prefixes
from kg.export.places import find_lists, place_blank_nodes
from kg.export.rdfxml import rdf_xml
from kg.export.survey import survey, survey_of
from kg.export.turtle import turtle

if TYPE_CHECKING:
    import duckdb

_SUFFIXES = {
    ".nq": "nq",
    ".trig": "trig",
    ".jsonld": "jsonld",
    ".nt": "nt",
    ".ttl": "ttl",
    ".rdf": "rdf",
    ".xml": "rdf",
    ".owl": "rdf",
    ".graphml": "graphml",
    ".gexf": "gexf",
    ".parquet": "parquet",
    ".duckdb": "duckdb",
}
_COMPRESSIONS = (".gz", ".zst")
FORMATS = ("nq", "trig", "jsonld", "nt", "ttl", "rdf")
# The formats that have RDF 1.2's triple terms.
_REIFYING = ("ttl", "trig", "nt", "nq")


def format_of(path: str) -> str:
    """Return the format that a file's suffix names (`.gz` and `.zst` do not count); QueryError for an unknown one."""
    suffixes = [suffix for suffix in PurePath(path).suffixes if suffix.lower() not in _COMPRESSIONS]
    if suffixes and suffixes[-1].lower() in _SUFFIXES:
        return _SUFFIXES[suffixes[-1].lower()]
    raise QueryError(
        "KG509",
        "the suffix names no format of export",
        where=path,
        advice=f"use one of {', '.join(_SUFFIXES)}, or --format",
    )


def has_graphs(format_: str) -> bool:
    """Say whether a format keeps the names of graphs."""
    return format_ in ("nq", "trig", "jsonld")


@dataclass(frozen=True, slots=True)
class Options:
    """How a graph is written: with reifiers (RDF 1.2) in place of rdf:Statement resources; as a tree for each thing of the class with the IRI `frame`."""

    reifiers: bool = False
    frame: str | None = None


def export(
    con: duckdb.DuckDBPyConnection,
    target: IO[bytes],
    format_: str,
    prefixes: dict[str, str],
    options: Options = Options(),
    *,
    ordered: bool = False,
) -> None:
    """Write the relation `quads` of canonical terms to `target`, sorted; a format that keeps no graphs holds each triple once.

    `prefixes` (prefix to namespace) are declared if they are used. `ordered` says that the quads are distinct and come in the order of their lines. QueryError
    where a format cannot hold a quad (KG513) or knows no such option (KG520), and where nothing is of the class (KG521).
    """
    _check(format_, options)
    if options.reifiers:
        use_reifiers(con)
        ordered = False
    graphs = has_graphs(format_) and options.frame is None
    if format_ in ("nt", "nq"):
        write_text(con, _lines(graphs=graphs, ordered=ordered), target)
    else:
        _write_document(con, target, format_, prefixes, options, graphs=graphs, ordered=ordered)


def _check(format_: str, options: Options) -> None:
    if options.reifiers and format_ not in _REIFYING:
        known = ", ".join(_REIFYING)
        raise QueryError("KG520", f"{format_} cannot tell reifiers (RDF 1.2)", advice=f"use one of {known}")
    if options.frame and format_ != "jsonld":
        raise QueryError("KG520", f"{format_} has no frames", advice="use jsonld")


def _write_document(
    con: duckdb.DuckDBPyConnection,
    target: IO[bytes],
    format_: str,
    prefixes: dict[str, str],
    options: Options,
    *,
    graphs: bool,
    ordered: bool,
) -> None:
    xml = format_ == "rdf"
    with tempfile.TemporaryDirectory(prefix="kg-export-") as folder:
        blocks = None
        # A file is sorted to be laid aside: whether that is to no avail is looked for before.
        if options == Options() and (xml or ordered or not _has_blank_objects(con)):
            blocks = lay_aside(con, Path(folder), graphs=graphs, ordered=ordered, xml=xml)
        found = survey(con, graphs=graphs, reifiers=options.reifiers) if blocks is None else survey_of(con)
        graphs = graphs and found.graphs
        if found.triple_terms and format_ not in _REIFYING:
            known = ", ".join(_REIFYING)
            raise QueryError(
                "KG513", f"{format_} cannot hold the triple terms (RDF 1.2) of the graph", advice=f"use one of {known}"
            )
        in_place = not xml and (found.blank or options.frame is not None)
        if in_place:
            find_lists(con, graphs=graphs)
            found = survey(con, graphs=graphs, reifiers=options.reifiers, lists=True)
        chosen = choose_prefixes(found, prefixes)
        if xml:
            syntax = rdf_xml(con, found, chosen)
        elif format_ == "jsonld":
            syntax = json_ld(con, found, chosen, label_in_place=options.frame is not None)
        else:
            syntax = turtle(con, found, chosen)
        if options.reifiers:
            shorten_terms(con, syntax)
        if options.frame is not None:
            write_frame(con, target, syntax, options.frame)
        elif in_place:
            place_blank_nodes(con, syntax, graphs=graphs)
            write_placed(con, target, syntax, rootless=True)
        else:
            if blocks is None:
                blocks = lay_aside(con, Path(folder), graphs=graphs, ordered=ordered, xml=xml)
            write_document(con, target, syntax, blocks or [])


def _has_blank_objects(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM quads WHERE o >= '_' LIMIT 1").fetchall())


def _lines(*, graphs: bool, ordered: bool) -> str:
    """Return the SQL of the lines of N-Quads or N-Triples, each once, sorted by code point. Quads that are sorted are so without their graphs too."""
    line = f"concat_ws(' ', s, p, o{', g' if graphs else ''}) || E' .\\n'"
    if ordered and graphs:
        return f"SELECT {line} FROM quads"
    order = "" if ordered else " ORDER BY line"
    return f"SELECT line FROM (SELECT line, line IS DISTINCT FROM lag(line) OVER () AS new FROM (SELECT {line} AS line FROM quads{order})) WHERE new"


@contextmanager
def opened(output: str) -> Iterator[IO[bytes]]:
    """Yield a stream to a file, compressed as its suffix says, or to standard output for `-`.

    A file is written aside and renamed when it is whole; what was there stays if anything fails. A link stays a link, and a device or pipe is written
    to. QueryError where the file cannot be written.
    """
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path, suffix = Path(os.path.realpath(output)), Path(output).suffix.lower()
    aside = path.parent / f".{path.name}.kg-{os.getpid()}"
    try:
        in_place = path.exists() and not path.is_file() and not path.is_dir()
        with _compressed(path if in_place else aside, suffix) as stream:
            yield stream
        if not in_place:
            aside.replace(path)
    except OSError as error:
        raise QueryError(
            "KG511",
            f"the file cannot be written: {(error.strerror or str(error)).lower()}",
            where=output,
            advice="name another place with -o",
        ) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def _compressed(path: Path, suffix: str) -> Iterator[IO[bytes]]:
    with path.open("wb") as plain:
        if suffix == ".gz":
            # No name and no time in the header: the same graph gives the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as stream:
                yield cast("IO[bytes]", stream)
        elif suffix == ".zst":
            import zstandard

            with zstandard.open(plain, "wb") as stream:
                yield stream
        else:
            yield plain
