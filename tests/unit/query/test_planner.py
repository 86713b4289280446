"""How queries are planned: by how many rows their patterns have."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query import Planner
from tests.answers import answer

PREFIXES = {"x": "http://x/"}
GROUPS = "SELECT ?o (SUM(?n) AS ?sum) { ?m x:of ?o ; x:number ?n } GROUP BY ?o"


def _store(things: int, small: int = 10) -> ox.Store:
    """Return a store of so many things, each with a number and the group that it is of, and some that are small."""
    node = ox.NamedNode
    store = ox.Store()
    store.extend(
        ox.Quad(node(f"http://x/{number}"), node(f"http://x/{verb}"), value)
        for number in range(things)
        for verb, value in (("of", node(f"http://x/group{number % 7}")), ("number", ox.Literal(number)))
    )
    store.extend(
        ox.Quad(node(f"http://x/{number}"), node("http://x/is"), ox.Literal("small")) for number in range(small)
    )
    return store


def test_patterns_of_many_rows_are_read_whole() -> None:
    store = _store(2000)
    planned = Planner(store, PREFIXES).planned(GROUPS)
    assert planned == (
        "SELECT ?o (SUM(?n) AS ?sum) { { SELECT ?m ?o { ?m x:of ?o } } { SELECT ?m ?n { ?m x:number ?n } }  } GROUP BY ?o"
    )
    assert answer(store, planned, PREFIXES) == answer(store, GROUPS, PREFIXES)


@pytest.mark.parametrize(
    "query",
    [
        # Few rows to begin with.
        'SELECT ?o (SUM(?n) AS ?sum) { ?m x:of ?o ; x:number ?n ; x:is "small" } GROUP BY ?o',
        # A condition that few rows meet.
        "SELECT ?o (SUM(?n) AS ?sum) { ?m x:number ?n ; x:of ?o FILTER(?n < 100) } GROUP BY ?o",
        # Pairs of things of one group.
        "SELECT ?o (COUNT(*) AS ?pairs) { ?m x:of ?o . ?n x:of ?o } GROUP BY ?o",
        # Things in a ring.
        "SELECT DISTINCT ?m { ?m x:of ?n . ?n x:of ?o . ?o x:of ?m }",
        # Any two things.
        "SELECT (COUNT(*) AS ?pairs) { ?m x:of ?o . ?n x:number ?p }",
        # Nothing that could be joined.
        "SELECT ?o (COUNT(?m) AS ?all) { ?m x:of ?o } GROUP BY ?o",
        # A name that is none.
        "SELECT ?o (SUM(?n) AS ?sum) { ?m y:of ?o ; x:number ?n } GROUP BY ?o",
    ],
)
def test_other_queries_are_left_alone(query: str) -> None:
    assert Planner(_store(3000), PREFIXES).planned(query) is None


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize(("least", "is_planned"), [(100, True), (2900, False)])
def test_it_is_found_out_how_many_rows_meet_a_condition(brief: bool, least: int, is_planned: bool) -> None:
    query = f"SELECT ?o (SUM(?n) AS ?sum) {{ ?m x:number ?n ; x:of ?o FILTER(?n > {least}) }} GROUP BY ?o"
    planner = Planner(_store(3000), PREFIXES, brief=brief)
    assert (planner.planned(query) is not None) == is_planned
    # A sample serves for other numbers, too.
    assert len(planner._samples) == (not brief)


def test_few_rows_are_looked_up() -> None:
    assert Planner(_store(1000), PREFIXES).planned(GROUPS) is None


def test_a_pattern_of_far_more_rows_is_not_read_for_few() -> None:
    query = 'SELECT DISTINCT ?n { ?m x:is "small" ; x:number ?n ; x:of ?o }'
    planner = Planner(_store(15_000, small=2000), PREFIXES)
    assert planner.planned(query) is None
    assert Planner(_store(11_000, small=2000), PREFIXES).planned(query) is not None


def test_no_more_is_counted_than_matters() -> None:
    planner = Planner(_store(11_000, small=1500), PREFIXES)
    assert planner.planned('SELECT DISTINCT ?n { ?m x:is "small" ; x:number ?n }') is None
    assert sorted(planner._counts.values()) == [(1500, 6_000_000 * 4), (9001, 9001)]
    # Where more matters, more is counted.
    assert planner.planned("SELECT DISTINCT ?n { ?m x:of ?o ; x:number ?n }") is not None
    assert planner._counts["?m x:number ?n"] == (11_000, 66_001)


def test_of_those_that_conditions_leave_one_comes_first_and_the_others_by_their_number() -> None:
    store = _store(3000, small=2000)
    query = "SELECT ?a { ?m x:of ?o ; x:number ?n ; x:is ?a FILTER(ISIRI(?o)) FILTER(?n > -1) } ORDER BY ?a"
    planned = Planner(store, PREFIXES).planned(query)
    assert planned is not None
    assert planned.index("x:of") < planned.index("x:is") < planned.index("x:number")


def test_what_a_condition_leaves_comes_first() -> None:
    query = "SELECT ?o (SUM(?n) AS ?sum) { ?m x:of ?o ; x:number ?n FILTER(?n < 100) } GROUP BY ?o"
    planned = Planner(_store(3000), PREFIXES).planned(query)
    assert planned is not None
    assert planned.index("x:number") < planned.index("x:of")


def test_no_more_rows_are_kept_than_memory_allows() -> None:
    store = _store(2000)
    assert Planner(store, PREFIXES, memory=2_000_000).planned(GROUPS) is not None
    assert Planner(store, PREFIXES, memory=1_900_000).planned(GROUPS) is None
