"""Runs of which each takes over from the one before what has not changed.

The folder of such a run holds `graph.nq.zst` (sorted), `manifest.json`, and `parts/`: the sorted quads of the statements that read the same sources, each file named by the
SHA-256 of all that it depends on: the statements, the settings, this version, and the content of the sources. A part that the older run has as well need not be made.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MappingError
from kg.mapping.engine import title
from kg.mapping.needs import calls_of, needs_of
from kg.mapping.output import Output, Writer, read_lines
from kg.mapping.parse import parse_mapping
from kg.mapping.plan.values import quoted
from kg.mapping.rejects import Reject, SetAside, refuse, write_rejects
from kg.mapping.rules import Call, File, LogicalSource, Rules, Source, Statement
from kg.mapping.run import Settings, opened, told
from kg.mapping.session import opened_session
from kg.rdf.patch import Row, rdf_patch, sparql_update
from kg.rdf.quads import columns_of
from kg.version import __version__

if TYPE_CHECKING:
    import duckdb

GRAPH = "graph.nq.zst"
_MANIFEST, _PARTS = "manifest.json", "parts"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Increment:
    """What a run made: its parts and how many of them the older run had, quads added to and removed from the older run's, the first of the rows that were set aside, and how many were."""

    parts: int
    kept: int
    added: int
    removed: int
    rejects: tuple[Reject, ...]
    set_aside: int


def map_increment(
    mapping: Path,
    folder: Path,
    settings: Settings,
    *,
    since: Path | None = None,
    changes: Path | None = None,
    rejects: Path | None = None,
) -> Increment:
    """Run a mapping into a folder, whole or not at all; what the run in `since` has already is taken from there, with the same bytes as from a full run.

    `changes` is a file for the quads that were added and removed: RDF Patch (.rdfp) or SPARQL Update (.ru), `rejects` one for unfit rows
    (JSON Lines). The targets that the mapping names are not written.
    """
    if since is not None and not (since / _MANIFEST).is_file():
        raise MappingError(
            "KG253",
            "there is no run to go on from",
            where=str(since),
            advice="name the folder of an older run, or leave --since out",
        )
    rules = parse_mapping(mapping, settings.base, settings.database)
    settings = replace(settings, ordered=True)
    parts = {_fingerprint(statements, settings): statements for statements in _by_sources(rules.statements)}
    older = since / _PARTS if since is not None else folder
    # A part that set rows aside is made again, so that they are told again.
    unfit = _unfit(older.parent) if since is not None else set()
    kept = [key for key in parts if key not in unfit and (older / f"{key}.nq.zst").is_file()]
    with _aside(folder) as aside:
        (aside / _PARTS).mkdir()
        for key in kept:
            shutil.copyfile(older / f"{key}.nq.zst", aside / _PARTS / f"{key}.nq.zst")
        fresh = {key: statements for key, statements in parts.items() if key not in kept}
        told_first, count, partial = _make(rules, fresh, settings, aside / _PARTS, rejects)
        with opened_session(settings.memory, settings.threads) as (con, _), told():
            _merge(con, [aside / _PARTS / f"{key}.nq.zst" for key in parts], aside / GRAPH)
            added, removed = _compare(con, since / GRAPH if since else None, aside / GRAPH, changes)
        _write_manifest(aside, rules, parts, partial)
    return Increment(len(parts), len(kept), added, removed, told_first, count)


def _make(
    rules: Rules, parts: dict[str, tuple[Statement, ...]], settings: Settings, folder: Path, rejects: Path | None
) -> tuple[tuple[Reject, ...], int, set[str]]:
    """Write the parts that are new, sorted; return the first of the rows that were set aside, how many were, and the parts that lack them."""
    if not parts:
        if rejects is not None:
            write_rejects((), rejects)
        return (), 0, set()
    statements = tuple(each for some in parts.values() for each in some)
    with opened(Rules(statements, rules.prefixes), settings) as run:
        found = SetAside(run.con)
        partial: set[str] = set()
        writer = Writer(run.con, run.folder, rules.prefixes, bounded=run.settings.memory is not None)
        try:
            for key, some in parts.items():
                plan = run.plan(some)
                if settings.strict:
                    refuse(run.sources.first_unfit(plan))
                elif run.sources.set_aside(plan, found):
                    partial.add(key)
                writer.write(plan, Output(str(folder / f"{key}.nq.zst"), "nq", "zstd"), ordered=True)
            broken = run.sources.broken_rows()
            if settings.strict:
                refuse(broken)
            found.add_lines(broken)
            partial |= set(parts) if broken else set()
            if rejects is not None:
                found.write(rejects)
            writer.publish()
        finally:
            writer.discard()
        return found.first(), len(found), partial


def _by_sources(statements: Sequence[Statement]) -> list[tuple[Statement, ...]]:
    """Return the statements that read the same sources together."""
    found: dict[frozenset[Source], list[Statement]] = {}
    for statement in statements:
        found.setdefault(frozenset(needs_of([statement])), []).append(statement)
    return [tuple(some) for some in found.values()]


