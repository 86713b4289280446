"""The graph of things: what is a thing, what is a part of one, and what they are called."""

from __future__ import annotations

from kg.analysis import entities
from kg.analysis.picturing import labelled
from tests.session import session
from tests.unit.analysis.graphs import HEAD, MODELS, X, graph_of


def links(turtle: str, **options: object) -> set[tuple[str, str, str]]:
    graph = graph_of(turtle, **options)
    names = labelled(graph)
    return {(names[source], data["label"], names[target]) for source, target, data in graph.edges(data=True)}


def test_a_part_that_one_thing_holds_is_merged_into_it() -> None:
    assert links(MODELS) == {
        ("Falcon", "trained on", "RefinedWeb"),
        ("Orion", "trained on", "RefinedWeb"),
        ("Falcon", "accelerator", "A100"),
        ("Orion", "accelerator", "A100"),
        ("Lyra", "accelerator", "H100"),
        ("A100", "manufacturer", "NVIDIA"),
        ("H100", "manufacturer", "NVIDIA"),
        ("Falcon", "like", "CLIP"),
    }


def test_the_way_over_merged_parts_is_kept() -> None:
    (edge,) = graph_of(MODELS)[X + "falcon"][X + "a100"].values()
    ns = "https://kg.example/ns#"
    assert edge["path"] == (ns + "hasTrainingRun", ns + "hasAllocation", ns + "accelerator")


def test_parts_are_things_where_they_are_asked_for() -> None:
    graph = graph_of(MODELS, parts=True)
    assert X + "run-1" in graph
    assert graph.has_edge(X + "use-1", X + "a100")
    assert not graph.has_edge(X + "falcon", X + "a100")
    assert sum(node.startswith("_:") for node in graph) == 1


def test_a_run_of_two_models_is_no_part_of_either() -> None:
    shared = (
        HEAD
        + "x:a a kg:Model ; kg:hasTrainingRun x:r . x:b a kg:Model ; kg:hasTrainingRun x:r . x:r a kg:TrainingRun ."
    )
    assert X + "r" in graph_of(shared)


def test_evidence_and_passages_are_no_things_unless_asked_for() -> None:
    assert not {X + "statement", X + "passage"} & set(graph_of(MODELS))
    assert {X + "statement", X + "passage"} <= set(graph_of(MODELS, evidence=True))


def test_a_thing_with_a_class_of_the_world_stays_even_if_it_is_a_concept() -> None:
    node = graph_of(MODELS).nodes[X + "a100"]
    assert (node["label"], node["kind"]) == ("A100", "accelerator")
    assert node["type"] == "https://kg.example/ns#Accelerator"


def test_classes_can_be_left_out_with_all_that_leads_over_them() -> None:
    graph = graph_of(MODELS, without=["https://kg.example/ns#Accelerator"])
    assert X + "a100" not in graph
    assert X + "nvidia" in graph
    assert not list(graph.predecessors(X + "nvidia"))


def test_things_without_class_or_label_are_named_after_their_address() -> None:
    graph = graph_of(HEAD + 'x:some-thing x:knows x:other . x:other a x:RareBird . x:blank rdfs:label " " .')
    assert labelled(graph) == {
        X + "some-thing": "thing some-thing",
        X + "other": "rare bird other",
        X + "blank": "thing blank",
    }


def test_a_link_that_several_graphs_state_is_one_link() -> None:
    row = ("<https://x.example/a>", "<https://x.example/p>", "<https://x.example/b>")
    back = ("<https://x.example/b>", "<https://x.example/q>", '"1"')
    graph = entities(session([(*row, "<https://x.example/g>"), (*row, None), (*back, None)]))
    assert graph.number_of_edges() == 1


def test_a_circle_of_blank_nodes_and_an_empty_graph_end() -> None:
    assert len(graph_of(HEAD + "_:a x:p _:b . _:b x:p _:a .")) <= 2
    assert len(graph_of(HEAD)) == 0
