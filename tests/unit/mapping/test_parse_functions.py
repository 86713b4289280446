"""Functions and conditions (RML-FNML)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.rules import (
    Call,
    Constant,
    ConstantTerm,
    Joined,
    QuotedTriple,
    Reference,
    Template,
    TermMap,
    TermType,
)
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    FIRST_LINE,
    GREL,
    XSD,
    fault,
    rules,
    triples_map,
)

UPPER = 'rml:functionExecution [ rml:function grel:toUpperCase ; rml:input [ rml:parameter grel:valueParam ; rml:inputValueMap [ rml:reference "a" ] ] ]'
UPPER_CALL = Call(f"{GREL}toUpperCase", ((f"{GREL}valueParam", Reference("a")),))
CONDITION = f"rml:condition [ {UPPER} ]"


def expression(folder: Path, said: str) -> object:
    """Return the expression of an object map."""
    (rule,) = rules(folder, triples_map(said))
    assert isinstance(rule.object, TermMap)
    return rule.object.expression


def test_a_function_makes_a_literal_in_an_object_map_and_an_iri_elsewhere(tmp_path: Path) -> None:
    said = f"rml:predicateMap [ {UPPER} ] ; rml:objectMap [ {UPPER} ] ; rml:graphMap [ {UPPER} ] #rml:predicate\n"
    (rule,) = rules(tmp_path, triples_map(said, subject=f"rml:subjectMap [ {UPPER} ]"))
    for term, kind in (
        (rule.subject, TermType.IRI),
        (rule.predicate, TermType.IRI),
        (rule.object, TermType.LITERAL),
        (rule.graph, TermType.IRI),
    ):
        assert term == TermMap(UPPER_CALL, kind, BASE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("rml:functionExecution [ rml:function ex:f ]", Call(f"{EX}f", ())),
        ("rml:functionExecution [ rml:functionMap [ rml:constant ex:f ] ]", Call(f"{EX}f", ())),
        (f"{UPPER} ; rml:return grel:stringOut", Call(UPPER_CALL.function, UPPER_CALL.inputs, f"{GREL}stringOut")),
        (f"{UPPER} ; rml:returnMap [ rml:constant ex:out ]", Call(UPPER_CALL.function, UPPER_CALL.inputs, f"{EX}out")),
        (
            """rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameterMap [ rml:constant ex:a ] ; rml:inputValue 5 ] ,
                [ rml:parameter ex:b ; rml:inputValue ex:v ] , [ rml:parameter ex:c ; rml:inputValueMap [ rml:template "x{a}" ] ] ,
                [ rml:parameter ex:c ; rml:inputValueMap [ rml:constant "y" ] ] ]""",
            Call(
                f"{EX}f",
                (
                    (f"{EX}a", Constant("5")),
                    (f"{EX}b", Constant(f"{EX}v")),
                    (f"{EX}c", Template(("x", Reference("a")))),
                    (f"{EX}c", Constant("y")),
                ),
            ),
        ),
        (
            f"rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValueMap [ {UPPER} ] ] ]",
            Call(f"{EX}f", ((f"{EX}a", UPPER_CALL),)),
        ),
    ],
)
def test_calls(tmp_path: Path, said: str, expected: Call) -> None:
    assert expression(tmp_path, said) == expected


def test_a_function_may_make_datatypes_languages_and_keys(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map(f'rml:reference "b" ; rml:languageMap [ {UPPER} ]'))
    assert isinstance(rule.object, TermMap)
    assert rule.object.language == TermMap(UPPER_CALL, TermType.LITERAL, BASE)
    (rule,) = rules(tmp_path, triples_map(f'rml:reference "b" ; rml:datatypeMap [ {UPPER} ]'))
    assert isinstance(rule.object, TermMap)
    assert rule.object.datatype == TermMap(UPPER_CALL, TermType.IRI, BASE)
    (rule,) = rules(
        tmp_path,
        triples_map(f'rml:parentTriplesMap <#Map> ; rml:joinCondition [ rml:childMap [ {UPPER} ] ; rml:parent "b" ]'),
    )
    assert isinstance(rule.object, Joined)
    assert rule.object.conditions == ((UPPER_CALL, Reference("b")),)


def test_a_call_knows_its_place(tmp_path: Path) -> None:
    found = expression(tmp_path, UPPER)
    assert isinstance(found, Call)
    assert found.place.line == FIRST_LINE + 2


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ("rml:functionExecution []", "the function is missing", "add rml:function"),
        ('rml:functionExecution [ rml:function "f" ]', "the value of rml:function is no IRI", "give an IRI"),
        ("rml:functionExecution [ rml:function ex:f , ex:g ]", "rml:function is given 2 times", "give it once"),
        ('rml:functionExecution [ rml:functionMap [ rml:reference "f" ] ]', "rml:functionMap with anything but a constant is not supported", "name it with rml:function"),
        ('rml:functionExecution [ rml:function ex:f ; rml:input "0" ]', "an input is no text", "give rml:parameter and rml:inputValue"),
        ("rml:functionExecution [ rml:function ex:f ; rml:input [ rml:inputValue 1 ] ]", "the parameter of an input is missing", "add rml:parameter"),
        ("rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ] ]", "an input has one value, not 0", "give one rml:inputValue"),
        ("rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValue 1 , 2 ] ]", "an input has one value, not 2", "give one"),
        ("rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValue [] ] ]", "the value of an input is a blank node", "use rml:inputValueMap"),
        ("rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValueMap [] ] ]", "an expression is missing", "add rml:reference, rml:template, rml:constant or rml:functionExecution"),
        ('rml:reference "a" ; rml:condition []', "an expression is missing", "add rml:reference"),
        (f'rml:reference "a" ; rml:languageMap [ rml:reference "b" ; rml:condition [ {UPPER} ; {CONDITION} ] ]', "rml:condition means nothing on a condition", "it belongs on"),
    ],
)  # fmt: skip
def test_a_fault_of_a_function_is_told_with_its_line(tmp_path: Path, said: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map(said))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>): {what}")
    assert advice in found


def test_a_function_that_feeds_itself_is_refused(tmp_path: Path) -> None:
    text = triples_map("rml:functionExecution ex:E") + (
        "ex:E rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValueMap [ rml:functionExecution ex:E ] ] ."
    )
    assert "a function has itself as its input; take the circle apart" in fault(tmp_path, text)


def test_a_condition_stands_in_its_term(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map(f'rml:reference "a" ; {CONDITION} , [ rml:reference "b" ]'))
    assert rule.object == TermMap(Reference("a"), TermType.LITERAL, BASE, conditions=(UPPER_CALL, Reference("b")))
    subject = f'rml:subjectMap [ rml:template "s{{a}}" ; rml:class ex:C ; {CONDITION} ]'
    for rule in rules(tmp_path, triples_map('rml:reference "a"', subject=subject)):
        assert isinstance(rule.subject, TermMap)
        assert rule.subject.conditions == (UPPER_CALL,)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("rml:constant ex:o", TermMap(Constant(f"{EX}o"), TermType.IRI)),
        ('rml:constant "o"', TermMap(Constant("o"), TermType.LITERAL)),
        ('rml:constant "o\\n"@en', TermMap(Constant("o\n"), TermType.LITERAL, language=ConstantTerm("en"))),
        ("rml:constant 1", TermMap(Constant("1"), TermType.LITERAL, datatype=ConstantTerm(f"{XSD}integer"))),
    ],
)
def test_a_constant_with_a_condition_is_a_map(tmp_path: Path, said: str, expected: TermMap) -> None:
    (rule,) = rules(tmp_path, triples_map(f"{said} ; {CONDITION}"))
    assert isinstance(rule.object, TermMap)
    assert rule.object.conditions == (UPPER_CALL,)
    assert (
        TermMap(*(getattr(rule.object, name) for name in ("expression", "term_type", "base", "datatype", "language")))
        == expected
    )


def test_a_condition_of_a_predicate_object_map_stands_in_its_predicates(tmp_path: Path) -> None:
    said = f'rml:predicate ex:p ; rml:predicateMap [ rml:reference "p" ] ; rml:objectMap [ rml:reference "a" ] ; {CONDITION}'
    first, second = rules(tmp_path, triples_map(said))
    assert first.predicate == TermMap(Constant(f"{EX}p"), TermType.IRI, conditions=(UPPER_CALL,))
    assert second.predicate == TermMap(Reference("p"), TermType.IRI, BASE, conditions=(UPPER_CALL,))


def test_a_condition_on_a_join_stands_in_the_predicate(tmp_path: Path) -> None:
    said = f'rml:parentTriplesMap <#Map> ; rml:joinCondition [ rml:child "a" ; rml:parent "b" ] ; {CONDITION}'
    (rule,) = rules(tmp_path, triples_map(said))
    assert isinstance(rule.object, Joined)
    assert rule.predicate == TermMap(Constant(f"{EX}p"), TermType.IRI, conditions=(UPPER_CALL,))


def test_a_condition_within_a_quoted_triple_stands_in_its_predicate(tmp_path: Path) -> None:
    quoted = triples_map(f"rml:predicate ex:q ; rml:object 1 ; {CONDITION}", name="Quoted")
    text = triples_map("rml:quotedTriplesMap <#Quoted>") + quoted.replace(
        "<#Quoted>", "<#Quoted> a rml:NonAssertedTriplesMap ;"
    )
    (rule,) = rules(tmp_path, text)
    assert isinstance(rule.object, QuotedTriple)
    assert rule.object.predicate == TermMap(Constant(f"{EX}q"), TermType.IRI, conditions=(UPPER_CALL,))
