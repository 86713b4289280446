"""Mapping files: three vocabularies that say the same, and faults that are told with file, node and advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.parse import parse_mapping
from kg.mapping.rules import Join, Reference, Rule, Source, SourceKind, TermMap, TermType
from kg.rdf.namespaces import RDF
from kg.resources import resource
from tests.unit.mapping.mappings import BASE, XSD, csv, query, table, triples_map, write

EX = "http://example.org/"


def rules(folder: Path, turtle: str, prefixes: str | None = None) -> tuple[Rule, ...]:
    path = write(folder, turtle) if prefixes is None else write(folder, turtle, prefixes)
    return parse_mapping(path, BASE)


def iri(text: str) -> TermMap:
    return TermMap((f"<{text}>",), TermType.IRI, constant=True)


def fault(folder: Path, turtle: str) -> str:
    with pytest.raises(MappingError) as caught:
        rules(folder, turtle)
    return str(caught.value)


RML = """
@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://example.org/> .
<#Child> a rml:TriplesMap ; rml:logicalSource [ rml:source "child.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://x/{id}" ; rml:class ex:C ; rml:graph ex:g ] ;
  rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "a" ; rml:language "en" ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:q ; rml:objectMap [ rml:reference "b" ; rml:termType rml:IRI ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [
    rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:child "k" ; rml:parent "l" ] ] ] .
