"""Rows to relations: how values of Python enter DuckDB without a loop over statements and without Arrow's start-up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    from _typeshed import DataclassInstance

_SQL_TYPES = {"str": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "float": "DOUBLE"}


def no_progress_bar(con: duckdb.DuckDBPyConnection) -> None:
    """Keep DuckDB from showing a bar on standard output, as it does in a process without a main file, and in a notebook."""
    import duckdb

    # In a notebook without ipywidgets there is no bar, and no setting for it either.
    with suppress(duckdb.InvalidInputException):
        con.execute("SET enable_progress_bar = false")


def rows_table(
    con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[DataclassInstance], row_type: type[Any] | None = None
) -> None:
    """Create the table `name` with the fields of a dataclass as columns, and fill it with rows of that class.

    `row_type` is needed where there may be no row. Field types are str, int, bool and float, or None as well.
    """
    kind = row_type or type(rows[0])
    columns = {field.name: _SQL_TYPES[str(field.type).partition(" ")[0]] for field in fields(kind)}
    struct = json.dumps([columns])
    con.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT unnest(rows) FROM (SELECT unnest(from_json_strict(?::JSON, ?)) AS rows)",
        [json.dumps([{name: getattr(row, name) for name in columns} for row in rows]), struct],
    )
