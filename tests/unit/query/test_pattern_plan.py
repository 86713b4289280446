"""Patterns are followed from what is known, whatever the order in which they are written."""

from __future__ import annotations

import pytest

from kg.query.pattern import Either, Optional, Step, Values
from kg.query.pattern_plan import Group, Plan, Stage, Triple

# Places: a thing, a verb, and what is to be found.
THING, VERB, X, Y, Z = range(5)
KNOWN = {THING, VERB}


def group(*triples: Triple, **more: object) -> Group:
    return Group([Stage(triples=list(triples))], **more)  # type: ignore[arg-type]


def test_what_hangs_on_a_subject_comes_before_what_hangs_on_an_object() -> None:
    plan = Plan(loose=False)
    parts = plan.parts(group(Triple(Y, (VERB,), Z), Triple(Y, (VERB,), THING), Triple(THING, (VERB,), X)), set(KNOWN))
    assert parts == (Step(THING, VERB, X), Step(Y, VERB, THING), Step(Y, VERB, Z))
    assert plan.steps == list(parts)
    assert not plan.forward


def test_all_that_is_found_by_its_subject_is_forward() -> None:
    plan = Plan(loose=False)
    plan.parts(group(Triple(X, (VERB,), Y), Triple(THING, (VERB,), X)), set(KNOWN))
    assert plan.forward


def test_one_of_several_predicates() -> None:
    plan = Plan(loose=False)
    assert plan.parts(group(Triple(THING, (VERB, X), Y)), set(KNOWN)) == (
        Either(((Step(THING, VERB, Y),), (Step(THING, X, Y),))),
    )


@pytest.mark.parametrize(
    "stage", [Stage(triples=[Triple(X, (VERB,), Y)]), Stage(unions=[[group(Triple(X, (VERB,), Y))]])]
)
def test_what_hangs_on_nothing_is_refused(stage: Stage) -> None:
    with pytest.raises(ValueError, match="hangs on nothing"):
        Plan(loose=False).parts(Group([stage]), set(KNOWN))


def test_values_and_branches_make_known_what_others_hang_on() -> None:
    stage = Stage(
        [Values((X,), ((THING,),))],
        [Triple(Z, (VERB,), Z)],
        [[group(Triple(X, (VERB,), Z)), group(Triple(Z, (VERB,), X))]],
    )
    values, either, last = Plan(loose=False).parts(Group([stage]), set(KNOWN))
    assert isinstance(values, Values)
    assert either == Either(((Step(X, VERB, Z),), (Step(Z, VERB, X),)))
    assert last == Step(Z, VERB, Z)


@pytest.mark.parametrize(
    ("inner", "minus", "loose", "wanted"),
    [
        (group(Triple(X, (VERB,), Y)), False, False, False),
        (group(Triple(X, (VERB,), Y), loose=True), False, False, True),
        (group(Triple(X, (VERB,), Y)), True, False, True),
        (group(Triple(X, (VERB,), Y)), False, True, True),
    ],
)
def test_what_need_not_be_there_comes_where_it_stands(inner: Group, *, minus: bool, loose: bool, wanted: bool) -> None:
    stages = [
        Stage(triples=[Triple(THING, (VERB,), X)], optional=inner, minus=minus),
        Stage(triples=[Triple(Y, (VERB,), Z)]),
    ]
    assert Plan(loose=loose).parts(Group(stages), set(KNOWN)) == (
        Step(THING, VERB, X),
        Optional((Step(X, VERB, Y),), wanted),
        Step(Y, VERB, Z),
    )


def test_what_must_exist_is_looked_for_in_the_end() -> None:
    found = Group([Stage(triples=[Triple(THING, (VERB,), X)])], last=[group(Triple(X, (VERB,), Y))])
    assert Plan(loose=False).parts(found, set(KNOWN)) == (
        Step(THING, VERB, X),
        Optional((Step(X, VERB, Y),), loose=True),
    )