<#Parent> a rml:TriplesMap ; rml:logicalSource [ rml:source "parent.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "b{n}" ; rml:termType rml:BlankNode ] .
"""
RML_2014 = (
    RML.replace("http://w3id.org/rml/", "http://semweb.mmlab.be/ns/rml#")
    .replace(
        "@prefix ex:",
        "@prefix rr: <http://www.w3.org/ns/r2rml#> .\n@prefix ql: <http://semweb.mmlab.be/ns/ql#> .\n@prefix ex:",
    )
    .replace("rml:CSV", "ql:CSV")
)
for _term in (
    *(
        "TriplesMap ",
        "subjectMap",
        "template",
        "class",
        "graph",
        "predicateObjectMap",
        "predicate ",
        "objectMap",
        "language",
        "termType",
        "IRI",
    ),
    *("parentTriplesMap", "joinCondition", "child ", "parent ", "BlankNode"),
):
    RML_2014 = RML_2014.replace(f"rml:{_term}", f"rr:{_term}")
R2RML = (
    RML.replace("http://w3id.org/rml/", "http://www.w3.org/ns/r2rml#")
    .replace("rml:", "rr:")
    .replace("rr:logicalSource", "rr:logicalTable")
    .replace('rr:source "child.csv" ; rr:referenceFormulation rr:CSV', 'rr:sqlQuery "FROM child"')
    .replace('rr:source "parent.csv" ; rr:referenceFormulation rr:CSV', 'rr:sqlQuery "FROM parent"')
    .replace("rr:reference", "rr:column")
)


def test_all_that_a_mapping_says_becomes_rules(tmp_path: Path) -> None:
    child, parent = (Source(SourceKind.CSV, str(tmp_path / f"{name}.csv")) for name in ("child", "parent"))
    subject = TermMap(("http://x/", Reference("id")), TermType.IRI, encode=True, base=BASE)
    tag = TermMap(("en",), TermType.LITERAL, constant=True)
    graph = iri(f"{EX}g")
    assert rules(tmp_path, RML, "") == (
        Rule(child, subject, iri(f"{RDF}type"), iri(f"{EX}C"), graph),
        Rule(
            child, subject, iri(f"{EX}p"), TermMap((Reference("a"),), TermType.LITERAL, base=BASE, language=tag), graph
        ),
        Rule(child, subject, iri(f"{EX}q"), TermMap((Reference("b"),), TermType.IRI, base=BASE), graph),
        Rule(
            child,
            subject,
            iri(f"{EX}r"),
            TermMap(("b", Reference("n")), TermType.BLANK_NODE, base=BASE),
            graph,
            Join(parent, (("k", "l"),)),
        ),
    )


def test_rml_of_2014_says_the_same(tmp_path: Path) -> None:
    assert "rr:subjectMap" in RML_2014
    assert rules(tmp_path, RML_2014, "") == rules(tmp_path, RML, "")


def test_r2rml_says_the_same(tmp_path: Path) -> None:
    sources = {"FROM child": "child.csv", "FROM parent": "parent.csv"}

    def as_file(source: Source) -> Source:
        assert source.kind is SourceKind.QUERY
        return Source(SourceKind.CSV, str(tmp_path / sources[source.location]))

    found = [
        Rule(
            as_file(rule.source),
            *(rule.subject, rule.predicate, rule.object, rule.graph),
            Join(as_file(rule.join.source), rule.join.conditions) if rule.join else None,
        )
        for rule in rules(tmp_path, R2RML, "")
    ]
    assert tuple(found) == rules(tmp_path, RML, "")


def test_shortcuts_and_constant_maps_say_the_same(tmp_path: Path) -> None:
    short = "<#M> rml:logicalSource {0} ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:object 'o' ; rml:graph ex:g ] ."
    full = """<#M> rml:logicalSource {0} ; rml:subjectMap [ rml:constant ex:s ] ; rml:predicateObjectMap [
        rml:predicateMap [ rml:constant ex:p ] ; rml:objectMap [ rml:constant 'o' ] ; rml:graphMap [ rml:constant ex:g ] ] ."""
    assert rules(tmp_path, short.format(table("t"))) == rules(tmp_path, full.format(table("t")))


def test_a_parent_of_the_same_source_without_a_condition_is_no_join(tmp_path: Path) -> None:
    parent = triples_map(source=table("t"), subject='rml:template "http://x/parent/{k}"', name="Parent")
    child = triples_map("rml:parentTriplesMap <#Parent>", source=table("t"))
    (rule,) = rules(tmp_path, child + parent)
    assert rule.join is None
    assert rule.object.parts == ("http://x/parent/", Reference("k"))


def test_the_references_of_a_term_are_those_of_its_datatype_and_language_too(tmp_path: Path) -> None:
    said = 'rml:template "{a}{b}{a}" ; rml:datatypeMap [ rml:template "http://x/{c}{b}" ]'
    (rule,) = rules(tmp_path, triples_map(said, source=table("t")))
    assert rule.object.references == ("a", "b", "c")
    assert rule.predicate.references == ()


def test_files_count_from_the_folder_of_the_mapping(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map('rml:reference "a"', source=csv("data/a.csv")))
    assert rule.source == Source(SourceKind.CSV, str(tmp_path / "data" / "a.csv"))
    url = '[ rml:source [ csvw:url "data/a.csv" ] ; rml:referenceFormulation rml:CSV ]'
    assert rules(tmp_path, triples_map('rml:reference "a"', source=url))[0].source == rule.source


@pytest.mark.parametrize(
    ("turtle", "what", "advice"),
    [
        ("", "the mapping has no triples map", "an rml:logicalSource and an rml:subjectMap"),
        (
            f"<#M> rml:logicalSource {table('t')} .",
            "M: a triples map has exactly one subject map, not 0",
            "add or remove rml:subjectMap",
        ),
        (
            f"<#M> rml:logicalSource {table('t')} ; rml:subject ex:a , ex:b .",
            "exactly one subject map, not 2",
            "add or remove",
        ),
        (
            f"<#M> rml:logicalSource {table('t')} , {table('u')} ; rml:subject ex:a .",
            "rml:logicalSource is given 2 times",
            "give it once",
        ),
        (
            triples_map("rml:predicate ex:p", source=table("t")),
            "needs a predicate and an object",
            "add rml:predicate and rml:objectMap",
        ),
        (
            f"<#M> rml:logicalSource {table('t')} ; rml:subject ex:a ; rml:predicateObjectMap [ rml:object 1 ] .",
            "needs a predicate and an object",
            "add",
        ),
        (
            triples_map("rml:termType rml:IRI", source=table("t")),
            "needs rml:constant, rml:reference or rml:template",
            "add one of them",
        ),
        (triples_map('rml:reference "a" , "b"', source=table("t")), "rml:reference is given 2 times", "give it once"),
        (
            triples_map('rml:reference "a" ; rml:termType ex:Odd', source=table("t")),
            "no object is of this term type",
            "IRI, blank node, literal",
        ),
        (
            triples_map(source=table("t"), subject='rml:reference "a" ; rml:termType rml:Literal'),
            "no subject is of this",
            "IRI, blank node",
        ),
        (
            triples_map(source=table("t"), subject='rml:constant "text"'),
            "this constant is no subject",
            "give an IRI or blank node",
        ),
        (
            triples_map('rml:predicate "p" ; rml:object 1', source=table("t")),
            "this constant is no predicate",
            "give an IRI",
        ),
        (
            triples_map("rml:constant [ ex:a ex:b ]", source=table("t")),
            "this constant is no object",
            "IRI or blank node or literal",
        ),
        (
            triples_map(source=table("t"), subject='rml:template "x{id}" ; rml:class "C"'),
            "this constant is no class",
            "give an IRI",
        ),
        (
            triples_map('rml:reference "a" ; rml:language "english language"', source=table("t")),
            "'english language' is no language tag",
            "en or pt-BR",
        ),
        (
            triples_map('rml:reference "a" ; rml:datatype "integer"', source=table("t")),
            "this constant is no datatype",
            "give an IRI",
        ),
        (
            triples_map('rml:reference "a" ; rml:datatype xsd:integer ; rml:language "en"', source=table("t")),
            "only a literal has a datatype or a language, and only one",
            "away",
        ),
        (
            triples_map('rml:reference "a" ; rml:termType rml:IRI ; rml:language "en"', source=table("t")),
            "only a literal has",
            "take the other away",
        ),
        (
            triples_map('rml:template "a{"', source=table("t")),
            "the template 'a{' has an unbalanced '{'",
            "write \\{ for a brace",
        ),
        (triples_map('rml:template "a}b{c}"', source=table("t")), "has an unbalanced '}'", "write \\{"),
        (triples_map('rml:template "{a}\\\\"', source=table("t")), "has an unbalanced '\\\\'", "write \\{"),
        (
            triples_map('rml:template "abc"', source=table("t")),
            "the template 'abc' has no reference",
            "use rml:constant",
        ),
        (triples_map('rml:template ""', source=table("t")), "the template '' has no reference", "use rml:constant"),
        (
            triples_map('rml:template "http://x y/{a}"', source=table("t")),
            "the template of an IRI holds ' '",
            "percent-encode it",
        ),
        (
            triples_map('rml:template "http://x/{a}>"', source=table("t")),
            "the template of an IRI holds '>'",
            "percent-encode it",
        ),
        (
            triples_map("rml:parentTriplesMap <#None>", source=table("t")),
            "names no triples map",
            "name one that this mapping holds",
        ),
        (
            triples_map("rml:parentTriplesMap <#Map> ; rml:joinCondition [ rml:child 'a' ]", source=table("t")),
            "rml:parent is missing",
            "add rml:parent",
        ),
        (
            triples_map(source='[ rml:source "a.json" ; rml:referenceFormulation rml:JSONPath ]'),
            "this kind of source is not supported",
            "use a CSV file",
        ),
        (
            triples_map(source="[ rml:source [ d2rq:jdbcDSN 'jdbc:mysql:x' ] ; rml:iterator 't' ]"),
            "not supported",
            "a table or query of the session",
        ),
        (triples_map(source="[ rml:source <#session> ]"), "rml:iterator is missing", "add rml:iterator with a text"),
        (triples_map(source="[]"), "not supported", "use a CSV file"),
    ],
)
def test_a_fault_names_the_file_and_says_what_to_do(tmp_path: Path, turtle: str, what: str, advice: str) -> None:
    message = fault(tmp_path, turtle)
    assert message.startswith(f"{tmp_path / 'mapping.rml.ttl'}: ")
    assert what in message
    assert advice in message
    assert message.endswith(("[KG203]", "[KG204]"))


def test_a_fault_names_the_node_if_it_has_a_name(tmp_path: Path) -> None:
    assert "mapping.rml.ttl: #Map: a triples map has" in fault(tmp_path, f"<#Map> rml:logicalSource {table('t')} .")
    assert "mapping.rml.ttl: a node without name: a term map" in fault(
        tmp_path, triples_map("rml:termType rml:IRI", source=table("t"))
    )


def test_a_mapping_that_is_no_turtle_tells_the_line(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"mapping\.rml\.ttl: the mapping is no Turtle: .*line 2.*\[KG202\]"):
        rules(tmp_path, "\n<#M> rml:what", "")


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        MappingError, match=r"none\.rml\.ttl: the mapping cannot be read: No such file or directory.*\[KG201\]"
    ):
        parse_mapping(tmp_path / "none.rml.ttl", BASE)


def test_rules_come_in_the_order_of_the_file_each_time(tmp_path: Path) -> None:
    path = resource("ontology") / "mappings" / "passages.rml.ttl"
    first = parse_mapping(path, BASE)
    assert first == parse_mapping(path, BASE)
    assert len(first) > 50


@pytest.mark.parametrize(
    "file", sorted((resource("ontology") / "mappings").glob("*.rml.ttl")), ids=lambda path: path.name
)
def test_our_mappings_are_relations_and_queries_of_the_session(file: Path) -> None:
    found = parse_mapping(file, BASE)
    assert {rule.source.kind for rule in found} <= {SourceKind.RELATION, SourceKind.QUERY}
    assert all(rule.graph is not None for rule in found), "what we say stands in a named graph"


def test_there_are_mappings_of_ours() -> None:
    assert {path.name for path in (resource("ontology") / "mappings").glob("*.ttl")} == {
        *("derived.rml.ttl", "passages.rml.ttl", "reference.rml.ttl")
    }


def test_a_query_and_a_table_may_be_given_as_r2rml_does(tmp_path: Path) -> None:
    (named,) = rules(tmp_path, triples_map('rml:reference "a"', source='[ rml:tableName "t" ]'))
    assert named.source == Source(SourceKind.RELATION, "t")
    (rule,) = rules(tmp_path, triples_map('rml:reference "a"', source='[ rml:query "SELECT 1 AS a" ]'))
    assert rule.source == Source(SourceKind.QUERY, "SELECT 1 AS a")
    (other,) = rules(tmp_path, triples_map('rml:reference "a"', source=query("SELECT 1 AS a")))
    assert other.source == rule.source


def test_names_of_graphs_and_datatypes_are_resolved_against_the_base(tmp_path: Path) -> None:
    (rule,) = rules(
        tmp_path,
        triples_map(
            'rml:predicate <p> ; rml:graph <g> ; rml:objectMap [ rml:reference "a" ; rml:datatype <t> ]',
            source=table("t"),
        ),
    )
    assert rule.predicate == iri(f"{BASE}p")
    assert rule.graph == iri(f"{BASE}g")
    assert rule.object.datatype is not None
    assert rule.object.datatype.parts == (f"{BASE}t",)
    assert XSD not in str(rule)


def test_a_graph_that_is_named_twice_is_one(tmp_path: Path) -> None:
    said = "rml:predicate ex:p ; rml:object ex:o ; rml:graph ex:g"
    subject = 'rml:template "x{id}" ; rml:graph ex:g'
    assert len(rules(tmp_path, triples_map(said, source=table("t"), subject=subject))) == 1
