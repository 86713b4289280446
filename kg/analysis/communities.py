"""Which things belong together: groups with more links within than between them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.analysis.answer import Answer, Value
from kg.analysis.picturing import counted, left_out, links, things
from kg.drawing import COLORS, Picture

if TYPE_CHECKING:
    import networkx as nx

_SEED: Final = 0
_SHOWN: Final = 60  # things of the picture, about
_LEAST: Final = 3  # of each community
_COLORED: Final = len(COLORS)
_NAMED: Final = 3


def communities(graph: nx.MultiDiGraph[str], *, resolution: float = 1.0, limit: int = 20) -> Answer:
    """Divide the linked things into communities by the Louvain method, with a fixed seed, the largest first; a thing without a link is in none.

    A higher `resolution` gives more and smaller ones. A community is named after its most linked things.
    """
    import networkx as nx

    plain: nx.Graph[str] = nx.Graph()
    # The method takes nodes and links in the order in which they came.
    for source, target in sorted({(min(pair), max(pair)) for pair in graph.edges()}):
        plain.add_edge(source, target)
    found = nx.community.louvain_communities(plain, resolution=resolution, seed=_SEED) if plain else []
    modularity = (
        nx.community.modularity(plain, [set(group) for group in found], resolution=resolution) if plain else 0.0
    )
    groups = [sorted(group, key=lambda node: (-plain.degree(node), node)) for group in found]
    groups.sort(key=lambda group: (-len(group), group))
    rows: list[tuple[Value, ...]] = []
    names = []
    for number, group in enumerate(groups, 1):
        labels = tuple(str(graph.nodes[node]["label"]) for node in group)
        kinds = Counter(graph.nodes[node]["kind"] for node in group)
        told = ", ".join(
            counted(count, kind) for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0]))
        )
        inner = plain.subgraph(group).number_of_edges()
        names.append(f"{number}: " + ", ".join(labels[:_NAMED]))
        rows.append((number, len(group), inner, told, labels, tuple(group)))
    note = (
        f"{counted(len(groups), 'community')} of {counted(len(plain), 'linked thing')} "
        f"by the Louvain method (seed {_SEED}, resolution {resolution:g}): modularity {modularity:.3f}. {left_out(min(limit, len(groups)), len(groups), 'community')}"
    ).strip()
    return Answer(
        ("community", "things", "links", "classes", "members", "iris"),
        tuple(rows[:limit]),
        _picture(graph, plain, groups, names),
        note=note,
    )


def _picture(graph: nx.MultiDiGraph[str], plain: nx.Graph[str], groups: list[list[str]], names: list[str]) -> Picture:
    """Show the most linked things of the largest communities, each in its colour; a large one has more of them."""
    groups = groups[:_COLORED]
    size = sum(len(group) for group in groups)
    of = {
        node: name
        for group, name in zip(groups, names, strict=False)
        for node in _core(plain, group, max(_LEAST, round(_SHOWN * len(group) / size)))
    }
    nodes = list(of)
    return Picture(
        "network",
        "Communities",
        f"The most linked things of {counted(len(groups), 'community')}: " + "; ".join(dict.fromkeys(of.values())),
        things(graph, nodes, weights={node: float(plain.degree(node)) for node in nodes}, groups=of),
        links(graph, nodes),
        left_out(len(nodes), len(plain)),
    )


def _core(plain: nx.Graph[str], group: list[str], count: int) -> list[str]:
    """Return so many of a community, the most linked first, each linked with one before it."""
    inside = set(group)
    core = dict.fromkeys(group[:1])
    near = set(plain[group[0]]) & inside
    while near and len(core) < count:
        node = min(near, key=lambda other: (-plain.degree(other), other))
        core[node] = None
        near = (near | set(plain[node]) & inside) - core.keys()
    return list(core)
