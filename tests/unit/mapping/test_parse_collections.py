"""Gather maps (RML-CC): lists and containers, their names, members and places."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.rules import Gather, Joined, Reference, TermMap, TermType
from tests.unit.mapping.parsing import (
    BASE,
    EX,
    FIRST_LINE,
    RDF,
    collections,
    fault,
    faults,
    iri,
    parsed,
    reference,
    rules,
    template,
    triples_map,
)

GATHER = 'rml:gather ( [ rml:reference "a" ] [ rml:template "b{b}" ] ) ; rml:gatherAs rdf:List'
MEMBERS = (reference("a"), template("b", Reference("b")))


def gathered(folder: Path, said: str) -> Gather:
    """Return what an object map gathers."""
    (rule,) = rules(folder, triples_map(said))
    assert isinstance(rule.object, Gather)
    return rule.object


def test_a_gather_map_makes_a_head_and_its_collection(tmp_path: Path) -> None:
    found = parsed(tmp_path, triples_map(GATHER)).statements
    (rule,), (collection,) = rules(tmp_path, triples_map(GATHER)), collections(tmp_path, triples_map(GATHER))
    assert found == (rule, collection)
    gather = rule.object
    assert isinstance(gather, Gather)
    assert gather == Gather(gather.name, f"{RDF}List", MEMBERS)
    assert (collection.gather, collection.source, collection.graph) == (gather, rule.source, None)


@pytest.mark.parametrize("kind", ["List", "Bag", "Seq", "Alt"])
def test_kinds_of_collections(tmp_path: Path, kind: str) -> None:
    assert gathered(tmp_path, GATHER.replace("rdf:List", f"rdf:{kind}")).kind == RDF + kind


def test_options_of_a_gather_map(tmp_path: Path) -> None:
    plain = gathered(tmp_path, GATHER)
    assert (plain.head, plain.allow_empty, plain.cartesian) == (None, False, False)
    assert gathered(tmp_path, f"{GATHER} ; rml:allowEmptyListAndContainer true").allow_empty
    assert not gathered(tmp_path, f"{GATHER} ; rml:allowEmptyListAndContainer false").allow_empty
    assert gathered(tmp_path, f"{GATHER} ; rml:strategy rml:cartesianProduct").cartesian
    assert not gathered(tmp_path, f"{GATHER} ; rml:strategy rml:append").cartesian
    assert gathered(tmp_path, f"{GATHER} ; rml:termType rml:BlankNode").head is None


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ('rml:template "c/{id}"', template("c/", Reference("id"))),
        ('rml:reference "id"', reference("id", TermType.IRI)),
        ('rml:reference "id" ; rml:termType rml:BlankNode', reference("id", TermType.BLANK_NODE)),
        ("rml:constant ex:all", iri(f"{EX}all")),
    ],
)
def test_a_collection_may_have_a_name(tmp_path: Path, said: str, head: object) -> None:
    assert gathered(tmp_path, f"{GATHER} ; {said}").head == head


def test_a_collection_may_be_a_subject(tmp_path: Path) -> None:
    subject = f"rml:subjectMap [ {GATHER} ]"
    (rule,) = rules(tmp_path, triples_map("rml:constant 1", subject=subject))
    (collection,) = collections(tmp_path, triples_map("rml:constant 1", subject=subject))
    assert rule.subject == collection.gather
    text = triples_map(subject=f"rml:subjectMap [ {GATHER} ; rml:graph ex:g , rml:defaultGraph ]")
    assert rules(tmp_path, text) == []
    assert [each.graph for each in collections(tmp_path, text)] == [iri(f"{EX}g"), None]


def test_collections_may_be_members(tmp_path: Path) -> None:
    inner = f"[ {GATHER.replace('List', 'Bag')} ]"
    text = triples_map(f"rml:gather ( {inner} {inner} ) ; rml:gatherAs rdf:List")
    outer, first, second = (each.gather for each in collections(tmp_path, text))
    assert outer.members == (first, second)
    assert first.name != second.name
    assert (first.kind, first.members) == (second.kind, second.members) == (f"{RDF}Bag", MEMBERS)


def test_members_may_be_joined(tmp_path: Path) -> None:
    join = 'rml:joinCondition [ rml:child "k" ; rml:parent "k" ]'
    for said, kind in ((f"rml:parentTriplesMap <#Map> ; {join}", Joined), ("rml:parentTriplesMap <#Map>", TermMap)):
        (member,) = gathered(tmp_path, f"rml:gather ( [ {said} ] ) ; rml:gatherAs rdf:Bag").members
        assert isinstance(member, kind)


def test_a_collection_is_in_each_graph_of_its_use_and_goes_to_its_targets(tmp_path: Path) -> None:
    target = 'rml:logicalTarget [ rml:target [ rml:path "{}.nq" ] ]'
    said = f"""rml:predicateMap [ rml:constant ex:p ; {target.format("a")} ] , [ rml:constant ex:q ; {target.format("b")} ] , [ rml:constant ex:r ] ;
        rml:graph ex:g , ex:h ; rml:objectMap [ {GATHER} ] #rml:predicate
        """
    found = collections(tmp_path, triples_map(said))
    assert [(each.graph, [target.path for target in each.targets]) for each in found] == [
        (iri(f"{EX}g"), []),
        (iri(f"{EX}g"), ["a.nq", "b.nq"]),
        (iri(f"{EX}h"), []),
        (iri(f"{EX}h"), ["a.nq", "b.nq"]),
    ]


def test_a_gather_map_that_is_used_twice_makes_one_collection(tmp_path: Path) -> None:
    text = triples_map("rml:predicate ex:p , ex:q ; rml:objectMap ex:G", "rml:predicate ex:r ; rml:objectMap ex:G")
    assert len({rule.object for rule in rules(tmp_path, f"{text} ex:G {GATHER} .")}) == 1
    assert len(collections(tmp_path, f"{text} ex:G {GATHER} .")) == 1
    other = triples_map("rml:predicate ex:r ; rml:objectMap ex:G", source='[ rml:source "b.csv" ]', name="B")
    assert len({each.gather.name for each in collections(tmp_path, f"{text} {other} ex:G {GATHER} .")}) == 2


def test_names_differ_from_one_mapping_to_another(tmp_path: Path) -> None:
    first = gathered(tmp_path, GATHER)
    assert gathered(tmp_path, GATHER).name == first.name
    assert gathered(tmp_path, f"{GATHER}  ").name != first.name


CONDITION = "rml:condition [ rml:functionExecution [ rml:function ex:f ] ]"


def test_a_condition_stops_a_collection(tmp_path: Path) -> None:
    for text in (
        triples_map(f"{GATHER} ; {CONDITION}"),
        triples_map(f"rml:predicate ex:p ; rml:objectMap [ {GATHER} ] ; {CONDITION}"),
        triples_map(GATHER, subject=f'rml:subjectMap [ rml:template "s{{id}}" ; {CONDITION} ]'),
    ):
        (collection,) = collections(tmp_path, text)
        members = collection.gather.members
        assert len(members) == 2
        assert all(isinstance(each, TermMap) and len(each.conditions) == 1 for each in members)
    (collection,) = collections(tmp_path, triples_map(f'{GATHER} ; rml:template "c{{id}}" ; {CONDITION}'))
    assert isinstance(collection.gather.head, TermMap)
    assert len(collection.gather.head.conditions) == 1
    assert collection.gather.members == MEMBERS


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ("rml:gather () ; rml:gatherAs rdf:List", "nothing is gathered", "name term maps with rml:gather ( [ ... ] )"),
        ("rml:gatherAs rdf:List", "nothing is gathered", "name term maps"),
        ('rml:gather [ rml:reference "a" ] ; rml:gatherAs rdf:List', "the value of rml:gather is no list", "write it in parentheses"),
        ('rml:gather ( "a" ) ; rml:gatherAs rdf:List', "an object map is no text", "write rml:object for a constant"),
        ('rml:gather ( [ rml:reference "a" ] )', "the kind of the collection is missing", "give rml:gatherAs rdf:List, rdf:Bag, rdf:Seq, rdf:Alt"),
        (GATHER.replace("rdf:List", "rdf:Set"), "there is no collection rdf:Set", "rml:gatherAs rdf:List"),
        (f"{GATHER} ; rml:strategy rml:appended", "there is no strategy appended", "did you mean append?"),
        (f'{GATHER} ; rml:allowEmptyListAndContainer "yes"', "'yes' is neither true nor false", "write true or false"),
        (f"{GATHER} ; rml:termType rml:IRI", "a collection without a name is a blank node", "add rml:template"),
        (f'{GATHER} ; rml:reference "a" ; rml:termType rml:Literal', "no object is of the term type Literal", "IRI, URI"),
        (f"{GATHER} ; rml:allowEmptyListAndContainer true ; {CONDITION}", "a condition on this collection is not supported", "give the collection a name"),
    ],
)  # fmt: skip
def test_a_fault_of_a_gather_map_is_told_with_its_line(tmp_path: Path, said: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map(said))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2} (<#Map>): {what}")
    assert advice in found


def test_predicates_and_graphs_are_no_collections(tmp_path: Path) -> None:
    found = faults(tmp_path, triples_map(f"rml:object 1 ; rml:predicateMap [ {GATHER} ] #rml:predicate\n"))
    assert "a predicate is no list or container; take rml:gather away" in found[0]


def test_a_collection_within_itself_is_refused(tmp_path: Path) -> None:
    text = triples_map("rml:predicate ex:p ; rml:objectMap ex:G") + "ex:G rml:gather ( ex:G ) ; rml:gatherAs rdf:List ."
    assert "a collection is its own member; take the circle apart" in fault(tmp_path, text)
    endless = (
        triples_map("rml:predicate ex:p ; rml:objectMap ex:G")
        + "ex:G rml:gather _:l ; rml:gatherAs rdf:List . _:l rdf:first [] ; rdf:rest _:l ."
    )
    assert "the value of rml:gather is no list" in fault(tmp_path, endless)


def test_the_base_of_members_is_that_of_the_mapping() -> None:
    assert MEMBERS[0].base == BASE
