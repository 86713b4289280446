"""Refuses what would leave the machine, SERVICE in a query, and what would break the engine."""

from __future__ import annotations

import re

from kg.errors import QueryError
from kg.query.reading import read

# So many levels of nesting are more than any query of people has.
_DEEPEST = 500


def refuse_remote(query: str) -> None:
    """Raise QueryError where a query has a SERVICE clause; IRIs, texts, comments and names that hold the word are no clause."""
    if read(query).services:
        raise QueryError(
            "KG502",
            "SERVICE is not followed: a query never leaves this machine",
            where="query",
            advice="query the other endpoint by itself",
        )


def refuse_deep(query: str) -> None:
    """Raise QueryError where a query is nested too deeply."""
    if is_deep(query):
        raise QueryError(
            "KG504",
            "the query is nested too deeply",
            where="query",
            advice=f"the engine takes no more than {_DEEPEST} brackets within each other",
        )


def is_deep(text: str) -> bool:
    """Return whether braces or parentheses may stand in each other so often that the parser, which calls itself for each, has no room left."""
    return len(text) > _DEEPEST and any(
        _depth(text, opening, closing) > _DEEPEST for opening, closing in ("{}", "()", "[]", ("<<", ">>"))
    )


def _depth(text: str, opening: str, closing: str) -> int:
    if text.count(opening) <= _DEEPEST:
        return 0
    depth = most = 0
    for match in re.finditer(f"({re.escape(opening)})|{re.escape(closing)}", text):
        depth = depth + 1 if match[1] else max(0, depth - 1)
        most = max(most, depth)
    return most
