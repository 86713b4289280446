"""How the server tells what is wrong, whichever of its processes found it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.serving import Server, kg_serve

TURTLE = {"Content-Type": "text/turtle"}


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
