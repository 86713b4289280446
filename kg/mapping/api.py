"""`kg.map`: a mapping run from Python, over files, databases and frames, into Arrow, Oxigraph or rdflib."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from kg.errors import MappingError
from kg.mapping.output import Output, Writer, rows
from kg.mapping.parse import parse_mapping
from kg.mapping.rejects import refuse
from kg.mapping.rules import Rules
from kg.mapping.run import Settings, opened

if TYPE_CHECKING:
    import pyarrow as pa
    import pyoxigraph as ox
    import rdflib


@overload
def map_records(
    mapping: Path | str,
    *,
    frames: Mapping[str, object] | None = None,
    into: Literal["arrow"] = "arrow",
    **settings: Any,
) -> pa.Table: ...
@overload
def map_records(
    mapping: Path | str, *, frames: Mapping[str, object] | None = None, into: Literal["oxigraph"], **settings: Any
) -> ox.Store: ...
@overload
def map_records(
    mapping: Path | str, *, frames: Mapping[str, object] | None = None, into: Literal["rdflib"], **settings: Any
) -> rdflib.Dataset: ...


def map_records(
    mapping: Path | str,
    *,
    frames: Mapping[str, object] | None = None,
    into: Literal["arrow", "oxigraph", "rdflib"] = "arrow",
    **settings: Any,
) -> pa.Table | ox.Store | rdflib.Dataset:
    """Run a mapping, given by its path or as Turtle, and return its quads, each once.

    `frames` are relations (Arrow tables, pandas or Polars frames, DuckDB relations) that the mapping names as tables of the session (`d2rq:jdbcDSN "jdbc:duckdb:"`).
    `into` is "arrow" (columns s, p, o, g in N-Triples syntax; g is null for the default graph), "oxigraph" (a store in memory) or "rdflib" (a dataset). The other
    arguments are those of `kg.mapping.Settings` (base, strict, memory, threads, network, functions). Rows that are unfit for a rule are left out, or, if `strict`, raise
    MappingError. Targets that a mapping names are not written: all quads are returned.
    """
    if into not in ("arrow", "oxigraph", "rdflib"):
        raise MappingError("KG252", f"there is no {into!r} to map into", advice="say arrow, oxigraph or rdflib")
    chosen = Settings(frames=frames or {}, **settings)
    with tempfile.TemporaryDirectory(prefix="kg-map-") as folder:
        path = _path(mapping, Path(folder))
        with opened(parse_mapping(path, chosen.base, chosen.database), chosen) as run:
            plan = run.plan(run.rules.statements)
            if chosen.strict:
                refuse(run.sources.first_unfit(plan))
            if into == "arrow":
                # What a look at one row has left open is ended by reading another to its end.
                run.con.execute("SELECT 1").fetchall()
                return run.con.sql(rows(plan, ordered=True)).to_arrow_table()
            lines = Path(folder) / "quads.nq"
            writer = Writer(run.con, run.folder, {})
            writer.write(plan, Output(str(lines)), ordered=True)
            writer.publish()
            return _store(lines) if into == "oxigraph" else _dataset(lines, run.rules)


def _path(mapping: Path | str, folder: Path) -> Path:
    if isinstance(mapping, Path) or "\n" not in mapping:
        return Path(mapping)
    path = folder / "mapping.ttl"
    path.write_text(mapping, encoding="utf-8")
    return path


def _store(lines: Path) -> ox.Store:
    import pyoxigraph as ox

    store = ox.Store()
    store.bulk_load(path=str(lines), format=ox.RdfFormat.N_QUADS)
    return store


def _dataset(lines: Path, rules: Rules) -> rdflib.Dataset:
    import rdflib

    dataset = rdflib.Dataset()
    for prefix, iri in rules.prefixes.items():
        dataset.bind(prefix, iri)
    dataset.parse(str(lines), format="nquads")
    return dataset
