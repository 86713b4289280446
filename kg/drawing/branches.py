"""What a thing is connected with, step by step: what hangs on it, as pictures of it show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import networkx as nx

from kg.drawing.svg import clean, in_words

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
class Branch:
    """A node with what hangs on it and where a picture has it; `column` counts the steps from the middle, below 0 on the left."""

    node: Node
    column: int
    label: str = ""
    more: int = 0  # not a thing, but so many things that are left out
    heading: bool = False  # the first of a group: the name of the property stands above it
    left: float = 0.0
    middle: float = 0.0
    branches: list[Branch] = field(default_factory=list)


def grown(center: str, nodes: Iterable[Node], edges: Iterable[Edge], limit: int) -> Branch:
    """Return the thing with the key `center`, and on it up to `limit` others, near ones first; KeyError if it is not among the nodes."""
    known = {node.key: node for node in nodes}
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    network.add_nodes_from(known)
    for edge in sorted(set(edges), key=lambda edge: (edge.label, edge.source, edge.target)):
        if edge.source in known and edge.target in known and edge.source != edge.target:
            network.add_edge(edge.source, edge.target, label=edge.label)
    root = Branch(known[center], 0)
    _grow(root, network, known, limit)
    return root


def _grow(root: Branch, network: nx.MultiDiGraph[str], known: dict[str, Node], limit: int) -> None:
    """Hang the nodes on the root, breadth first, up to the limit."""
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
            members = [Branch(known[key], branch.column + side, label) for key in taken]
            queue.extend(members)
            left -= len(members)
            if len(keys) > share and (share or branch is root):
                rest = len(keys) - share
                members.append(Branch(Node("", f"+{rest} more"), branch.column + side, label, rest))
            if members:
                members[0].heading = True
            branch.branches.extend(members)


def _groups(branch: Branch, network: nx.MultiDiGraph[str], seen: set[str]) -> Iterator[tuple[str, _Side, list[str]]]:
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


def walk(root: Branch) -> Iterator[Branch]:
    """Give a branch, and all that hangs on it."""
    yield root
    for branch in root.branches:
        yield from walk(branch)


def description(root: Branch) -> str:
    """Return in words what a picture shows."""
    if not root.branches:
        return "It is connected with nothing that has a page."
    groups: dict[tuple[str, bool], int] = {}
    for branch in root.branches:
        key = (clean(branch.label), branch.column > 0)
        groups[key] = groups.get(key, 0) + (branch.more or 1)
    away = [f"{label} ({count})" for (label, forward), count in groups.items() if forward]
    back = [f"{label} ({count})" for (label, forward), count in groups.items() if not forward]
    shown = sum(not branch.more for branch in walk(root)) - 1
    sentences = [f"{shown} things are shown." if shown != 1 else "One thing is shown."]
    if away:
        sentences.append(f"It leads to others by {in_words(away)}.")
    if back:
        sentences.append(f"Others lead to it by {in_words(back)}.")
    return " ".join(sentences)
