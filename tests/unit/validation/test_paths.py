"""Property paths: reading, showing, and the automata that are walked."""

from __future__ import annotations

import pytest

from kg.validation.paths import (
    Chain,
    Choice,
    MalformedPathError,
    Repeat,
    Step,
    automaton,
    list_members,
    path_text,
    read_path,
)
from tests.unit.validation.graphs import EX, found, quads

P, Q = Step(f"<{EX}p>"), Step(f"<{EX}q>")


def read(turtle: str) -> str:
    nodes: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value, _ in quads(f":s sh:path {turtle} ."):
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return path_text(read_path(nodes[f"<{EX}s>"]["<http://www.w3.org/ns/shacl#path>"][0], nodes)).replace(EX, "")


@pytest.mark.parametrize(
    ("turtle", "text"),
    [
        (":p", "p"),
        ("[ sh:inversePath :p ]", "^<p>"),
        ("( :p :q )", "(<p>/<q>)"),
        ("[ sh:alternativePath ( :p ( :p :q ) ) ]", "(<p>|(<p>/<q>))"),
        ("[ sh:zeroOrMorePath :p ]", "<p>*"),
        ("[ sh:oneOrMorePath [ sh:inversePath :p ] ]", "^<p>+"),
        ("[ sh:zeroOrOnePath ( :p :q ) ]", "(<p>/<q>)?"),
        ("[ sh:inversePath ( :p [ sh:zeroOrMorePath :q ] ) ]", "(^<q>*/^<p>)"),
    ],
)
def test_a_path_is_shown_as_sparql_has_it(turtle: str, text: str) -> None:
    assert read(turtle) == text


@pytest.mark.parametrize("turtle", ['"p"', "( :p )", "[ sh:alternativePath ( :p ) ]", "[ sh:zeroOrMore :p ]", "[]"])
def test_what_is_no_path(turtle: str) -> None:
    with pytest.raises(MalformedPathError):
        read(turtle)


def test_a_list_that_bites_its_tail_is_no_list() -> None:
    rest = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
    first = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
    assert list_members("_:a", {"_:a": {first: ["<x>"], rest: ["_:a"]}}) is None


@pytest.mark.parametrize(
    ("path", "edges", "ends"),
    [
        (P, [(0, 1)], (1,)),
        (Chain((P, Q)), [(0, 1), (1, 2)], (2,)),
        (Choice((P, Q)), [(0, 1), (0, 2)], (1, 2)),
        (Repeat(P, 0, endless=True), [(0, 1), (1, 1)], (0, 1)),
        (Repeat(P, 0, endless=False), [(0, 1)], (0, 1)),
        (Chain((Repeat(P, 0, endless=True), Q)), [(0, 1), (0, 2), (1, 1), (1, 2)], (2,)),
        (Repeat(Chain((P, Q)), 1, endless=True), [(0, 1), (1, 2), (2, 1)], (2,)),
    ],
)
def test_the_automaton_of_a_path(
    path: Step | Chain | Choice | Repeat, edges: list[tuple[int, int]], ends: tuple[int, ...]
) -> None:
    made = automaton(path)
    assert [(edge.origin, edge.goal) for edge in made.edges] == edges
    assert made.ends == ends


def test_a_walk_ends_where_the_graph_has_a_circle() -> None:
    shape = ":S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 2 ; sh:nodeKind sh:Literal ] ."
    values = found(":a :p :b . :b :p :a .", shape, "relational")
    assert [value for _, _, value in values] == ["a", "b"]


def test_a_focus_node_that_the_graph_does_not_have_is_reached_by_no_steps() -> None:
    shape = ":S a sh:NodeShape ; sh:targetNode :z ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:in ( :a ) ] ."
    assert found(":a :p :b .", shape, "relational") == [("z", "<p>*", "z")]
