"""Look-ups of graphs are answered just as the store answers them; what is none is left to it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pyoxigraph as ox
import pytest

from kg.query import graph_lookup
from kg.query.lookup_graph import GraphLookup
from tests.unit.query.test_lookup import PREFIXES

DATA = """
PREFIX ex: <http://x/>
ex:a a ex:Model ; ex:name "A \\"quoted\\" \\\\ \\n é😀", "A"@en-GB ; ex:count 7, 07 ; ex:uses ex:b, ex:c, _:n ; ex:self ex:a .
ex:b a ex:Part ; ex:name "B"@fr ; ex:power 300 ; ex:of ex:a .
ex:c ex:name "C" ; ex:power 300, 400 ; ex:verb ex:power .
_:n ex:name "blank" ; ex:uses _:m . _:m ex:uses _:n ; ex:name "more" .
GRAPH ex:g { ex:a ex:name "in a graph" . }
"""
GRAPHS = (
    "DESCRIBE <http://x/a>",
    "describe<http://x/b>",
    "DESCRIBE <http://x/a> <http://x/c> <http://x/a>",
    "# a comment\nPREFIX y: <http://y/>\nDESCRIBE <http://x/a>\n",
    "CONSTRUCT { <http://x/a> ?p ?o } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p ?o . ?o ?q ?v } WHERE { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?v } }",
    "CONSTRUCT { ?o ?p <http://x/a> ; ex:seen 'x', \"y\"@en . } WHERE { <http://x/a> ?p ?o . }",
    "CONSTRUCT { ?s ?v ?p } { ?s ex:of <http://x/a> . <http://x/c> ?p ?v }",
    "CONSTRUCT { ?v a ex:Verb } { <http://x/c> ?p ?v }",
    "CONSTRUCT { <http://x/a> ?n 'x' } { <http://x/a> ex:name ?n }",
    "CONSTRUCT { <http://x/a> ex:part ?o } { <http://x/a> ex:uses ?o . ?o ex:name ?n FILTER(LANG(?n) = 'fr') }",
    "CONSTRUCT { <http://x/a> ex:power ?w } { <http://x/a> ex:uses ?o OPTIONAL { ?o ex:power ?w } }",
    "CONSTRUCT { } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/b> ex:is ex:constant } { <http://x/a> ?p ?o }",
    "construct where { <http://x/a> ?p ?o . ?o ex:name ?n }",
    "CONSTRUCT WHERE { }",
    "CONSTRUCT { <http://x/a> ?p ?o } { <http://x/nothing> ?p ?o }",
)
OTHERS = (
    "",
    "SELECT ?o { <http://x/a> ?p ?o }",
    "DESCRIBE ?s { ?s ?p <http://x/a> }",
    "DESCRIBE <http://x/a> { }",
    "DESCRIBE <http://x/a> FROM <http://x/g>",
    "DESCRIBE <http://x/a> LIMIT 1",
    "DESCRIBE ex:a",
    "DESCRIBE <a>",
    "DESCRIBE *",
    "DESCRIBE",
    "CONSTRUCT { <http://x/a> ?p ?o } { <http://x/a> ?p ?o } LIMIT 1",
    "CONSTRUCT { <http://x/a> ?p ?o } { <http://x/a> ?p ?o } ORDER BY ?o",
    "CONSTRUCT { <http://x/a> ?p ?other } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p _:o } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p [] } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p 7 } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p } { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?v } } { <http://x/a> ?p ?o }",
    "CONSTRUCT WHERE { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?v } }",
    "CONSTRUCT WHERE { <http://x/a> ?p ?o FILTER(LANG(?o) = '') }",
    "CONSTRUCT { <http://x/a> ?p ?o } FROM <http://x/g> { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p ?o }",
    "CONSTRUCT { <http://x/a> ?p ?o } { <http://x/a> ?p ?o",
    "CONSTRUCT { <http://x/a> ?p ?o { <http://x/a> ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    'CONSTRUCT { "x" ?p ?o } { <http://x/a> ?p ?o }',
)


def written(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return found


def read(text: str) -> GraphLookup:
    found = graph_lookup(text, PREFIXES, written)
    assert found is not None
    return found


def evaluated(store: ox.Store, text: str) -> bytes:
    results = store.query(text, prefixes=PREFIXES, base_iri="http://here/sparql")
    assert isinstance(results, ox.QueryTriples)
    return written(results)


@pytest.mark.parametrize("text", GRAPHS)
def test_a_graph_is_the_one_that_the_store_makes(store: ox.Store, text: str) -> None:
    found = read(text)
    assert found.text(found.iris) == text
    assert found.answer(store, found.iris) == evaluated(store, text)


@pytest.mark.parametrize("iri", ["http://x/b", "http://x/c", "http://x/nothing", "http://x/é?a=b&c#d"])
@pytest.mark.parametrize("text", [each for each in GRAPHS if "<http://x/a>" in each])
def test_other_things_are_answered_for_as_well(store: ox.Store, text: str, iri: str) -> None:
    found = read(text)
    iris = [iri if each == "http://x/a" else each for each in found.iris]
    assert found.answer(store, iris) == evaluated(store, found.text(iris))


def test_some_of_them_say_something(store: ox.Store) -> None:
    assert sum(bool(evaluated(store, text)) for text in GRAPHS) > len(GRAPHS) // 2


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_lookup_is_left_to_the_store(text: str) -> None:
    assert graph_lookup(text, PREFIXES, written) is None


@pytest.mark.parametrize("text", GRAPHS[:6])
def test_more_triples_than_are_allowed_are_left_to_the_store(store: ox.Store, text: str) -> None:
    found = read(text)
    number = evaluated(store, text).count(b"\n")
    assert found.answer(store, found.iris, number - 1) is None
    assert found.answer(store, found.iris, number) is not None


@pytest.mark.parametrize("iri", ["a", "", "http://x/a b", "http://x/>", "http://x/./a"])
def test_what_is_no_iri_is_left_to_the_store(store: ox.Store, iri: str) -> None:
    assert read("DESCRIBE <http://x/a>").answer(store, [iri]) is None


def test_terms_of_rdf_1_2_are_left_to_the_store() -> None:
    store = ox.Store()
    store.load(b"<http://x/a> <http://x/p> <<( <http://x/a> <http://x/b> 1 )>> .", format=ox.RdfFormat.TURTLE)
    assert read("DESCRIBE <http://x/a>").answer(store, ["http://x/a"]) is None


@pytest.mark.parametrize(("length", "answered"), [(10_000, True), (10_001, False)])
def test_long_values_are_left_to_the_store(length: int, answered: bool) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p"), ox.Literal("x" * length)))
    assert (read("DESCRIBE <http://x/a>").answer(store, ["http://x/a"]) is not None) is answered


@pytest.mark.parametrize(
    ("text", "most"), [("DESCRIBE <http://x/a>", 1000), ("CONSTRUCT WHERE { <http://x/a> ?p ?o }", 200)]
)
def test_much_is_left_to_the_store(text: str, most: int) -> None:
    store = ox.Store()
    thing, verb = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p")
    store.extend(ox.Quad(thing, verb, ox.Literal(str(each))) for each in range(most + 1))
    assert read(text).answer(store, ["http://x/a"]) is None
    store.remove(ox.Quad(thing, verb, ox.Literal("0")))
    assert read(text).answer(store, ["http://x/a"]) == evaluated(store, text)


def test_blank_nodes_that_lead_far_are_left_to_the_store() -> None:
    store = ox.Store()
    nodes: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode("http://x/a")]
    nodes += (ox.BlankNode(f"b{each}") for each in range(1001))
    verb = ox.NamedNode("http://x/next")
    store.extend(ox.Quad(one, verb, other) for one, other in pairwise(nodes))
    assert read("DESCRIBE <http://x/a>").answer(store, ["http://x/a"]) is None
