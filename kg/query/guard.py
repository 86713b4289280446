"""Refuses what would leave the machine: SERVICE in a query."""

from __future__ import annotations

from kg.errors import QueryError
from kg.query.reading import read


def refuse_remote(query: str) -> None:
    """Raise QueryError where a query has a SERVICE clause; IRIs, texts, comments and names that hold the word are no clause."""
    if read(query).services:
        raise QueryError(
            "KG502",
            "SERVICE is not followed: a query never leaves this machine",
            where="query",
            advice="query the other endpoint by itself",
        )
