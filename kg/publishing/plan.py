"""Which documents the site has, and what their files are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from kg.pages import StaticAddresses
from kg.pages.addresses import is_iri
from kg.pages.paths import twins_of


@dataclass(frozen=True, slots=True)
class Plan:
    """The documents of a site, sorted, and the addresses of all pages."""

    documents: tuple[str, ...]
    addresses: StaticAddresses


def planned(con: duckdb.DuckDBPyConnection, base: str, root: str, terms: Iterable[str]) -> Plan:
    """Find the documents: of subjects, of graphs, and of what is named below the base; `terms` are those of the vocabulary."""
    subjects = _column(con, "SELECT DISTINCT s[2:-2] FROM quads WHERE s[1] = '<' AND s[2] <> '<'")
    named = _column(
        con,
        """SELECT DISTINCT o[2:-2] FROM quads WHERE starts_with(o, ?) AND NOT contains(o, '#')
        UNION SELECT DISTINCT g[2:-2] FROM quads WHERE g IS NOT NULL AND NOT contains(g, '#') AND g[1] = '<'""",
        f"<{base}",
    )
    mentioned = _column(
        con,
        "SELECT DISTINCT o[2:-2] FROM quads WHERE starts_with(o, $1) UNION SELECT DISTINCT p[2:-2] FROM quads WHERE starts_with(p, $1)",
        f"<{base}",
    )
    found = {iri.partition("#")[0] for group in (subjects, named, terms) for iri in group}
    documents = {iri for iri in found if is_iri(iri)}
    absent = {document for iri in (*mentioned, *found) if (document := iri.partition("#")[0]) not in documents}
    plain = StaticAddresses(base, root)
    names = [name for document in documents if (name := plain.natural(document)) is not None]
    addresses = StaticAddresses(
        base, root, twins_of(names), frozenset(each for each in absent if each.startswith(base))
    )
    return Plan(tuple(sorted(documents)), addresses)


def _column(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> list[str]:
    return [row[0] for row in con.execute(query, list(values)).fetchall()]
