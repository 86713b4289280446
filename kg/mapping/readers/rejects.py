"""Lines of files that could not be read and were set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb

from kg.mapping.readers.content import Content
from kg.mapping.readers.sql import identifier

_BATCH = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A line of a file, counted from 1, that is no row or record, and why."""

    file: str
    line: int
    reason: str


def watched_lines(con: duckdb.DuckDBPyConnection, relation: str, files: Sequence[Content]) -> str | None:
    """Note files of JSON Lines as read by a relation; return the sequence that counts their broken lines, or None without files."""
    if not files:
        return None
    sequence = f"temp.{identifier(f'{relation}_errors')}"
    con.execute(f"CREATE OR REPLACE TEMP SEQUENCE {identifier(f'{relation}_errors')}")
    con.execute("CREATE TEMP TABLE IF NOT EXISTS kg_json_lines (sequence VARCHAR, path VARCHAR, file VARCHAR)")
    con.executemany(
        "INSERT INTO kg_json_lines VALUES (?, ?, ?)",
        [(f"{relation}_errors", str(content.path), content.name) for content in files],
    )
    return sequence


def rejected(con: duckdb.DuckDBPyConnection) -> tuple[Rejected, ...]:
    """Return the lines of CSV and JSON Lines that the scans so far have set aside, each once, in order."""
    tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}
    found: set[Rejected] = set()
    if {"kg_csv_errors", "kg_csv_scans"} <= tables:
        rows = con.execute(
            "SELECT DISTINCT file_path, line, error_message FROM kg_csv_errors JOIN kg_csv_scans USING (scan_id, file_id)"
        ).fetchall()
        found.update(Rejected(path, line, " ".join(message.split())) for path, line, message in rows)
    if "kg_json_lines" in tables:
        files = con.execute(
            "SELECT DISTINCT path, file FROM kg_json_lines JOIN duckdb_sequences() ON sequence = sequence_name "
            "WHERE temporary AND last_value IS NOT NULL"
        ).fetchall()
        for path, file in files:
            found.update(Rejected(file, line, reason) for line, reason in _broken_lines(con, Path(path)))
    return tuple(sorted(found))


def _broken_lines(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are no JSON, by DuckDB's measure."""
    with path.open("rb") as file:
        lines = enumerate(file, 1)
        while batch := list(islice(lines, _BATCH)):
            texts: list[tuple[int, str]] = []
            for number, line in batch:
                try:
                    texts.append((number, line.decode("utf-8-sig" if number == 1 else "utf-8")))
                except UnicodeDecodeError as error:
                    yield number, f"it is not UTF-8: {error.reason}"
            rows = con.execute(
                "SELECT n, line FROM (SELECT unnest($1) AS n, unnest($2) AS line) WHERE trim(line, ' ' || chr(9) || chr(10) || chr(13)) <> '' AND NOT json_valid(line)",
                [[number for number, _ in texts], [line for _, line in texts]],
            ).fetchall()
            for number, line in rows:
                yield number, f"it is no JSON: {_fault(line)}"


def _fault(line: str) -> str:
    try:
        json.loads(line)
    except ValueError as error:
        return str(error)
    return "a string in it is no text"
