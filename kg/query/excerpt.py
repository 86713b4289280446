"""Excerpts: the few statements that a query about named things can touch, so that it is answered from them alone, whatever else it computes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.query.pattern import MOST, BroadError, Part, Reading, Step, follow
from kg.query.pattern_reader import PatternReader
from kg.query.tokens import IRI, KEYWORDS, NAME, SPACE, Form, cut, is_plain, prologue, tokens

# A query of more tokens takes long to understand. So many times one of them may meet a row on the way to an answer, and so long may be a statement that counts as one.
_TOKENS, _WORK, _LONG = 1000, 200_000, 200
# What most queries lack that ask of no thing what is said of it: to see that takes a moment, to read them all takes longer than some of them.
_NAMES_SUBJECT = re.compile(rf"[{{.]{SPACE}*(?:{IRI}|{NAME}{SPACE})|VALUES|DESCRIBE|\{{{SPACE}*(?:\}}|BIND)", KEYWORDS)


@dataclass(frozen=True, slots=True)
class Excerpt(Form):
    """A query whose pattern hangs on things that it names, one part on what another makes known; `iris` are those behind its first brace or DESCRIBE.

    `forward` says that it only asks what is said of things, and never of what.
    """

    forward: bool
    # Terms of the places behind those of the IRIs, None where they are to be found; what finds them (None: the store itself describes them), and the steps of
    # that; how much work is each row that they may find; how many solutions there may be at most.
    _terms: tuple[Any, ...]
    _parts: tuple[Part, ...] | None
    _steps: tuple[Step, ...]
    _work: int
    _limit: int

    def store(self, store: ox.Store, iris: Sequence[str], rows: int = 0) -> ox.Store | None:
        """Return a store of the statements that the query of these things can touch: from it, it has the same answer.

        None where they are too many, where there may be more than `rows` rows (0: any number) or not all of them are asked for, or where an IRI is none.
        """
        reading = Reading(store)
        try:
            known = [*self.nodes(iris), *self._terms]
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
            return found if self._is_quick(found, reading.quads, known) else None
        except TypeError:
            # What stands in the place of a subject is none.
            return None

    def _is_quick(self, store: ox.Store, quads: Sequence[ox.Quad], known: Sequence[Any]) -> bool:
        """Return whether the query takes little time on these statements."""
        work = self._work
        # Mostly it would even if each step matched them all.
        if work * sum(map(_weight, quads)) ** len(self._steps) <= _WORK:
            return True
        # The store joins in an order of its own, so that a step may match all that its own terms match.
        for step in self._steps:
            matching = store.quads_for_pattern(known[step.subject], known[step.predicate], known[step.object])
            work *= sum(map(_weight, matching)) or 1
            if work > _WORK:
                return False
        return True


def _weight(quad: ox.Quad) -> int:
    """Return how many short statements take as long as this one, in each row."""
    value = quad.object
    return 1 + len(value.value if isinstance(value, (ox.Literal, ox.NamedNode)) else str(value)) // _LONG


def excerpt(text: str, prefixes: Mapping[str, str], *, forward: bool = False) -> Excerpt | None:
    """Read a query of which an excerpt can be made, and with `forward` only one that asks what is said of things; None where it is none.

    `prefixes` are those that it may use without saying so.
    """
    if not is_plain(text) or (forward and not _NAMES_SUBJECT.search(text)):
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
    if forward and not reader.forward:
        return None
    iris, texts = cut(text, ((token.start, token.end) for token in reader.iris))
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
