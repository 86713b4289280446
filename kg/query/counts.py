"""Counts of what a graph holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.namespaces import RDF
from kg.rdf.prefixes import shortened

if TYPE_CHECKING:
    import duckdb

_TERM = "<https://kg.example/ns#{}>"
_QUERIES = (
    (
        "graph",
        """SELECT 'quads', count(*) FROM quads UNION ALL SELECT 'triples', count(DISTINCT (s, p, o)) FROM quads
        UNION ALL SELECT 'named graphs', count(DISTINCT g) FROM quads UNION ALL SELECT 'subjects', count(DISTINCT s) FROM quads""",
        False,
    ),
    ("class", f"SELECT o, count(DISTINCT s) FROM quads WHERE p = '<{RDF}type>' GROUP BY o ORDER BY 2 DESC, 1", True),
    ("property", "SELECT p, count(DISTINCT (s, o)) FROM quads GROUP BY p ORDER BY 2 DESC, 1", True),
    (
        "level",
        f"SELECT kg_lexical(o), count(DISTINCT s) FROM quads WHERE p = '{_TERM.format('level')}' GROUP BY o ORDER BY 2 DESC, 1",
        False,
    ),
    (
        "rule",
        f"SELECT kg_lexical(o), count(DISTINCT s) FROM quads WHERE p = '{_TERM.format('rule')}' GROUP BY o ORDER BY 2 DESC, 1",
        False,
    ),
)


def counts(con: duckdb.DuckDBPyConnection, prefixes: dict[str, str]) -> list[tuple[str, str, int]]:
    """Return (group, name, count) of the relation `quads`, the most frequent first within a group."""
    return [
        (group, shortened(name.strip("<>"), prefixes) if is_iri else name, number)
        for group, query, is_iri in _QUERIES
        for name, number in con.execute(query).fetchall()
    ]
