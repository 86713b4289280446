"""The order in which the parts of a pattern are followed, so that each hangs on what is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from kg.query.pattern import Either, Optional, Part, Step, Values


class Triple(NamedTuple):
    """A triple pattern, or several that differ in their predicate, of which one must hold: places."""

    subject: int
    predicates: tuple[int, ...]
    object: int

    def hangs(self, known: set[int]) -> int:
        """Return how well it hangs on what is known: 2 by its subject, 1 by its object, 0 not at all."""
        return 2 if self.subject in known else int(self.object in known)

    @property
    def steps(self) -> list[Step]:
        """What finds the statements that match."""
        return [Step(self.subject, predicate, self.object) for predicate in self.predicates]


@dataclass(slots=True)
class Group:
    """What stands between braces; `stages` are what OPTIONAL and MINUS part: what is joined, and what need not be there."""

    stages: list[Stage] = field(default_factory=list)
    # What is looked for where all else is known.
    last: list[Group] = field(default_factory=list)
    loose: bool = False


@dataclass(slots=True)
class Stage:
    """What is joined, in any order, and then the group that need not be there, if there is one; `minus` is one that must not."""

    values: list[Values] = field(default_factory=list)
    triples: list[Triple] = field(default_factory=list)
    unions: list[list[Group]] = field(default_factory=list)
    optional: Group | None = None
    minus: bool = False


class Plan:
    """What is found out while a pattern is put in order: `steps` are all its triple patterns, `forward` says whether all is found by its subject.

    Where it is `loose`, what need not be there may be left out for another reason than that statements are missing.
    """

    def __init__(self, *, loose: bool) -> None:
        self._loose = loose
        self.steps: list[Step] = []
        self.forward = True

    def parts(self, group: Group, known: set[int]) -> tuple[Part, ...]:
        """Return the parts of a group in an order in which each hangs on what is known, and add to that what they find."""
        parts: list[Part] = []
        for stage in group.stages:
            self._join(stage, known, parts)
            if stage.optional is not None:
                inner = set(known)
                loose = stage.optional.loose or stage.minus or self._loose
                parts.append(Optional(self.parts(stage.optional, inner), loose))
                known |= inner
        parts += [Optional(self.parts(each, set(known)), loose=True) for each in group.last]
        return tuple(parts)

    def _join(self, stage: Stage, known: set[int], parts: list[Part]) -> None:
        for values in stage.values:
            parts.append(values)
            known.update(values.places)
        triples, unions = list(stage.triples), list(stage.unions)
        while triples or unions:
            best = max(triples, key=lambda each: each.hangs(known), default=None)
            if best is not None and best.hangs(known):
                triples.remove(best)
                self.forward = self.forward and best.hangs(known) == 2
                known.update((best.subject, *best.predicates, best.object))
                self.steps += best.steps
                parts.append(best.steps[0] if len(best.steps) == 1 else Either(tuple((step,) for step in best.steps)))
                continue
            if not unions:
                raise ValueError("the pattern hangs on nothing that is known")
            branches = []
            before = set(known)
            for branch in unions.pop(0):
                inner = set(before)
                branches.append(self.parts(branch, inner))
                known |= inner
            parts.append(Either(tuple(branches)))
