"""Mapping files: what a mapping says becomes rules, whatever the syntax, and in the order of the file."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.mapping.parse import parse_mapping
from kg.mapping.rules import (
    ConstantTerm,
    Database,
    Formulation,
    Joined,
    LogicalSource,
    Place,
    Reference,
    Rule,
    Template,
    TermMap,
    TermType,
)
from kg.resources import resource
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    FIRST_LINE,
    PREFIXES,
    RDF,
    csv,
    fault,
    faults,
    iri,
    parsed,
    reference,
    rules,
    template,
    triples_map,
)

MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://example.org/> .
<#Child> a rml:TriplesMap ; rml:logicalSource [ rml:source "child.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://x/{id}" ; rml:class ex:C ; rml:graph ex:g ] ;
  rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "a" ; rml:language "EN" ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:q ; rml:objectMap [ rml:reference "b" ; rml:termType rml:IRI ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:r ; rml:objectMap [
    rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:child "k" ; rml:parent "l" ] ] ] .
<#Parent> a rml:TriplesMap ; rml:logicalSource [ rml:source "parent.csv" ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "b{n}" ; rml:termType rml:BlankNode ] .
"""


def test_all_that_a_mapping_says_becomes_rules(tmp_path: Path) -> None:
    child, parent = csv(tmp_path, "child.csv"), csv(tmp_path, "parent.csv")
    subject = TermMap(Template(("http://x/", Reference("id"))), TermType.IRI, BASE)
    tagged = TermMap(Reference("a"), TermType.LITERAL, BASE, language=ConstantTerm("en"))
    node = TermMap(Template(("b", Reference("n"))), TermType.BLANK_NODE, BASE)
    graph = iri(f"{EX}g")
    found = parsed(tmp_path, MAPPING, prefixes="")
    assert found.statements == (
        Rule(child, subject, iri(f"{RDF}type"), iri(f"{EX}C"), graph),
        Rule(child, subject, iri(f"{EX}p"), tagged, graph),
        Rule(child, subject, iri(f"{EX}q"), reference("b", TermType.IRI), graph),
        Rule(child, subject, iri(f"{EX}r"), Joined(node, parent, ((Reference("k"), Reference("l")),)), graph),
    )
    assert found.prefixes == {"rml": "http://w3id.org/rml/", "ex": EX}


def test_each_rule_knows_its_place(tmp_path: Path) -> None:
    file = str(tmp_path / "mapping.ttl")
    found = [each.place for each in parsed(tmp_path, MAPPING, prefixes="").statements]
    assert found == [Place(file, line, "<#Child>") for line in (5, 6, 7, 8)]
    (rule,) = rules(tmp_path, triples_map('rml:reference "a"'))
    assert isinstance(rule.object, TermMap)
    assert rule.object.place == Place(file, FIRST_LINE + 2, "<#Map>")
    assert rule.source.place == Place(file, FIRST_LINE, "<#Map>")


@pytest.mark.parametrize("suffix", ["ttl", "rml", "nt", "nq", "trig", "rdf", "jsonld"])
def test_a_mapping_may_be_in_any_syntax_of_rdf(tmp_path: Path, suffix: str) -> None:
    quads = list(ox.parse(MAPPING, format=ox.RdfFormat.TURTLE, base_iri=BASE))
    syntax = ox.RdfFormat.from_extension(suffix) or ox.RdfFormat.TURTLE
    path = tmp_path / f"mapping.{suffix}"
    ox.serialize((quad.triple for quad in quads), str(path), format=syntax)
    assert set(parse_mapping(path, BASE).statements) == set(parsed(tmp_path, MAPPING, prefixes="").statements)


def test_triples_of_named_graphs_count_like_others(tmp_path: Path) -> None:
    quads = ox.parse(MAPPING, format=ox.RdfFormat.TURTLE, base_iri=BASE)
    named = [ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(f"{EX}mapping")) for quad in quads]
    path = tmp_path / "mapping.nq"
    ox.serialize(named, str(path), format=ox.RdfFormat.N_QUADS)
    assert set(parse_mapping(path, BASE).statements) == set(parsed(tmp_path, MAPPING, prefixes="").statements)


def test_rules_come_in_the_order_of_the_file_each_time() -> None:
    path = resource("ontology") / "mappings" / "passages.rml.ttl"
    first = parse_mapping(path, BASE)
    assert first == parse_mapping(path, BASE)
    assert len(first.statements) > 50
    places = [each.place.line for each in first.statements]
    assert places == sorted(places)


def test_names_are_the_same_wherever_the_file_is(tmp_path: Path) -> None:
    text = triples_map('rml:gather ( [ rml:reference "a" ] ) ; rml:gatherAs rdf:Bag', "rml:termType rml:BlankNode")
    found = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        found.append([each.object for each in rules(tmp_path / name, text)])
    assert found[0] == found[1]


