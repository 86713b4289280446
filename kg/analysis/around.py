"""What a thing is connected with, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analysis.answer import Answer, Value
from kg.analysis.picturing import labelled, left_out, links, things
from kg.drawing import Picture

if TYPE_CHECKING:
    import networkx as nx


def around(graph: nx.MultiDiGraph[str], center: str, *, depth: int = 1, limit: int = 100) -> Answer:
    """Return the links between a thing and all that is at most `depth` links away, whatever their direction, the nearest first."""
    import networkx as nx

    steps = nx.single_source_shortest_path_length(graph.to_undirected(as_view=True), center, cutoff=depth)
    labels: dict[str, str] = labelled(graph)
    found = sorted(
        (max(steps[source], steps[target]), labels[source], data["label"], labels[target], source, key, target)
        for source, target, key, data in graph.subgraph(steps).edges(keys=True, data=True)
        if steps[source] != steps[target]
    )
    rows: list[tuple[Value, ...]] = [
        (step, source, label, target, iri, tuple(key.split(" ")), other)
        for step, source, label, target, iri, key, other in found[:limit]
    ]
    kept = {center} | {node for row in found[:limit] for node in (row[4], row[6])}
    nodes = sorted(kept, key=lambda node: (steps[node], labels[node].casefold(), node))
    note = left_out(len(rows), len(found), "link")
    return Answer(
        ("step", "from", "property", "to", "from_iri", "property_iris", "to_iri"),
        tuple(rows),
        Picture(
            "around",
            f"What {labels[center]} is connected with",
            f"{labels[center]} and {len(nodes) - 1} things around it.",
            things(graph, nodes, strong=(center,)),
            links(graph, nodes),
            note,
        ),
        note=note,
    )
