"""Parts of a pattern are followed through a store: what they find is all that there is, and little."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query.pattern import MOST, BroadError, Either, Optional, Reading, Step, Terms, Values, follow

A, B, C, P, Q = (ox.NamedNode(f"http://x/{name}") for name in "abcpq")
ONE = ox.Literal(1)
# Where the terms are: known ones, and then those that are looked for.
TERMS: Terms = [A, B, C, P, Q, None, None]
X, Y = 5, 6


@pytest.fixture
def reading() -> Reading:
    store = ox.Store()
    store.extend([ox.Quad(A, P, B), ox.Quad(A, P, C), ox.Quad(B, Q, ONE), ox.Quad(A, P, ONE, B)])
    return Reading(store)


def found(solutions: list[Terms]) -> set[tuple[object, object]]:
    assert len({(terms[X], terms[Y]) for terms in solutions}) == len(solutions)
    return {(terms[X], terms[Y]) for terms in solutions}


def test_a_step_finds_what_the_default_graph_says(reading: Reading) -> None:
    assert found(Step(0, 3, X).follow([TERMS], reading)) == {(B, None), (C, None)}
    assert set(reading.quads) == {ox.Quad(A, P, B), ox.Quad(A, P, C)}


def test_steps_follow_each_other(reading: Reading) -> None:
    assert found(follow([Step(0, 3, X), Step(X, 4, Y)], [TERMS], reading)) == {(B, ONE)}


def test_of_a_text_nothing_is_said(reading: Reading) -> None:
    assert follow([Step(1, 4, X), Step(X, 3, Y)], [TERMS], reading) == []


def test_a_step_hangs_on_something(reading: Reading) -> None:
    with pytest.raises(BroadError):
        Step(X, 3, Y).follow([TERMS], reading)


@pytest.mark.parametrize(
    ("loose", "wanted"), [(False, {(B, ONE), (C, None)}), (True, {(B, ONE), (B, None), (C, None)})]
)
def test_what_need_not_be_there(reading: Reading, loose: bool, wanted: set[tuple[object, object]]) -> None:
    assert found(follow([Step(0, 3, X), Optional((Step(X, 4, Y),), loose)], [TERMS], reading)) == wanted


def test_one_of_several(reading: Reading) -> None:
    assert found(Either(((Step(0, 3, X),), (Step(1, 4, Y),))).follow([TERMS], reading)) == {
        (B, None),
        (C, None),
        (None, ONE),
    }


def test_values_are_joined(reading: Reading) -> None:
    rows = Values((X, Y), ((1, 2), (2, None), (None, 1)))
    assert found(rows.follow([TERMS], reading)) == {(B, C), (C, None), (None, B)}
    assert found(rows.follow([[*TERMS[:X], B, None]], reading)) == {(B, C), (B, B)}
    # Which the store may take for the same.
    assert found(Values((X,), ((1,),)).follow([[*TERMS[:X], ONE, None]], reading)) == {(ONE, None)}


def test_what_is_done_is_counted(reading: Reading) -> None:
    empty: list[Optional] = [Optional((), loose=False)] * (MOST // 2)
    assert follow(empty, [TERMS], reading) == [TERMS]
    with pytest.raises(BroadError):
        follow([*empty, *empty], [TERMS], reading)
