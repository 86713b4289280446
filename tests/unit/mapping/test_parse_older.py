"""RML of 2014 and R2RML: older mappings say the same in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.rules import (
    Call,
    Constant,
    Database,
    File,
    Formulation,
    Joined,
    LogicalSource,
    Reference,
    Rule,
    Target,
    TermMap,
    TermType,
)
from tests.unit.mapping.parsing import BASE, EX, GREL, fault, faults, iri, parsed, reference, rules
from tests.unit.mapping.test_parse import MAPPING

RR = """@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix ex: <http://example.org/> .
"""
_OF_RML = ("logicalSource", "source", "referenceFormulation", "reference ")


def older(text: str) -> str:
    """Return a mapping in RML of 2014."""
    text = text.split("ex: <http://example.org/> .\n", 1)[1].replace("rml:", "rr:").replace("rr:CSV", "ql:CSV")
    for term in _OF_RML:
        text = text.replace(f"rr:{term}", f"rml:{term}")
    return text


def r2rml(text: str) -> str:
    """Return a mapping in R2RML, whose tables have the names of the files."""
    text = text.split("ex: <http://example.org/> .\n", 1)[1].replace("rml:", "rr:")
    for name in ("child", "parent"):
        text = text.replace(f'rr:source "{name}.csv" ; rr:referenceFormulation rr:CSV', f'rr:tableName "{name}"')
    return text.replace("rr:logicalSource", "rr:logicalTable").replace("rr:reference", "rr:column")


def test_rml_of_2014_says_the_same(tmp_path: Path) -> None:
    assert "rr:subjectMap" in older(MAPPING)
    assert "rml:logicalSource" in older(MAPPING)
    found = parsed(tmp_path, older(MAPPING), prefixes=RR).statements
    assert found == parsed(tmp_path, MAPPING, prefixes="").statements


def test_r2rml_says_the_same_of_tables(tmp_path: Path) -> None:
    database = Database("postgresql://h/d")

    def table(name: str) -> LogicalSource:
        return LogicalSource(Formulation.TABLE, database, name)

    assert "rr:column" in r2rml(MAPPING)
    found = parsed(tmp_path, r2rml(MAPPING), prefixes=RR, database=database).statements
    expected = []
    for rule in parsed(tmp_path, MAPPING, prefixes="").statements:
        assert isinstance(rule, Rule)
        made = rule.object
        if isinstance(made, Joined):
            made = Joined(made.term, table("parent"), made.conditions)
        expected.append(Rule(table("child"), rule.subject, rule.predicate, made, rule.graph))
    assert found == tuple(expected)


R2RML = """<#M> rr:logicalTable [ {} ] ; rr:subjectMap [ rr:template "http://x/{{\\"Id\\"}}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:p ; rr:objectMap [ {} ] ] .
"""


def test_sql_identifiers_stay_as_they_are_written(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, R2RML.format('rr:tableName "\\"T\\""', 'rr:column "\\"Name\\""'), RR)
    assert rule.source == LogicalSource(Formulation.TABLE, Database(), '"T"')
    assert rule.object == reference('"Name"')


def test_a_view_of_r2rml_is_a_query(tmp_path: Path) -> None:
    described = 'a rr:R2RMLView ; rr:sqlQuery "SELECT 1" ; rr:sqlVersion rr:SQL2008 , rr:PostgreSQL'
    (rule,) = rules(tmp_path, R2RML.format(described, 'rr:column "a" ; rr:inverseExpression "{a} = {b}"'), RR)
    assert rule.source == LogicalSource(Formulation.QUERY, Database(), "SELECT 1")
    assert rule.object == reference("a")


@pytest.mark.parametrize(
    ("table", "said", "what", "advice"),
    [
        ('rr:tableName "t" ; rr:sqlVersion rr:SQL1979', 'rr:column "a"', "http://www.w3.org/ns/r2rml#SQL1979 is no known SQL version", "known are: SQL2008"),
        ('rr:tableName "t"', 'rr:column "a" ; rr:inverseExpression "{a"', "has an unbalanced '{'", "write \\{"),
        ('rr:tableName "t"', "rr:termType rr:IRI", "the object map has no expression", "add rr:column, rr:template or rr:constant"),
        ('rr:tableName "t"', 'rr:colum "a"', "RML has no term 'colum'", "did you mean"),
        ("", 'rr:column "a"', "the source is missing", "add rr:tableName"),
        ('rr:tableName "t" ; rr:sqlQuery "q"', 'rr:column "a"', "rr:sqlQuery and rr:tableName are given together", "give one of them"),
    ],
)  # fmt: skip
def test_faults_of_r2rml_are_told_in_its_own_words(
    tmp_path: Path, table: str, said: str, what: str, advice: str
) -> None:
    found = faults(tmp_path, R2RML.format(table, said), prefixes=RR)[0 if "colum " not in said else -1]
    assert what in found
    assert advice in found


def test_a_triples_map_of_older_languages_has_a_source(tmp_path: Path) -> None:
    said = "<#M> rr:subjectMap [ rr:constant ex:s ] ; rr:predicateObjectMap [ rr:predicate ex:p ; rr:object 1 ] ."
    assert "the triples map has no logical source; add rr:logicalTable [KG210]" in fault(tmp_path, said, prefixes=RR)


LEGACY = """<#M> rml:logicalSource [ rml:source "a.csv" ; rml:referenceFormulation ql:CSV ] ; rr:subjectMap [ rr:template "{{id}}" ] ;
  rr:predicateObjectMap [ rr:predicate ex:p ; rr:objectMap [ {} ] ] .
