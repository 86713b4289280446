"""A picture of what a thing is connected with: what leads to it on the left, what it leads to on the right, step by step; and a narrow one, with all of it in one column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from markupsafe import Markup

from kg.drawing.branches import Branch, Edge, Node, description, grown, walk
from kg.drawing.svg import abridge, clean, element, linked, number, picture, shorten

_TEXT: Final = 13.0
_SMALL: Final = 11.0
_BOLD: Final = 1.12  # bold letters are so much broader
_BOX: Final = (176.0, 38.0)
_STEP: Final = 44.0  # from one box to the next below it
_HEADING: Final = 18.0  # the row above a group, with the name of its property
_GAP: Final = 74.0  # between columns
# The narrow picture has room within a window of 320 pixels.
_NARROW_BOX: Final = 200.0
_INDENT: Final = 40.0  # from the side of the thing in the middle to that of the others
_RAIL: Final = 20.0  # and to the line that joins them
_ROOM: Final = 12.0  # for the head of the line
_ROUND: Final = 6.0


def neighbourhood(
    center: str, nodes: Iterable[Node], edges: Iterable[Edge], *, limit: int = 40, more_href: str | None = None
) -> Markup:
    """Return the picture around the node with the key `center`; KeyError if it is not among the nodes.

    At most `limit` things are shown, near ones first and an equal share of each group; a box counts those that are left out of a group, and
    leads to `more_href` (None: it is no link). Edges to things that are not among the nodes are passed over.
    """
    return _wide(grown(center, nodes, edges, limit), more_href)


def neighbourhoods(center: str, nodes: Iterable[Node], edges: Iterable[Edge], *, limit: int = 40) -> Markup:
    """Return the picture of one step around a node for broad windows, and after it one for narrow windows: a style sheet shows one of them."""
    near = [edge for edge in edges if center in (edge.source, edge.target)]
    root = grown(center, nodes, near, limit)
    return _wide(root, None) + _narrow(root)


def _wide(root: Branch, more_href: str | None) -> Markup:
    left = [branch for branch in root.branches if branch.column < 0]
    right = [branch for branch in root.branches if branch.column > 0]
    heights = (_stack(left, 0.0), _stack(right, 0.0))
    height = max(*heights, _BOX[1])
    for branches, own in zip((left, right), heights, strict=True):
        _shift(branches, (height - own) / 2)
    root.middle = height / 2
    columns = sorted({branch.column for branch in walk(root)})
    for branch in walk(root):
        branch.left = 2 + (branch.column - columns[0]) * (_BOX[0] + _GAP)
        branch.middle += 2
    wide = len(columns) * _BOX[0] + (len(columns) - 1) * _GAP
    return picture(
        "neighbourhood",
        (wide + 4, height + 4),
        f"What {clean(root.node.label)} is connected with",
        description(root),
        (element("g", *_lines(root), class_="edges"), *_boxes(root, _BOX[0], _BOX[0] + _GAP / 2, more_href)),
    )


def _narrow(root: Branch) -> Markup:
    """Return what leads to a thing above it, and what it leads to below."""
    above = [branch for branch in root.branches if branch.column < 0]
    below = [branch for branch in root.branches if branch.column > 0]
    top = _row(above, 2.0) + (_ROOM if above else 0)
    root.left, root.middle = 2.0, top + _BOX[1] / 2
    end = _row(below, top + _BOX[1]) if below else top + _BOX[1]
    return picture(
        "neighbourhood",
        (_INDENT + _NARROW_BOX + 4, end + 2),
        f"What {clean(root.node.label)} is connected with",
        description(root),
        (element("g", *_rails(root, above, below), class_="edges"), *_boxes(root, _NARROW_BOX, _NARROW_BOX, None)),
        variant="narrow",
    )


def _row(branches: list[Branch], top: float) -> float:
    """Place branches one below the other from `top`; return where they end."""
    for branch in branches:
        top += _HEADING if branch.heading else 0
        branch.left, branch.middle = 2 + _INDENT, top + _STEP / 2
        top += _STEP
    return top


def _rails(root: Branch, above: list[Branch], below: list[Branch]) -> Iterator[Markup]:
    """Give the line down to a thing, and the one down from it, with their arms."""
    rail, arm = root.left + _RAIL, _INDENT - _RAIL - _ROUND
    for branch in above:
        bend = f"h{number(-arm)}q{number(-_ROUND)} 0 {number(-_ROUND)} {number(_ROUND)}"
        yield element("path", d=f"M{number(branch.left)} {number(branch.middle)}{bend}")
    if above:
        end = root.middle - _BOX[1] / 2
        yield element("path", d=f"M{number(rail)} {number(above[0].middle + _ROUND)}V{number(end)}")
        yield element("path", d=f"M{number(rail)} {number(end)}l-4 -6h8z", class_="head")
    for branch in below:
        bend = f"q0 {number(_ROUND)} {number(_ROUND)} {number(_ROUND)}h{number(arm)}"
        yield element("path", d=f"M{number(rail)} {number(branch.middle - _ROUND)}{bend}")
        yield element("path", d=f"M{number(branch.left)} {number(branch.middle)}l-6 -4v8z", class_="head")
    if below:
        start = root.middle + _BOX[1] / 2
        yield element("path", d=f"M{number(rail)} {number(start)}V{number(below[-1].middle - _ROUND)}")


def _stack(branches: list[Branch], top: float) -> float:
    """Place branches one below the other from `top`, each in the middle of what hangs on it; return where they end."""
    for branch in branches:
        if branch.heading:
            top += _HEADING
        end = _stack(branch.branches, top)
        if end < top + _STEP:
            _shift(branch.branches, (top + _STEP - end) / 2)
            end = top + _STEP
        branch.middle = (top + end) / 2
        top = end
    return top


def _shift(branches: list[Branch], by: float) -> None:
    for branch in branches:
        branch.middle += by
        _shift(branch.branches, by)


def _lines(root: Branch) -> Iterator[Markup]:
    for branch in walk(root):
        for other in branch.branches:
            side = 1 if other.column > branch.column else -1
            start = branch.left + (_BOX[0] if side > 0 else 0)
            end = other.left + (0 if side > 0 else _BOX[0])
            bend = start + side * _GAP / 2
            y, z = branch.middle, other.middle
            path = f"M{number(start)} {number(y)}C{number(bend)} {number(y)} {number(bend)} {number(z)} {number(end)} {number(z)}"
            yield element("path", d=path)
            # The head stands at the thing that the statement leads to.
            tip, at = (end, z) if side > 0 else (start, y)
            yield element("path", d=f"M{number(tip)} {number(at)}l-6 -4v8z", class_="head")


def _boxes(root: Branch, wide: float, room: float, more_href: str | None) -> Iterator[Markup]:
    """Give the boxes, and above each group the name of its property, which has so much room."""
    for branch in walk(root):
        x, y = branch.left, branch.middle - _BOX[1] / 2
        if branch.heading:
            text = shorten(branch.label, room, _SMALL)
            # On the left, a name ends where the line begins.
            before = branch.left < root.left
            yield element(
                "text", text, x=x + wide if before else x, y=y - 6, class_="property before" if before else "property"
            )
        yield _box(branch, x, y, wide, here=branch is root, more_href=more_href)


def _box(branch: Branch, x: float, y: float, wide: float, *, here: bool, more_href: str | None) -> Markup:
    node = branch.node
    frame = element("rect", x=x, y=y, width=wide, height=_BOX[1], rx=6)
    if node.color:
        frame += element(
            "rect", x=x, y=y + 6, width=5, height=_BOX[1] - 12, rx=2, style=f"fill: {node.color}", class_="stripe"
        )
    shown = abridge(node.label, wide - 20, _TEXT * _BOLD if here else _TEXT)
    name = element("text", shown, x=x + 10, y=y + (17 if node.kind else 24), class_="name")
    kind = (
        element("text", shorten(node.kind, wide - 20, _SMALL), x=x + 10, y=y + 31, class_="kind")
        if node.kind
        else Markup()
    )
    if branch.more:
        return linked(more_href, f"{branch.more} more: {clean(branch.label)}", frame, name, class_="node more")
    said = f"{clean(node.label)} ({clean(node.kind)})" if node.kind else clean(node.label)
    if here:
        return linked(None, said, frame, name, kind, class_="node here")
    return linked(node.href, f"{clean(branch.label)}: {said}", frame, name, kind, class_="node")
