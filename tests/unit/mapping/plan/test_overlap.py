"""Which rules can make the same quad: wrong answers cost duplicates, needless ones a DISTINCT."""

from __future__ import annotations

import pytest

from kg.mapping.plan.overlap import is_injective, is_told_by_columns, overlapping
from kg.mapping.rules import (
    ConstantTerm,
    File,
    Formulation,
    LogicalSource,
    Reference,
    Rule,
    Template,
    Term,
    TermMap,
    TermType,
)

SOURCE = LogicalSource(Formulation.CSV, File("data.csv"))
P, Q = ConstantTerm("<http://x/p>"), ConstantTerm("<http://x/q>")


def iri(*parts: str | Reference, kind: TermType = TermType.IRI) -> TermMap:
    return TermMap(Template(parts), kind)


def literal(name: str = "v", *, datatype: ConstantTerm | None = None, language: ConstantTerm | None = None) -> TermMap:
    return TermMap(Reference(name), TermType.LITERAL, datatype=datatype, language=language)


def rule(subject: Term, predicate: Term = P, value: Term | None = None, graph: Term | None = None) -> Rule:
    return Rule(SOURCE, subject, predicate, value or literal(), graph)


ID = Reference("id")
THING = iri("http://x/thing/", ID)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (rule(THING), rule(THING, Q), False),
        (rule(THING), rule(THING, P, literal("w")), True),
        (rule(THING), rule(iri("http://x/other/", ID)), False),
        (rule(THING), rule(iri("http://x/thing/", Reference("key"))), True),
        # What stands in an IRI is encoded, and so adds no slash.
        (rule(iri("http://x/", ID)), rule(THING), False),
        (rule(iri("http://x/", ID, kind=TermType.UNSAFE_IRI)), rule(THING), True),
        (rule(iri("http://x/a-", ID)), rule(iri("http://x/", ID)), True),
        (rule(THING), rule(iri("http://x/thing/", ID, kind=TermType.BLANK_NODE)), False),
        (rule(THING, P, literal()), rule(THING, P, iri("http://x/", ID)), False),
        (
            rule(THING, P, literal(language=ConstantTerm("en"))),
            rule(THING, P, literal(language=ConstantTerm("de"))),
            False,
        ),
        (rule(THING, P, literal(language=ConstantTerm("en"))), rule(THING, P, literal()), False),
        # A column may be typed by itself.
        (rule(THING, P, literal(datatype=ConstantTerm("http://x/t"))), rule(THING, P, literal()), True),
        (rule(THING, P, ConstantTerm("<http://x/A>")), rule(THING, P, ConstantTerm("<http://x/B>")), False),
        (rule(THING, P, ConstantTerm("<http://x/A>")), rule(THING, P, iri("http://x/", ID)), True),
        (rule(THING, P, ConstantTerm("<http://x/A>")), rule(THING, P, iri("http://y/", ID)), False),
        (rule(ConstantTerm("<http://x/thing/1>")), rule(THING), True),
        (rule(ConstantTerm("<http://y/thing/1>")), rule(THING), False),
        (rule(ConstantTerm("_:b")), rule(THING), False),
        (rule(THING, graph=ConstantTerm("<http://g/1>")), rule(THING, graph=ConstantTerm("<http://g/2>")), False),
        (rule(THING, graph=ConstantTerm("<http://g/1>")), rule(THING, P, literal("w")), False),
        (rule(THING, graph=iri("http://g/", ID)), rule(THING, P, literal("w"), ConstantTerm("<http://g/2>")), True),
        (rule(THING, iri("http://x/", ID)), rule(THING, Q), True),
    ],
)
def test_rules_overlap_only_where_they_can_say_the_same(one: Rule, other: Rule, overlap: bool) -> None:
    assert overlapping([one, other]) == (frozenset({0, 1}) if overlap else frozenset())
    assert overlapping([other, one]) == (frozenset({0, 1}) if overlap else frozenset())


def test_only_the_rules_that_overlap_are_named() -> None:
    rules = [rule(THING), rule(THING, Q), rule(THING, P, literal("w")), rule(iri("http://y/", ID), Q)]
    assert overlapping(rules) == {0, 2}


def test_variable_predicates_meet_all_others() -> None:
    rules = [rule(THING, iri("http://x/", ID)), rule(THING, iri("http://x/", Reference("key"))), rule(THING, Q)]
    assert overlapping(rules) == {0, 1, 2}
    assert overlapping(rules[:2]) == {0, 1}
    assert overlapping([]) == frozenset()


@pytest.mark.parametrize(
    ("expression", "kind", "injective"),
    [
        (Template(("http://x/", ID)), TermType.IRI, True),
        (Template(("http://x/", ID, "/", Reference("b"))), TermType.IRI, True),
        # "ab" and "c" give the same as "a" and "bc", "a-b" and "c" the same as "a" and "b-c".
        (Template(("http://x/", ID, Reference("b"))), TermType.IRI, False),
        (Template(("http://x/", ID, "-", Reference("b"))), TermType.IRI, False),
        (Template((ID, "/", Reference("b"))), TermType.LITERAL, False),
        (Template((ID, "/", Reference("b"))), TermType.UNSAFE_IRI, False),
        (Template((ID, "!")), TermType.LITERAL, True),
        (ID, TermType.LITERAL, True),
        # A relative IRI may be the same as an absolute one.
        (ID, TermType.IRI, False),
    ],
)
def test_templates_are_injective_where_a_separator_cannot_stand_in_a_value(
    expression: Template | Reference, kind: TermType, injective: bool
) -> None:
    assert is_injective(expression, kind) is injective


def test_a_rule_is_told_by_its_columns_if_each_shows() -> None:
    assert is_told_by_columns(rule(THING, P, literal("name")))
    assert not is_told_by_columns(rule(THING, P, TermMap(Template((ID, Reference("b"))), TermType.LITERAL)))
    conditional = TermMap(Reference("name"), TermType.LITERAL, conditions=(Reference("shown"),))
    assert not is_told_by_columns(rule(THING, P, conditional))
    assert not is_told_by_columns(rule(TermMap(None, TermType.BLANK_NODE)))


def test_among_many_rules_those_overlap_that_do_in_pairs() -> None:
    starts = ("http://x/", "http://x/a", "http://x/a/", "http://x/a/b/", "http://x/ab", "http://y/", "")
    rules = [rule(iri(start, ID) if start else TermMap(ID, TermType.IRI)) for start in starts]
    rules += [rule(iri("b", ID, kind=TermType.BLANK_NODE)), rule(ConstantTerm("<http://x/ab>")), rule(THING, Q)]
    rules += [rule(iri(start, ID, kind=TermType.UNSAFE_IRI), Q) for start in ("http://x/", "http://x/th", "http://z/")]
    pairs = [(one, other) for one in range(len(rules)) for other in range(one)]
    expected = {each for pair in pairs if overlapping([rules[each] for each in pair]) for each in pair}
    assert 0 < len(expected) < len(rules)
    assert overlapping(rules) == expected
    assert overlapping(rules[::-1]) == {len(rules) - 1 - each for each in expected}