"""


def test_constants_that_are_iris_written_as_texts(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, LEGACY.format('rr:constant "http://x/o" ; rr:termType rr:IRI'), RR)
    assert rule.object == iri("http://x/o")
    (rule,) = rules(
        tmp_path,
        LEGACY.format('rr:constant "http://x/o"').replace(
            "rr:predicate ex:p", 'rr:predicateMap [ rr:constant "http://x/p" ]'
        ),
        RR,
    )
    assert rule.predicate == iri("http://x/p")
    assert "and the term type IRI says otherwise" in fault(
        tmp_path, LEGACY.format('rr:constant "o" ; rr:termType rr:IRI'), prefixes=RR
    )


VALUE = """fnml:functionValue [ rr:predicateObjectMap [ rr:predicate fno:executes ; rr:objectMap [ rr:constant {function} ] ] ,
  [ rr:predicate grel:valueParameter ; rr:objectMap [ {value} ] ] , [ rr:predicate grel:modeParameter ; rr:object "html" ] ]"""


@pytest.mark.parametrize("function", ["grel:escape", f'"{GREL}escape" ; rr:termType rr:IRI'])
def test_functions_of_2014(tmp_path: Path, function: str) -> None:
    said = LEGACY.format(VALUE.format(function=function, value='rml:reference "a"'))
    (rule,) = rules(tmp_path, said, RR)
    inputs = ((f"{GREL}valueParameter", Reference("a")), (f"{GREL}modeParameter", Constant("html")))
    assert rule.object == TermMap(Call(f"{GREL}escape", inputs), TermType.LITERAL, BASE)


def test_functions_of_2014_may_be_nested(tmp_path: Path) -> None:
    inner = VALUE.format(function="ex:inner", value='rr:template "x{a}"')
    (rule,) = rules(tmp_path, LEGACY.format(VALUE.format(function="ex:outer", value=inner)), RR)
    assert isinstance(rule.object, TermMap)
    assert isinstance(rule.object.expression, Call)
    nested = rule.object.expression.inputs[0][1]
    assert isinstance(nested, Call)
    assert nested.function == f"{EX}inner"


def test_functions_between_2014_and_today(tmp_path: Path) -> None:
    said = "fnml:execution [ fnml:function ex:f ; fnml:input [ fnml:parameter ex:a ; fnml:valueMap [ rml:reference 'a' ] ] , [ fnml:parameter ex:b ; fnml:value 'v' ] ] ; fnml:return ex:out"
    (rule,) = rules(tmp_path, LEGACY.format(said), RR)
    call = Call(f"{EX}f", ((f"{EX}a", Reference("a")), (f"{EX}b", Constant("v"))), f"{EX}out")
    assert rule.object == TermMap(call, TermType.LITERAL, BASE)


JOIN = """rr:parentTriplesMap <#M> ; rr:joinCondition [ fnml:functionValue [
  rr:predicateObjectMap [ rr:predicate fno:executes ; rr:object <https://w3id.org/imec/idlab/function#{}> ] ,
    [ rr:predicate grel:valueParameter ; rr:objectMap [ rr:template "{{{{a}}}}_{{{{b}}}}" ] ] ,
    [ rr:predicate grel:valueParameter2 ; rr:objectMap [ rml:parentTermMap [ rml:reference "c" ] ] ] ] ]"""


def test_a_join_by_the_function_of_equality(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, LEGACY.format(JOIN.format("equal").replace("{{", "{").replace("}}", "}")), RR)
    assert isinstance(rule.object, Joined)
    ((here, there),) = rule.object.conditions
    assert there == Reference("c")
    assert here != there
    said = fault(tmp_path, LEGACY.format(JOIN.format("notEqual").replace("{{", "{").replace("}}", "}")), prefixes=RR)
    assert "joins are only supported where a value here equals one there; use rr:child and rr:parent [KG209]" in said


def test_a_function_of_2014_that_is_wrong_is_told(tmp_path: Path) -> None:
    said = LEGACY.format('fnml:functionValue [ rr:predicateObjectMap [ rr:predicate ex:a ; rr:object "b" ] ]')
    assert "the function is missing; add a predicate-object map with fno:executes" in fault(tmp_path, said, prefixes=RR)


def test_targets_of_2014(tmp_path: Path) -> None:
    said = """rml:reference "a" ; rml:logicalTarget [ <http://semweb.mmlab.be/ns/rml-target#target> [
        <http://rdfs.org/ns/void#dataDump> <file:///data/a.ttl> ] ; <http://semweb.mmlab.be/ns/rml-target#serialization> <http://www.w3.org/ns/formats/Turtle> ;
        <http://semweb.mmlab.be/ns/rml-target#compression> <http://semweb.mmlab.be/ns/rml-compression#GZip> ]"""
    (rule,) = rules(tmp_path, LEGACY.format(said), RR)
    assert rule.targets == (Target("/data/a.ttl", "ttl", compression="gzip"),)


def test_files_of_2014_count_from_the_mapping(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, LEGACY.format('rml:reference "a"'), RR)
    assert rule.source == LogicalSource(Formulation.CSV, File(str(tmp_path / "a.csv")))
