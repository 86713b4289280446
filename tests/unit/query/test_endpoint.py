"""Asking a SPARQL endpoint of somebody else, over a server of our own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from kg.errors import QueryError
from kg.query import ask_endpoint

RESULTS = "application/sparql-results+json"
JSON = b'{"head": {"vars": ["s", "n"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "http://x/a"}, "n": {"type": "literal", "value": "5"}}]}}'


@dataclass
class Server:
    """What the server answers, and what it was asked."""

    url: str = ""
    status: int = 200
    kind: str = RESULTS
    body: bytes = JSON
    raw: bytes | None = None
    asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            state.asked.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()}, parse_qs(sent))
            )
            if state.raw is not None:
                self.wfile.write(state.raw)
                return
            self.send_response(state.status)
            self.send_header("Content-Type", state.kind)
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=lambda: listening.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{listening.server_port}/sparql"
    yield state
    listening.shutdown()
    listening.server_close()
    thread.join()


def ask(server: Server, format_: str = "table", query: str = "SELECT ?s ?n { ?s ?p ?n }") -> bytes:
    return ask_endpoint(server.url, query, format_, {"x": "http://x/"})


def test_the_query_is_posted_as_a_form(server: Server) -> None:
    query = "SELECT * { ?s ?p 'é & = +' }"
    ask(server, query=query)
    ((path, headers, form),) = server.asked
    assert path == "/sparql"
    assert form == {"query": [query]}
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert RESULTS in headers["accept"]


def test_a_table_is_made_of_what_comes_back(server: Server) -> None:
    assert ask(server).decode() == "s    n\n───  ─\nx:a  5\n(1 row)\n"


@pytest.mark.parametrize(
    ("format_", "kind"),
    [
        ("json", RESULTS),
        ("xml", "application/sparql-results+xml"),
        ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("ttl", "text/turtle"),
        ("nt", "application/n-triples"),
    ],
)
def test_another_format_is_asked_for_and_handed_on(server: Server, format_: str, kind: str) -> None:
    server.kind, server.body = kind, b"as it is\r\n\xff"
    assert ask(server, format_) == b"as it is\r\n\xff"
    assert server.asked[0][1]["accept"] == kind


def test_a_graph_is_handed_on_where_a_table_was_asked_for(server: Server) -> None:
    server.kind, server.body = "text/turtle; charset=utf-8", b"<http://x/s> <http://x/p> 5 ."
    assert ask(server) == server.body


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_refusal_is_told_with_what_the_endpoint_says(server: Server, status: int) -> None:
    server.status, server.body = status, b"parse error at line 1: " + b"x" * 5000
    with pytest.raises(
        QueryError, match=rf"the endpoint answered {status} .*: parse error at line 1: x+ \[KG512\]"
    ) as caught:
        ask(server)
    assert caught.value.where == server.url
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"head": {}}',
        b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": 5}]}}',
        b"\xff",
        b"null",
    ],
)
def test_an_answer_that_is_none_is_an_error_and_no_traceback(server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(QueryError, match=r"the endpoint answered what are no SPARQL results: .*\[KG512\]"):
        ask(server)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_server_that_speaks_no_http_is_told(server: Server, raw: bytes) -> None:
    server.raw = raw
    with pytest.raises(QueryError, match=r"the endpoint cannot be reached: .*; check the address \[KG512\]"):
        ask(server)


def closed() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize(
    "url",
    [
        closed,
        lambda: "http://[::1",
        lambda: "http://exa mple/",
        lambda: "http://127.0.0.1:99999/",
        lambda: "http:///sparql",
        lambda: "http://\n/",
    ],
)
def test_an_endpoint_that_cannot_be_reached_is_told(url: Callable[[], str]) -> None:
    with pytest.raises(QueryError, match=r"(?s)the endpoint cannot be reached: .*\[KG512\]"):
        ask_endpoint(url(), "ASK {}", "table", {})
