"""Runs a SPARQL query on an embedded store."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.guard import refuse_remote

Results: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


def run(
    store: ox.Store,
    query: str,
    prefixes: dict[str, str],
    bound: Mapping[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] | None = None,
) -> Results:
    """Run a query on a store whose default graph is the merge of all graphs.

    Prefixes that the query does not declare are taken from `prefixes`; `bound` gives variables their values, so that none is pasted into the text.
    """
    refuse_remote(query)
    try:
        return store.query(
            query, prefixes=prefixes, substitutions={ox.Variable(name): term for name, term in (bound or {}).items()}
        )
    except SyntaxError as error:
        place = re.fullmatch(r"error at (\d+):(\d+): (.*)", error.msg, re.DOTALL)
        raise QueryError(
            "KG503",
            f"the query is not SPARQL: {place.group(3) if place else error.msg}",
            where=f"query, line {place.group(1)}, column {place.group(2)}" if place else "query",
            advice="`kg query --list` shows queries that work",
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError("KG504", f"the query cannot be answered: {error}") from error
