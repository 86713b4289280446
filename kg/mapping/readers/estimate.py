"""How many records a source holds, told from little of it."""

from __future__ import annotations

import glob

import duckdb

from kg.errors import KgError
from kg.mapping.readers.access import Access
from kg.mapping.readers.content import PARQUET, Content
from kg.mapping.readers.files import contents
from kg.mapping.readers.network import is_url
from kg.mapping.readers.sql import texts
from kg.mapping.rules import Database, File, Formulation, LogicalSource

_SAMPLE = 1 << 18
_SUFFIXES = {
    Formulation.CSV: (".csv", ".tsv", ".tab", ".txt"),
    Formulation.JSON: (".jsonl", ".ndjson"),
    Formulation.PARQUET: PARQUET,
}


def estimated_rows(con: duckdb.DuckDBPyConnection, source: LogicalSource, access: Access | None = None) -> int | None:
    """Return about how many records a source holds, or None where only reading it would tell; nothing is read but a sample, and never the network.

    Parquet and tables of the session know it; of CSV and JSON Lines, the lines of the first 256 KiB are counted and the size divided.
    """
    if isinstance(source.access, Database):
        return (
            _of_table(con, source.iterator)
            if source.formulation is Formulation.TABLE and not source.access.url
            else None
        )
    if not isinstance(source.access, File) or source.formulation not in _SUFFIXES or _is_stream(source.access):
        return None
    try:
        files = contents(source, _SUFFIXES[source.formulation], access or Access())
        if source.formulation is Formulation.PARQUET:
            paths = texts(glob.escape(str(content.path)) for content in files)
            found = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({paths})").fetchone()
            return int(found[0]) if found and found[0] is not None else None
    except (KgError, OSError, duckdb.Error):
        return None
    if source.formulation is Formulation.JSON and any(
        content.suffix not in _SUFFIXES[Formulation.JSON] for content in files
    ):
        return None
    header = source.formulation is Formulation.CSV and source.access.dialect.header
    return sum(max(0, _lines(content) - header) for content in files)


def _is_stream(file: File) -> bool:
    return file.path == "-" or is_url(file.path)


def _lines(content: Content) -> int:
    size = content.path.stat().st_size
    with content.path.open("rb") as file:
        start = file.read(_SAMPLE)
    lines = start.count(b"\n") + (not start.endswith(b"\n") and size <= _SAMPLE)
    return round(lines * size / len(start)) if start else 0


def _of_table(con: duckdb.DuckDBPyConnection, table: str) -> int | None:
    from kg.mapping.readers.typed import NAMES

    found = con.execute(
        "SELECT estimated_size FROM duckdb_tables() WHERE lower(table_name) = lower(?)", [NAMES.table(table)[-1].text]
    ).fetchone()
    return int(found[0]) if found else None
