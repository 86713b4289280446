"""Look-up tables: CSV files beside the mapping, held in memory, and asked for many values at once."""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.errors import MappingError
from kg.mapping.functions.signature import Argument


def table_name(table: str, key: str, column: str) -> str:
    """Return the name of the SQL function that looks up a key."""
    return "kg_table_" + hashlib.sha256(json.dumps([table, key, column]).encode()).hexdigest()[:16]


def table_value(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of a look-up; the arguments are the value and, as constants, the file, the column of keys and that of the results."""
    value, *names = arguments
    return f"{table_name(*(name.constant or '' for name in names))}({value.sql})"


def looked_up(path: Path, key: str, column: str, where: str) -> Callable[[Any], Any]:
    """Return what gives, for keys, what a table has; MappingError where it cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = _read(path, key, column, where)
    keys, results = pa.array(values.keys(), pa.string()), pa.array(values.values(), pa.string())

    def look_up(asked: Any) -> Any:
        return pc.take(results, pc.index_in(asked, value_set=keys))

    return look_up


def _read(path: Path, key: str, column: str, where: str) -> dict[str, str]:
    """Return results by key; that of a key's first row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            names = rows.fieldnames or []
            for name in (key, column):
                if name not in names:
                    meant = difflib.get_close_matches(name, names, n=1)
                    hint = f"did you mean {meant[0]!r}? " if meant else ""
                    raise MappingError(
                        "KG247",
                        f"the table {path.name} has no column {name!r}",
                        where=where,
                        advice=f"{hint}Its columns are {', '.join(names)}",
                    )
            found: dict[str, str] = {}
            for row in rows:
                if row[key] is not None and row[column] is not None:
                    found.setdefault(row[key], row[column])
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MappingError(
            "KG247",
            f"the table {path} cannot be read: {reason}",
            where=where,
            advice="a table is a CSV file in UTF-8; its path is relative to the mapping",
        ) from error
