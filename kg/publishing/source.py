"""What is published: a release, or a file of RDF that is made like one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import PublishError
from kg.publishing.tree import digest_of
from kg.rdf.quads import parse_file, read_quads
from kg.rdf.relations import no_progress_bar
from kg.rdf.sql import text
from kg.rdf.terms import macros

# Files of a release that stay with its version.
_FILES = ("graph.nq.zst", "graph.ttl", "report.html", "report.json", "report.ttl")


@dataclass(frozen=True, slots=True)
class Source:
    """A graph to publish: what it is called, its store, its files, and a session that holds its quads as the relation `quads`."""

    name: str
    store: Path
    files: tuple[Path, ...]
    sha256: str
    base: str | None
    con: duckdb.DuckDBPyConnection
    license: str | None = None


@contextmanager
def opened(target: str) -> Iterator[Source]:
    """Open a release or a file of RDF; PublishError where a release is replaced meanwhile."""
    path = Path(os.path.normpath(Path(target).absolute()))
    with tempfile.TemporaryDirectory(prefix="kg-publish-") as temporary, duckdb.connect() as con:
        folder = Path(temporary)
        no_progress_bar(con)
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET memory_limit = '256MB'")
        con.execute(f"SET temp_directory = {text(str(folder / 'spill'))}")
        con.execute(macros())
        if path.is_file():
            yield _file(path, folder, con)
            return
        from kg.release import open_release

        release = open_release(path)
        seen = _look(path)
        read_quads(con, [release.graph])
        files = tuple(path / name for name in _FILES if (path / name).is_file())
        said = release.manifest["settings"]
        name, license_ = said.get("title") or path.name, said.get("license")
        yield Source(name, release.store, files, digest_of(release.graph), release.base, con, license_)
        if _look(path) != seen:
            raise PublishError(
                "KG655",
                "the release was replaced while it was read",
                where=target,
                advice="run the same again",
            )


def _file(path: Path, folder: Path, con: duckdb.DuckDBPyConnection) -> Source:
    from kg.release import write_graph
    from kg.store import file_store, lines_store

    read_quads(con, [path])
    plain = write_graph(con, folder)
    if con.execute("SELECT 1 FROM quads WHERE s[1] = '_' OR o[1] = '_' OR g IS NOT NULL LIMIT 1").fetchone():
        file_store(parse_file(plain), folder / "store")
    else:
        lines_store(plain, folder / "store")
    plain.unlink()
    graph = folder / "graph.nq.zst"
    return Source(path.name.partition(".")[0] or path.name, folder / "store", (graph,), digest_of(graph), None, con)


def _look(path: Path) -> Any:
    found = (path / "manifest.json").stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
