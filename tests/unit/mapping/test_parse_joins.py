"""Joins: parent triples maps, join conditions, and quoted triples (RML-Star)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.rules import Constant, Joined, QuotedTriple, Reference, Template, TermMap, TermType
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    FIRST_LINE,
    RDF,
    csv,
    fault,
    faults,
    iri,
    reference,
    rules,
    template,
    triples_map,
)

OTHER = '[ rml:source "others.csv" ; rml:referenceFormulation rml:CSV ]'
KEYS = 'rml:joinCondition [ rml:child "k" ; rml:parent "l" ]'
PARENT = triples_map(source=OTHER, subject='rml:subjectMap [ rml:template "http://x/o/{n}" ]', name="Parent")
PARENT_TERM = template("http://x/o/", Reference("n"))


def test_a_parent_of_another_source_is_joined(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map(f"rml:parentTriplesMap <#Parent> ; {KEYS}") + PARENT)
    assert rule.object == Joined(PARENT_TERM, csv(tmp_path, "others.csv"), ((Reference("k"), Reference("l")),))


def test_a_parent_of_the_same_source_without_a_condition_is_no_join(tmp_path: Path) -> None:
    parent = triples_map(subject='rml:subjectMap [ rml:template "http://x/parent/{k}" ]', name="Parent")
    (rule,) = rules(tmp_path, triples_map("rml:parentTriplesMap <#Parent>") + parent)
    assert rule.object == template("http://x/parent/", Reference("k"))


def test_a_condition_joins_a_source_with_itself(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map(f"rml:parentTriplesMap <#Map> ; {KEYS}"))
    assert isinstance(rule.object, Joined)
    assert rule.object.source == rule.source


def test_without_a_condition_all_records_of_another_source_are_joined(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map("rml:parentTriplesMap <#Parent>") + PARENT)
    assert rule.object == Joined(PARENT_TERM, csv(tmp_path, "others.csv"), ())


def test_the_sides_of_a_condition_may_be_expressions(tmp_path: Path) -> None:
    conditions = """rml:joinCondition
        [ rml:childMap [ rml:template "{a}-{b}" ] ; rml:parentMap [ rml:reference "c" ] ] ,
        [ rml:childMap [ rml:constant "x" ] ; rml:parent "d" ] , [ rml:childMap [ rml:constant "x" ] ; rml:parent "d" ]"""
    (rule,) = rules(tmp_path, triples_map(f"rml:parentTriplesMap <#Parent> ; {conditions}") + PARENT)
    assert isinstance(rule.object, Joined)
    assert rule.object.conditions == (
        (Template((Reference("a"), "-", Reference("b"))), Reference("c")),
        (Constant("x"), Reference("d")),
    )


def test_a_parent_s_subject_has_the_parent_s_base(tmp_path: Path) -> None:
    parent = (
        f'<#Parent> rml:baseIRI <http://own/> ; rml:logicalSource {OTHER} ; rml:subjectMap [ rml:template "{{n}}" ] .'
    )
    (rule,) = rules(tmp_path, triples_map(f"rml:parentTriplesMap <#Parent> ; {KEYS}") + parent)
    assert isinstance(rule.object, Joined)
    assert rule.object.term == TermMap(Template((Reference("n"),)), TermType.IRI, "http://own/")


def test_a_constant_subject_may_be_a_parent(tmp_path: Path) -> None:
    parent = f"<#Parent> rml:logicalSource {OTHER} ; rml:subject ex:s ."
    (rule,) = rules(tmp_path, triples_map(f"rml:parentTriplesMap <#Parent> ; {KEYS}") + parent)
    assert isinstance(rule.object, Joined)
    assert rule.object.term == iri(f"{EX}s")


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ("rml:parentTriplesMap <#Pareto>", "there is no triples map <#Pareto>", "did you mean <#Parent>"),
        ("rml:parentTriplesMap []", "there is no triples map without a name", "<#Map>"),
        ('rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:child "a" ]', "a join condition has one rml:parent, not 0", "give one rml:parent, or one rml:parentMap"),
        ('rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:parent "b" ; rml:child "a" ; rml:childMap [ rml:constant "a" ] ]', "a join condition has one rml:child, not 2", "give one rml:child"),
        ('rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:parent "b" ; rml:childMap [] ]', "an expression is missing", "add rml:reference"),
        ('rml:parentTriplesMap <#Parent> ; rml:reference "a"', "rml:reference and rml:parentTriplesMap are given together", "give only one of them"),
    ],
)  # fmt: skip
def test_a_fault_of_a_join_is_told_with_its_line(tmp_path: Path, said: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map(said) + PARENT)
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>): {what}")
    assert advice in found


@pytest.mark.parametrize("part", ["predicateMap", "graphMap"])
@pytest.mark.parametrize("kind", ["parentTriplesMap", "quotedTriplesMap"])
def test_predicates_and_graphs_come_from_no_other_triples_map(tmp_path: Path, part: str, kind: str) -> None:
    said = f"rml:object 1 ; rml:predicate ex:p ; rml:{part} [ rml:{kind} <#Map> ]"
    assert f"a {part.removesuffix('Map')} comes from no other triples map" in faults(tmp_path, triples_map(said))[0]


def test_a_fault_of_a_parent_is_told_once_and_where_it_is(tmp_path: Path) -> None:
    parent = triples_map(source=OTHER, subject='rml:subjectMap [ rml:template "{" ]', name="Parent")
    child = triples_map("rml:parentTriplesMap <#Parent>", f"rml:parentTriplesMap <#Parent> ; {KEYS}")
    assert fault(tmp_path, child + parent).startswith(
        f"mapping.ttl, line {FIRST_LINE + 5} (<#Parent>): the template '{{'"
    )


QUOTED = """<#Quoted> a rml:NonAssertedTriplesMap ; rml:logicalSource {source} ;
  rml:subjectMap [ rml:reference "s" ; rml:class ex:C ] ; rml:predicateObjectMap [ rml:predicate ex:q ; rml:objectMap [ rml:reference "o" ] ] .
