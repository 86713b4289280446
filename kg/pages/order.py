"""Sorts the things of a class by the values of a property."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import pyoxigraph as ox

from kg.pages.graph import Graph, Row, Term, values
from kg.pages.values import NUMERIC

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

    def of(
        self, body: str, bound: Mapping[str, Term], props: Sequence[str], total: int, *, descending: bool
    ) -> Sequence[str]:
        """Return the IRIs of all `total` things `?s` of a pattern.

        They are in the order of their least values of some properties, or of their greatest from there down: numbers by size, then texts, then
        things without a value.
        """
        key = (body, tuple(sorted((name, str(term)) for name, term in bound.items())), tuple(props), descending)
        if key not in self._kept:
            self._kept[key] = self._sorted(body, bound, props, total, descending=descending)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _sorted(
        self, body: str, bound: Mapping[str, Term], props: Sequence[str], total: int, *, descending: bool
    ) -> Sequence[str]:
        also = "".join(f" ?{name}" for name in bound)
        rows: list[Row] = []
        placed: list[str] = []
        for prop in props:
            if len(placed) < total:
                query = f"SELECT ?s ?k{also} WHERE {{ {body} ?s {values([prop])} ?k . FILTER (isIRI(?s)) }} LIMIT {SORTED * _MOST_VALUES}"
                rows += self._graph.select(query, bound)
                placed = _placed(rows, descending=descending)
        if len(placed) < total:
            everything = f"SELECT DISTINCT ?s{also} WHERE {{ {body} FILTER (isIRI(?s)) }} LIMIT {SORTED}"
            known = set(placed)
            found = {row[0].value for row in self._graph.select(everything, bound) if isinstance(row[0], ox.NamedNode)}
            placed += sorted(found - known)
        return placed


def _placed(rows: Iterable[Row], *, descending: bool) -> list[str]:
    places: dict[str, _Place] = {}
    for thing, value in ((row[0], row[1]) for row in rows):
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
