"""The questions, on a graph whose answers one sees, and against networkx where it knows them."""

from __future__ import annotations

from importlib import import_module

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis import around, central, chain, class_, communities, in_common, shared, thing
from kg.analysis.central import betweenness, pagerank
from kg.errors import QueryError
from tests.unit.analysis.graphs import MODELS, NAMES, X, graph_of

GRAPH = graph_of(MODELS)
MODEL = "https://kg.example/ns#Model"
USERS = [node for node, types in GRAPH.nodes(data="types") if MODEL in types]


def test_a_chain_is_told_with_labels_and_directions() -> None:
    answer = chain(GRAPH, X + "falcon", X + "orion")
    # Over the dataset, which fewer things are linked with, before over the accelerator.
    assert answer.lines == (
        "Falcon —trained on→ RefinedWeb ←trained on— Orion",
        "Falcon —accelerator→ A100 ←accelerator— Orion",
    )
    assert [row[:6] for row in answer.rows if row[0] == 1] == [
        (1, 1, "Falcon", "→", "trained on", "RefinedWeb"),
        (1, 2, "RefinedWeb", "←", "trained on", "Orion"),
    ]


def test_a_chain_says_how_many_are_left_out() -> None:
    answer = chain(GRAPH, X + "falcon", X + "orion", limit=1)
    assert len(answer.lines) == 1
    assert answer.note == "1 of 2 shortest chains."


def test_what_nothing_leads_to_is_told() -> None:
    with pytest.raises(QueryError, match=r"Falcon, Alone.*KG673"):
        chain(GRAPH, X + "falcon", X + "alone")


def test_a_thing_is_near_to_itself() -> None:
    assert chain(GRAPH, X + "falcon", X + "falcon").lines == ("Falcon",)


def test_what_models_share_comes_by_how_many_share_it() -> None:
    rows = shared(GRAPH, USERS).rows
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("NVIDIA", 3, ("Falcon", "Lyra", "Orion")),
        ("A100", 2, ("Falcon", "Orion")),
        ("RefinedWeb", 2, ("Falcon", "Orion")),
    ]


def test_what_is_shared_can_be_of_one_class() -> None:
    rows = shared(GRAPH, USERS, classes=["https://kg.example/ns#Dataset"]).rows
    assert [row[0] for row in rows] == ["RefinedWeb"]


def test_what_two_models_share_leaves_out_what_lies_behind() -> None:
    rows = in_common(GRAPH, X + "falcon", X + "orion").rows
    assert [row[:4] for row in rows] == [
        ("A100", "accelerator", "accelerator", "accelerator"),
        ("RefinedWeb", "dataset", "trained on", "trained on"),
    ]
    assert [row[:4] for row in in_common(GRAPH, X + "falcon", X + "lyra").rows] == [
        ("NVIDIA", "organization", "accelerator / manufacturer", "accelerator / manufacturer")
    ]


def test_what_shares_nothing_shares_nothing() -> None:
    assert in_common(GRAPH, X + "alone", X + "lyra").rows == ()


def test_the_centre_is_counted_in_the_whole_graph() -> None:
    answer = central(GRAPH, classes=["https://kg.example/ns#Accelerator"], users=[MODEL])
    assert [row[:5] for row in answer.rows] == [(1, "A100", "accelerator", 2, 3), (2, "H100", "accelerator", 1, 2)]
    assert answer.columns[3:5] == ("use", "degree")
    assert central(GRAPH, by="use", users=[MODEL], limit=1).rows[0][1] == "NVIDIA"


def test_around_a_thing_are_its_links_step_by_step() -> None:
    rows = around(GRAPH, X + "nvidia", depth=2).rows
    assert [row[:4] for row in rows] == [
        (1, "A100", "manufacturer", "NVIDIA"),
        (1, "H100", "manufacturer", "NVIDIA"),
        (2, "Falcon", "accelerator", "A100"),
        (2, "Lyra", "accelerator", "H100"),
        (2, "Orion", "accelerator", "A100"),
    ]


def test_communities_are_told_by_their_members() -> None:
    answer = communities(GRAPH)
    members = [row[4] for row in answer.rows]
    assert sorted(name for group in members if isinstance(group, tuple) for name in group) == [
        "A100",
        "CLIP",
        "Falcon",
        "H100",
        "Lyra",
        "NVIDIA",
        "Orion",
        "RefinedWeb",
    ]
    assert "Louvain method (seed 0, resolution 1): modularity 0." in answer.note


def test_all_questions_can_be_asked_of_an_empty_graph() -> None:
    empty: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    assert [answer.rows for answer in (central(empty), communities(empty), shared(empty, []))] == [(), (), ()]


@pytest.mark.parametrize("name", ["Falcon", "falcon", "x:falcon", X + "falcon", f"<{X}falcon>"])
def test_a_thing_is_found_by_any_of_its_names(name: str) -> None:
    assert thing(GRAPH, name, NAMES) == X + "falcon"


def test_a_name_that_is_nearly_one_is_told_so() -> None:
    with pytest.raises(QueryError, match=r"did you mean Falcon\?.*KG670"):
        thing(GRAPH, "Flacon", NAMES)


def test_a_name_of_several_things_is_told() -> None:
    twice: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    twice.add_node("b", label="Same")
    twice.add_node("a", label="same")
    with pytest.raises(QueryError, match=r"2 things have this name: a, b.*KG671"):
        thing(twice, "SAME", NAMES)


def test_a_class_is_found_by_any_of_its_names() -> None:
    assert {class_([MODEL, X + "Y"], name, NAMES) for name in ("kg:Model", "model", MODEL)} == {MODEL}
    with pytest.raises(QueryError, match=r"there are Model, Y.*KG672"):
        class_([MODEL, X + "Y"], "Moddel", NAMES)


edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@given(edges)
@settings(max_examples=60, deadline=None)
def test_betweenness_is_that_of_networkx(pairs: list[tuple[int, int]]) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_edges_from((str(source), str(target)) for source, target in pairs if source != target)
    expected = nx.betweenness_centrality(nx.Graph(graph)) if graph else {}
    found, sources = betweenness(graph)
    assert sources == len(graph)
    assert found == pytest.approx(expected)


@given(edges)
@settings(max_examples=60, deadline=None)
def test_pagerank_is_what_its_equation_says(pairs: list[tuple[int, int]]) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(str(number) for number in range(10))
    graph.add_edges_from((str(source), str(target)) for source, target in pairs)
    rank = pagerank(graph)
    assert sum(rank.values()) == pytest.approx(1)
    lost = sum(rank[node] for node in graph if not graph.out_degree(node))
    for node in graph:
        come = sum(rank[source] / graph.out_degree(source) for source, _ in graph.in_edges(node))
        assert rank[node] == pytest.approx(0.15 / 10 + 0.85 * (come + lost / 10), abs=1e-9)


def test_betweenness_of_a_large_graph_is_estimated_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("kg.analysis.central")
    monkeypatch.setattr(module, "_STEPS", 100)
    monkeypatch.setattr(module, "_LEAST", 2)
    wheel: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number in range(40):
        wheel.add_node(f"{number:02}", label="thing", kind="thing", type=None, types=())
        wheel.add_edge(f"{number:02}", "hub", label="on", path=())
    wheel.nodes["hub"].update(label="hub", kind="thing", type=None, types=())
    answer = central(wheel, by="betweenness", limit=1)
    assert answer.rows[0][1] == "hub"
    assert answer.note == "Betweenness is estimated from the ways from 2 things."
