"""Runs a SPARQL query on an embedded store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.guard import refuse_deep, refuse_remote
from kg.query.syntax import why_not

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
    refuse_deep(query)
    refuse_remote(query)
    try:
        return store.query(
            query, prefixes=prefixes, substitutions={ox.Variable(name): term for name, term in (bound or {}).items()}
        )
    except SyntaxError as error:
        fault = why_not(
            query, error.msg, prefixes, updates="which `kg serve --writable` takes; a query changes nothing"
        )
        raise QueryError(
            "KG503",
            f"the query is not SPARQL: {fault.what}",
            where=f"query, line {fault.line}, column {fault.column}" if fault.line else "query",
            advice="`kg query --list` shows queries that work",
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError("KG504", f"the query cannot be answered: {error}") from error