def test_a_triples_map_is_known_by_what_is_said_of_it(tmp_path: Path) -> None:
    assert len(rules(tmp_path, triples_map('rml:reference "a"'))) == 1
    assert fault(tmp_path, "<#M> a rml:TriplesMap .").startswith(
        f"mapping.ttl, line {FIRST_LINE} (<#M>): a triples map has exactly one subject map, not 0; add rml:subjectMap"
    )


def test_a_mapping_without_triples_map_is_refused(tmp_path: Path) -> None:
    assert fault(tmp_path, "") == (
        "mapping.ttl: the mapping has no triples map; a triples map has rml:logicalSource and rml:subjectMap [KG204]"
    )


def test_without_a_logical_source_constants_are_said_once(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, "<#M> rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:object 1 ] .")
    assert rule.source == LogicalSource(Formulation.QUERY, Database(), "SELECT 1 AS once")
    said = fault(
        tmp_path,
        "<#M> rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ;\n rml:objectMap [ rml:reference 'a' ] ] .",
    )
    assert said.startswith(f"mapping.ttl, line {FIRST_LINE + 1} (<#M>): there is nothing that 'a' refers to")
    assert "add rml:logicalSource, or use constants" in said


def test_relative_iris_in_the_file_are_resolved_against_the_base(tmp_path: Path) -> None:
    said = 'rml:predicate <p> ; rml:graph <g> ; rml:objectMap [ rml:reference "a" ; rml:datatype <t> ]'
    (rule,) = rules(tmp_path, triples_map(said))
    assert rule.predicate == iri(f"{BASE}p")
    assert rule.graph == iri(f"{BASE}g")
    assert isinstance(rule.object, TermMap)
    assert rule.object.datatype == ConstantTerm(f"{BASE}t")


def test_a_triples_map_may_have_a_base_of_its_own(tmp_path: Path) -> None:
    for own in ("<http://own.example/>", '"http://own.example/"'):
        text = f'<#M> rml:baseIRI {own} ; rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:template "{{a}}" ; rml:class ex:C ] .'
        (rule,) = rules(tmp_path, text)
        assert rule.subject == TermMap(Template((Reference("a"),)), TermType.IRI, "http://own.example/")


def test_predicates_objects_and_graphs_are_multiplied_out(tmp_path: Path) -> None:
    subject = 'rml:subjectMap [ rml:template "http://x/{id}" ; rml:class ex:C , ex:D ; rml:graph ex:g ]'
    said = "rml:predicate ex:p , ex:q ; rml:object 1 , 2 ; rml:graphMap [ rml:reference 'g' ] , [ rml:constant ex:g ]"
    found = rules(tmp_path, triples_map(said, subject=subject))
    assert [str(rule.object.text)[-2:-1] for rule in found[:2] if isinstance(rule.object, ConstantTerm)] == ["C", "D"]
    assert [(rule.predicate, rule.object, rule.graph) for rule in found[2:]] == [
        (iri(EX + predicate), ConstantTerm(f'"{number}"^^<http://www.w3.org/2001/XMLSchema#integer>'), graph)
        for predicate in "pq"
        for number in "12"
        for graph in (iri(f"{EX}g"), reference("g", TermType.IRI))
    ]


def test_the_default_graph_may_be_named_beside_others(tmp_path: Path) -> None:
    said = "rml:predicate ex:p ; rml:object 1 ; rml:graph rml:defaultGraph"
    assert [rule.graph for rule in rules(tmp_path, triples_map(said))] == [None]
    subject = 'rml:subjectMap [ rml:template "http://x/{id}" ; rml:graph ex:g ]'
    assert [rule.graph for rule in rules(tmp_path, triples_map(said, subject=subject))] == [iri(f"{EX}g"), None]


def test_shortcuts_and_constant_maps_say_the_same(tmp_path: Path) -> None:
    short = '<#M> rml:logicalSource [ rml:source "a.csv" ] ; rml:subject ex:s ; rml:predicateObjectMap [ rml:predicate ex:p ; rml:object "o" ; rml:graph ex:g ] .'
    full = """<#M> rml:logicalSource [ rml:source "a.csv" ] ; rml:subjectMap [ rml:constant ex:s ] ; rml:predicateObjectMap [
        rml:predicateMap [ rml:constant ex:p ] ; rml:objectMap [ rml:constant "o" ] ; rml:graphMap [ rml:constant ex:g ] ] ."""
    assert rules(tmp_path, short) == rules(tmp_path, full)


def test_what_is_said_twice_is_one_rule(tmp_path: Path) -> None:
    assert len(rules(tmp_path, triples_map('rml:reference "a"', 'rml:reference "a"'))) == 1


