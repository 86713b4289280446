"""Changes as text for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from kg.diffing.changes import Change, Changes, Pair, Thing

# What a line is about: new, gone, another value, or a heading or remark.
Mark: TypeAlias = Literal["+", "-", "~", "heading", "remark"]
_MARKS: dict[str, Mark] = {"new": "+", "gone": "-", "changed": "~"}


def text_lines(changes: Changes) -> Iterator[tuple[Mark, str]]:
    """Yield lines with what each is about, so that they can be coloured; none where nothing has changed."""
    if not changes:
        return
    yield "heading", summary(changes)
    if remark := remarks(changes):
        yield "remark", remark
    for group in changes.groups:
        yield "heading", f"\n{group.name or 'of no class'}"
        for thing in group.things:
            yield from _thing(thing)
    if changes.left_out:
        yield "remark", f"\n{changes.left_out:,} more things have changed (--limit 0 tells all)"


def summary(changes: Changes) -> str:
    """Return how many things and statements are new, changed and gone, in a sentence."""
    if not changes:
        return "No difference."
    things = [
        f"{count:,} {word}"
        for count, word in ((changes.new, "new"), (changes.changed, "changed"), (changes.gone, "gone"))
        if count
    ]
    about = f"Things: {', '.join(things)}. " if things else ""
    return f"{about}Statements: {_pair(changes.quads)}."


def remarks(changes: Changes) -> str:
    """Return what is not told of the changes, in a sentence, or nothing."""
    if changes.everything:
        return ""
    parts = []
    if changes.evidence:
        parts.append(f"evidence ({_pair(changes.evidence)})")
    if changes.moved:
        parts.append(f"statements in other graphs than before ({_pair(changes.moved)})")
    return f"Not told, but among these (--all tells it): {' and '.join(parts)}." if parts else ""


def _pair(pair: Pair) -> str:
    return f"{pair.added:,} added, {pair.removed:,} removed"


def _thing(thing: Thing) -> Iterator[tuple[Mark, str]]:
    mark = _MARKS[thing.status]
    name, iri = thing.name, f"<{thing.name.iri}>"
    yield mark, f"  {mark} {f'{name.label}  {iri}' if name.label else iri if name.iri else name}"
    for change in thing.changes:
        yield from _change(change)


def _change(change: Change) -> Iterator[tuple[Mark, str]]:
    if change.replaced:
        yield "~", f"      ~ {change.property}: {change.old[0]} → {change.new[0]}"
        return
    yield from (("-", f"      - {change.property}: {value}") for value in change.old)
    yield from (("+", f"      + {change.property}: {value}") for value in change.new)
