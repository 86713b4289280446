"""What has changed between two graphs, as values for people: by class, thing and property."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

By: TypeAlias = Literal["class", "graph"]
Status: TypeAlias = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called: its label (None: it has none), its IRI ('': it has none), and that IRI with a prefix where one fits."""

    iri: str
    short: str
    label: str | None = None

    def __str__(self) -> str:
        """Return the label, or the name with a prefix, or the end of the IRI."""
        if self.label or not self.short.startswith("<"):
            return self.label or self.short
        return re.split(r"[#/:]", self.iri)[-1] or self.short


@dataclass(frozen=True, slots=True)
class Value:
    """A value: its term in N-Triples (a blank node's label is of no meaning), as a text for people, and the shortened IRI where that text is a label."""

    term: str
    text: str
    short: str | None = None

    def __str__(self) -> str:
        return f"{self.text} ({self.short})" if self.short else self.text


@dataclass(frozen=True, slots=True)
class Change:
    """The values of one property that are gone and new; `replaced` where the property had one value and has another one now."""

    property: Name
    old: tuple[Value, ...]
    new: tuple[Value, ...]
    replaced: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of which something is new or gone. A thing without an IRI has an empty one, and is told by its values."""

    name: Name
    status: Status
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The things of one class or graph (None: of no class), new ones first, then changed ones, then those that are gone, by label."""

    name: Name | None
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How much is gone and new."""

    removed: int = 0
    added: int = 0

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes between two graphs.

    `quads` counts all that differ. Of these, `evidence` are about where statements come from, and `moved` differ in their graph alone: both are only told in `groups` if
    that was asked for. `new`, `gone` and `changed` count things, of which `left_out` are over the limit and in no group.
    """

    quads: Pair
    evidence: Pair
    moved: Pair
    new: int
    gone: int
    changed: int
    groups: tuple[Group, ...]
    left_out: int
    everything: bool

    def __bool__(self) -> bool:
        return bool(self.quads)