def _fingerprint(statements: Sequence[Statement], settings: Settings) -> str:
    """Return the checksum of what the quads of statements depend on; of a source that only a new look could tell, a fresh one each time."""
    digest = hashlib.sha256()
    told = (__version__, settings.base, settings.legacy, statements)
    digest.update(repr(told).encode("utf-8", "backslashreplace"))
    for path in (*settings.functions, *_tables(tuple(calls_of(statements)))):
        digest.update(path.read_bytes())
    for source in sorted({inner for each in needs_of(statements) for inner in _innermost(each)}, key=repr):
        for chunk in _content(source):
            digest.update(chunk)
    return digest.hexdigest()


def _tables(calls: Sequence[Call]) -> Sequence[Path]:
    """Return the files that look-ups in calls read."""
    if not calls:
        return ()
    # Few mappings call functions, and the registry takes its time to load.
    from kg.mapping.functions import look_up_tables

    return look_up_tables(calls)


def _innermost(source: Source) -> Iterator[LogicalSource]:
    """Yield what a source reads in the end: itself, or what a view is on and joins."""
    if isinstance(source, LogicalSource):
        yield source
        return
    yield from _innermost(source.on)
    for join in source.joins:
        yield from _innermost(join.parent)


def _content(source: LogicalSource) -> Iterator[bytes]:
    """Yield what tells the content of a source."""
    access = source.access
    if not isinstance(access, File) or access.path == "-" or "://" in access.path:
        # A database, an endpoint: nobody says whether it has changed.
        yield os.urandom(16)
        return
    for path in _files(access.path):
        yield str(path).encode("utf-8", "backslashreplace")
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk


def _files(path: str) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        return sorted(each for each in place.rglob("*") if each.is_file())
    return [place] if place.is_file() else sorted(map(Path, glob.glob(path, recursive=True)))  # noqa: PTH207 - the pattern may be absolute


def _merge(con: duckdb.DuckDBPyConnection, parts: Sequence[Path], target: Path) -> None:
    """Write the distinct lines of sorted parts, sorted."""
    lines = (
        " UNION ALL ".join(f"SELECT line FROM {read_lines(path)}" for path in parts) or "SELECT '' AS line WHERE false"
    )
    con.execute(
        f"COPY (SELECT DISTINCT line FROM ({lines}) ORDER BY line) TO {quoted(str(target))} "
        "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', COMPRESSION zstd)"
    )


def _compare(con: duckdb.DuckDBPyConnection, old: Path | None, new: Path, changes: Path | None) -> tuple[int, int]:
    """Return how many lines came and went, and write them down."""
    before = f"SELECT line FROM {read_lines(old)}" if old is not None else "SELECT '' AS line WHERE false"
    after = f"SELECT line FROM {read_lines(new)}"
    con.execute(f"CREATE TABLE added AS SELECT line FROM ({after} EXCEPT ALL {before})")
    con.execute(f"CREATE TABLE removed AS SELECT line FROM ({before} EXCEPT ALL {after})")
    counts = [
        int((con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0]) for table in ("added", "removed")
    ]
    if changes is not None:
        part = changes.with_name(f".{changes.name}.{os.getpid()}.part")
        try:
            with part.open("w", encoding="utf-8") as stream:
                stream.writelines(
                    rdf_patch(_rows(con, "removed"), _rows(con, "added"))
                    if changes.suffix == ".rdfp"
                    else _update(con, changes)
                )
            part.replace(changes)
        finally:
            part.unlink(missing_ok=True)
    return counts[0], counts[1]


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[Row]:
    # A cursor of its own, for two relations are read in turn.
    found = con.cursor().execute(
        f"SELECT s, p, o, g FROM ({columns_of(f'(SELECT line FROM {table})', 'line')}) ORDER BY line"
    )
    while some := found.fetchmany(10_000):
        yield from some


def _update(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    """Yield a SPARQL Update; blank nodes have no name there that a store would know."""
    if con.execute(
        "SELECT 1 FROM (FROM removed UNION ALL FROM added) WHERE regexp_matches(line, '^_:|^[^ ]+ [^ ]+ _:| _:[A-Za-z0-9_]+ [.]$') LIMIT 1"
    ).fetchone():
        raise MappingError(
            "KG254",
            "blank nodes have changed, and SPARQL Update cannot name one",
            where=str(path),
            advice="write an RDF Patch (.rdfp), or give things IRIs",
        )
    yield from sparql_update(_rows(con, "removed"), _rows(con, "added"))


def _unfit(folder: Path) -> set[str]:
    """Return the parts of a run that lack rows which were set aside."""
    try:
        return set(json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["partial"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MappingError(
            "KG253", "the manifest of the older run cannot be read", where=str(folder), advice="leave --since out"
        ) from error


def _write_manifest(aside: Path, rules: Rules, parts: dict[str, tuple[Statement, ...]], partial: set[str]) -> None:
    sources = sorted({title(each) for each in needs_of(rules.statements)})
    content = {
        "kind": "kg map",
        "version": __version__,
        "sources": sources,
        "parts": sorted(parts),
        "partial": sorted(partial),
    }
    (aside / _MANIFEST).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside another one, which takes its place in the end."""
    if folder.exists() and not (folder / _MANIFEST).is_file() and any(folder.iterdir()):
        raise MappingError(
            "KG255",
            "the folder holds something else",
            where=str(folder),
            advice="name a new folder, or that of an older run",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
