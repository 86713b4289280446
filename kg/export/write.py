"""Writes quads as RDF of every syntax, or as nodes and edges."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import QueryError
from kg.export.graphml import write_graphml
from kg.rdf.xml import CarriageReturns, fit_for_xml

_SYNTAXES = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
}
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
}
_COMPRESSIONS = (".gz", ".zst")
FORMATS = (*_SYNTAXES, "graphml")


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


def export(quads: Iterable[ox.Quad], target: IO[bytes], format_: str, prefixes: dict[str, str]) -> None:
    """Write quads to `target` in the order given; the formats that keep no graphs want triples, each once, in the default graph.

    QueryError where RDF/XML cannot hold a triple.
    """
    if format_ == "graphml":
        write_graphml(quads, target, prefixes)
    else:
        if format_ == "rdf":
            quads, target = fit_for_xml(quads), cast("IO[bytes]", CarriageReturns(target))
        # The line formats know no prefix and pyoxigraph refuses some for them.
        ox.serialize(quads, target, _SYNTAXES[format_], prefixes=None if format_ in ("nq", "nt") else prefixes)


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
