"""What one can do with a graph that is there (a release or an RDF file): query, explain, export, count, validate."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kg.rdf.namespaces import RDF
from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE, ONTOLOGY, TITLE

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph as ox

    from kg.analysis import Answer
    from kg.diffing import By, Mark
    from kg.query import Explanation
    from kg.release import Release
    from kg.validation import Engine, Report

    Paint = Callable[[Mark, str], str]


_CLASSES = f"SELECT DISTINCT o FROM quads WHERE p = '<{RDF}type>' AND starts_with(o, '<') ORDER BY o"


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


def export(target: str, output: str, format_: str | None, *, reifiers: bool = False, frame: str | None = None) -> None:
    """Write a release or file to `output` (`-`: standard output) in a format of kg.export.FORMATS (None: the suffix says it).

    `reifiers` tells statements about statements as RDF 1.2 does; `frame` names the class whose things JSON-LD has a tree for each (IRI, prefixed name, or a name of our ontology).
    """
    from kg.export import Options, format_of, opened
    from kg.export import export as write
    from kg.export.tabular import TABULAR

    chosen = format_ or format_of(output)
    names = prefixes(_base(target))
    options = Options(reifiers, _class(frame, names) if frame else None)
    if chosen in TABULAR and options == Options():
        _export_tables(target, output, chosen, names)
        return
    with _streamed(target) as (con, ordered), opened(output) as stream:
        write(con, stream, chosen, _declared(target) | names, options, ordered=ordered)


def _export_tables(target: str, output: str, format_: str, names: dict[str, str]) -> None:
    """Write tables, or nodes and edges; a folder is written aside and swapped in whole, as a release is."""
    from kg.errors import QueryError
    from kg.export import opened
    from kg.export.tabular import folder_marker, write_file, write_folder
    from kg.release import staged

    marker = folder_marker(format_, output)
    if marker is None:
        with (
            _streamed(target) as (con, ordered),
            tempfile.TemporaryDirectory(prefix="kg-export-") as aside,
            opened(output) as stream,
        ):
            write_file(con, stream, Path(aside), format_, names, ordered=ordered)
        return
    if output == "-":
        raise QueryError("KG530", f"{format_} is a folder of files", advice="name the folder with -o")
    release = _release(target)
    dumps = [path for path in (release.graph, release.folder / "graph.ttl") if path.is_file()] if release else []
    with staged(Path(output), marker) as folder, _streamed(target) as (con, ordered):
        settings = release.manifest["settings"] if release else {}
        title, license_ = settings.get("title") or TITLE, settings.get("license")
        write_folder(con, folder, format_, names, _base(target), dumps, title, license_, ordered=ordered)


def _class(name: str, names: dict[str, str]) -> str:
    prefix, colon, local = name.strip("<>").partition(":")
    if not colon:
        return ONTOLOGY + name
    return names[prefix] + local if prefix in names else f"{prefix}:{local}"


def _declared(target: str) -> dict[str, str]:
    from kg.rdf.quads import declared_prefixes

    return {} if _release(target) else declared_prefixes(Path(target))


@contextmanager
def _streamed(target: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, bool]]:
    """Yield a database session in which the relation `quads` is read from the lines of a release or file, and whether they are sorted; memory is bounded."""
    import duckdb

    from kg.rdf.quads import columns_of, read_lines, write_lines
    from kg.rdf.relations import no_progress_bar
    from kg.rdf.terms import macros

    release = _release(target)
    with tempfile.TemporaryDirectory(prefix="kg-export-") as folder, duckdb.connect() as con:
        no_progress_bar(con)
        con.execute("SET memory_limit = '800MB'")
        con.execute("SET temp_directory = $folder", {"folder": folder})
        con.execute(macros())
        lines = release.graph if release else Path(folder) / "graph.nq"
        if release is None:
            write_lines(Path(target), lines)
        con.execute(f"CREATE VIEW quads AS {columns_of(read_lines(lines))}")
        yield con, release is not None


def stats(target: str) -> list[tuple[str, str, int]]:
    """Return (group, name, count): what is in a release or file, by graph, class, property, and by level and rule of its statements."""
    from kg.query import counts

    with _session(target) as con:
        return counts(con, prefixes(_base(target)))


def diff(
    old: str,
    new: str,
    output: str,
    format_: str,
    *,
    by: By = "class",
    everything: bool = False,
    limit: int = 1000,
    paint: Paint | None = None,
) -> bool:
    """Write what has changed from one release or file to another; return whether anything has.

    `format_` is text, html, json, patch or update; the other settings are those of `kg.diffing.changes_of`, for the first three. `paint` colours a line of text.
    """
    from kg.diffing import NEW, OLD, changes_of, difference, render_html, render_json, sparql_update, text_lines
    from kg.export import opened
    from kg.rdf.patch import rdf_patch

    with difference(_file(old), _file(new)) as found, opened(output) as stream:
        if format_ in ("patch", "update"):
            parts = rdf_patch(found.rows(OLD), found.rows(NEW)) if format_ == "patch" else sparql_update(found)
        else:
            changes = changes_of(found, prefixes(_base(new)), by=by, everything=everything, limit=limit)
            parts = (
                iter([render_html(changes)])
                if format_ == "html"
                else iter([render_json(changes)])
                if format_ == "json"
                else (f"{paint(mark, line) if paint else line}\n" for mark, line in text_lines(changes))
            )
        stream.writelines(part.encode() for part in parts)
        return any(found.counts())


def validate(target: str, shapes: Sequence[Path], engine: Engine) -> Report:
    """Check a release or file against shapes (none: our own)."""
    from kg.validation import load_shapes
    from kg.validation import validate as check

    with _session(target) as con:
        return check(con, load_shapes(shapes) if shapes else load_shapes(), engine=engine)


def graph(
    target: str,
    question: str,
    things: Sequence[str] = (),
    *,
    classes: Sequence[str] = (),
    users: str = "kg:Model",
    by: str = "degree",
    depth: int = 1,
    resolution: float = 1.0,
    limit: int = 25,
    without: Sequence[str] = (),
    parts: bool = False,
    evidence: bool = False,
) -> Answer:
    """Answer a question of kg.analysis on the things of a release or file; QueryError where a thing or class is not found (KG670 to KG672)."""
    from kg import analysis

    names = prefixes(_base(target))
    with _session(target) as con:
        known = [row[0][1:-1] for row in con.execute(_CLASSES).fetchall()]
        left_out = [analysis.class_(known, name, names) for name in without]
        network = analysis.entities(con, parts=parts, evidence=evidence, without=left_out)
    found = [analysis.thing(network, name, names) for name in things]
    wanted = [analysis.class_(known, name, names) for name in classes]
    match question:
        case "chain":
            return analysis.chain(network, found[0], found[1], limit=limit)
        case "around":
            return analysis.around(network, found[0], depth=depth, limit=limit)
        case "communities":
            return analysis.communities(network, resolution=resolution, limit=limit)
        case "shared" if found:
            return analysis.in_common(network, found[0], found[1], classes=wanted)
        case "shared":
            user = analysis.class_(known, users, names)
            sharing = [node for node, types in network.nodes(data="types") if user in types]
            return analysis.shared(network, sharing, classes=wanted, limit=limit)
        case "central":
            measure = cast("analysis.Measure", by)
            # A graph without models has no column for what they use.
            unused = by != "use" and users == "kg:Model" and ONTOLOGY + "Model" not in known
            counted = () if unused else (analysis.class_(known, users, names),)
            return analysis.central(network, by=measure, classes=wanted, users=counted, limit=limit)
    raise ValueError(f"there is no question {question!r}")


def _release(target: str) -> Release | None:
    """Return the release of that name, or None where the target is a file."""
    from kg.release import open_release

    return None if Path(target).is_file() else open_release(Path(target))


def _file(target: str) -> Path:
    release = _release(target)
    return release.graph if release else Path(target)


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
    from kg.rdf.relations import no_progress_bar
    from kg.rdf.terms import macros

    release = _release(target)
    with duckdb.connect() as con:
        no_progress_bar(con)
        con.execute(macros())
        read_quads(con, [release.graph if release else Path(target)])
        yield con
