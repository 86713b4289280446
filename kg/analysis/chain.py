"""How one thing is connected with another: the shortest chains of links between them."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from kg.analysis.answer import Answer, Value
from kg.analysis.picturing import counted, labelled, links, things
from kg.drawing import Picture
from kg.errors import QueryError

if TYPE_CHECKING:
    import networkx as nx

_MOST: Final = 1000  # chains that are looked at: of more, only that there are more is said


def chain(graph: nx.MultiDiGraph[str], start: str, end: str, *, limit: int = 10) -> Answer:
    """Return the shortest chains between two things, whatever the direction of links; those over things with few links come first, as they say most.

    A row is a step of a chain. QueryError (KG673) where no chain leads from one to the other.
    """
    import networkx as nx

    labels: dict[str, str] = labelled(graph)
    plain = nx.Graph(graph)
    try:
        found = list(islice(nx.all_shortest_paths(plain, start, end), _MOST + 1))
    except nx.NetworkXNoPath as error:
        raise QueryError(
            "KG673",
            "no chain of links connects the two",
            where=f"{labels[start]}, {labels[end]}",
            advice="things of left-out classes connect nothing; --parts and --evidence let more in",
        ) from error
    more = len(found) > _MOST
    paths = sorted(
        found[:_MOST],
        key=lambda path: (sum(plain.degree(node) for node in path), [labels[node] for node in path], path),
    )
    shown = paths[:limit]
    rows: list[tuple[Value, ...]] = []
    for number, path in enumerate(shown, 1):
        for step, (here, there) in enumerate(pairwise(path), 1):
            names, ways, forward = _step(graph, here, there)
            direction = "→" if forward else "←"
            rows.append((number, step, labels[here], direction, names, labels[there], here, ways, there))
    note = (
        f"{len(shown)} of {'more than ' if more else ''}{counted(len(paths), 'shortest chain')}."
        if len(shown) < len(paths)
        else ""
    )
    return Answer(
        ("chain", "step", "from", "direction", "property", "to", "from_iri", "property_iris", "to_iri"),
        tuple(rows),
        _picture(graph, shown, start, end, note),
        lines=tuple(_line(graph, path) for path in shown),
        note=note,
    )


def _step(graph: nx.MultiDiGraph[str], here: str, there: str) -> tuple[str, tuple[str, ...], bool]:
    """Return the names and the IRIs of the properties that link two neighbours, and whether they lead from the first to the second."""
    forward = graph.has_edge(here, there)
    found = graph[here][there] if forward else graph[there][here]
    return ", ".join(sorted({data["label"] for data in found.values()})), tuple(sorted(found)), forward


def _line(graph: nx.MultiDiGraph[str], path: list[str]) -> str:
    """Write a chain as `Falcon —trained on→ RefinedWeb ←trained on— X`."""
    text = str(graph.nodes[path[0]]["label"])
    for here, there in pairwise(path):
        names, _, forward = _step(graph, here, there)
        text += f" —{names}→ " if forward else f" ←{names}— "
        text += graph.nodes[there]["label"]
    return text


def _picture(graph: nx.MultiDiGraph[str], paths: list[list[str]], start: str, end: str, note: str) -> Picture:
    columns = {node: step for path in paths for step, node in enumerate(path)}
    nodes = sorted(columns, key=lambda node: (columns[node], graph.nodes[node]["label"].casefold(), node))
    names = graph.nodes[start]["label"], graph.nodes[end]["label"]
    return Picture(
        "columns",
        f"From {names[0]} to {names[1]}" if start != end else names[0],
        "The shortest chains: " + "; ".join(_line(graph, path) for path in paths),
        things(graph, nodes, columns=columns, strong=(start, end)),
        links(graph, nodes),
        note,
    )
