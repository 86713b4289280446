"""What one can do with a graph that is there (a release or an RDF file): query, explain, export, count, validate."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph as ox

    from kg.query import Explanation
    from kg.release import Release
    from kg.validation import Engine, Report


def query(target: str, text: str, format_: str | None) -> bytes:
    """Answer a SPARQL query on a release, an RDF file or a remote endpoint, in a format of kg.query.FORMATS (None: a table, or Turtle for a graph)."""
    from kg.query import ask_endpoint, render, run

    if target.startswith(("http://", "https://")):
        return ask_endpoint(target, text, format_ or "table", prefixes(DEFAULT_BASE))
    store, names = _store(target)
    return render(run(store, text, names), format_ or "table", names)


def explain(target: str, name: str) -> Explanation:
    """Tell what a release or file knows about a thing, and whence."""
    from kg.query import explain as explain_thing

    store, names = _store(target)
    return explain_thing(store, name, names)


def export(target: str, output: str, format_: str | None) -> None:
    """Write a release or file to `output` (`-`: standard output) in a format of kg.export.FORMATS (None: the suffix says it)."""
    import pyoxigraph as ox

    from kg.export import export as write
    from kg.export import format_of, has_graphs, opened
    from kg.release import write_quads, write_triples

    chosen = format_ or format_of(output)
    names = prefixes(_base(target))
    with _session(target) as con, tempfile.TemporaryDirectory(prefix="kg-export-") as folder:
        # Formats with graphs in blocks want each graph in one piece.
        in_blocks = chosen in ("trig", "jsonld")
        lines = (
            write_quads(con, Path(folder), by_graph=in_blocks)
            if has_graphs(chosen)
            else write_triples(con, Path(folder))
        )
        with opened(output) as stream:
            write(ox.parse(path=str(lines), format=ox.RdfFormat.N_QUADS), stream, chosen, names)


def stats(target: str) -> list[tuple[str, str, int]]:
    """Return (group, name, count): what is in a release or file, by graph, class, property, and by level and rule of its statements."""
    from kg.query import counts

    with _session(target) as con:
        return counts(con, prefixes(_base(target)))


def validate(target: str, shapes: Sequence[Path], engine: Engine) -> Report:
    """Check a release or file against shapes (none: our own)."""
    from kg.validation import load_shapes
    from kg.validation import validate as check

    with _session(target) as con:
        return check(con, load_shapes(shapes) if shapes else load_shapes(), engine=engine)


def _release(target: str) -> Release | None:
    """Return the release of that name, or None where the target is a file."""
    from kg.release import open_release

    return None if Path(target).is_file() else open_release(Path(target))


def _base(target: str) -> str:
    release = _release(target)
    return release.base if release else DEFAULT_BASE


def _store(target: str) -> tuple[ox.Store, dict[str, str]]:
    from kg.store import memory_store, open_store

    release = _release(target)
    if release is not None:
        return open_store(release.store), prefixes(release.base)
    from kg.rdf.quads import parse_file

    return memory_store(parse_file(Path(target))), prefixes(DEFAULT_BASE)


@contextmanager
def _session(target: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database session that holds the relation `quads` of a release or file."""
    import duckdb

    from kg.rdf.quads import read_quads
    from kg.rdf.terms import macros

    release = _release(target)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(macros())
        read_quads(con, [release.graph if release else Path(target)])
        yield con
