"""Excerpts: the few statements that a query about named things can touch, so that it is answered from them alone, whatever else it computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.pattern import MOST, BroadError, Part, Reading, Step, follow
from kg.query.pattern_reader import PatternReader, tokens
from kg.query.tokens import is_plain, prologue

# A query of more tokens takes long to understand. So many times one of them may meet a row on the way to an answer, and so long may be a statement that counts as one.
_TOKENS, _WORK, _LONG = 1000, 200_000, 200


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A query whose pattern hangs on things that it names, one part on what another makes known.

    `iris` are the IRIs behind its first brace or DESCRIBE, in their order, and `texts` what stands around them, one more: other IRIs in their places make the same query of other
    things. `forward` says that it only asks what is said of things, and never of what.
    """

    iris: tuple[str, ...]
    texts: tuple[str, ...]
    forward: bool
    # Terms of the places behind those of the IRIs, None where they are to be found; what finds them (None: the store itself describes them), and the steps of
    # that; how much work is each row that they may find; how many solutions there may be at most.
    _terms: tuple[Any, ...]
    _parts: tuple[Part, ...] | None
    _steps: tuple[Step, ...]
    _work: int
    _limit: int

    def text(self, iris: Sequence[str]) -> str:
        """Return the query of these things."""
        return self.texts[0] + "".join([iri + text for iri, text in zip(iris, self.texts[1:], strict=True)])

    def store(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> ox.Store | None:
        """Return a store of the statements that the query of these things can touch: from it, it has the same answer.

        None where they are too many, where there may be more than `rows` rows (0: any number) or not all of them are asked for, or where an IRI is none.
        """
        # A base IRI, which queries here have, takes the dots out of a path.
        if "/." in " ".join(iris):
            return None
        reading = Reading(store)
        try:
            known = [*map(ox.NamedNode, iris), *self._terms]
            if self._parts is None:
                return store
            solutions = follow(self._parts, [known], reading)
        except (BroadError, OSError, RuntimeError, TypeError, ValueError):
            return None
        if len(solutions) > min(self._limit, rows or self._limit):
            return None
        found = ox.Store()
        # What comes last is found first in such a store: so rows come in the order of the large one.
        found.extend(reversed(reading.quads))
        try:
            return found if self._is_quick(found, known) else None
        except TypeError:
            # What stands in the place of a subject is none.
            return None

    def _is_quick(self, store: ox.Store, known: Sequence[Any]) -> bool:
        """Return whether the query takes little time on these statements."""
        work = self._work
        # The store joins in an order of its own, so that a step may match all that its own terms match. A text that is long takes longer in each row.
        for step in self._steps:
            quads = store.quads_for_pattern(known[step.subject], known[step.predicate], known[step.object])
            work *= sum(1 + len(str(quad)) // _LONG for quad in quads) or 1
            if work > _WORK:
                return False
        return True


def excerpt(text: str, prefixes: Mapping[str, str]) -> Excerpt | None:
    """Read a query of which an excerpt can be made; None where it is none. `prefixes` are those that it may use without saying so."""
    if not is_plain(text):
        return None
    try:
        known, place = prologue(text, prefixes)
        found = tokens(text, place)
        if len(found) > _TOKENS:
            return None
        reader = PatternReader(found, known)
        parts, limit = reader.read()
    except (IndexError, KeyError, ValueError):
        return None
    starts, ends = [0], []
    for token in reader.iris:
        ends.append(token.start + 1)
        starts.append(token.end - 1)
    texts = tuple(text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True))
    iris = tuple(token.text[1:-1] for token in reader.iris)
    return Excerpt(
        iris,
        texts,
        reader.forward,
        tuple(reader.terms),
        parts,
        tuple(reader.steps),
        len(found) * reader.width,
        MOST if limit is None else limit,
    )
