"""From nodes of the graph to the things and links of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kg.drawing import Link, Thing

if TYPE_CHECKING:
    import networkx as nx


def things(
    graph: nx.MultiDiGraph[str],
    nodes: Iterable[str],
    *,
    weights: Mapping[str, float] | None = None,
    groups: Mapping[str, str] | None = None,
    columns: Mapping[str, int] | None = None,
    strong: Iterable[str] = (),
) -> tuple[Thing, ...]:
    """Return nodes as things of a picture, in the order given; a weight counts against the largest one, and the group is the kind if none is given."""
    heaviest = max((weights or {}).values(), default=0) or 1
    marked = set(strong)
    return tuple(
        Thing(
            node,
            graph.nodes[node]["label"],
            graph.nodes[node]["kind"],
            groups[node] if groups else graph.nodes[node]["kind"],
            weights[node] / heaviest if weights else 0.0,
            columns[node] if columns else 0,
            node in marked,
        )
        for node in nodes
    )


def links(graph: nx.MultiDiGraph[str], nodes: Iterable[str]) -> tuple[Link, ...]:
    """Return the links among some nodes."""
    return tuple(
        sorted(
            {Link(source, target, data["label"]) for source, target, data in graph.subgraph(nodes).edges(data=True)},
            key=lambda link: (link.source, link.target, link.label),
        )
    )


def labelled(graph: nx.MultiDiGraph[str]) -> dict[str, str]:
    """Return the label of each node."""
    return {node: str(data["label"]) for node, data in graph.nodes(data=True)}


def counted(count: int, what: str) -> str:
    """Return `1 thing`, `2 things`, `2 communities`."""
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count:,} {what if count == 1 else plural}"


def left_out(shown: int, of: int, what: str = "thing") -> str:
    """Say how many are shown where they are not all."""
    return "" if shown >= of else f"{shown} of {counted(of, what)} are shown."
