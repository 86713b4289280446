"""Chooses how a query is answered that joins whole properties: the store itself does not know how many statements there are, and always looks up one row after the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from math import prod
from typing import Any

import pyoxigraph as ox

from kg.query.joins import Joins, Pattern, joins

# To look up so few rows takes no time.
_FEW = 1000
# To look up a row takes about as long as to read so many of a pattern and join them.
_WORTH = 6
# What a row takes that is kept to be joined, twice over, in bytes; and so many are kept where there is no limit.
_ROW, _ROWS = 1000, 4_000_000
# From so many rows it is guessed how many meet a condition.
_SAMPLE = 200
# Of so many patterns at most it is known what rows they have: strangers may ask for any number.
_KNOWN = 1000


class Planner:
    """Plans queries on one state of a store, for which `memory` may be used (bytes; 0: any).

    What it does hangs on the state and the query alone, so that a query has the same answer whatever was asked before.
    """

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str], memory: int = 0) -> None:
        self._store, self._prefixes = store, prefixes
        self._most = memory // _ROW or _ROWS
        self._counts: dict[str, int] = {}
        self._samples: dict[str, ox.Store] = {}

    def planned(self, text: str) -> str | None:
        """Return a query that has the same answer as this, and sooner; None where it is better asked as it is."""
        query = joins(text, self._prefixes)
        if query is None:
            return None
        try:
            return self._planned(query)
        except (OSError, RuntimeError, SyntaxError, ValueError):
            # What is wrong with the query is told in its own words.
            return None

    def _planned(self, query: Joins) -> str | None:
        start = self._count(query, query.start)
        whole = self._whole(query, start)
        if whole and query.start.conditions:
            whole = self._whole(query, start * self._share(query, query.start)) if start <= self._most else []
        # The store keeps the rows of what comes first: best those that a condition makes fewer.
        whole.sort(key=lambda each: (not each.conditions, self._count(query, each)))
        return query.joined(whole) if whole else None

    def _whole(self, query: Joins, start: float) -> list[Pattern]:
        """Return the patterns that are better read whole than looked up for so many rows, if there are several, and joined they have no more rows than can be kept."""
        if start <= _FEW:
            return []
        whole = [each for each in (*query.required, *query.optional) if self._count(query, each) <= start * _WORTH]
        values = [each.variables[1] for each in whole if len(each.variables) > 1]
        # Things that share a value may be any number of pairs.
        if len(whole) < 2 or len(set(values)) < len(values):
            return []
        rows = prod((max(1.0, self._count(query, each) / start) for each in whole), start=start)
        return whole if rows * (len(whole) - 1) <= self._most else []

    def _count(self, query: Joins, pattern: Pattern) -> int:
        """Return how many rows a pattern has, or about as many where they are more than can be kept."""
        key = query.prologue + pattern.text
        count = self._counts.get(key)
        if count is None:
            most = _WORTH * self._most
            count = self._number(self._store, query, f"{{ SELECT * {{ {pattern.text} }} LIMIT {most} }}")
            _know(self._counts, key, count)
        return count

    def _share(self, query: Joins, pattern: Pattern) -> float:
        """Return about which part of the rows of a pattern meet its conditions."""
        if not pattern.conditions:
            return 1.0
        key = query.prologue + pattern.text
        sample = self._samples.get(key)
        if sample is None:
            step = -(-self._count(query, pattern) // _SAMPLE)
            triples = islice(self._ask(self._store, query, f"CONSTRUCT WHERE {{ {pattern.text} }}"), 0, None, step)
            sample = ox.Store()
            sample.extend(ox.Quad(*triple) for triple in triples)
            _know(self._samples, key, sample)
        return self._number(sample, query, " ".join((pattern.text, *pattern.conditions))) / len(sample)

    def _number(self, store: ox.Store, query: Joins, pattern: str) -> int:
        """Return how many rows there are."""
        ((number,),) = self._ask(store, query, f"SELECT (COUNT(*) AS ?rows) {{ {pattern} }}")
        return int(number.value)

    def _ask(self, store: ox.Store, query: Joins, text: str) -> Any:
        return store.query(query.prologue + text, prefixes=dict(self._prefixes))


def _know(known: dict[str, Any], key: str, value: Any) -> None:
    if len(known) >= _KNOWN:
        known.clear()
    known[key] = value
