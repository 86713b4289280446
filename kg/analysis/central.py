"""Which things the others hang on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from kg.analysis.answer import Answer, Value
from kg.analysis.picturing import counted, links, things
from kg.drawing import Picture

if TYPE_CHECKING:
    import networkx as nx

Measure: TypeAlias = Literal["use", "degree", "betweenness", "pagerank"]

_DAMPING: Final = 0.85
_CLOSE: Final = 1e-11
_ROUNDS: Final = 500
# Betweenness looks at the ways from each thing, over all links: of large graphs it is estimated from some of the things, so many steps in all.
_STEPS: Final = 4_000_000
_LEAST: Final = 5
_AROUND: Final = 30  # things of the picture that are there only because they hang on the central ones


def central(
    graph: nx.MultiDiGraph[str],
    *,
    by: Measure = "degree",
    classes: Collection[str] = (),
    users: Collection[str] = (),
    limit: int = 10,
) -> Answer:
    """Rank the things of some classes (none: of all) in the whole graph, the most central first; of equals, the most linked, then by label.

    `use` is how many things of the classes `users` lead to it, over any number of links; `degree` how many things it is linked with; `betweenness` the share of shortest ways between two others that lead over it, whatever the direction of links;
    `pagerank` the share of time that a walk along links spends there, with a damping of 0.85. Without `users`, there is no column for use.
    """
    degree = {node: len(_linked(graph, node)) for node in graph}
    rank = pagerank(graph)
    between, sources = betweenness(graph)
    chosen = [node for node in graph if not classes or set(classes) & set(graph.nodes[node]["types"])]
    use = _use(graph, users)
    measures: dict[str, dict[str, float]] = {
        "use": dict(use),
        "degree": dict(degree),
        "betweenness": between,
        "pagerank": rank,
    }
    chosen.sort(
        key=lambda node: (-round(measures[by][node], 12), -degree[node], graph.nodes[node]["label"].casefold(), node)
    )
    shown = chosen[:limit]
    rows: list[tuple[Value, ...]] = []
    for place, node in enumerate(shown, 1):
        about = graph.nodes[node]
        used = (use[node],) if users else ()
        rows.append(
            (
                place,
                about["label"],
                about["kind"],
                *used,
                degree[node],
                round(between[node], 6),
                round(rank[node], 6),
                node,
            )
        )
    columns = ("rank", "thing", "class", *(("use",) if users else ()), "degree", "betweenness", "pagerank", "iri")
    note = f"Betweenness is estimated from the ways from {counted(sources, 'thing')}." if sources < len(graph) else ""
    return Answer(columns, tuple(rows), _picture(graph, shown, measures[by], by), note=note)


def pagerank(graph: nx.MultiDiGraph[str]) -> dict[str, float]:
    """Return the PageRank of each node; parallel links count each.

    (That of networkx wants SciPy, whose sums differ from one machine to another.)
    """
    if not graph:
        return {}
    count = len(graph)
    rank = dict.fromkeys(graph, 1 / count)
    out = {node: graph.out_degree(node) for node in graph}
    ways = sorted((source, target) for source, target, _ in graph.edges(keys=True))
    for _ in range(_ROUNDS):
        new = dict.fromkeys(graph, (1 - _DAMPING) / count)
        for source, target in ways:
            new[target] += _DAMPING * rank[source] / out[source]
        moved = sum(abs(new[node] - rank[node]) for node in graph)
        rank = new
        if moved < _CLOSE:
            break
    # A walk that can go no further starts anywhere: that makes all ranks larger by one factor.
    total = sum(rank.values())
    return {node: value / total for node, value in rank.items()}


def betweenness(graph: nx.MultiDiGraph[str]) -> tuple[dict[str, float], int]:
    """Return the betweenness of each node, 0 to 1, and from how many of them the ways were looked at: all, or some, from which it is estimated."""
    import networkx as nx

    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(graph)
    plain.add_edges_from(graph.edges())
    nodes = sorted(plain)
    count = len(nodes)
    if count < 3:
        return dict.fromkeys(nodes, 0.0), count
    most = max(_LEAST, _STEPS // (count + plain.number_of_edges()))
    sources = nodes[:: -(-count // most)]
    raw = nx.betweenness_centrality_subset(plain, sources=sources, targets=nodes, normalized=False)
    # Each pair of things is counted from both ends where both are sources; networkx halves it in an undirected graph.
    scale = 2 / ((count - 1) * (count - 2)) * count / len(sources)
    return {node: raw[node] * scale for node in nodes}, len(sources)


def _linked(graph: nx.MultiDiGraph[str], node: str) -> set[str]:
    return set(graph.successors(node)) | set(graph.predecessors(node))


def _use(graph: nx.MultiDiGraph[str], users: Collection[str]) -> dict[str, int]:
    """Return how many things of some classes lead to each thing."""
    import networkx as nx

    use = dict.fromkeys(graph, 0)
    for node, types in graph.nodes(data="types"):
        if set(users) & set(types):
            for other in nx.descendants(graph, node):
                use[other] += 1
    return use


def _picture(graph: nx.MultiDiGraph[str], shown: list[str], weights: dict[str, float], by: str) -> Picture:
    """Show the central things and some of those that are linked with several of them."""
    chosen = set(shown)
    touched: dict[str, int] = {}
    for node in shown:
        for other in _linked(graph, node) - chosen:
            touched[other] = touched.get(other, 0) + 1
    order: Callable[[str], tuple[int, str]] = lambda node: (-touched[node], node)  # noqa: E731 - it is a key
    around = sorted(touched, key=order)[:_AROUND]
    nodes = [*shown, *around]
    light = {node: weights[node] if node in chosen else 0.0 for node in nodes}
    return Picture(
        "network",
        f"The most central things by {by}",
        "Circles are things, larger where more central: "
        + ", ".join(graph.nodes[node]["label"] for node in shown)
        + ". Lines are links.",
        things(graph, nodes, weights=light, strong=shown),
        links(graph, nodes),
        f"Of the {len(touched):,} other things that they are linked with, {len(around)} are shown."
        if len(around) < len(touched)
        else "",
    )
