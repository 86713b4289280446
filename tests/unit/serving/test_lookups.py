"""Requests that are answered by their bytes, and those that are not."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, quote

import pyoxigraph as ox
import pytest

from kg.serving import lookups as module
from kg.serving.execute import GRAPHS, Query, execute
from kg.serving.lookups import Lookups, Manner
from kg.serving.messages import Request
from kg.serving.question import Question
from kg.serving.settings import Hold, ServeSettings
from kg.serving.states import Open
from kg.serving.work import State

_TEXT = "SELECT ?v { <%s> <http://x/name> ?v }"
_HEADERS = "Host: localhost\r\nAccept: application/sparql-results+json\r\n\r\n"


def request(text: str, headers: str = _HEADERS) -> bytes:
    return f"GET /sparql?query={quote(text)} HTTP/1.1\r\n{headers}".encode()


class Place:
    """What a front has: a state, who may ask, and what it was asked to read."""

    def __init__(self, folder: Path) -> None:
        self.opened: Open | None = None
        self.folder = folder
        self.admitted = True
        self.read: list[str] = []
        self.renew(1, "one")
        self.lookups = Lookups(lambda: self.opened, self.manner, lambda _: self.admitted, ServeSettings())

    def renew(self, number: int, name: str) -> None:
        store = ox.Store()
        store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/name"), ox.Literal(name)))
        self.opened = Open(State(number, str(self.folder)), store, {}, f"tag{number}", Hold(self.folder))

    def manner(self, asked: Request, opened: Open) -> Manner | None:
        self.read.append(asked.query)
        text = parse_qs(asked.query)["query"][0]
        question = Question(text, "localhost", asked.header("accept"), None, None, "", (), "http://localhost/sparql")
        return Manner(question, lambda text: f"{opened.tag} {len(text)}")

    def ask(self, data: bytes) -> bytes | None:
        found = self.lookups.get(data, "client")
        return None if found is None else found.body


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_kind_is_read_when_it_comes_again_and_never_more(place: Place) -> None:
    things = [f"http://x/{name}" for name in "abcdef"]
    found = [place.ask(request(_TEXT % each)) for each in things]
    assert [each is None for each in found] == [True, False, False, False, False, False]
    assert len(place.read) == 1
    body = b'{"head":{"vars":["v"]},"results":{"bindings":[{"v":{"type":"literal","value":"one"}}]}}'
    answer = place.ask(request(_TEXT % things[0]))
    assert answer is not None
    assert answer.startswith(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n")
    assert b"\r\ncontent-type: application/sparql-results+json\r\n" in answer
    end = b"\r\netag: tag1 %d\r\ncontent-length: %d\r\n\r\n" % (len(_TEXT % things[0]), len(body))
    assert answer.endswith(end + body)


def test_what_is_told_of_a_request(place: Place) -> None:
    for _ in range(2):
        found = place.lookups.get(request(_TEXT % "http://x/a"), "client")
    assert found is not None
    assert (found.request.client, found.request.notes["text"]) == ("client", _TEXT % "http://x/a")
    assert found.body.endswith(b"\r\n\r\n" + found.body[-found.size :])


def test_a_new_state_is_read_anew(place: Place) -> None:
    for _ in range(2):
        place.ask(request(_TEXT % "http://x/a"))
    place.renew(2, "two")
    answers = [place.ask(request(_TEXT % "http://x/a")) for _ in range(3)]
    assert [each is not None and b'"two"' in each and b"tag2" in each for each in answers] == [False, True, True]
    place.opened = None
    assert place.ask(request(_TEXT % "http://x/a")) is None, "it is not at hand"


def test_who_may_not_ask_is_not_answered(place: Place) -> None:
    for _ in range(2):
        place.ask(request(_TEXT % "http://x/a"))
    place.admitted = False
    assert place.ask(request(_TEXT % "http://x/a")) is None


@pytest.mark.parametrize(
    "data",
    [
        request("SELECT ?s { ?s ?p ?o . ?t ?q <http://x/a> }"),
        request('SELECT ?v { <http://x/a> ?p "<http://x/a>" . <http://x/a> ?q ?v }'),
        request("SELECT ?v { <http://x/a> ?p ?v FILTER(?v <3 && 4> ?v || RAND() < 2) }"),
        request("SELECT ?v { ?s ?p ?v FILTER(?s = <http://x/a>) }"),
        request("CONSTRUCT { <http://x/a> ?p _:b } { <http://x/a> ?p ?v }"),
        request("DESCRIBE <http://x/a> FROM <http://x/g>"),
        request(_TEXT % "http://x/a", "Host: localhost\r\nConnection: close\r\n\r\n"),
        request(_TEXT % "http://x/a", "Host: localhost\r\nContent-Length: 1\r\n\r\n"),
        request(_TEXT % "http://x/a", "Host: localhost\r\n"),
        request(_TEXT % "http://x/a", "\r\n"),
        request(_TEXT % "http://x/a").replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(_TEXT % "http://x/a").replace(b"HTTP/1.1", b"nothing"),
        request(_TEXT % "http://x/a") * 2,
        request(_TEXT % "http://x/a") + b"GET / HTTP/1.1\r\n",
        request(_TEXT % "http://x/a", f"Host: localhost\r\nLong: {'x' * 4000}\r\n\r\n"),
        request(_TEXT % "x"),
        request(_TEXT % "http://x/a").replace(b"http%3A", b"%FF"),
        b"",
        b"\r\n",
    ],
)
def test_what_is_read_the_long_way(place: Place, data: bytes) -> None:
    assert [place.ask(data) for _ in range(4)] == [None] * 4


@pytest.mark.parametrize(
    "target",
    [
        # An IRI in escapes that are not those of others, and the same as a text, or where it is no part of the query.
        "/sparql?query=SELECT%20?o%20%7B%3chttp://x/a%3e%20?p%20%22%3CTHING%3E%22%20;%20?q%20?o%7D",
        "/sparql?query=SELECT%20?o%20%7B%3chttp://x/a%3e%20?p%20?o%7D&x=%3CTHING%3E",
        "/sparql?x=%7B%3CTHING%3E&query=SELECT%20?o%20%7B%3chttp://x/a%3e%20?p%20?o%7D",
    ],
)
def test_what_looks_like_the_iri_of_a_query_is_none(place: Place, target: str) -> None:
    for thing in ("http://x/a", "http://x/a", "http://x/a", "http://x/b"):
        assert place.ask(f"GET {target.replace('THING', thing)} HTTP/1.1\r\n{_HEADERS}".encode()) is None


@pytest.mark.parametrize(
    ("text", "accept", "media", "body"),
    [
        ("SELECT ?v { <%s> ?p ?v }", "text/csv", "text/csv; charset=utf-8", b"v\r\none\r\n"),
        (
            'SELECT ?v { <%s> ?p ?v FILTER(LANG(?v) = "") OPTIONAL { ?v ?q ?w } }',
            "text/tab-separated-values",
            "text/tab-separated-values; charset=utf-8",
            b'?v\n"one"\n',
        ),
        ("SELECT (COUNT(?v) AS ?n) { <%s> ?p ?v }", "text/csv", "text/csv; charset=utf-8", b"n\r\n1\r\n"),
        (
            "CONSTRUCT { <%s> <http://x/said> ?v } WHERE { <%s> ?p ?v }",
            "application/n-triples",
            "application/n-triples",
            b'<http://x/a> <http://x/said> "one" .\n',
        ),
        ("DESCRIBE <%s>", "application/n-triples", "application/n-triples", b'<http://x/a> <http://x/name> "one" .\n'),
        (
            "PREFIX x: <http://x/> DESCRIBE <%s> x:b",
            "application/n-triples",
            "application/n-triples",
            b'<http://x/a> <http://x/name> "one" .\n',
        ),
    ],
)
def test_queries_of_other_kinds(place: Place, text: str, accept: str, media: str, body: bytes) -> None:
    headers = f"Host: localhost\r\nAccept: {accept}\r\n\r\n"
    things = ["http://x/b", "http://x/c", "http://x/a"]
    *_, answer = [place.ask(request(text.replace("%s", each), headers)) for each in things]
    assert answer is not None
    head, _, found = answer.partition(b"\r\n\r\n")
    assert found == body
    assert f"\r\ncontent-type: {media}\r\n".encode() in head
    assert len(place.read) == 1


@pytest.mark.parametrize("media", [*GRAPHS, "text/*"])
@pytest.mark.parametrize(
    "text", ["DESCRIBE <http://x/a>", "CONSTRUCT { ?v <http://x/of> <http://x/a> } { <http://x/a> <http://x/part> ?v }"]
)
def test_a_graph_is_written_as_a_worker_writes_it(place: Place, text: str, media: str) -> None:
    assert place.opened is not None
    opened = Open(place.opened.state, place.opened.store, {"x": "http://x/"}, "tag", place.opened.hold)
    place.opened = opened
    data = '<http://x/a> <http://x/part> <http://x/b>; <http://x/note> "a\\rb\\u0001 \\uFFFF"@en, 7 .'
    opened.store.load(data.encode(), format=ox.RdfFormat.TURTLE)
    parts: list[bytes] = []
    told: list[str] = []
    execute(opened.store, Query(text, media), opened.prefixes, told.append, parts.append)
    *_, answer = [place.ask(request(text, f"Host: localhost\r\nAccept: {media}\r\n\r\n")) for _ in range(2)]
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b"".join(parts)
    assert f"\r\ncontent-type: {told[0]}\r\n".encode() in head


def test_a_graph_that_is_liked_in_no_form_is_none_here(place: Place) -> None:
    headers = "Host: localhost\r\nAccept: application/sparql-results+json\r\n\r\n"
    assert [place.ask(request("DESCRIBE <http://x/a>", headers)) for _ in range(3)] == [None] * 3


def test_a_kind_that_is_seldom_answered_here_is_given_up(place: Place) -> None:
    assert place.opened is not None
    hub, value = ox.NamedNode("http://x/hub"), ox.NamedNode("http://x/value")
    place.opened.store.extend(ox.Quad(hub, value, ox.Literal(number)) for number in range(300))
    text = "SELECT ?v { <%s> ?p ?v FILTER(?v != 1) }"
    for _ in range(2):
        assert [place.ask(request(text % "http://x/hub")) for _ in range(8)] == [None] * 8
        found = [place.ask(request(text % "http://x/a")) is None for _ in range(8)]
    assert found == [False] * 8
    for _ in range(11):
        assert place.ask(request(text % "http://x/hub")) is None
    assert place.ask(request(text % "http://x/a")) is None


def test_more_rows_than_are_allowed_are_not_given(place: Place) -> None:
    assert place.opened is not None
    place.lookups._settings = ServeSettings(rows=1)
    place.opened.store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/name"), ox.Literal("other")))
    for text in ("SELECT ?v { <http://x/a> ?p ?v FILTER(?v != 1) }", "DESCRIBE <http://x/a>"):
        assert [place.ask(request(text)) for _ in range(3)] == [None] * 3


def test_what_others_ask_takes_no_more_room(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KINDS", 10)
    for number in range(100):
        place.ask(request(f"SELECT ?v{number} {{ <http://x/a> ?p ?v{number} }}"))
    assert len(place.lookups._once) <= 11
    assert [place.ask(request(_TEXT % "http://x/a")) is None for _ in range(3)] == [True, False, False]
