"""What a query's pattern hangs on: read from its text, followed through a store, so that all that the query can touch is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import pyoxigraph as ox

_DEFAULT = ox.DefaultGraph()
# So many statements are read, and places looked at, for a query; more take longer than others should wait.
MOST = 200

# What is known of each place: a term, or None.
Terms = list[Any]


class BroadError(Exception):
    """The pattern touches more than is read here, or hangs on nothing."""


class Reading:
    """What is read from a store for one query."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self.quads: list[ox.Quad] = []
        self._left = MOST

    def spend(self, count: int) -> None:
        """Count what is done; BroadError where it is too much."""
        self._left -= count
        if self._left < 0:
            raise BroadError

    def matching(self, subject: Any, predicate: Any, object_: Any) -> Sequence[ox.Quad]:
        """Return the statements of the default graph that match."""
        found = []
        for quad in self.store.quads_for_pattern(subject, predicate, object_, _DEFAULT):
            self._left -= 1
            if self._left < 0:
                raise BroadError
            found.append(quad)
        self.quads += found
        return found


class Part(Protocol):
    """A part of a pattern."""

    def follow(self, solutions: list[Terms], reading: Reading) -> list[Terms]:
        """Return what solutions become by this part: all that they can become in the query, or more."""


def follow(parts: Sequence[Part], solutions: list[Terms], reading: Reading) -> list[Terms]:
    """Return what solutions become by parts, one after the other."""
    for part in parts:
        reading.spend(len(solutions))
        solutions = part.follow(solutions, reading)
    return solutions


class Step(NamedTuple):
    """A triple pattern: the places of its terms."""

    subject: int
    predicate: int
    object: int

    def follow(self, solutions: list[Terms], reading: Reading) -> list[Terms]:
        """Find the statements that match."""
        subject, predicate, object_ = self
        longer = []
        for terms in solutions:
            about, verb, value = terms[subject], terms[predicate], terms[object_]
            if about is None and value is None:
                raise BroadError
            if isinstance(about, ox.Literal) or not (verb is None or isinstance(verb, ox.NamedNode)):
                continue
            for quad in reading.matching(about, verb, value):
                more = terms.copy()
                more[subject], more[predicate], more[object_] = quad.subject, quad.predicate, quad.object
                longer.append(more)
        return longer


class Optional(NamedTuple):
    """What need not be there, or must not be. `loose` parts may also fail for another reason than that statements are missing, as a filter."""

    parts: tuple[Part, ...]
    loose: bool

    def follow(self, solutions: list[Terms], reading: Reading) -> list[Terms]:
        """Follow the parts; where there is nothing, go on without."""
        longer = []
        for terms in solutions:
            found = follow(self.parts, [terms], reading)
            longer += [*found, terms] if self.loose else found or [terms]
        return longer


class Either(NamedTuple):
    """One of several."""

    branches: tuple[tuple[Part, ...], ...]

    def follow(self, solutions: list[Terms], reading: Reading) -> list[Terms]:
        """Follow all branches."""
        return [terms for parts in self.branches for terms in follow(parts, solutions, reading)]


class Values(NamedTuple):
    """Values of some places: for each row the places where they are found, None where the row says nothing."""

    places: tuple[int, ...]
    rows: tuple[tuple[int | None, ...], ...]

    def follow(self, solutions: list[Terms], reading: Reading) -> list[Terms]:
        """Join the rows."""
        del reading
        longer = []
        for terms in solutions:
            for row in self.rows:
                more = terms.copy()
                for place, value in zip(self.places, row, strict=True):
                    given = None if value is None else terms[value]
                    if given is None:
                        continue
                    # Literals that are written otherwise may be the same to the store.
                    known = more[place]
                    if known is not None and known != given and not isinstance(known, ox.Literal):
                        break
                    more[place] = given if known is None else known
                else:
                    longer.append(more)
        return longer