def test_all_faults_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = triples_map(
        'rml:template "{a"',
        'rml:reference "b" ; rml:termType rml:Iri',
        subject='rml:subjectMap [ rml:reference "s" ; rml:colour "red" ]',
    )
    found = faults(tmp_path, text)
    assert [line.partition(" (")[0] for line in found] == [f"mapping.ttl, line {FIRST_LINE + n}" for n in (1, 2, 3)]
    assert [line[-7:] for line in found] == ["[KG208]", "[KG214]", "[KG203]"]


@pytest.mark.parametrize(
    ("said", "line", "what", "advice"),
    [
        ('rml:refrence "a"', 2, "RML has no term 'refrence'", "did you mean reference"),
        ('rml:reference "a" ;\n rml:termtype rml:IRI', 3, "RML has no term 'termtype'", "did you mean termType"),
        ('rml:reference "a" ; a rml:ObjectMpa', 2, "RML has no term 'ObjectMpa'", "did you mean ObjectMap"),
        (
            'rml:reference "a" ;\n rml:class ex:C',
            3,
            "rml:class means nothing on an object map",
            "it belongs on a subject map",
        ),
        (
            'rml:reference "a" ; rml:graph ex:g',
            2,
            "rml:graph means nothing on an object map",
            "a subject map or a predicate-object map",
        ),
    ],
)
def test_unknown_and_misplaced_terms_are_told(tmp_path: Path, said: str, line: int, what: str, advice: str) -> None:
    found = faults(tmp_path, triples_map(said))[-1]
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + line} (<#Map>): {what}; ")
    assert advice in found


def test_a_class_in_other_capitals_and_other_vocabularies_are_let_pass(tmp_path: Path) -> None:
    (rule,) = rules(tmp_path, triples_map('rml:reference "a" ; a rml:objectMap ; rdf:value ex:anything'))
    assert rule.object == reference("a")


def test_a_mapping_that_is_not_well_formed_tells_line_and_column(tmp_path: Path) -> None:
    said = fault(tmp_path, "\n<#M> rml:what\n  'a' 'b' .", prefixes="@prefix rml: <http://w3id.org/rml/> .")
    assert said.startswith("mapping.ttl, line 3: the mapping is no Turtle: in column ")
    assert said.endswith("; correct this line [KG202]")
    assert "no JSON-LD" in fault(tmp_path, '{"@id": 1', name="mapping.jsonld", prefixes="")
    assert "no RDF/XML" in fault(tmp_path, "<a>", name="mapping.rdf", prefixes="")


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        Exception, match=r"none\.ttl: the mapping cannot be read: No such file or directory; .*\[KG201\]"
    ):
        parse_mapping(tmp_path / "none.ttl", BASE)


def test_lines_longer_than_any_buffer_are_read(tmp_path: Path) -> None:
    long = "x" * 100_000
    (rule,) = rules(tmp_path, triples_map(f'rml:template "{long}{{a}}" ; rml:termType rml:Literal'))
    assert rule.object == template(long, Reference("a"), term_type=TermType.LITERAL)
    said = fault(tmp_path, f"# {long}\n{triples_map('rml:constant [] ')}")
    assert said.startswith(f"mapping.ttl, line {FIRST_LINE + 3} ")


def test_a_byte_order_mark_is_no_part_of_the_mapping(tmp_path: Path) -> None:
    assert rules(tmp_path, triples_map('rml:reference "a"'), "\ufeff" + PREFIXES)


def test_blank_nodes_do_not_show_in_the_order(tmp_path: Path) -> None:
    names = [f"c{n * 7 % 50}" for n in range(50)]
    found = rules(tmp_path, triples_map(*(f'rml:reference "{name}"' for name in names)))
    assert [rule.object for rule in found] == [reference(name) for name in names]


@pytest.mark.parametrize(
    "file", sorted((resource("ontology") / "mappings").glob("*.rml.ttl")), ids=lambda path: path.name
)
def test_our_mappings_are_relations_and_queries_of_the_session(file: Path) -> None:
    found = parse_mapping(file, BASE).statements
    sources = {each.source for each in found}
    assert all(isinstance(each, LogicalSource) and each.access == Database() for each in sources)
    assert {each.formulation for each in sources if isinstance(each, LogicalSource)} <= {
        Formulation.TABLE,
        Formulation.QUERY,
    }
    assert all(each.graph is not None for each in found), "what we say stands in a named graph"


def test_there_are_mappings_of_ours() -> None:
    assert {path.name for path in (resource("ontology") / "mappings").glob("*.ttl")} == {
        *("derived.rml.ttl", "passages.rml.ttl", "reference.rml.ttl")
    }
