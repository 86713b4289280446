"""Look-ups are read once and answered for any thing, just as the store itself answers; what is none is left to it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query import Lookup, lookup

DATA = """
PREFIX ex: <http://x/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
ex:a a ex:Model ; ex:name "A \\"quoted\\" \\\\ \\t\\n\\r\\u0001\\u001F\\u007F\\u2028 é😀", "A"@en-GB, "" ; ex:count 7, 07, 1.50, true, "x"^^ex:odd ;
  ex:uses ex:b, ex:c, _:n ; ex:self ex:a .
ex:b a ex:Part ; ex:name "B"@fr ; ex:power 300 .
ex:c ex:name "C" ; ex:power 300, 400 .
_:n ex:name "blank" .
ex:bidi ex:name "a"@ar--rtl .
ex:said ex:says <<( ex:a ex:b ex:c )>> .
GRAPH ex:g { ex:a ex:name "in a graph" . }
"""
PREFIXES = {"ex": "http://x/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
LOOKUPS = (
    "SELECT ?p ?o { <http://x/a> ?p ?o }",
    "SELECT * { <http://x/a> ?p ?o }",
    "SELECT*WHERE{ <http://x/a> <http://x/name> ?v . }",
    "SELECT ?v WHERE { ex:a ex:name ?v }",
    "PREFIX ex: <http://y/> SELECT ?v { <http://x/a> ex:name ?v }",
    "prefix e: <http://x/> select $v where { e:a a ?v } limit 1",
    "SELECT ?name ?w { <http://x/a> ex:uses ?a . ?a ex:name ?name ; ex:power ?w }",
    "SELECT ?name ?w { <http://x/a> ex:uses ?a . ?a ex:name ?name ; ex:power ?w . } LIMIT 3",
    "SELECT ?name { <http://x/a> ex:uses ?a . ?a ex:name ?name } LIMIT 0",
    "SELECT ?other { <http://x/a> ex:count ?v ; ex:self ?self . ?self a ?t }",
    "SELECT ?p { <http://x/a> ?p <http://x/b> }",
    "SELECT ?p ?o { <http://x/a> ex:count ?n . ?n ?p ?o }",
    "SELECT ?a ?b { <http://x/a> ex:uses ?a, ?b }",
    "SELECT ?p { <http://x/b> ?p ?o . <http://x/c> ?p ?o }",
    "SELECT ?q { <http://x/a> ?p ?v . <http://x/b> ?q ?o . <http://x/b> ?v ?u }",
    "SELECT ?s { ?s ex:uses <http://x/b> }",
    "SELECT ?s ?p { ?s ?p <http://x/a> }",
    "SELECT * { ?s a <http://x/Model> ; ex:name ?name . ?s ex:uses ?part . ?part ex:power ?w }",
    "SELECT ?s ?w { <http://x/a> ex:uses ?part . ?part ex:power ?w . ?s ex:power ?w }",
    "SELECT ?s { <http://x/a> ?p ?o . ?s ex:name ?o }",
    'SELECT ?s { ?s ex:name "C" }',
    'SELECT ?s ?p { ?s ?p "" }',
    "SELECT ?s { ?s ex:name 'C', 'C' }",
    "SELECT ?s ?p { ?s ?p '' ; ex:name 'say \"so\"' }",
    "ASK { <http://x/a> ex:name 'A'@en-gb }",
    'PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?s { ?s ex:power "0300"^^xsd:integer }',
    "ASK { ?s ex:uses <http://x/nothing> }",
    'ASK { <http://x/a> ex:name "A"@en-gb }',
    'ASK { <http://x/a> ex:name "A"@EN-GB . }',
    'ASK { <http://x/a> ex:count "7"^^xsd:integer ; a ex:Model }',
    'PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> ASK { <http://x/a> ex:count "007"^^xsd:integer }',
    'ASK { <http://x/a> ex:name "" }',
    'ASK { <http://x/a> ex:name "in a graph" }',
    'SELECT ?v { <http://x/a> ex:name ?v FILTER(LANG(?v) = "en-gb") }',
    'SELECT ?v { FILTER ( lang( ?v )="" || LANG(?v) = "en" || LANG(?v) = "en-gb") . <http://x/a> ex:name ?v }',
    "SELECT ?p ?v { <http://x/a> ?p ?v FILTER(LANG(?v) = '') } LIMIT 2",
    'SELECT * { <http://x/a> ?p ?v . FILTER LANGMATCHES(LANG(?v), "EN") FILTER(langMatches(lang(?v), "en-GB")) }',
    'SELECT ?v { <http://x/a> ex:name ?v FILTER(LANGMATCHES(LANG(?v), "e")) }',
    'SELECT ?v { <http://x/a> ex:name ?v FILTER(LANG(?v) = "LANGMATCHES" || LANG(?v) = "en") }',
    'ASK { <http://x/b> ex:name ?v FILTER(LANG(?v) = "fr") }',
    'ASK { <http://x/a> ex:uses ?v FILTER(LANG(?v) = "") }',
    "SELECT ?o ?t { <http://x/a> ex:name ?o OPTIONAL { <http://x/a> a ?t } }",
    "SELECT * { <http://x/a> ex:name ?o optional{<http://x/a> ex:none ?t}. <http://x/a> ex:uses ?u . }",
    "SELECT * { <http://x/a> ex:uses ?u OPTIONAL { ?u ex:name ?n } OPTIONAL { ?u ex:power ?w . ?s ex:power ?w } }",
    'SELECT * { <http://x/a> ?p ?u OPTIONAL { ?u ex:name ?n FILTER(LANG(?n) = "fr") } FILTER(LANG(?u) = "") }',
    'SELECT * { <http://x/a> ex:uses ?u OPTIONAL { FILTER(LANG(?n) = "") . ?u ex:name ?n } FILTER(LANG(?n) = "") }',
    'SELECT * { <http://x/a> ex:name ?n OPTIONAL { <http://x/a> ex:uses ?u FILTER(LANG(?n) = "") } }',
    "SELECT * { OPTIONAL { <http://x/a> ex:none ?n } <http://x/a> ex:uses ?u }",
    "SELECT ?n { <http://x/a> ex:uses ?u OPTIONAL { ?u ex:name ?n } } LIMIT 3",
    "ASK { OPTIONAL { <http://x/nothing> ?p ?v } }",
    "SELECT (COUNT(*) AS ?n) { <http://x/a> ?p ?o }",
    "SELECT (COUNT(?o) AS ?n) { <http://x/a> ?p ?o }",
    "select ( count ( distinct $p )as $n )where{ <http://x/a> ?p ?o . }",
    "SELECT(COUNT(DISTINCT ?o) AS ?n) { <http://x/a> ?p ?o }",
    "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p <http://x/b> }",
    "SELECT (COUNT(?p) AS ?n) { <http://x/a> ?p ex:b }",
    'SELECT (COUNT(*) AS ?n) { ?s ex:name "A"@en-gb }',
    "SELECT (COUNT(*) AS ?n) { ?s a <http://x/a> }",
    "SELECT (COUNT(*) AS ?n) { <http://x/a> ex:uses ex:b }",
    "SELECT (COUNT(*) AS ?n) { <http://x/a> ex:uses ?u . ?u ex:power ?w }",
    "SELECT (COUNT(DISTINCT ?u) AS ?n) { <http://x/a> ex:uses ?u . ?u ex:power ?w }",
    "SELECT (COUNT(?w) AS ?n) { <http://x/a> ex:uses ?u OPTIONAL { ?u ex:power ?w } }",
    "SELECT (COUNT(DISTINCT ?w) AS ?n) { OPTIONAL { <http://x/a> ex:power ?w } }",
    'SELECT (COUNT(*) AS ?n) { <http://x/a> ex:name ?v FILTER(LANG(?v) = "") }',
    "SELECT (COUNT(*) AS ?n) { }",
    "SELECT ?v { <http://x/nothing> ?p ?v }",
    "ASK { }",
    "SELECT ?x { }",
)
OTHERS = (
    "",
    "DESCRIBE <http://x/a>",
    "SELECT ?p ?o { <http://x/a> ?p ?o",
    "SELECT ?p ?o { <http://x/a> ?p ?o } }",
    "SELECT ?p ?o { <http://x/a> ?p ?o } LIMIT 1 OFFSET 1",
    "SELECT ?p ?o { <http://x/a> ?p ?o } ORDER BY ?p",
    "SELECT DISTINCT ?p { <http://x/a> ?p ?o }",
    "SELECT ?p ?p { <http://x/a> ?p ?o }",
    "SELECT (?p AS ?q) { <http://x/a> ?p ?o }",
    "ASK { <http://x/a> ?p ?o } LIMIT 1",
    "SELECT ?s { ?s ex:name ?o }",
    "SELECT ?s { <http://x/a> ?p ?o . ?s ex:name ?name }",
    "SELECT ?s { ?s ?s <http://x/a> }",
    "SELECT ?o { <http://x/a> ?o ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(?o > 3) }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL { ?s a ?t } }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL { <http://x/a> a ?t } ?t ex:name ?n }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL { <http://x/a> a ?t OPTIONAL { ?t ex:name ?n } } }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL { } }",
    "SELECT ?o { <http://x/a> ex:uses ?o OPTIONAL { ?o a ?t FILTER(LANG(?n) = '') } ?o ex:name ?n }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(LANG(?n) = 'en') }",
    "SELECT ?o { <http://x/a> ex:name ?o ; ex:name ?n FILTER(LANG(?o) = 'en' || LANG(?n) = 'en') }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(LANG(?o) = 'en' && LANG(?o) = 'en') }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(LANG(?o) != 'en') }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(LANG(?o) = 'en'@en) }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTERLANGMATCHES(LANG(?o), 'en') }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER LANGMATCHES(LANG(?o), '*') }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER LANGMATCHES(LANG(?o), '') }",
    "SELECT (COUNT(*) AS ?n) { <http://x/a> ex:name ?o } LIMIT 1",
    "SELECT (COUNT(DISTINCT *) AS ?n) { <http://x/a> ex:name ?o }",
    "SELECT (COUNT(?other) AS ?n) { <http://x/a> ex:name ?o }",
    "SELECT (COUNT(?o) AS ?n) (COUNT(*) AS ?m) { <http://x/a> ex:name ?o }",
    "SELECT ?o (COUNT(?o) AS ?n) { <http://x/a> ex:name ?o }",
    "SELECT (COUNT(?o) AS ?o) { <http://x/a> ex:name ?o }",
    "SELECT (MAX(?o) AS ?n) { <http://x/a> ex:name ?o }",
    "SELECT ?o { { <http://x/a> ex:name ?o } }",
    "SELECT ?o { <http://x/a> ex:name/ex:name ?o }",
    "SELECT ?o { <http://x/a> ^ex:name ?o }",
    "SELECT ?o { GRAPH <http://x/g> { <http://x/a> ex:name ?o } }",
    "SELECT ?o FROM <http://x/g> { <http://x/a> ex:name ?o }",
    "SELECT ?o { SERVICE <http://x/s> { <http://x/a> ex:name ?o } }",
    "SELECT ?o { <a> ex:name ?o }",
    "SELECT ?o { <http://x/../a> ex:name ?o }",
    "SELECT ?o { <http://x/\\u0061> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o } # a comment",
    "SELECT ?o { <http://x/a> ex:name ?o . # a comment\n }",
    "SELECT ?o { <http://x/a> unknown:name ?o }",
    "SELECT ?o { <http://x/a> ex:na.me:x ?o }",
    "SELECT ?o { <http://x/a> ex:name?o }",
    "SELECT ?o { [] ex:name ?o }",
    "SELECT ?o { _:b ex:name ?o }",
    'SELECT ?o { <http://x/a> ex:name """A""" }',
    "SELECT ?o { <http://x/a> ex:name '''A''' }",
    "SELECT ?o { <http://x/a> ex:count 7 }",
    "SELECT ?o { <http://x/a> a a }",
    'SELECT ?o { "A" ex:name ?o }',
    "SELECT ?o { <http://x/a> ex:name }",
    "SELECT ?o { <http://x/a> ex:name ?o ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o ; }",
    "SELECT ?é { <http://x/a> ex:name ?é }",
    "BASE <http://x/> SELECT ?o { <http://x/a> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o } " + " " * 4000,
    # What is no SPARQL, though it looks so.
    *(f"SELECT ?o {{ <http://x/a> ex:name{space}?o }}" for space in "\v\f\x1c\x85\xa0\u2003\u2028\u3000"),
    "SELECT ?o { <http://x/a> ex:name ?o FILTER LANG(?o) = 'en' }",
    "SELECT ?o { <http://x/a> ex:name ?o FILTER(LANG(?o) = 'en') . . }",
    "SELECT (COUNT(*) AS?n { <http://x/a> ex:name ?o }",
    "SELECT ?o { . FILTER(LANG(?o) = 'en') <http://x/a> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:name FILTER(LANG(?o) = 'en') ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL <http://x/a> ex:name ?n }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTIONAL { <http://x/a> ex:name ?n }",
    "SELECT ?o { <http://x/a> ex:name ?o OPTıONAL { <http://x/a> ex:name ?n } }",
    "SELECT ?o {\xa0<http://x/a> ex:name ?o }",
    "SELECT\xa0?o { <http://x/a> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o }\xa0",
    "SELECT ?o { <http://x/a> ex:name ?o.\xa0}",
    'SELECT ?o { <http://x/a> ex:name ?o ; ex:name "A"\xa0}',
    "SELECT ?o { <http://x/a> a\xa0?o }",
    "PREFIX\xa0ex: <http://x/> SELECT ?o { <http://x/a> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:name ?o } LIMIT ٣",
    "SELECT ?o { <http://x/a> ex:name ?o } LıMIT 1",
    "ſELECT ?o { <http://x/a> ex:name ?o }",
    "Aſ\u212a { <http://x/a> ex:name ?o }",
    "SELECT ?o { <http://x/a> ex:-name ?o }",
    "SELECT ?o { <http://x/a> ex:name ex:- }",
    'SELECT ?o { <http://x/a> ex:name "A"^^ex:-odd ; ex:name ?o }',
    "PREFIX other: <http://x/%> SELECT ?o { <http://x/a> ex:name ?o }",
    "PREFIX ex: <http://x/[> SELECT ?o { <http://x/a> <http://x/name> ?o }",
)
# Those of them that the store cannot read either.
WRONG = OTHERS[OTHERS.index("SELECT ?o { <http://x/a> ex:name\v?o }") :]


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return found


def evaluated(store: ox.Store, text: str) -> bytes:
    results = store.query(text, prefixes=PREFIXES, base_iri="http://here/sparql")
    assert not isinstance(results, ox.QueryTriples)
    return results.serialize(format=ox.QueryResultsFormat.JSON) or b""


def same(found: bytes | None, wanted: bytes) -> bool:
    """Return whether answers are the same byte for byte, but for the order of rows, which no query here asks for."""
    assert found is not None
    opening, split = b'"bindings":[', b"},{"
    head, _, rows = found.partition(opening)
    expected, _, others = wanted.partition(opening)
    return (head, sorted(rows[1:-4].split(split))) == (expected, sorted(others[1:-4].split(split)))


def read(text: str) -> Lookup:
    found = lookup(text, PREFIXES)
    assert found is not None
    return found


@pytest.mark.parametrize("text", LOOKUPS)
def test_a_lookup_is_answered_as_the_store_answers(store: ox.Store, text: str) -> None:
    found = lookup(text, PREFIXES)
    if "xsd:" in text and "PREFIX xsd" not in text:
        assert found is None, "the prefix is not known"
        return
    assert found is not None
    assert found.text(found.iris) == text
    assert same(found.answer(store, found.iris), evaluated(store, text))


@pytest.mark.parametrize("iri", ["http://x/b", "http://x/c", "http://x/nothing", "urn:x", "http://x/é?a=b&c#d"])
@pytest.mark.parametrize("text", [each for each in LOOKUPS if "<http://x/a>" in each and "xsd:" not in each])
def test_other_things_are_answered_for_as_well(store: ox.Store, text: str, iri: str) -> None:
    found = read(text)
    iris = [iri if each == "http://x/a" else each for each in found.iris]
    assert found.text(iris) == text.replace("http://x/a>", f"{iri}>")
    assert same(found.answer(store, iris), evaluated(store, found.text(iris)))


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_lookup_is_left_to_the_store(text: str) -> None:
    assert lookup(text, PREFIXES) is None


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_sparql_is_none_to_the_store(store: ox.Store, text: str) -> None:
    with pytest.raises(SyntaxError):
        evaluated(store, text)


@pytest.mark.parametrize(
    "iri", ["a", "", "http://x/a b", "http://x/>", 'http://x/"', "http://x/./a", "http://x/{", "x\\y:z"]
)
def test_what_is_no_iri_is_left_to_the_store(store: ox.Store, iri: str) -> None:
    assert read("SELECT ?p ?o { <http://x/a> ?p ?o }").answer(store, [iri]) is None


@pytest.mark.parametrize("thing", ["bidi", "said"])
def test_terms_of_rdf_1_2_are_left_to_the_store(store: ox.Store, thing: str) -> None:
    assert read("SELECT ?o { <http://x/a> ?p ?o }").answer(store, [f"http://x/{thing}"]) is None


def test_much_is_left_to_the_store() -> None:
    store = ox.Store()
    thing = ox.NamedNode("http://x/a")
    store.extend(ox.Quad(thing, ox.NamedNode("http://x/p"), ox.Literal(str(each))) for each in range(201))
    found = read("SELECT ?o { <http://x/a> <http://x/p> ?o }")
    assert found.answer(store, found.iris) is None
    store.remove(ox.Quad(thing, ox.NamedNode("http://x/p"), ox.Literal("0")))
    assert same(found.answer(store, found.iris), evaluated(store, found.text(found.iris)))


@pytest.mark.parametrize(("length", "answered"), [(10_000, True), (10_001, False)])
def test_long_values_are_left_to_the_store(length: int, *, answered: bool) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p"), ox.Literal("x" * length)))
    assert (read("SELECT ?o { <http://x/a> ?p ?o }").answer(store, ["http://x/a"]) is not None) is answered


def test_which_rows_of_a_join_are_the_first_is_left_to_the_store(store: ox.Store) -> None:
    join = "SELECT ?name ?w { <http://x/a> ex:uses ?a . ?a ex:name ?name ; ex:power ?w } LIMIT "
    assert [read(f"{join}{limit}").answer(store, ["http://x/a"]) is None for limit in range(5)] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_more_rows_than_are_allowed_are_left_to_the_store(store: ox.Store) -> None:
    found = read("SELECT ?o { <http://x/c> ex:power ?o }")
    assert found.answer(store, found.iris, 1) is None
    assert found.answer(store, found.iris, 2) is not None
    assert read("SELECT ?o { <http://x/c> ex:power ?o } LIMIT 1").answer(store, ["http://x/c"], 1) is not None


@pytest.mark.parametrize(("number", "counted"), [(201, True), (5000, True), (5001, False)])
def test_more_is_counted_than_is_read(number: int, counted: bool) -> None:
    store = ox.Store()
    thing, verb = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p")
    store.extend(ox.Quad(thing, verb, ox.Literal(each)) for each in range(number))
    for what in ("*", "?o", "DISTINCT ?o"):
        text = f"SELECT (COUNT({what}) AS ?n) {{ <http://x/a> ?p ?o }}"
        found = read(text).answer(store, ["http://x/a"], 1)
        assert found == (evaluated(store, text) if counted else None)
    # What hangs on more than one pattern is read.
    assert (
        read("SELECT (COUNT(*) AS ?n) { <http://x/a> ?p ?o . <http://x/a> ?q ?o }").answer(store, ["http://x/a"])
        is None
    )


@pytest.mark.parametrize(("number", "listed"), [(201, True), (500, True), (501, False)])
def test_more_is_listed_than_is_read(number: int, listed: bool) -> None:
    store = ox.Store()
    thing, verb = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p")
    store.extend(ox.Quad(ox.NamedNode(f"http://x/{each}"), verb, thing) for each in range(number))
    for form in ("SELECT ?s {", "SELECT * {", "SELECT ?p ?none ?s {"):
        text = f"{form} ?s ?p <http://x/a> . }}"
        found = read(text).answer(store, ["http://x/a"], 1000)
        assert found == (evaluated(store, text) if listed else None)
        assert read(text).answer(store, ["http://x/a"], number - 1) is None
        assert (read(text).answer(store, ["http://x/a"], number) is not None) is listed
    for limit in (0, 1, 200, 500):
        text = f"SELECT ?s {{ ?s ?p <http://x/a> }} LIMIT {limit}"
        assert read(text).answer(store, ["http://x/a"], 500) == evaluated(store, text)
