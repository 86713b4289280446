"""Chooses how a query is answered that joins whole properties: the store itself does not know how many statements there are, and always looks up one row after the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    """Plans queries on one state of a store, for which `memory` may be used (bytes; 0: any), and which is `brief` where another soon takes its place.

    What it does hangs on the state and the query alone, so that a query has the same answer whatever was asked before.
    """

    def __init__(self, store: ox.Store, prefixes: Mapping[str, str], memory: int = 0, *, brief: bool = False) -> None:
        self._store, self._prefixes, self._brief = store, prefixes, brief
        self._most = memory // _ROW or _ROWS
        # How many rows patterns have, and how many would have been counted.
        self._counts: dict[str, tuple[int, int]] = {}
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
        start = self._count(query, query.start, _WORTH * self._most)
        whole = self._whole(query, start)
        if whole and query.start.conditions:
            whole = self._whole(query, start * self._share(query, query.start, start)) if start <= self._most else {}
        if not whole:
            return None
        # The store keeps the rows of what comes first, and of what that is joined with: best those that a condition makes fewer, and then of patterns that have few.
        ordered = sorted(whole, key=lambda each: whole[each])
        first = next((each for each in ordered if each.conditions), ordered[0])
        return query.joined([first, *(each for each in ordered if each is not first)])

    def _whole(self, query: Joins, start: float) -> dict[Pattern, int]:
        """Return the patterns that are better read whole than looked up for so many rows, and how many they have; none where joined they may have more rows than can be kept."""
        if start <= _FEW:
            return {}
        most = int(start * _WORTH)
        counts = {each: self._count(query, each, most + 1) for each in (*query.required, *query.optional)}
        whole = {each: count for each, count in counts.items() if count <= most}
        if len(whole) < 2 or not _is_tree(whole):
            return {}
        rows = prod((max(1.0, count / start) for count in whole.values()), start=start)
        return whole if rows * (len(whole) - 1) <= self._most else {}

    def _count(self, query: Joins, pattern: Pattern, most: int) -> int:
        """Return how many rows a pattern has, or so many at most."""
        key = query.prologue + pattern.text
        count, limit = self._counts.get(key, (0, 0))
        if count == limit < most:
            count = self._number(self._store, query, f"{{ SELECT * {{ {pattern.text} }} LIMIT {most} }}")
            _know(self._counts, key, (count, most))
        return min(count, most)

    def _share(self, query: Joins, pattern: Pattern, count: int) -> float:
        """Return about which part of the rows of a pattern, of which there are so many, meet its conditions."""
        conditioned = " ".join((pattern.text, *pattern.conditions))
        if self._brief:
            # To take a sample takes as long as to ask this some ten times.
            return self._number(self._store, query, conditioned) / count
        key = query.prologue + pattern.text
        sample = self._samples.get(key)
        if sample is None:
            step = -(-count // _SAMPLE)
            triples = islice(self._ask(self._store, query, f"CONSTRUCT WHERE {{ {pattern.text} }}"), 0, None, step)
            sample = ox.Store()
            sample.extend(ox.Quad(*triple) for triple in triples)
            _know(self._samples, key, sample)
        return self._number(sample, query, conditioned) / len(sample)

    def _number(self, store: ox.Store, query: Joins, pattern: str) -> int:
        """Return how many rows there are."""
        ((number,),) = self._ask(store, query, f"SELECT (COUNT(*) AS ?rows) {{ {pattern} }}")
        return int(number.value)

    def _ask(self, store: ox.Store, query: Joins, text: str) -> Any:
        return store.query(query.prologue + text, prefixes=dict(self._prefixes))


def _is_tree(patterns: Collection[Pattern]) -> bool:
    """Return whether patterns lead from one variable to all others, each in one way: things that share a value, and rings, may be any number of rows."""
    pairs = [each.variables for each in patterns if len(each.variables) > 1]
    before = {value: subject for subject, value in pairs}
    roots = set()
    for pattern in patterns:
        variable = pattern.variables[0]
        for _ in pairs:
            variable = before.get(variable, variable)
        roots.add(variable)
    return len(before) == len(pairs) and len(roots) == 1 and roots.isdisjoint(before)


def _know(known: dict[str, Any], key: str, value: Any) -> None:
    if len(known) >= _KNOWN:
        known.clear()
    known[key] = value
