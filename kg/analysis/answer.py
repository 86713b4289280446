"""What a question about the graph gives: rows, the same in lines where people read those better, and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kg.drawing import Picture

# Texts in a tuple are a list of things in one cell.
Value: TypeAlias = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    `rows` have a value for each of `columns`. `lines` say the same for people (none: the rows are the table that people read); `note` tells what the rows
    cannot: how it was reckoned, and what was left out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    picture: Picture
    lines: tuple[str, ...] = ()
    note: str = ""
