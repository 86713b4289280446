"""What is told of texts that are not SPARQL, as the engine refuses them."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread

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
        ("SELECT * { ?s <http://x/a ?o . ?o x:a <b> }", "line 1, column 15: this IRI has no >"),
        ("SELECT * { ?s http://x/a ?o }", "line 1, column 15: an IRI stands in < >, as in <http://...>"),
        ("PREFIX y: <http://y/ SELECT * { ?s y:a ?o }", "line 1, column 11: this IRI has no >"),
        ("PREFIX y: http://y/ SELECT * { ?s y:a ?o }", "line 1, column 11: an IRI stands in < >, as in <http://...>"),
        ("PREFIX y <http://y/> ASK {}", "line 1, column 8: a prefix ends with a colon, as in PREFIX x: <...>"),
        ("ASK", "line 1, column 4: something is missing at the end, behind ASK"),
    ],
)
def test_other_faults(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o", "line 1, column 20: the { at line 1, column 10 is not closed"),
        ("SELECT *\n{ ?s ?p ?o OPTIONAL { ?s x:a ?b }\n", "line 2, column 34: the { at line 2, column 1 is not closed"),
        ("SELECT * { ?s ?p '}' # }", "line 1, column 25: the { at line 1, column 10 is not closed"),
        ("ASK { ?s x:a [ x:b 1 }", "line 1, column 22: the [ at line 1, column 14 is not closed before this }"),
        ("ASK { FILTER(1 > 3 }", "line 1, column 20: the ( at line 1, column 13 is not closed before this }"),
        (
            "ASK { FILTER(CONTAINS('(', 'b') }",
            "line 1, column 33: the ( at line 1, column 13 is not closed before this }",
        ),
        ("ASK { ?s ?p ?o {| x:a 1 }", "line 1, column 25: the {| at line 1, column 16 is not closed before this }"),
        ("ASK { FILTER(1 > 3)) }", "line 1, column 20: this ) closes nothing"),
        ("ASK { ?s ?p ?o }\n}", "line 2, column 1: this } closes nothing"),
        ("ASK { ?s ?p ?o ] }", "line 1, column 16: this ] closes nothing"),
    ],
)
def test_brackets_that_do_not_fit(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('SELECT * { ?s ?p "abc }', 'line 1, column 18: the text that begins here with " has no end'),
        (
            "SELECT * {\n ?s ?p 'one\ntwo' }",
            "line 2, column 8: the text that begins here with ' has no end; one of several lines stands in '''",
        ),
        # What is wrong before it comes first.
        (
            "ASK { ?s ?p 1 LIMIT 'two }",
            "line 1, column 15: GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET stand in this order",
        ),
    ],
)
def test_texts_without_an_end(text: str, expected: str) -> None:
    assert told(text).startswith(expected)


def test_a_place_is_that_of_the_fault_and_not_where_a_keyword_would_have_ended() -> None:
    """The engine itself names one that is further on, in whatever stands there."""
    text = "SELECT * {\n  ?s x:a ?o # none\n\n  ?t\n  x:b ?c }"
    with pytest.raises(SyntaxError, match="error at 5:6: expected OPTIONAL"):
        refused(ox.Store(), text, update=False)
    assert told(text).startswith("line 4, column 3: ?t cannot follow ?o: ")


def test_relative_iris_are_wrong_where_there_is_no_base() -> None:
    text = "SELECT * { <s> <http://x/p> 1 ?s }"
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text)
    fault = why_not(text, caught.value.msg)
    assert (fault.column, "no scheme" in fault.what) == (12, True)
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text, base_iri="http://x/")
    assert why_not(text, caught.value.msg, base="http://x/").what.startswith("?s cannot follow 1: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { x:a x:b 1", "line 1, column 46: the { at line 1, column 35 is not closed"),
        ("DELETE WHERE { ?s ?p ?o } }", "line 1, column 49: this } closes nothing"),
        ("INSERT DATA { x:a x:b 1 } INSERT DATA { x:a x:b 2 }", "line 1, column 49: ; is missing before INSERT"),
        ("INSERT DATA { x:a x:b ?c }", "line 1, column 48: Variables are not allowed in INSERT DATA"),
    ],
)
def test_updates_are_looked_at_in_the_same_way(text: str, expected: str) -> None:
    assert told(f"PREFIX x: <http://x/> {text}", update=True) == expected


@pytest.mark.parametrize(
    ("text", "update"),
    [
        ("ASK {{ SERVICE <{0}> {{ ?s ?p ?o }} }} nonsense", False),
        ("ASK {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}", False),
        ("LOAD <{0}> ; nonsense", True),
        ("LOAD <{0}> }}", True),
    ],
)
def test_nobody_else_is_asked(text: str, update: bool) -> None:
    heard: list[object] = []

    def hear() -> None:
        with suppress(OSError):
            while True:
                connection, where = listener.accept()
                heard.append(where)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listening = Thread(target=hear)
        listening.start()
        assert told(text.format(f"http://127.0.0.1:{listener.getsockname()[1]}/"), update=update)
        listener.shutdown(socket.SHUT_RDWR)
        listening.join()
    assert not heard


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
    assert why_not(text, f"error at 1:{len(text)}: expected [_]").what


@pytest.mark.parametrize(
    "part", ["?s x:a 'b' . ", "?s x:a 1 . # }\n", "{} ", "{ ?s x:a '''\"''' } ", "?s x:a (1 2) . ", "?s x:a <u:é> . "]
)
def test_so_are_texts_that_are_long_and_read_to_their_end(part: str) -> None:
    """The engine is asked again no more than twice, whatever the text."""
    text = f"SELECT * {{ {part * (100_000 // len(part))} ?s }}"
    assert told(text).endswith("a subject, a property and a value")


def test_what_has_no_place() -> None:
    fault = why_not("SELECT", "something else")
    assert (str(fault), fault.line, fault.column) == ("something else", 0, 0)


def test_of_what_is_too_long_to_be_looked_through_the_place_is_told_that_the_engine_says() -> None:
    text = f"SELECT * {{ {'?s x:a 1 . ' * 20_000} ?s x:a ?o ?t }}"
    assert told(text).endswith(": what stands here, or right before it, cannot stand there")
    # Nor is its end where no more is looked at.
    text = f"SELECT * {{ ?s x:a 'a\\z{'z' * 300_000}' }}"
    assert "has no end" not in told(text)
