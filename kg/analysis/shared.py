"""What things have in common: components, accelerators, datasets, places."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.analysis.answer import Answer, Value
from kg.analysis.picturing import left_out, links, things
from kg.drawing import Picture

if TYPE_CHECKING:
    import networkx as nx


def shared(
    graph: nx.MultiDiGraph[str], users: Collection[str], *, classes: Collection[str] = (), limit: int = 25
) -> Answer:
    """Return what at least two of some things lead to, over any number of links, with all that lead to it; what most lead to comes first.

    What is only behind another thing that the same ones share says nothing new and is left out.
    `classes` are those of what is shared (none: all).
    """
    found = _users(graph, users)
    chosen = [
        node
        for node, those in found.items()
        if len(those) > 1
        and not _behind(graph, found, node)
        and (not classes or set(classes) & set(graph.nodes[node]["types"]))
    ]
    chosen.sort(key=lambda node: (-len(found[node]), graph.nodes[node]["label"].casefold(), node))
    shown = chosen[:limit]
    rows: list[tuple[Value, ...]] = [
        (
            graph.nodes[node]["label"],
            graph.nodes[node]["kind"],
            len(found[node]),
            tuple(sorted((graph.nodes[user]["label"] for user in found[node]), key=str.casefold)),
            node,
        )
        for node in shown
    ]
    note = left_out(len(shown), len(chosen), "shared thing")
    return Answer(
        ("shared", "class", "count", "by", "iri"), tuple(rows), _network(graph, shown, found, note), note=note
    )


def in_common(graph: nx.MultiDiGraph[str], first: str, second: str, *, classes: Collection[str] = ()) -> Answer:
    """Return what two things both lead to, the nearest first, with the way from each; what lies only behind such a thing is left out."""
    ways = _ways(graph, first), _ways(graph, second)
    both = ways[0].keys() & ways[1].keys() - {first, second}
    direct = _ways(graph, first, both).keys() | _ways(graph, second, both).keys()
    chosen = [node for node in both & direct if not classes or set(classes) & set(graph.nodes[node]["types"])]
    chosen.sort(key=lambda node: (len(ways[0][node]) + len(ways[1][node]), graph.nodes[node]["label"].casefold(), node))
    labels = graph.nodes[first]["label"], graph.nodes[second]["label"]
    rows: list[tuple[Value, ...]] = [
        (
            graph.nodes[node]["label"],
            graph.nodes[node]["kind"],
            " / ".join(_said(graph, ways[0][node])),
            " / ".join(_said(graph, ways[1][node])),
            node,
        )
        for node in chosen
    ]
    names = labels if labels[0] != labels[1] else (first, second)
    return Answer(
        ("shared", "class", f"from {names[0]}", f"from {names[1]}", "iri"),
        tuple(rows),
        _columns(graph, first, second, chosen, ways),
    )


def _users(graph: nx.MultiDiGraph[str], users: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return, for each thing, which of some things lead to it, over how many links."""
    import networkx as nx

    found: dict[str, dict[str, int]] = defaultdict(dict)
    for user in users:
        for node, steps in nx.single_source_shortest_path_length(graph, user).items():
            if steps:
                found[node][user] = steps
    return found


def _behind(graph: nx.MultiDiGraph[str], found: dict[str, dict[str, int]], node: str) -> bool:
    """Say whether what leads to a thing leads to another first that leads there."""
    users, steps = found[node].keys(), sum(found[node].values())
    return any(
        found[before].keys() == users and sum(found[before].values()) < steps
        for before in graph.predecessors(node)
        if before in found
    )


def _ways(graph: nx.MultiDiGraph[str], start: str, stops: Collection[str] = ()) -> dict[str, list[str]]:
    """Return the shortest way to each thing that a thing leads to, as the nodes on it; no way goes on beyond `stops`."""
    ways: dict[str, list[str]] = {start: [start]}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node in stops:
            continue
        for other in sorted(set(graph.successors(node))):
            if other not in ways:
                ways[other] = [*ways[node], other]
                queue.append(other)
    return ways


def _said(graph: nx.MultiDiGraph[str], way: list[str]) -> list[str]:
    return [", ".join(sorted({data["label"] for data in graph[here][there].values()})) for here, there in pairwise(way)]


def _network(graph: nx.MultiDiGraph[str], shown: list[str], found: dict[str, dict[str, int]], note: str) -> Picture:
    """Show what is shared, larger where it is by more, and what stands between it and the most sharing things."""
    import networkx as nx

    weights = {node: float(len(found[node])) for node in shown}
    counts: dict[str, int] = defaultdict(int)
    for node in shown:
        for user in found[node]:
            counts[user] += 1
    users = sorted(counts, key=lambda user: (-counts[user], user))[:30]
    between = {
        step for user in users for node in shown if user in found[node] for step in nx.shortest_path(graph, user, node)
    }
    nodes = sorted(between | set(shown))
    return Picture(
        "network",
        "What is shared",
        "Circles are things, larger where more share them: " + ", ".join(graph.nodes[node]["label"] for node in shown),
        things(graph, nodes, weights={node: weights.get(node, 0.0) for node in nodes}, strong=shown),
        links(graph, nodes),
        " ".join(text for text in (note, left_out(len(users), len(counts), "sharer")) if text),
    )


def _columns(
    graph: nx.MultiDiGraph[str],
    first: str,
    second: str,
    chosen: list[str],
    ways: tuple[dict[str, list[str]], dict[str, list[str]]],
) -> Picture:
    """Show the ways from both ends inwards, with what is shared in the middle."""
    middle = max((len(ways[0][node]) - 1 for node in chosen), default=1)
    columns = {first: 0, second: middle + max((len(ways[1][node]) - 1 for node in chosen), default=1)}
    for node in chosen:
        columns[node] = middle
    for node in chosen:
        for step, other in enumerate(ways[0][node]):
            columns.setdefault(other, step)
        for step, other in enumerate(ways[1][node]):
            columns.setdefault(other, columns[second] - step)
    nodes = sorted(columns, key=lambda node: (columns[node], graph.nodes[node]["label"].casefold(), node))
    labels = graph.nodes[first]["label"], graph.nodes[second]["label"]
    steps = {step for way in ways for node in chosen for step in pairwise(way[node])}
    return Picture(
        "columns",
        f"What {labels[0]} and {labels[1]} share",
        ("Both lead to " + ", ".join(graph.nodes[node]["label"] for node in chosen))
        if chosen
        else "They share nothing.",
        things(graph, nodes, columns=columns, strong=(first, second)),
        tuple(link for link in links(graph, nodes) if (link.source, link.target) in steps),
    )
