"""Look-ups that ask how much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.lookup import Lookup, Step, as_json

# So many solutions of a lone pattern are counted at most, which takes no longer than others should wait.
_MOST = 5000
_NAMES = ("?s", "?p", "?o")


@dataclass(frozen=True, slots=True)
class CountLookup(Lookup):
    """A look-up whose only row says how many solutions there are, or how many have a value at a place (-1: any); with `_distinct`, how many values there are."""

    _place: int = -1
    _distinct: bool = False

    def answer(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> bytes | None:
        """Return the count as SPARQL 1.1 Query Results JSON, as the store itself writes it; None where it takes long, or where an IRI is none."""
        del rows
        number = self._alone(store, iris, self._parts[0].steps[0]) if self._is_alone() else self._many(store, iris)
        return None if number is None else f"{self._head}{as_json(ox.Literal(number))}}}]}}}}".encode()

    def _many(self, store: ox.Store, iris: Sequence[str]) -> int | None:
        found = self._found(store, iris)
        if found is None or self._place < 0:
            return None if found is None else len(found)
        values = [terms[self._place] for terms in found if terms[self._place] is not None]
        return len(set(values)) if self._distinct else len(values)

    def _is_alone(self) -> bool:
        """Return whether there is but one pattern: its statements need not be read to be counted."""
        return len(self._parts) == 1 and len(self._parts[0].steps) == 1 and not (self._parts[0].optional or self._tests)

    def _alone(self, store: ox.Store, iris: Sequence[str], step: Step) -> int | None:
        if "/." in " ".join(iris):
            return None
        try:
            known: tuple[Any, ...] = (*map(ox.NamedNode, iris), *self._constants)
            terms = [str(known[place]) if place >= 0 else name for name, place in zip(_NAMES, step[:3], strict=True)]
            unknown = [name for name in terms if name in _NAMES]
            value = "*" if self._place < 0 else unknown[self._place - len(known)]
            rows: Any = store.query(
                f"SELECT (COUNT({'DISTINCT ' if self._distinct else ''}{value}) AS ?n) (COUNT(*) AS ?all) {{ SELECT * {{ {' '.join(terms)} }} LIMIT {_MOST + 1} }}"
            )
            row = next(iter(rows))
        except (OSError, RuntimeError, ValueError):
            return None
        return None if int(row["all"].value) > _MOST else int(row["n"].value)