"""
PEOPLE = '[ rml:source "people.csv" ; rml:referenceFormulation rml:CSV ]'
SUBJECT = reference("s", TermType.IRI)
TRIPLES = (
    QuotedTriple(SUBJECT, iri(f"{RDF}type"), iri(f"{EX}C")),
    QuotedTriple(SUBJECT, iri(f"{EX}q"), reference("o")),
)


def test_triples_of_the_same_source_are_quoted_as_they_are(tmp_path: Path) -> None:
    quoted = QUOTED.format(source=PEOPLE)
    found = rules(tmp_path, triples_map("rml:quotedTriplesMap <#Quoted>") + quoted)
    assert tuple(rule.object for rule in found) == TRIPLES
    found = rules(
        tmp_path, triples_map('rml:reference "x"', subject="rml:subjectMap [ rml:quotedTriplesMap <#Quoted> ]") + quoted
    )
    assert tuple(rule.subject for rule in found) == TRIPLES


def test_what_is_not_asserted_makes_no_quads_and_what_is_does(tmp_path: Path) -> None:
    text = triples_map("rml:quotedTriplesMap <#Quoted>") + QUOTED.format(source=PEOPLE)
    assert len(rules(tmp_path, text)) == 2
    assert len(rules(tmp_path, text.replace("NonAsserted", "Asserted"))) == 4


def test_triples_of_another_source_are_joined(tmp_path: Path) -> None:
    found = rules(tmp_path, triples_map(f"rml:quotedTriplesMap <#Quoted> ; {KEYS}") + QUOTED.format(source=OTHER))
    conditions = ((Reference("k"), Reference("l")),)
    assert [rule.object for rule in found] == [
        Joined(each, csv(tmp_path, "others.csv"), conditions) for each in TRIPLES
    ]


def test_quoted_triples_may_quote_others(tmp_path: Path) -> None:
    outer = triples_map("rml:quotedTriplesMap <#Quoted>", name="Outer").replace(
        "<#Outer>", "<#Outer> a rml:NonAssertedTriplesMap ;"
    )
    text = triples_map('rml:reference "x"', subject="rml:subjectMap [ rml:quotedTriplesMap <#Outer> ]") + outer
    found = rules(tmp_path, text + QUOTED.format(source=PEOPLE))
    assert [rule.subject for rule in found] == [
        QuotedTriple(template("http://x/", Reference("id")), iri(f"{EX}p"), each) for each in TRIPLES
    ]


@pytest.mark.parametrize(
    ("text", "line", "what", "advice"),
    [
        (triples_map("rml:quotedTriplesMap <#None>"), 2, "there is no triples map <#None>", "known are: <#Map>"),
        (triples_map("rml:quotedTriplesMap <#Map>"), 2, "the triples map quotes itself", "take the circle apart"),
        (
            triples_map("rml:quotedTriplesMap <#B>") + triples_map("rml:quotedTriplesMap <#Map>", name="B"),
            2,
            "the triples map quotes itself",
            "circle",
        ),
        (
            triples_map(f"rml:quotedTriplesMap <#B> ; {KEYS}", subject=f"rml:subjectMap [ rml:quotedTriplesMap <#B> ; {KEYS} ]")
            + triples_map('rml:reference "x"', source=OTHER, name="B"),
            2,
            "a quad whose subject and object are joined both is not supported",
            "join in a logical view",
        ),
        (
            triples_map("rml:quotedTriplesMap <#B>")
            + triples_map(f"rml:parentTriplesMap <#C> ; {KEYS}", name="B")
            + triples_map(source=OTHER, name="C"),
            2,
            "quoting a triple that is joined itself is not supported",
            "join in a logical view",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_quoted_is_told(tmp_path: Path, text: str, line: int, what: str, advice: str) -> None:
    found = faults(tmp_path, text)[0]
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + line} (<#Map>): {what}")
    assert advice in found


@pytest.mark.parametrize(
    ("subject", "what"),
    [
        (f"rml:quotedTriplesMap <#Quoted> ; {KEYS}", "a join of what is joined itself is not supported"),
        (
            f"rml:gather ( [ rml:parentTriplesMap <#Map> ; {KEYS} ] ) ; rml:gatherAs rdf:List",
            "a join of a collection of joined members is not supported",
        ),
    ],
)
def test_what_cannot_be_a_parent_is_told(tmp_path: Path, subject: str, what: str) -> None:
    parent = triples_map(source=OTHER, subject=f"rml:subjectMap [ {subject} ]", name="Parent")
    text = triples_map(f"rml:parentTriplesMap <#Parent> ; {KEYS}") + parent + QUOTED.format(source=PEOPLE)
    found = fault(tmp_path, text)
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>): {what}; join in a logical view")


def test_a_parent_without_source_is_no_join(tmp_path: Path) -> None:
    parent = "<#Parent> a rml:TriplesMap ; rml:subject ex:s ."
    (rule,) = rules(tmp_path, triples_map("rml:parentTriplesMap <#Parent>") + parent)
    assert rule.object == iri(f"{EX}s")


def test_a_triples_map_is_not_both_asserted_and_not(tmp_path: Path) -> None:
    text = triples_map('rml:reference "a"').replace(
        "<#Map>", "<#Map> a rml:AssertedTriplesMap , rml:NonAssertedTriplesMap ;"
    )
    assert "a triples map is asserted or not, never both; take one of the classes away" in fault(tmp_path, text)


def test_a_predicate_object_map_quotes_nothing(tmp_path: Path) -> None:
    found = faults(
        tmp_path, triples_map("rml:predicate ex:p ; rml:quotedTriplesMap <#Quoted>") + QUOTED.format(source=PEOPLE)
    )
    assert "a predicate-object map needs an object" in found[0]
    assert (
        "rml:quotedTriplesMap means nothing on a predicate-object map; it belongs on a subject map or an object map"
        in found[1]
    )


def test_the_base_of_all_terms_is_that_of_the_mapping(tmp_path: Path) -> None:
    assert SUBJECT.base == BASE
    assert len(rules(tmp_path, triples_map('rml:reference "a"'))) == 1
