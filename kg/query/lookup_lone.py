"""Look-ups of a lone pattern that the store's own engine answers sooner: it does not read the terms that are not asked for, and stops where there are too many solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.lookup import RowLookup, as_json

# So many solutions are listed at most, and so many counted, which takes no longer than others should wait.
MOST_LISTED, _MOST_COUNTED = 500, 5000
_NAMES = ("?s", "?p", "?o")
# What stands between two rows: in a text, a quote has a backslash before it.
_BETWEEN = b'}},{"'


@dataclass(frozen=True, slots=True)
class _LoneLookup(RowLookup):
    def _asked_of(self, store: ox.Store, iris: Sequence[str], names: Sequence[str], form: str) -> Any:
        """Return what the store says to a query of the only pattern, whose variables have these names; None where an IRI is none."""
        try:
            known = self._known(iris)
            (step,) = self._parts[0].steps
            terms = [str(known[place]) if place >= 0 else name for name, place in zip(names, step[:3], strict=True)]
            return store.query(form.format(f"{{ {' '.join(terms)} }}"))
        except (OSError, RuntimeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class ListLookup(_LoneLookup):
    """A look-up of the things of which something is said; `_names` are those of its variables, subject, predicate and object."""

    _names: tuple[str, ...] = _NAMES
    _asked: str = "*"

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the list as SPARQL 1.1 Query Results JSON; None where it is longer than `rows` (0: any number) or takes long, or where an IRI is none."""
        form = f"SELECT {self._asked} {{}} LIMIT {min(self._limit, MOST_LISTED + 1)}"
        found = self._asked_of(store, iris, self._names, form)
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
        number = self._counted(store, iris) if self.is_lone else self._read(store, iris)
        return None if number is None else f"{self._head}{as_json(ox.Literal(number))}}}]}}}}".encode()

    def _counted(self, store: ox.Store, iris: Sequence[str]) -> int | None:
        listed = f"{{{{ SELECT * {{}} LIMIT {_MOST_COUNTED + 1} }}}}"
        if not self._distinct:
            # The variables of a lone pattern have a value in each solution.
            found = self._asked_of(store, iris, _NAMES, f"SELECT (COUNT(*) AS ?n) {listed}")
        else:
            names = [name for name, place in zip(_NAMES, self._parts[0].steps[0][:3], strict=True) if place < 0]
            value = names[self._place - len(self.iris) - len(self._constants)]
            form = f"SELECT (COUNT(DISTINCT {value}) AS ?n) (COUNT(*) AS ?all) {listed}"
            found = self._asked_of(store, iris, _NAMES, form)
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
