"""Rows to relations: how values of Python enter DuckDB without a loop over statements and without Arrow's start-up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    from _typeshed import DataclassInstance

_SQL_TYPES = {"str": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "float": "DOUBLE"}


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
