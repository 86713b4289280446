"""Look-ups of one thing after another: answered by the bytes of their requests from the third one on, and never otherwise than the first."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.serving import Server, kg_serve

_JSON = "application/sparql-results+json"
_DATA = """
@prefix ex: <http://data.example/> .
ex:a ex:name "A" ; ex:uses ex:b . ex:b ex:name "B"@en ; ex:uses ex:a . ex:é ex:name "É" .
""" + "\n".join(f'ex:n{number} ex:name "{number}" ; ex:note "{"long " * 300}" .' for number in range(30))
_TEXT = "PREFIX ex: <http://data.example/> SELECT ?v { <http://data.example/%s> ex:name ?v }"
_METRIC = 'kg_requests_total{kind="query",status="200"} '


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lookups") / "data.ttl"
    path.write_text(_DATA, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    # One process, so that each request finds what the ones before left.
    with kg_serve(data, "--fronts", "1") as server:
        yield server


class Client:
    """A client that asks by one connection, as programs do."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection(server.host, timeout=60)

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of an answer."""
        named = {"Accept": _JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, target, headers=named)
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        # Each is made at a moment of its own.
        assert abs(parsedate_to_datetime(found.pop("date")).timestamp() - time.time()) < 100
        return response.status, found, response.read()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with contextlib.closing(Client(server)) as found:
        yield found


def target(text: str, **more: str) -> str:
    return f"/sparql?{urlencode({'query': text, **more})}"


def values(body: bytes) -> list[str]:
    return [row["v"]["value"] for row in json.loads(body)["results"]["bindings"]]


@pytest.mark.parametrize(
    "headers", [{}, {"Accept_Encoding": "gzip"}, {"Accept": "*/*"}, {"Accept": "application/json"}]
)
def test_one_thing_after_another_is_answered_in_the_same_way(client: Client, headers: dict[str, str]) -> None:
    text = "SELECT ?p ?v { <http://data.example/n%d> ?p ?v }"
    first = client.ask(target(text % 0), **headers)
    for number in range(1, 30):
        client.ask(target(text % number), **headers)
    again = client.ask(target(text % 0), **headers)
    assert again == first
    assert first[1].keys() >= {"etag", "vary", "content-type", "content-length", "access-control-allow-origin"}
    body = gzip.decompress(first[2]) if "content-encoding" in first[1] else first[2]
    assert ("content-encoding" in first[1]) == ("Accept_Encoding" in headers)
    assert sorted(values(body)) == ["0", "long " * 300]


@pytest.mark.parametrize("accept", [_JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"])
@pytest.mark.parametrize(
    "pattern",
    [
        "<http://data.example/%s> ?p ?v",
        "<http://data.example/%s> ?p ?v FILTER(isLiteral(?v) && LANG(?v) = '')".replace("'", '"'),
        "<http://data.example/%s> ex:name ?v OPTIONAL { <http://data.example/%s> ex:uses/ex:name ?p }",
        "?s ex:uses <http://data.example/%s> ; ex:name ?v",
        "VALUES ?s { <http://data.example/%s> ex:a } ?s ex:name ?v",
        "BIND(1 AS ?v)",
    ],
)
def test_a_front_answers_as_a_worker_does(server: Server, client: Client, pattern: str, accept: str) -> None:
    text = "PREFIX ex: <http://data.example/> SELECT ?v ?p { %s }"
    for name in ("a", "b", "a", "b", "n1", "nothing"):
        asked = pattern.replace("%s", name)
        found = client.ask(target(text % asked), Accept=accept)
        # Another way to ask, and what no front answers: that might be another answer each time.
        media = {"Content-Type": "application/sparql-query", "Accept": accept}
        posted = server.ask("/sparql", "POST", text % asked, media)
        worked = server.ask("/sparql", "POST", text % f"{asked} FILTER(RAND() < 2)", media)
        assert (posted.status, posted.body) == (found[0], found[2]) == (200, worked.body)
        assert posted.headers["content-type"] == found[1]["content-type"] == worked.headers["content-type"]


@pytest.mark.parametrize(
    "text", ["DESCRIBE <http://data.example/%s>", "CONSTRUCT WHERE { <http://data.example/%s> ?p ?o }"]
)
@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
)
def test_a_front_makes_graphs_as_a_worker_does(server: Server, client: Client, text: str, accept: str) -> None:
    worked = "CONSTRUCT { ?s ?p ?o } { <http://data.example/%s> ?p ?o BIND(<http://data.example/%s> AS ?s) FILTER(RAND() < 2) }"
    for name in ("n2", "n3", "n2", "nothing"):
        found = client.ask(target(text % name), Accept=accept)
        wanted = client.ask(target(worked.replace("%s", name)), Accept=accept)
        assert (found[0], found[2]) == (200, wanted[2])
    assert client.ask(target(text % "n2"), Accept=_JSON)[0] == 406


@pytest.mark.parametrize("how", [lambda iri: quote(iri, safe=""), quote, lambda iri: quote(iri, safe=":/")])
def test_each_thing_gets_its_own_answer(client: Client, how: object) -> None:
    assert callable(how)
    wanted = {
        "a": ["A"],
        "b": ["B"],
        "é": ["É"],
        "nothing": [],
        **{f"n{number}": [str(number)] for number in range(30)},
    }
    start, end = map(quote, _TEXT.split("%s"))
    for name, expected in [*wanted.items(), *wanted.items()]:
        status, _, body = client.ask(f"/sparql?query={start}{how(name)}{end}")
        assert (status, values(body)) == (200, expected)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a b", 400),
        ('a"', 400),
        ("a{", 400),
        ("a> ex:name ?v . ?s ex:uses ?v . <http://data.example/a", 200),
        ("a> ?p ?v } #", 200),
        ("a\n", 400),
        ("a\\u0062", 200),
        ("x/../a", 200),
    ],
)
def test_what_is_no_name_is_read_as_it_stands(server: Server, client: Client, name: str, status: int) -> None:
    for other in ("a", "b", "a", "b"):
        assert values(client.ask(target(_TEXT % other))[2]) == [other.upper()]
    found = client.ask(target(_TEXT % name))
    # By POST, which is always read the long way.
    wanted = server.ask("/sparql", "POST", _TEXT % name, {"Content-Type": "application/sparql-query", "Accept": _JSON})
    assert (found[0], wanted.status) == (status, status)
    if status == 200:
        assert sorted(values(found[2])) == sorted(values(wanted.body))


def test_other_headers_get_other_answers(server: Server, client: Client) -> None:
    for other in ("a", "b", "a", "b", "n1"):
        tag = client.ask(target(_TEXT % other))[1]["etag"]
    asked = target(_TEXT % "n1")
    assert client.ask(asked, If_None_Match=tag)[0] == 304
    assert client.ask(asked, If_None_Match='"another"')[0] == 200
    assert client.ask(asked, "HEAD")[2] == b""
    assert client.ask(asked, Accept="text/csv")[2] == b"v\r\n1\r\n"
    assert client.ask(asked, Accept="text/html")[0] == 303
    assert client.ask(asked, Host="elsewhere.example")[0] == 421
    assert client.ask(asked, Connection="close")[1]["connection"] == "close"
    assert values(client.ask(target(_TEXT % "n1", format="json"))[2]) == ["1"]
    assert values(client.ask(target(_TEXT % "n1", **{"default-graph-uri": "urn:none"}))[2]) == []
    head = f"GET {asked} HTTP/1.1\r\nHost: {server.host}\r\nAccept: {_JSON}\r\n\r\n"
    both = server.raw(
        (head + head.replace("n1%3E", "n2%3E").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).encode()
    )
    assert [values(part.partition(b"\r\n\r\n")[2]) for part in both.split(b"HTTP/1.1 ")[1:]] == [["1"], ["2"]]


def test_each_is_counted_and_logged(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    with kg_serve(data, "--fronts", "1", "--access-log", log) as server, contextlib.closing(Client(server)) as client:
        for number in range(20):
            client.ask(target(_TEXT % f"n{number}"))
        told = next(line for line in server.ask("/metrics").text.splitlines() if line.startswith(_METRIC))
        assert told == f"{_METRIC}20.0"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["text"] for line in lines if line["path"] == "/sparql"] == [
        _TEXT % f"n{number}" for number in range(20)
    ]
    assert {(line["method"], line["status"], line["kind"]) for line in lines if line["path"] == "/sparql"} == {
        ("GET", 200, "query")
    }


def test_who_asks_too_often_is_told(data: Path) -> None:
    with kg_serve(data, "--fronts", "1", "--rate", "4") as server, contextlib.closing(Client(server)) as client:
        found = [client.ask(target(_TEXT % f"n{number}"))[0] for number in range(30)]
    assert set(found) == {200, 429}
    assert 20 <= found.count(200) < 30


def test_an_update_is_seen_at_once(tmp_path: Path) -> None:
    with (
        kg_serve(tmp_path / "store", "--writable", "--open", "--fronts", "1") as server,
        contextlib.closing(Client(server)) as client,
    ):
        for number in range(10):
            name = f"http://data.example/{number % 2}"
            update = (
                f"DELETE WHERE {{ <{name}> ?p ?o }} ; INSERT DATA {{ <{name}> <http://data.example/name> {number} }}"
            )
            assert server.change(update).status == 204
            for _ in range(4):
                assert values(client.ask(target(_TEXT % (number % 2)))[2]) == [str(number)]


def test_a_limit_of_rows_holds(data: Path) -> None:
    with kg_serve(data, "--fronts", "1", "--rows", "1") as server, contextlib.closing(Client(server)) as client:
        for number in range(6):
            _, headers, body = client.ask(target(f"SELECT ?v {{ <http://data.example/n{number}> ?p ?v }}"))
            assert (len(values(body)), "kg-truncated" in headers) == (1, True)
