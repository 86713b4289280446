"""How the server tells what is wrong, whichever of its processes found it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from tests.serving import Server, kg_serve

TURTLE = {"Content-Type": "text/turtle"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("errors")
    with kg_serve(folder / "store", "--writable", "--open", "--fronts", "1") as found:
        assert found.ask("/store?graph=urn:there", "PUT", "<urn:s> <urn:p> 1 .", TURTLE).status == 201
        yield found


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("GET", "/store?graph=urn:none", None, {}, 404),
        ("GET", "/store?graph=urn:there", None, {}, 406),
        ("PUT", "/store?graph=urn:none", "no", TURTLE, 400),
        ("POST", "/sparql", "nonsense", {"Content-Type": "application/sparql-query"}, 400),
        ("GET", "/sparql?query=ASK%20FROM%20%3Curn:no%3E%20%7B%7D", None, {}, 403),
        ("GET", "/nothing/of/this", None, {}, 404),
        ("GET", "/class?iri=urn:none", None, {}, 404),
    ],
    ids=["no graph", "no form", "body", "query", "graph of a query", "thing", "class"],
)
def test_errors_are_told_as_the_client_likes(
    server: Server, method: str, target: str, body: str | None, headers: dict[str, str], status: int
) -> None:
    """Also those of workers, and those that were told before."""
    likes = ("text/plain", "application/problem+json", "text/plain;q=0.1, application/problem+json")
    for accept in likes * 2:
        answer = server.ask(target, method, body, headers | {"Accept": accept})
        assert answer.status == status
        assert "accept" in answer.headers["Vary"].lower().split(", ")
        if accept == "text/plain":
            assert answer.media == "text/plain"
            assert answer.text.endswith("\n")
            assert not answer.text.startswith("{")
        else:
            assert answer.media == "application/problem+json"
            assert json.loads(answer.body)["status"] == status


def test_what_is_not_there_is_looked_for_once(server: Server) -> None:
    def kept() -> int:
        found = re.search(r'^kg_events_total\{event="cache_hit"\} (\d+)', server.ask("/metrics").text, re.MULTILINE)
        return int(found[1]) if found else 0

    before = kept()
    for accept in ("text/plain", "application/problem+json"):
        for _ in range(3):
            assert server.ask("/not/there", headers={"Accept": accept}).status == 404
    assert kept() == before + 4


def test_what_is_refused_early_has_the_headers_of_all_answers(server: Server) -> None:
    for request in (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /%b HTTP/1.1\r\n" % (b"a" * 70_000)):
        head = server.raw(request).partition(b"\r\n\r\n")[0].lower()
        assert head[9:10] == b"4"
        for line in (b"access-control-allow-origin: *", b"x-content-type-options: nosniff"):
            assert line in head


@pytest.mark.parametrize(
    ("method", "target", "media"),
    [
        ("POST", "/sparql", "application/sparql-query"),
        ("POST", "/sparql", "application/sparql-update"),
        ("POST", "/sparql", "application/x-www-form-urlencoded"),
        ("POST", "/reconcile", "application/x-www-form-urlencoded"),
        ("PUT", "/store?graph=urn:packed", "text/turtle"),
    ],
)
def test_a_body_that_is_compressed_is_refused_as_such(server: Server, method: str, target: str, media: str) -> None:
    """RFC 9110, 15.5.16."""
    for coding in ("gzip", "GZIP", "identity, zstd"):
        headers = {"Content-Type": media, "Content-Encoding": coding}
        answer = server.ask(target, method, gzip.compress(b"query=ASK%20%7B%7D"), headers)
        assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")
        assert "compressed" in answer.text
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "Identity"}
    assert server.ask("/sparql", "POST", "ASK {}", headers).status == 200


def test_a_graph_that_is_not_here(server: Server) -> None:
    """One that a query names is most likely a mistake; clients name others beside it that nobody has."""
    for clause in ("FROM", "FROM NAMED"):
        text = f"SELECT * {clause} <urn:none> {{ ?s ?p ?o }}"
        answer = server.select(text)
        assert (answer.status, json.loads(answer.body)["code"]) == (403, "KG602")
        page = server.ask(f"/query?{urlencode({'query': text, 'run': 'html'})}", headers={"Accept": "text/html"})
        assert "the graph &lt;urn:none&gt; is not in this store" in page.text
        assert "[KG602]" in page.text
    for answer in (
        server.select("SELECT * { ?s ?p ?o }", default_graph_uri="urn:none"),
        server.select("SELECT * { ?s ?p ?o }", named_graph_uri="urn:none"),
    ):
        assert (answer.status, json.loads(answer.body)["results"]["bindings"]) == (200, [])


def test_a_page_tells_what_is_refused_as_the_endpoint_does(server: Server) -> None:
    for text, code in (
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "KG601"),
        ("LOAD <http://127.0.0.1:9/>", "KG601"),
        ("SELECT * FROM <urn:none> {}", "KG602"),
        ("nonsense", "KG503"),
    ):
        page = server.ask(f"/query?{urlencode({'run': 'html', 'query': text})}", headers={"Accept": "text/html"})
        assert page.status == 200
        form = "update" if text.startswith("LOAD") else "query"
        told = json.loads(server.ask("/sparql", "POST", urlencode({form: text}), FORM).body)
        assert told["code"] == code
        assert f"{escape(told['detail'])} [{code}]" in page.text


def test_a_page_says_where_a_service_is_followed(tmp_path: Path) -> None:
    text = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    with kg_serve(tmp_path / "store", "--writable", "--open", "--allow-service", "http://127.0.0.1:9/") as server:
        page = server.ask(f"/query?{urlencode({'run': 'html', 'query': text})}", headers={"Accept": "text/html"})
    assert "SERVICE is followed at /sparql, not on this page" in page.text


def test_a_fault_is_told_with_its_place(server: Server) -> None:
    text = "SELECT * {\n ?s nobody:said ?o }"
    expected = "the query is not SPARQL: line 2, column 5: the prefix nobody: is not declared"
    assert json.loads(server.select(text).body)["detail"].startswith(expected)
    page = server.ask(f"/query?{urlencode({'query': text, 'run': 'html'})}", headers={"Accept": "text/html"})
    assert f"{expected}; declare it with PREFIX nobody: &lt;...&gt; [KG503]" in page.text
    answer = server.change("INSERT DATA { <urn:a> <urn:b> nobody:said }")
    assert "the update is not SPARQL: line 1, column 31: the prefix nobody: " in json.loads(answer.body)["detail"]
    answer = server.select("INSERT DATA { <urn:a> <urn:b> 1 }")
    assert "column 1: INSERT begins an update, which is sent by POST" in json.loads(answer.body)["detail"]
