"""Queries over a store: formats, graphs that may be seen, and answers that are cut."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from kg.serving.execute import GRAPHS, RESULTS, Outcome, Query, execute, media_of
from kg.serving.messages import Problem

PREFIXES = {"x": "http://x/"}
_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
ROWS = 4000


@pytest.fixture(scope="module")
def store() -> ox.Store:
    found = ox.Store()
    found.bulk_extend(
        ox.Quad(ox.NamedNode(f"http://x/s{number}"), ox.NamedNode("http://x/p"), ox.Literal(f"text {number}"))
        for number in range(ROWS)
    )
    found.update(
        "INSERT DATA { GRAPH <http://x/g> { <http://x/a> <http://x/q> 1 } GRAPH <http://x/h> { <http://x/b> <http://x/q> 2 } }"
    )
    return found


def run(store: ox.Store, query: Query) -> tuple[str, bytes, Outcome]:
    media: list[str] = []
    parts: list[bytes] = []
    outcome = execute(store, query, PREFIXES, media.append, parts.append)
    assert len(media) == 1
    return media[0], b"".join(parts), outcome


def problem(store: ox.Store, query: Query) -> Problem:
    with pytest.raises(Problem) as caught:
        run(store, query)
    return caught.value


def rows(media: str, body: bytes) -> int:
    if media.startswith("text/csv"):
        return body.count(b"\r\n") - 1
    found = ox.parse_query_results(body, format=_FORMATS[media.partition(";")[0]])
    assert isinstance(found, ox.QuerySolutions)
    return len(list(found))


SELECT = "SELECT * { ?s x:p ?o }"


@pytest.mark.parametrize("media", RESULTS)
def test_results_in_each_format(store: ox.Store, media: str) -> None:
    told, body, outcome = run(store, Query(SELECT + " LIMIT 7", accept=media))
    assert told == (f"{media}; charset=utf-8" if media.startswith("text/") else media)
    assert (rows(told, body), outcome.truncated) == (7, "")
    told, body, _ = run(store, Query("ASK { ?s x:p ?o }", accept=media))
    assert b"true" in body


@pytest.mark.parametrize("media", RESULTS)
@pytest.mark.parametrize("kept", [0, 1 << 22], ids=["at once", "late"])
def test_results_are_cut_by_rows(store: ox.Store, media: str, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serving.rows.KEPT", kept)
    for limit, truncated in ((1, "rows"), (ROWS - 1, "rows"), (ROWS, ""), (ROWS + 1, "")):
        told, body, outcome = run(store, Query(SELECT, accept=media, rows=limit))
        assert (rows(told, body), outcome.truncated) == (min(limit, ROWS), truncated)


@pytest.mark.parametrize("kept", [0, 1 << 22], ids=["at once", "late"])
@pytest.mark.parametrize("media", RESULTS)
def test_results_are_cut_by_time(store: ox.Store, media: str, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serving.rows.KEPT", kept)
    told, body, outcome = run(store, Query(SELECT, accept=media, seconds=1e-9))
    assert outcome.truncated == "time"
    assert 0 <= rows(told, body) < ROWS


@pytest.mark.parametrize("media", RESULTS)
def test_a_head_that_is_long_is_whole_when_time_is_over(store: ox.Store, media: str) -> None:
    names = " ".join(f"?variable{number}" for number in range(3000))
    told, body, outcome = run(store, Query(f"SELECT {names} {{ ?s x:p ?o }}", accept=media, seconds=1e-9))
    assert outcome.truncated == "time"
    assert rows(told, body) < ROWS


GRAPH_QUERIES = {
    "CONSTRUCT": "CONSTRUCT { ?s x:p ?o } WHERE { ?s x:p ?o }",
    "DESCRIBE": "DESCRIBE ?s { ?s x:p ?o }",
}


@pytest.mark.parametrize("media", GRAPHS)
@pytest.mark.parametrize("query", GRAPH_QUERIES.values(), ids=GRAPH_QUERIES)
def test_graphs_in_each_syntax_and_cut(store: ox.Store, media: str, query: str) -> None:
    for limit, truncated in ((5, "rows"), (ROWS, ""), (0, "")):
        told, body, outcome = run(store, Query(query, accept=media, rows=limit))
        assert told.partition(";")[0] == media
        triples = {quad.triple for quad in ox.parse(body, format=GRAPHS[media])}
        assert (len(triples), outcome.truncated) == (min(limit or ROWS, ROWS), truncated)
    _, body, outcome = run(store, Query(query, accept=media, seconds=1e-9))
    assert (list(ox.parse(body, format=GRAPHS[media])), outcome.truncated) == ([], "time")


_ODD = "a\\u0001\\r\\uFFFE,b"


def test_values_are_read_by_others_as_they_were_meant(store: ox.Store) -> None:
    query = Query(f'SELECT ?x ?y {{ VALUES (?x ?y) {{ ("{_ODD}" x:Austin\\,_Texas) }} }}')
    read = list(csv.reader(io.StringIO(run(store, query._replace(accept="text/csv"))[1].decode(), newline="")))
    assert read == [["x", "y"], ["a\x01\r\ufffe,b", "http://x/Austin,_Texas"]]
    body = run(store, query._replace(accept="application/sparql-results+xml"))[1]
    # What XML cannot have is replaced, so that it can be read at all.
    assert [each.text for each in ET.fromstring(body).iter() if each.tag.endswith("}literal")] == ["a\ufffd\r\ufffd,b"]  # noqa: S314 - it is ours
    graph = Query(f'CONSTRUCT {{ x:a x:p "{_ODD}" }} WHERE {{}}', "application/rdf+xml")
    found = ET.fromstring(run(store, graph)[1])  # noqa: S314 - as above
    assert found[0][0].text == "a\ufffd\r\ufffd,b"


def test_what_nobody_can_write(store: ox.Store) -> None:
    for text in (SELECT, "ASK {}", GRAPH_QUERIES["CONSTRUCT"]):
        assert problem(store, Query(text, accept="image/png")).status == 406
    assert problem(store, Query(SELECT, accept="text/turtle")).status == 406
    assert problem(store, Query(GRAPH_QUERIES["DESCRIBE"], accept="text/csv")).status == 406
    assert problem(store, Query(SELECT, accept="text/turtle")).what.startswith("text/turtle is a format of graphs; ")
    assert problem(store, Query(GRAPH_QUERIES["DESCRIBE"], "text/csv")).what.startswith(
        "text/csv is a format of rows; "
    )
    triple = "CONSTRUCT { x:a x:b <<( x:a x:b 1 )>> } WHERE {}"
    assert problem(store, Query(triple, accept="application/ld+json")).status == 406


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("text/xml", "text/xml"),
        ("text/html, text/csv;q=0.5", "text/csv; charset=utf-8"),
    ],
)
def test_names_that_clients_use(store: ox.Store, accept: str, media: str) -> None:
    assert run(store, Query("ASK {}", accept=accept))[0] == media


@pytest.mark.parametrize(
    ("name", "rows", "graph"),
    [
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("application/xml", "application/xml", "application/rdf+xml"),
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("application/json", "application/json", "application/ld+json"),
    ],
)
def test_a_name_of_a_format_means_rows_or_graphs(store: ox.Store, name: str, rows: str, graph: str) -> None:
    assert run(store, Query(SELECT, media_of(name)))[0] == rows
    assert run(store, Query(GRAPH_QUERIES["CONSTRUCT"], media_of(name)))[0] == graph


def test_faults_of_a_query(store: ox.Store) -> None:
    found = problem(store, Query("SELECT * {\n ?s ?p }"))
    assert (found.status, found.code) == (400, "KG503")
    assert found.what.startswith("the query is not SPARQL: line 2, column ")
    assert problem(store, Query("SELECT * { ?s nope:p ?o }")).status == 400
    # A relative name is none, and no fault.
    missing = problem(store, Query("SELECT * { <a> ?p ?o .\n ?s ?p }", base="http://here/sparql"))
    assert "line 2, column 8: something is missing before }" in missing.what


@pytest.mark.parametrize("kind", ["SELECT * ", "ASK ", "CONSTRUCT { ?s ?p ?o } WHERE "])
def test_what_fails_while_it_is_evaluated(store: ox.Store, kind: str) -> None:
    """Port 9 is closed to the engine; whether SERVICE is followed at all is not decided here."""
    found = problem(store, Query(f"{kind} {{ SERVICE <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}"))
    assert (found.status, found.code) == (400, "KG504")


def test_the_graphs_that_a_query_sees(store: ox.Store) -> None:
    query = Query("SELECT ?s { { ?s x:q ?o } UNION { GRAPH ?g { ?s x:q ?o } } }", accept="text/csv")

    def seen(**graphs: tuple[str, ...] | None) -> list[bytes]:
        body = run(store, query._replace(**graphs))[1]  # type: ignore[arg-type]
        return sorted(line.partition(b",")[0] for line in body.split(b"\r\n")[1:-1])

    g, h = "http://x/g", "http://x/h"
    assert seen() == [b"http://x/a", b"http://x/b"]
    assert seen(default_graphs=(g,)) == [b"http://x/a"]
    assert seen(default_graphs=(g, h)) == [b"http://x/a", b"http://x/b"]
    assert seen(named_graphs=(h,)) == [b"http://x/b"]
    assert seen(default_graphs=(g,), named_graphs=(h,)) == [b"http://x/a", b"http://x/b"]
    assert seen(default_graphs=(), named_graphs=(g,)) == [b"http://x/a"]


def test_a_graph_that_is_not_here_is_not_fetched(store: ox.Store) -> None:
    found = problem(store, Query("ASK {}", mentioned=("http://elsewhere/g",)))
    assert (found.status, found.code) == (403, "KG602")
    elsewhere = ("http://elsewhere/g",)
    query = Query("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", "text/csv", elsewhere, elsewhere)
    _, body, _ = run(store, query)
    assert body.count(b"\r\n") == 1


@pytest.mark.parametrize("kind", ["default_graphs", "named_graphs", "mentioned"])
def test_a_graph_is_named_by_an_iri(store: ox.Store, kind: str) -> None:
    assert problem(store, Query("ASK {}")._replace(**{kind: ("no IRI",)})).status == 400  # type: ignore[arg-type]


def test_relative_names_and_known_prefixes(store: ox.Store) -> None:
    _, body, _ = run(store, Query("SELECT ?s { VALUES ?s { <b> x:a } }", "text/csv", base="http://here/a"))
    assert body.split() == [b"s", b"http://here/b", b"http://x/a"]
    _, body, _ = run(store, Query(r"SELECT ?s { VALUES ?s { x:a } FILTER('\u0041' = 'A') }", "text/csv"))
    assert body.split() == [b"s", b"http://x/a"]
