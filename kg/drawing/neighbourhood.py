"""A picture of what a thing is connected with: what leads to it on the left, what it leads to on the right, step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import networkx as nx
from markupsafe import Markup

from kg.drawing.svg import abridge, clean, element, in_words, linked, number, picture, shorten

_TEXT: Final = 13.0
_SMALL: Final = 11.0
_BOLD: Final = 1.12  # bold letters are so much broader
_BOX: Final = (176.0, 38.0)
_STEP: Final = 44.0  # from one box to the next below it
_HEADING: Final = 18.0  # the row above a group, with the name of its property
_GAP: Final = 74.0  # between columns
_DEPTH: Final = 3  # steps that are shown; more would be a map of the whole graph
_GROUPS: Final = (12, 5)  # things that are shown of one group next to the middle, and further out

_Side = Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class Node:
    """A thing of the picture: a key of its own, its label, what kind of thing it is in a word, its page (None: no page), and the colour of that kind (None: none)."""

    key: str
    label: str
    kind: str = ""
    href: str | None = None
    color: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement between two things of the picture, by their keys, and the label of its property."""

    source: str
    target: str
    label: str


@dataclass(slots=True)
class _Branch:
    """A node with what hangs on it and where it stands; `column` counts the steps from the middle, below 0 on the left."""

    node: Node
    column: int
    label: str = ""
    more: int = 0  # not a thing, but so many things that are left out
    heading: bool = False  # the first of a group: the name of the property stands above it
    middle: float = 0.0
    branches: list[_Branch] = field(default_factory=list)


def neighbourhood(
    center: str, nodes: Iterable[Node], edges: Iterable[Edge], *, limit: int = 40, more_href: str | None = None
) -> Markup:
    """Return the picture around the node with the key `center`; KeyError if it is not among the nodes.

    At most `limit` things are shown, near ones first and an equal share of each group; a box counts those that are left out of a group, and
    leads to `more_href` (None: it is no link). Edges to things that are not among the nodes are passed over.
    """
    known = {node.key: node for node in nodes}
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    network.add_nodes_from(known)
    for edge in sorted(set(edges), key=lambda edge: (edge.label, edge.source, edge.target)):
        if edge.source in known and edge.target in known and edge.source != edge.target:
            network.add_edge(edge.source, edge.target, label=edge.label)
    root = _Branch(known[center], 0)
    shown = _grow(root, network, known, limit)
    left = [branch for branch in root.branches if branch.column < 0]
    right = [branch for branch in root.branches if branch.column > 0]
    heights = (_stack(left, 0.0), _stack(right, 0.0))
    height = max(*heights, _BOX[1])
    for branches, own in zip((left, right), heights, strict=True):
        _shift(branches, (height - own) / 2)
    root.middle = height / 2
    columns = sorted({branch.column for branch in _walk(root)})
    wide = len(columns) * _BOX[0] + (len(columns) - 1) * _GAP
    return picture(
        "neighbourhood",
        (wide + 4, height + 4),
        f"What {clean(root.node.label)} is connected with",
        _description(root, shown),
        (element("g", *_lines(root, columns[0]), class_="edges"), *_boxes(root, columns[0], more_href)),
    )


def _grow(root: _Branch, network: nx.MultiDiGraph[str], known: dict[str, Node], limit: int) -> int:
    """Hang the nodes on the root, breadth first, up to the limit; return how many there are."""
    seen = {root.node.key}
    queue = deque([root])
    left = limit
    while queue and left > 0:
        branch = queue.popleft()
        if abs(branch.column) == _DEPTH:
            continue
        groups = list(_groups(branch, network, seen))
        most = _GROUPS[0 if branch is root else 1]
        shares = _shares([min(len(keys), most) for _, _, keys in groups], left)
        for (label, side, keys), share in zip(groups, shares, strict=True):
            ordered = sorted(keys, key=lambda key: (clean(known[key].label).casefold(), key))
            taken = ordered[:share]
            members = [_Branch(known[key], branch.column + side, label) for key in taken]
            queue.extend(members)
            left -= len(members)
            if len(keys) > share and (share or branch is root):
                rest = len(keys) - share
                members.append(_Branch(Node("", f"+{rest} more"), branch.column + side, label, rest))
            if members:
                members[0].heading = True
            branch.branches.extend(members)
    return limit - left


