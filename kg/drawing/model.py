"""What a picture shows, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Layout: TypeAlias = Literal["network", "columns", "around"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of a picture.

    `weight` (0 to 1) is how large it is drawn; `group` is what its colour stands for, in words; `column` where it stands in columns, from the left;
    `strong` marks the things that were asked for.
    """

    key: str
    label: str
    kind: str
    group: str
    weight: float = 0.0
    column: int = 0
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A statement between two things of a picture, by their keys, and the name of its property."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a picture shows; `layout` says how, and `note` stands below it."""

    layout: Layout
    title: str
    description: str
    things: tuple[Thing, ...]
    links: tuple[Link, ...]
    note: str = ""
