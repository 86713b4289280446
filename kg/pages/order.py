"""Sorts the things of a class by the values of a property."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.pages.graph import Graph, Term, values
from kg.pages.labels import preference
from kg.pages.values import NUMERIC
from kg.rdf.labels import LABELS

# Of more things than this only a part would be sorted, so none are.
SORTED: Final = 250_000
# Who turns the pages of a table asks for the same order again and again.
_KEPT: Final = 4
# Things seldom have more values than this of a property that one sorts by.
_MOST_VALUES: Final = 4

_Place: TypeAlias = tuple[int, float, str]


class Orders:
    """Sorts things, and remembers the last few orders.

    It takes the values from the graph and sorts them itself: the store needs three times as long, and for each page anew.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: OrderedDict[tuple[object, ...], Sequence[str]] = OrderedDict()

    def of(self, body: str, bound: Mapping[str, Term], prop: str, total: int, *, descending: bool) -> Sequence[str]:
        """Return the IRIs of all `total` things `?s` of a pattern.

        They are in the order of their least values of a property, or of their greatest from there down: numbers by size, then texts, then
        things without a value.
        """
        key = (body, tuple(sorted((name, str(term)) for name, term in bound.items())), prop, descending)
        if key not in self._kept:
            self._keep(key, self._sorted(body, bound, prop, total, descending=descending))
        self._kept.move_to_end(key)
        return self._kept[key]

    def by_name(
        self, body: str, bound: Mapping[str, Term], languages: Sequence[str], total: int, *, descending: bool
    ) -> Sequence[str]:
        """Return the IRIs of all `total` things `?s` of a pattern in the order of the names that a reader of some languages sees, then those without one."""
        key = (body, tuple(sorted((name, str(term)) for name, term in bound.items())), "", *languages, descending)
        if key not in self._kept:
            self._keep(key, self._named(body, bound, languages, total, descending=descending))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: tuple[object, ...], found: Sequence[str]) -> None:
        self._kept[key] = found
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def _named(
        self, body: str, bound: Mapping[str, Term], languages: Sequence[str], total: int, *, descending: bool
    ) -> Sequence[str]:
        names: dict[str, tuple[tuple[tuple[int, str], int, str], str]] = {}
        for rank, prop in enumerate(LABELS):
            if not self._graph.select(f"SELECT ?s WHERE {{ ?s {values([prop])} ?k }} LIMIT 1"):
                continue
            for thing, label in self._values(body, bound, prop):
                if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal) and label.value.strip():
                    name = label.value.casefold()
                    best = (preference(label.language, languages), rank, name), name
                    if thing.value not in names or best < names[thing.value]:
                        names[thing.value] = best
        placed = sorted(names, key=lambda iri: (names[iri][1], iri), reverse=descending)
        return self._completed(placed, body, bound, total)

    def _values(self, body: str, bound: Mapping[str, Term], prop: str) -> Iterable[tuple[Term | None, Term | None]]:
        also = "".join(f" ?{name}" for name in bound)
        query = f"SELECT ?s ?k{also} WHERE {{ {body} ?s {values([prop])} ?k . FILTER (isIRI(?s)) }} LIMIT {SORTED * _MOST_VALUES}"
        return ((row[0], row[1]) for row in self._graph.select(query, bound))

    def _completed(self, placed: list[str], body: str, bound: Mapping[str, Term], total: int) -> list[str]:
        """Return some things and, after them, those of a pattern that are not among them."""
        if len(placed) >= total:
            return placed
        also = "".join(f" ?{name}" for name in bound)
        everything = f"SELECT DISTINCT ?s{also} WHERE {{ {body} FILTER (isIRI(?s)) }} LIMIT {SORTED}"
        found = {row[0].value for row in self._graph.select(everything, bound) if isinstance(row[0], ox.NamedNode)}
        return placed + sorted(found.difference(placed))

    def _sorted(
        self, body: str, bound: Mapping[str, Term], prop: str, total: int, *, descending: bool
    ) -> Sequence[str]:
        return self._completed(_placed(self._values(body, bound, prop), descending=descending), body, bound, total)


def _placed(rows: Iterable[tuple[Term | None, Term | None]], *, descending: bool) -> list[str]:
    places: dict[str, _Place] = {}
    for thing, value in rows:
        if isinstance(thing, ox.NamedNode) and value is not None:
            place = _place(value)
            known = places.get(thing.value)
            if known is None or (place > known if descending else place < known):
                places[thing.value] = place
    return sorted(places, key=lambda iri: (places[iri], iri), reverse=descending)


def _place(value: Term) -> _Place:
    if not isinstance(value, ox.Literal):
        return 2, 0.0, str(value)
    if value.datatype.value in NUMERIC:
        try:
            return 0, float(value.value), ""
        except ValueError:
            pass
    return 1, 0.0, value.value.casefold()
