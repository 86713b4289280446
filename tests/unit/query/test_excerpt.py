"""Excerpts have the answer of the whole store, or there is none; what might take long has none."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.query import Excerpt, excerpt
from tests.answers import answer

DATA = """
PREFIX ex: <http://x/>
ex:a a ex:Model ; ex:name "A", "Ah"@en, "Ach"@de ; ex:count 7, 07, 1.5, true ; ex:uses ex:b, ex:c, _:n ; ex:self ex:a .
ex:b a ex:Part ; ex:name "B"@en ; ex:power 300 .
ex:c ex:name "C" ; ex:power 300, 400 ; ex:of ex:a .
_:n ex:name "blank" ; ex:power 1 .
ex:d ex:uses ex:b ; ex:name "D" .
GRAPH ex:g { ex:a ex:name "in a graph" . }
"""
PREFIXES = {"ex": "http://x/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
ANSWERED = (
    "SELECT ?v { <http://x/a> ex:name ?v FILTER(LANG(?v) = 'en') }".replace("'", '"'),
    'SELECT ?v { <http://x/a> ex:name ?v FILTER(LANGMATCHES(LANG(?v), "en") || LANG(?v) = "") }',
    "SELECT ?v { <http://x/a> ex:count ?v FILTER(?v > 1 && ?v<7) }",
    "SELECT ?v { <http://x/a> ex:count ?v FILTER(xsd:integer(?v) >= 1) }",
    'SELECT ?v { <http://x/a> ex:name ?v FILTER CONTAINS(LCASE(STR(?v)), "ah") } ORDER BY DESC(?v)',
    "# DESCRIBE <http://x/b> {\nSELECT ?v # <http://x/b>\n WHERE{# of <http://x/b>\n <http://x/a> ex:name ?v}#",
    "SELECT ?v WHERE { ?x ex:power ?v . <http://x/a> ex:uses ?x . }",
    "SELECT DISTINCT ?w { <http://x/a> ex:uses/ex:power ?w }",
    "SELECT ?w { <http://x/b> ^ex:uses/ex:name ?w }",
    "SELECT ?w { <http://x/a> ex:name|ex:count ?w }",
    "SELECT ?name ?w { <http://x/a> ex:uses ?x OPTIONAL { ?x ex:name ?name ; ex:power ?w FILTER(?w > 300) } }",
    "SELECT ?name ?w { <http://x/a> ex:uses ?x OPTIONAL { ?x ex:name ?name } OPTIONAL { ?x ex:power ?w } OPTIONAL { ?name ex:of ?z } }",
    "SELECT ?x ?y { { <http://x/a> ex:uses ?x } UNION { ?y ex:uses <http://x/b> } }",
    'SELECT ?x { <http://x/a> ex:uses ?x { ?x ex:power 300 } UNION { ?x ex:name "blank" } }',
    "SELECT ?x { <http://x/a> ex:uses ?x MINUS { ?x a ex:Part } }",
    "SELECT ?x { <http://x/a> ex:uses ?x FILTER NOT EXISTS { ?x a ex:Part } }",
    "SELECT ?x { FILTER EXISTS { ?x a ?t } <http://x/a> ex:uses ?x }",
    "SELECT ?x ?n { VALUES ?x { <http://x/a> ex:b ex:nothing } ?x ex:name ?n }",
    "SELECT ?x ?n { VALUES (?x ?t) { (<http://x/a> ex:Model) (ex:b UNDEF) } ?x ex:name ?n ; a ?t }",
    "SELECT (COUNT(*) AS ?n) (MAX(?w) AS ?most) { <http://x/a> ex:uses/ex:power ?w }",
    "SELECT ?p (COUNT(?o) AS ?n) { <http://x/a> ?p ?o } GROUP BY ?p HAVING(COUNT(?o) > 1) ORDER BY ?p",
    "SELECT (COUNT(*) AS ?n) { <http://x/nothing> ?p ?o }",
    "SELECT ?l { <http://x/a> ex:name ?v BIND(STR(?v) AS ?l) }",
    "SELECT ?x { ?x ex:uses <http://x/b> ; ex:self ?x }",
    "SELECT ?p { <http://x/a> ?p ?p }",
    'SELECT ?x { ?x ex:power "0300"^^xsd:integer ; ex:power "300"^^<http://www.w3.org/2001/XMLSchema#integer> }',
    "ASK { <http://x/a> ex:count true, 7, 1.5 }",
    'ASK { <http://x/a> ex:name "in a graph" FILTER(1 = 1) }',
    "CONSTRUCT { <http://x/a> ?p ?o . ?o ?q ?v } WHERE { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?v } }",
    "CONSTRUCT WHERE { <http://x/a> ex:uses ?x . ?x ex:name ?n }",
    "DESCRIBE <http://x/a>",
    "PREFIX e: <http://x/> DESCRIBE e:a <http://x/b>",
    "SELECT * { <http://x/a> ex:self ?x . ?x ex:uses ?y . } LIMIT 100",
    # A value that is not known here may be another than that which is found.
    "SELECT * { <http://x/a> ?p ex:b BIND(ex:c AS ?y) OPTIONAL { ex:d ex:uses ?y } OPTIONAL { ex:a ex:uses ?y . ?y ex:name ?n } }",
    "SELECT * { <http://x/a> ?p ex:b BIND(1 AS ?y) OPTIONAL { ex:b ex:name ?n BIND(2 AS ?y) } OPTIONAL { ex:c ex:name ?n } }",
    "SELECT * { <http://x/a> ?p ex:b VALUES ?y { 400 } OPTIONAL { ex:b ex:power ?y } OPTIONAL { ex:c ex:power ?y ; ex:name ?n } }",
    # That there is no solution may depend on what is there.
    "SELECT * { VALUES ?p { ex:uses } OPTIONAL { ex:d ?p ?x } VALUES ?x { ex:c } }",
)
OTHERS = (
    "",
    "SELECT * { ?s ?p ?o }",
    "SELECT * { <http://x/a> ?p ?o . ?s ?q ?r }",
    'SELECT * { ?s ex:name "A" . ?t ex:name ?n }',
    "SELECT * { <http://x/a> ?p ?o OPTIONAL { ?s ?q ?r } }",
    "SELECT * { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?r OPTIONAL { ?s ?q <http://x/b> } } }",
    "SELECT * { <http://x/a> ?p ?o { ?o ?q ?r MINUS { ?s ?q <http://x/b> } } }",
    "SELECT * { <http://x/a> ?p ?o { ?o ?q ?r FILTER NOT EXISTS { ?s ?q <http://x/b> } } }",
    "SELECT * { <http://x/a> ?p ?o { ?s ?q ?r } UNION { ?o ?q ?r } }",
    "SELECT * { ?s ex:count 7 }",
    "SELECT * { <http://x/a> ex:uses+ ?o }",
    "SELECT * { <http://x/a> (ex:uses|ex:self) ?o }",
    "SELECT * { <http://x/a> !ex:uses ?o }",
    "SELECT * { <http://x/a> ex:uses|^ex:uses ?o }",
    "SELECT * { <http://x/a> ex:uses [] }",
    "SELECT * { <http://x/a> ex:uses _:b }",
    "SELECT * { <http://x/a> ex:uses (1 2) }",
    "SELECT * { GRAPH <http://x/g> { <http://x/a> ?p ?o } }",
    "SELECT * { SERVICE <http://x/g> { <http://x/a> ?p ?o } }",
    "SELECT * FROM <http://x/g> { <http://x/a> ?p ?o }",
    "SELECT * { { SELECT ?o { <http://x/a> ?p ?o } } }",
    "SELECT * { <http://x/a> ?p ?o VALUES { ex:b } }",
    "SELECT * { <http://x/a> ?p ?o VALUES () { () } }",
    "SELECT * { <http://x/a> ?p ?o } LIMIT 5 OFFSET 5",
    "SELECT * { <http://x/a> ?p ?o } VALUES ?p { ex:name }",
    "SELECT (GROUP_CONCAT(?o) AS ?all) { <http://x/a> ?p ?o }",
    "SELECT (SAMPLE(?o) AS ?one) { <http://x/a> ?p ?o }",
    "SELECT REDUCED ?o { <http://x/a> ?p ?o }",
    "SELECT (CONCAT(?o, ?o) AS ?p2) { <http://x/a> ?p ?o }",
    "SELECT * { <http://x/a> ?p ?o FILTER(RAND() < 0.5) }",
    'SELECT * { <http://x/a> ?p ?o FILTER(REGEX(?o, "x")) }',
    "SELECT * { <http://x/a> ?p ?o FILTER(?o = 1 && EXISTS { ?o ?q ?r }) }",
    "SELECT * { <http://x/a> ?p ?o FILTER(?o<http://x/b>?p) }",
    "SELECT * { <http://x/a> ?p ?o FILTER(ex:function(?o)) }",
    "SELECT * { <http://x/a> ?p ?o FILTER ex:function(?o) }",
    "SELECT * { <http://x/a> ?p ?o FILTER(<http://www.w3.org/2001/XMLSchema#integer>(?o) = 1) }",
    "SELECT * { <http://x/a> ?p ?o BIND(NOW() AS ?t) }",
    "CONSTRUCT { _:b ?p ?o } { <http://x/a> ?p ?o }",
    "CONSTRUCT { [] ?p ?o } { <http://x/a> ?p ?o }",
    "CONSTRUCT { << <http://x/a> ?p ?o >> ex:of <http://x/a> } { <http://x/a> ?p ?o }",
    'DESCRIBE ?s { ?s ex:name "A" }',
    "DESCRIBE <http://x/a> FROM <http://x/g>",
    "SELECT * { <http://x/a> ex:name '''A''' }",
    "SELECT * { <http://x/a> ex:na.me ?o }",
    "SELECT * { <http://x/a> unknown:name ?o }",
    "SELECT * { <http://x/../a> ?p ?o }",
    "SELECT * { <a> ?p ?o }",
    "SELECT * { <http://x/a> ?p ?o",
    "SELECT * { <http://x/a> ?p }",
    "SELECT * { <http://x/a> ?p ?o } " + " " * 4000,
    "SELECT * { <http://x/a> ex:name\xa0?o }",
    'SELECT * { <http://x/a> ?p ?o FILTER(ſTR(?o) = "A") }',
    'INSERT DATA { <http://x/a> ex:name "B" }',
)


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return found


def read(text: str) -> Excerpt:
    found = excerpt(text, PREFIXES)
    assert found is not None
    return found


@pytest.mark.parametrize("thing", ["a", "b", "c", "d", "nothing"])
@pytest.mark.parametrize("text", ANSWERED)
def test_an_excerpt_has_the_answer_of_the_store(store: ox.Store, text: str, thing: str) -> None:
    found = read(text)
    assert found.text(found.iris) == text
    iris = [each.replace("http://x/a", f"http://x/{thing}") for each in found.iris]
    assert found.text(iris) == text.replace("<http://x/a>", f"<http://x/{thing}>")
    part = found.store(store, iris)
    assert part is not None
    assert answer(part, found.text(iris), PREFIXES) == answer(store, found.text(iris), PREFIXES)


@pytest.mark.parametrize("text", OTHERS)
def test_of_other_queries_there_is_none(text: str) -> None:
    assert excerpt(text, PREFIXES) is None


def test_only_what_the_query_can_touch_is_in_it(store: ox.Store) -> None:
    found = read("SELECT * { <http://x/a> ex:uses ?x OPTIONAL { ?x a ?t } }")
    part = found.store(store, found.iris)
    assert part is not None
    assert len(part) == 4
    found = read("SELECT * { <http://x/a> ex:uses ?x . ?x ex:nothing ?t }")
    part = found.store(store, found.iris)
    assert part is not None
    assert len(part) == 3


@pytest.mark.parametrize("pattern", ["<http://x/a> ?p ?o", "?s ex:name ?o ; a ex:Part", "?s ?p <http://x/b>"])
def test_rows_come_in_the_order_of_the_store(store: ox.Store, pattern: str, tmp_path: Path) -> None:
    on_disk = ox.Store(str(tmp_path / "store"))
    on_disk.extend(store)
    text = f"SELECT * {{ {pattern} FILTER(BOUND(?s) || BOUND(?o)) }}"
    part = read(text).store(on_disk, read(text).iris)
    assert part is not None
    found = [each.query(text, prefixes=PREFIXES) for each in (part, on_disk)]
    rows, wanted = ([str(row) for row in each] for each in found if isinstance(each, ox.QuerySolutions))
    assert rows == wanted


@pytest.mark.parametrize(
    ("text", "forward"),
    [
        ("SELECT * { <http://x/a> ?p ?o . ?o ?q ?r OPTIONAL { ?r ex:name ?n } }", True),
        ("DESCRIBE <http://x/a>", True),
        ("SELECT * { ?s ?p <http://x/a> }", False),
        ("SELECT * { <http://x/a> ^ex:uses ?x }", False),
        ("SELECT * { <http://x/a> ?p ?o FILTER EXISTS { ?s ?q ?o } }", False),
    ],
)
def test_whether_all_is_found_by_its_subject(text: str, forward: bool) -> None:
    assert read(text).forward is forward


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_which_rows_are_the_first_is_left_to_the_store(store: ox.Store, limit: int) -> None:
    found = read(f"SELECT ?x {{ <http://x/a> ex:uses ?x }} LIMIT {limit}")
    assert (found.store(store, found.iris) is None) == (limit < 3)


def test_more_rows_than_are_allowed_are_left_to_the_store(store: ox.Store) -> None:
    found = read("SELECT ?x { <http://x/a> ex:uses ?x }")
    assert found.store(store, found.iris, 2) is None
    assert found.store(store, found.iris, 3) is not None


@pytest.mark.parametrize("iri", ["a", "", "http://x/a b", "http://x/>", "http://x/./a", "http://x/{"])
def test_what_is_no_iri_is_left_to_the_store(store: ox.Store, iri: str) -> None:
    for text in ("SELECT ?p { <http://x/a> ?p ?o FILTER(?o = 1) }", "DESCRIBE <http://x/a>"):
        assert read(text).store(store, [iri]) is None


# What a stranger might ask to keep a server busy


def hub(count: int, value: str = "v") -> ox.Store:
    store = ox.Store()
    thing, name = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p")
    store.extend(ox.Quad(thing, name, ox.Literal(f"{value}{number}")) for number in range(count))
    return store


def test_much_is_left_to_the_store() -> None:
    found = read("SELECT ?o { <http://x/a> ex:p ?o FILTER(BOUND(?o)) }")
    assert found.store(hub(199), found.iris) is not None
    assert found.store(hub(200), found.iris) is None


# All that is said of the hub is read, though there is no solution of it.
READ = "<http://x/a> ex:one ?one OPTIONAL { <http://x/a> ex:p ?o . ?o ex:none ?none } "
# The first two are found to be none here, and joined last by the store.
PRODUCT = "{ ex:none ?a ?b . ?b ?c ?d . <http://x/a> ex:p ?p1 . <http://x/a> ex:p ?p2 . <http://x/a> ex:p ?p3 }"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { <http://x/a> ?p1 ?o1 . <http://x/a> ?p2 ?o2 }",
        "SELECT * { <http://x/a> ?p ?o FILTER NOT EXISTS { ?o ?a ?b . <http://x/a> ?p1 ?o1 . <http://x/a> ?p2 ?o2 } }",
        f"SELECT * {{ {READ} OPTIONAL {PRODUCT} }}",
        f"SELECT * {{ {READ} MINUS {PRODUCT} }}",
        f"SELECT * {{ {READ} FILTER NOT EXISTS {PRODUCT} }}",
        f"SELECT * {{ {READ} {PRODUCT} UNION {{}} }}",
        "SELECT * { ex:none ?p ?o " + "{} UNION {} " * 40 + "}",
        "SELECT * { <http://x/a> ?p ?o " + "OPTIONAL { FILTER(1 = 1) } " * 40 + "}",
        "SELECT * { ex:none ?p ?o " + "".join(f"VALUES ?v{each} {{ {'1 ' * 100}}} " for each in range(5)) + "}",
        "SELECT * { <http://x/a> ?p ?o " + "{" * 20 + "}" * 20 + "}",
        "SELECT * { <http://x/a> " + " ; ".join(f"?p{each} ?o{each}" for each in range(31)) + "}",
        f"SELECT * {{ <http://x/a> ex:one ?o FILTER({'+'.join(['1'] * 1000)}) }}",
        f"SELECT * {{ <http://x/a> ex:p ?o }} ORDER BY {'(?o) ' * 340}",
        f"SELECT * {{ <http://x/a> ex:p ?o ; ex:long ?l FILTER({'||'.join(['LCASE(?l) = ?o'] * 10)}) }}",
        f"DESCRIBE {'<http://x/a> ' * 40}",
    ],
)
def test_what_may_take_long_is_left_to_the_store(query: str) -> None:
    store = hub(90)
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/one"), ox.Literal(1)))
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/long"), ox.Literal("long" * 2000)))
    found = excerpt(query, PREFIXES)
    assert found is None or found.store(store, found.iris) is None


@pytest.mark.parametrize(("rows", "quick"), [(1, True), (50, False)])
def test_rows_of_values_take_long_too(rows: int, quick: bool) -> None:
    store = hub(30)
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/one"), ox.Literal(1)))
    values = f"VALUES ?v {{ {'1 ' * rows} }}"
    found = read(f"SELECT * {{ {READ} OPTIONAL {{ ex:none ?a ?b . <http://x/a> ex:p ?c {values} }} }}")
    assert (found.store(store, found.iris) is not None) is quick


def test_long_texts_are_left_to_the_store() -> None:
    found = read("SELECT ?o { <http://x/a> ex:p ?o }")
    assert found.store(hub(150, "long" * 1000), found.iris) is not None
    assert found.store(hub(150, "long" * 10_000), found.iris) is None


def test_what_can_be_no_subject_is_left_to_the_store() -> None:
    found = read('SELECT ?o { <http://x/a> ex:p ?o OPTIONAL { "A" ex:p ?o } }')
    assert found.store(hub(150), found.iris) is None


@pytest.mark.parametrize(
    ("text", "forward"),
    [
        ("SELECT * { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?r } }", True),
        ("SELECT * { ?x ?q ?r . ex:a ?p ?x }", True),
        ("SELECT * { VALUES ?x { ex:a } ?x ?p ?o }", True),
        ("describe <http://x/a>", True),
        ("SELECT (1 AS ?n) {}", True),
        ("SELECT * { BIND(1 AS ?n) }", True),
        ("SELECT * { ?x ex:name ?n . ?x ex:uses <http://x/a> }", False),
        ("SELECT * { <http://x/a> ^ex:uses ?x }", False),
    ],
)
def test_only_what_is_said_of_things(text: str, *, forward: bool) -> None:
    assert excerpt(text, PREFIXES) is not None
    assert (excerpt(text, PREFIXES, forward=True) is not None) is forward
