"""Look-ups of a lone pattern that the store's own engine answers sooner: it does not read the terms that are not asked for, and stops where there are too many solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.lookup import RowLookup, Step, as_json

# So many solutions are listed at most, and so many counted, which takes no longer than others should wait.
MOST_LISTED, _MOST_COUNTED = 500, 5000
# What stands between two rows: in a text, a quote has a backslash before it.
_BETWEEN = b'}},{"'
PLACES = ("?s", "?p", "?o")


class Pattern:
    """A lone pattern as a text in which each IRI has a place, by its number, as `str.format` has them; `constants` are the terms behind the IRIs."""

    def __init__(self, step: Step, iris: int, constants: Sequence[Any], names: Sequence[str] = PLACES) -> None:
        known = [f"{{{number}}}" for number in range(iris)]
        known += [str(term).replace("{", "{{").replace("}", "}}") for term in constants]
        terms = (known[place] if place >= 0 else name for name, place in zip(names, step[:3], strict=True))
        self._text = f"{{{{ {' '.join(terms)} }}}}"

    def listed(self, asked: str, limit: int) -> str:
        """Return the query of so many of its solutions, and of one more than are listed at most."""
        return f"SELECT {asked} {self._text} LIMIT {min(limit, MOST_LISTED + 1)}"

    def counted(self, distinct: str) -> str:
        """Return the query of how many solutions it has, or values of a variable (""), and after that of how many were looked at."""
        # All of its variables have a value in each solution.
        asked = f"(COUNT(DISTINCT {distinct}) AS ?n) (COUNT(*) AS ?all)" if distinct else "(COUNT(*) AS ?n)"
        return f"SELECT {asked} {{{{ SELECT * {self._text} LIMIT {_MOST_COUNTED + 1} }}}}"


@dataclass(frozen=True, slots=True)
class _LoneLookup(RowLookup):
    # What the store is asked, with a place for each IRI; "" where it is not.
    _asked: str

    def _answered(self, store: ox.Store, iris: Sequence[str]) -> Any:
        """Return what the store says; None where an IRI is none."""
        try:
            return store.query(self._asked.format(*self.nodes(iris)))
        except (OSError, RuntimeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class ListLookup(_LoneLookup):
    """A look-up of the things of which something is said."""

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the list as SPARQL 1.1 Query Results JSON; None where it is longer than `rows` (0: any number) or takes long, or where an IRI is none."""
        found = self._answered(store, iris)
        if found is None:
            return None
        written: bytes = found.serialize(format=ox.QueryResultsFormat.JSON)
        return None if written.count(_BETWEEN) >= min(MOST_LISTED, rows or MOST_LISTED) else written


@dataclass(frozen=True, slots=True)
class CountLookup(_LoneLookup):
    """A look-up whose only row says how many solutions there are, or how many have a value at a place (-1: any); with `_distinct`, how many values there are."""

    _place: int = -1
    _distinct: bool = False

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the count as SPARQL 1.1 Query Results JSON, as the store itself writes it; None where it takes long, or where an IRI is none."""
        del rows
        number = self._counted(store, iris) if self._asked else self._read(store, iris)
        return None if number is None else f"{self._head}{as_json(ox.Literal(number))}}}]}}}}".encode()

    def _counted(self, store: ox.Store, iris: Sequence[str]) -> int | None:
        found = self._answered(store, iris)
        if found is None:
            return None
        numbers = [int(number.value) for number in next(found)]
        return None if numbers[-1] > _MOST_COUNTED else numbers[0]

    def _read(self, store: ox.Store, iris: Sequence[str]) -> int | None:
        found = self._found(store, iris)
        if found is None or self._place < 0:
            return None if found is None else len(found)
        values = [terms[self._place] for terms in found if terms[self._place] is not None]
        return len(set(values)) if self._distinct else len(values)