def _groups(branch: _Branch, network: nx.MultiDiGraph[str], seen: set[str]) -> Iterator[tuple[str, _Side, list[str]]]:
    """Give what hangs on a branch by property and side; each thing once, under the first of its properties.

    Only the thing in the middle has what leads to it on the left; further out, each side goes on outwards.
    """
    key = branch.node.key
    outgoing = sorted((data["label"], 1, target) for _, target, data in network.out_edges(key, data=True))
    incoming = sorted((data["label"], -1, source) for source, _, data in network.in_edges(key, data=True))
    if branch.column > 0:
        found = outgoing
    elif branch.column < 0:
        found = incoming
    else:
        found = outgoing + incoming
    groups: dict[tuple[str, int], list[str]] = {}
    for label, side, other in found:
        if other not in seen:
            seen.add(other)
            groups.setdefault((label, side), []).append(other)
    for (label, side), keys in groups.items():
        yield label, 1 if side > 0 else -1, keys


def _shares(sizes: list[int], room: int) -> list[int]:
    """Divide the room among groups: each gets the same, and what small ones do not need goes to the others."""
    shares = [0] * len(sizes)
    for place, group in enumerate(sorted(range(len(sizes)), key=lambda group: sizes[group])):
        shares[group] = min(sizes[group], room // (len(sizes) - place))
        room -= shares[group]
    return shares


def _walk(root: _Branch) -> Iterator[_Branch]:
    yield root
    for branch in root.branches:
        yield from _walk(branch)


def _stack(branches: list[_Branch], top: float) -> float:
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


def _shift(branches: list[_Branch], by: float) -> None:
    for branch in branches:
        branch.middle += by
        _shift(branch.branches, by)


def _left(branch: _Branch, first: int) -> float:
    return 2 + (branch.column - first) * (_BOX[0] + _GAP)


def _lines(root: _Branch, first: int) -> Iterator[Markup]:
    for branch in _walk(root):
        for other in branch.branches:
            side = 1 if other.column > branch.column else -1
            start = _left(branch, first) + (_BOX[0] if side > 0 else 0)
            end = _left(other, first) + (0 if side > 0 else _BOX[0])
            bend = start + side * _GAP / 2
            y, z = branch.middle + 2, other.middle + 2
            path = f"M{number(start)} {number(y)}C{number(bend)} {number(y)} {number(bend)} {number(z)} {number(end)} {number(z)}"
            yield element("path", d=path)
            # The head stands at the thing that the statement leads to.
            tip, at = (end, z) if side > 0 else (start, y)
            yield element("path", d=f"M{number(tip)} {number(at)}l-6 -4v8z", class_="head")


def _boxes(root: _Branch, first: int, more_href: str | None) -> Iterator[Markup]:
    for branch in _walk(root):
        x, y = _left(branch, first), branch.middle + 2 - _BOX[1] / 2
        if branch.heading:
            text = shorten(branch.label, _BOX[0] + _GAP / 2, _SMALL)
            end = x + _BOX[0] if branch.column < 0 else x
            yield element("text", text, x=end, y=y - 6, class_="property before" if branch.column < 0 else "property")
        yield _box(branch, x, y, here=branch is root, more_href=more_href)


def _box(branch: _Branch, x: float, y: float, *, here: bool, more_href: str | None) -> Markup:
    node = branch.node
    frame = element("rect", x=x, y=y, width=_BOX[0], height=_BOX[1], rx=6)
    if node.color:
        frame += element(
            "rect", x=x, y=y + 6, width=5, height=_BOX[1] - 12, rx=2, style=f"fill: {node.color}", class_="stripe"
        )
    shown = abridge(node.label, _BOX[0] - 20, _TEXT * _BOLD if here else _TEXT)
    name = element("text", shown, x=x + 10, y=y + (17 if node.kind else 24), class_="name")
    kind = (
        element("text", shorten(node.kind, _BOX[0] - 20, _SMALL), x=x + 10, y=y + 31, class_="kind")
        if node.kind
        else Markup()
    )
    if branch.more:
        return linked(more_href, f"{branch.more} more: {clean(branch.label)}", frame, name, class_="node more")
    said = f"{clean(node.label)} ({clean(node.kind)})" if node.kind else clean(node.label)
    if here:
        return linked(None, said, frame, name, kind, class_="node here")
    return linked(node.href, f"{clean(branch.label)}: {said}", frame, name, kind, class_="node")


def _description(root: _Branch, shown: int) -> str:
    if not root.branches:
        return "It is connected with nothing that has a page."
    groups: dict[tuple[str, bool], int] = {}
    for branch in root.branches:
        key = (clean(branch.label), branch.column > 0)
        groups[key] = groups.get(key, 0) + (branch.more or 1)
    away = [f"{label} ({count})" for (label, forward), count in groups.items() if forward]
    back = [f"{label} ({count})" for (label, forward), count in groups.items() if not forward]
    sentences = [f"{shown} things are shown." if shown != 1 else "One thing is shown."]
    if away:
        sentences.append(f"It leads to others by {in_words(away)}.")
    if back:
        sentences.append(f"Others lead to it by {in_words(back)}.")
    return " ".join(sentences)
