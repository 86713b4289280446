"""Pieces of SQL, and rows into and out of a DuckDB session."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def relation(
    con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Make a relation of rows, of which there is at least one."""
    fields = ", ".join(f"unnest(${number}) AS {column}" for number, column in enumerate(columns, 1))
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT {fields}", [list(values) for values in zip(*rows, strict=True)])


def copy_lines(con: duckdb.DuckDBPyConnection, query: str, target: IO[bytes], folder: Path) -> None:
    """Write the one column of a query to a stream, a line a row, as it is; the texts hold no control character. `folder` holds what is on the way."""
    lines = folder / "lines"
    # The csv writer of DuckDB writes text unchanged when nothing is quoted.
    con.execute(
        f"COPY ({query}) TO {text(str(lines))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')"
    )
    with lines.open("rb") as source:
        shutil.copyfileobj(source, target, 1 << 20)
    lines.unlink()


def copy_csv(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write a query as CSV (RFC 4180, a header, UTF-8): an empty text is `""`, and no value is nothing."""
    con.execute(
        f"""COPY ({query}) TO {text(str(path))} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '')"""
    )
