"""A record as a whole, and references that no record answers."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from kg.errors import MappingError

# The reference for the record itself (RML-LV, section on the record key): JSON, or an element of XML with its tags.
RECORD = "<it>"


def check_found(con: duckdb.DuckDBPyConnection, rows: str, found: Mapping[str, str], where: str) -> None:
    """Raise MappingError (KG227) where no row satisfies the condition of one of the references; a source without rows is left alone."""
    if con.execute(f"SELECT 1 FROM ({rows}) LIMIT 1").fetchone() is None:
        return
    for reference, condition in found.items():
        if con.execute(f"SELECT 1 FROM ({rows}) WHERE {condition} LIMIT 1").fetchone() is None:
            raise nowhere(reference, where)


def nowhere(reference: str, where: str) -> MappingError:
    """Return the error for a reference that finds nothing in any record."""
    return MappingError(
        "KG227",
        f"{reference} finds nothing in any record of the source",
        where=where,
        advice="check its spelling, or run without --strict",
    )
