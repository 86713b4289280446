"""A database session as the stages want it, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import duckdb

from kg.rdf.terms import macros

# Subject, predicate, object and graph in N-Triples syntax; None is the default graph.
QuadRow: TypeAlias = tuple[str, str, str, str | None]


def session(quads: Iterable[QuadRow] = ()) -> duckdb.DuckDBPyConnection:
    """Return a session with the term functions and the relation `quads`."""
    con = duckdb.connect(config={"threads": 1})
    con.execute(macros())
    con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    rows = list(quads)
    if rows:
        con.executemany("INSERT INTO quads VALUES (?, ?, ?, ?)", rows)
    return con


def quads_of(con: duckdb.DuckDBPyConnection) -> set[QuadRow]:
    """Return what the relation `quads` holds, each quad once."""
    return set(con.execute("SELECT s, p, o, g FROM quads").fetchall())
