"""What is told of texts that are not SPARQL, as the engine refuses them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query import why_not

KNOWN = ("x",)


def told(text: str, *, update: bool = False) -> str:
    with pytest.raises(SyntaxError) as caught:
        refused(ox.Store(), text, update=update)
    return str(why_not(text, caught.value.msg, () if update else KNOWN, update=update, updates="which goes elsewhere"))


def refused(store: ox.Store, text: str, *, update: bool) -> None:
    if update:
        store.update(text)
    else:
        store.query(text, prefixes={name: f"http://{name}/" for name in KNOWN})


@pytest.mark.parametrize(
    ("text", "place", "prefix"),
    [
        ("SELECT * { ?s foo:bar ?o }", (1, 15), "foo"),
        ("SELECT * {\n ?s x:a ?o ; 'é' .\n ?s rdfs:label ?o }", None, ""),
        ("SELECT * {\n ?s x:a 'é' .\n ?s rdfs:label ?o }", (3, 5), "rdfs"),
        ("SELECT * { ?s :a ?o }", (1, 15), ""),
        ("SELECT (xsd:integer(?x) AS ?y) { ?x ?p ?o }", (1, 9), "xsd"),
        ("DESCRIBE foo:x", (1, 10), "foo"),
        ("PREFIX a: <urn:a> SELECT * { ?s a:b 'b:c' . FILTER(?s<?o) # b:c\n ?c b:c <b:c> }", (2, 5), "b"),
        ("SELECT * { ?s ?p '''b:c\n\n''' . _:x b:c ?d }", (3, 11), "b"),
        ("SELECT * { ?s ?p '3'^^foo:bar }", (1, 23), "foo"),
    ],
)
def test_a_prefix_that_nobody_declared(text: str, place: tuple[int, int] | None, prefix: str) -> None:
    found = told(text)
    if place is None:
        # What is wrong before it comes first.
        assert "prefix" not in found
        return
    line, column = place
    what = f"the prefix {prefix}: is not declared; declare it with PREFIX {prefix}: <...>"
    assert found == f"line {line}, column {column}: {what}"


def test_updates_know_the_prefixes_that_they_declare() -> None:
    text = "PREFIX x: <http://x/> INSERT DATA { x:a x:b 1 } ; INSERT DATA { x:a y:b 1 }"
    assert told(text, update=True).startswith("line 1, column 69: the prefix y: is not declared")
    assert told("INSERT DATA { x:a x:b 1 }", update=True).startswith("line 1, column 15: the prefix x: ")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "clear all",
        "DELETE WHERE { ?s ?p ?o }",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE {}",
    ],
)
def test_an_update_is_no_query(text: str) -> None:
    begun = text.partition(" ")[0]
    expected = f"{begun} begins an update, which goes elsewhere"
    assert told(text) == f"line 1, column 1: {expected}"
    assert told(f"# SELECT\nPREFIX ex: <http://x/>\n {text}") == f"line 3, column 2: {expected}"


def test_a_query_is_no_update() -> None:
    assert told("ASK {}", update=True) == "line 1, column 1: ASK begins a query, which is sent as `query`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1, column 1: there is nothing in it"),
        ("SELCT * {}", "line 1, column 1: SELCT begins neither a query nor an update"),
        ("z" * 1000, f"line 1, column 1: {'z' * 50} begins neither a query nor an update"),
        ("SELECT * { ?s <http://x y> ?o }", "line 1, column 15: this IRI has a space, or another sign that no IRI has"),
        (
            "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c }",
            "line 1, column 40: The SELECT contains a variable that is unbound",
        ),
        (
            "SELECT * { BIND(1 AS ?x) ?x ?y ?z BIND(2 AS ?x)}",
            "line 1, column 49: what stands here, or right before it, cannot stand there",
        ),
        ("SELECT * { ?s ?p ?o } LIMIT x", "line 1, column 29: expected one of HAVING, OFFSET, OPTIONAL, VALUES"),
    ],
)
def test_other_faults(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    ["SELECT * { ?s ?p ", "SELECT * { ?s a foo%3A:bar }", "SELECT * { ?s fo\\u006f:b ?o }", 'SELECT ?s { ?s a "x }'],
)
def test_what_only_the_makers_of_the_engine_understand_is_left_out(text: str) -> None:
    found = told(text)
    assert found.startswith("line 1, column ")
    assert "..=" not in found
    assert "[_]" not in found


@pytest.mark.parametrize("part", ['\\"""', '"""\\', "<", "a:", "a.", "'", "#\n", "<a", "_:"])
def test_long_texts_of_strangers_are_told_of_in_time(part: str) -> None:
    """Should it take more than time in proportion, this would never end."""
    text = f"SELECT * {{ {part * 300_000}"
    assert why_not(text, f"error at 1:{len(text)}: expected [_]").line == 1


def test_what_has_no_place() -> None:
    fault = why_not("SELECT", "something else")
    assert (str(fault), fault.line, fault.column) == ("something else", 0, 0)
