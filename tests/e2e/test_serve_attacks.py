"""What a stranger may try on the server. After each attack it is there, answers a plain query right away, and has not grown beyond its bounds."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving import Answer, Listener, Server, kg_serve, listening, memory_watched, processes

TOKEN = "a-token-of-the-tests-0123456789"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SECONDS, ROWS = 2, 1000
LIMITS = ("--timeout", str(SECONDS), "--rows", str(ROWS), "--memory", "512MB")
# Two workers of 512 MB, what holds them together, and room for a state that is swapped.
BOUND = 2 << 30
NODES = 1500
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
PREFIX = "PREFIX : <https://kg.example/ns#> "
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}
# What the documentation says that a request may come to.
DOCUMENTED = {200, 201, 204, 206, 303, 304, 308, *range(400, 432), 503, 505}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--"


def ring() -> str:
    """Return a graph in which paths have no end, and in which what people wrote is hostile."""
    lines = ["@prefix : <https://kg.example/ns#> .", "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."]
    for number in range(NODES):
        after, across = (number + 1) % NODES, (number * 7) % NODES
        name = f"<https://kg.example/id/model/n{number}>"
        lines.append(f"{name} a :Model ; :next <https://kg.example/id/model/n{after}> ;")
        lines.append(f'  :across <https://kg.example/id/model/n{across}> ; rdfs:label "{"a" * 40} {number}" .')
    lines.append(
        f'<https://kg.example/id/model/evil> a :Model ; rdfs:label """{EVIL}""" ; :next <javascript:alert(1)> .'
    )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacks") / "ring.ttl"
    path.write_text(ring(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def reading(data: Path) -> Iterator[Server]:
    with kg_serve(data, *LIMITS) as server:
        yield server


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("written")
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    with kg_serve(folder / "store", "--writable", "--token-file", folder / "token", *LIMITS) as server:
        assert server.change("INSERT DATA { <urn:kept> <urn:p> 1 }", BEARER).status < 300
        yield server


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with kg_serve(tmp_path_factory.mktemp("open") / "store", "--writable", "--open", *LIMITS) as server:
        assert server.change("INSERT DATA { <urn:kept> <urn:p> 1 }").status < 300
        yield server


def rows(answer: Answer) -> int:
    assert answer.status == 200, answer.text[:500]
    found = json.loads(answer.body)
    return int(found["boolean"]) if "boolean" in found else len(found["results"]["bindings"])


def counted(server: Server) -> int:
    answer = server.select(COUNT, timeout=10)
    assert answer.status == 200, answer.text[:500]
    return int(json.loads(answer.body)["results"]["bindings"][0]["n"]["value"])


@contextlib.contextmanager
def unharmed(server: Server) -> Iterator[Server]:
    """Expect that the server has the same data after the block, is there, and did not grow beyond its bounds."""
    before = counted(server)
    with memory_watched(server) as highest:
        yield server
    assert server.process.poll() is None, "the server has ended"
    started = time.monotonic()
    assert counted(server) == before
    assert time.monotonic() - started < 5, "a plain query takes long"
    assert highest[0] < BOUND, f"{highest[0] >> 20} MB"


@pytest.fixture
def site(reading: Server) -> Iterator[Server]:
    with unharmed(reading):
        yield reading


@pytest.fixture
def store(written: Server) -> Iterator[Server]:
    with unharmed(written):
        yield written


@pytest.fixture
def anyones(opened: Server) -> Iterator[Server]:
    with unharmed(opened):
        yield opened


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Return a listener that must not be called."""
    with listening() as found:
        yield found
        time.sleep(0.05)
        assert found.calls == []


def refused(answer: Answer, *statuses: int) -> None:
    """Expect an error that tells what is wrong, and nothing of the inside."""
    assert answer.status in statuses, f"{answer.status} {answer.text[:500]}"
    assert answer.media == "application/problem+json"
    assert json.loads(answer.body)["status"] == answer.status
    for word in ("Traceback", "/site-packages/", ".py", os.getcwd()):  # noqa: PTH109
        assert word not in answer.text


def in_time(
    server: Server, target: str, headers: dict[str, str], method: str = "GET", body: bytes | None = None
) -> Answer:
    """Ask up to three times: on a busy machine a page may come too late, but not always."""
    for _ in range(2):
        answer = server.ask(target, method, body, headers, timeout=20)
        if answer.status != 503:
            return answer
        time.sleep(0.5)
    return server.ask(target, method, body, headers, timeout=20)


# Requests that would leave the machine

SERVICES = {
    "plain": "SELECT * { SERVICE <IRI> { ?s ?p ?o } }",
    "silent": "ASK { SERVICE SILENT <IRI> { ?s ?p ?o } }",
    "letters": "SELECT * { sErViCe <IRI> { ?s ?p ?o } }",
    "escaped letter": r"SELECT * { \u0053ERVICE <IRI> { ?s ?p ?o } }",
    "escaped letters": r"SELECT * { \U00000053\u0045RVICE <IRI> { ?s ?p ?o } }",
    "comment between": "SELECT * { SERVICE # a comment\n<IRI> { ?s ?p ?o } }",
    "comment of IRIs": "SELECT * { SERVICE #<http://a>\r<IRI> { ?s ?p ?o } }",
    "no spaces": "SELECT*{SERVICE<IRI>{?s?p?o}}",
    "glued to silent": "SELECT*{SERVICESILENT<IRI>{?s?p?o}}",
    "glued to a name": "PREFIX x: <IRI> SELECT * { SERVICEx:{ ?s ?p ?o } }",
    "glued to a number": "SELECT * { OPTIONAL { ?s ?p 1SERVICE<IRI>{ ?a ?b ?c } } }",
    "prefix": "PREFIX x: <IRI> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "prefix named so": "PREFIX SERVICE: <IRI> SELECT * { SERVICE SERVICE: { ?s ?p ?o } }",
    "base": "BASE <IRI> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "escape in the IRI": "SELECT * { SERVICE <IRI\\u0061> { ?s ?p ?o } }",
    "variable of values": "SELECT * { VALUES ?g { <IRI> } SERVICE ?g { ?s ?p ?o } }",
    "variable of bind": "SELECT * { BIND(IRI('IRI') AS ?g) SERVICE ?g { ?s ?p ?o } }",
    "variable of the data": "SELECT * { ?x :next ?g SERVICE ?g { ?s ?p ?o } }",
    "sub-query": "SELECT * { { SELECT * { { SELECT * { SERVICE <IRI> { ?s ?p ?o } } } } } }",
    "optional": "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <IRI> { ?s ?q ?r } } }",
    "union": "SELECT * { { ?s ?p ?o } UNION { SERVICE <IRI> { ?s ?p ?o } } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <IRI> { ?s ?p ?o } } }",
    "graph": "SELECT * { GRAPH ?g { SERVICE <IRI> { ?s ?p ?o } } }",
    "lateral": "SELECT * { ?s ?p ?o LATERAL { SERVICE <IRI> { ?s ?q ?r } } }",
    "filter": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <IRI> { ?s ?p ?o } } }",
    "not exists": "SELECT * { ?s ?p ?o FILTER(1 = 2 || NOT EXISTS { SERVICE <IRI> { ?s ?p ?o } }) }",
    "projection": "SELECT (EXISTS { SERVICE <IRI> { ?s ?p ?o } } AS ?e) {}",
    "order": "SELECT * { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <IRI> { ?s ?p ?o } })",
    "having": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (EXISTS { SERVICE <IRI> { ?s ?p ?o } })",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <IRI> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <IRI> { ?s ?p ?o } }",
    # Where a reader of tokens and the parser may differ on what a text, a comment or an IRI is.
    "quote in an IRI": "SELECT * { OPTIONAL { ?s <http://x/it's> ?o } SERVICE <IRI> { ?a ?b ?c } FILTER('' = '') }",
    "quotes behind less": "SELECT * { OPTIONAL { ?s ?p ?o FILTER(?o<'x>') } SERVICE <IRI> { ?a ?b ?c } FILTER(1 != '') }",
    "comment behind less": "SELECT * { OPTIONAL { ?s ?p ?o FILTER(?o<5#>'''\n) } SERVICE <IRI> { ?a ?b ?c } #'''\n }",
    "keyword behind less": "ASK { OPTIONAL { ?s ?p ?o } FILTER(1<2)SERVICE#>\n<IRI> { ?a ?b ?c } }",
    "silent behind less": "ASK { FILTER(1<2)SERVICE#>\nSILENT<IRI> { ?a ?b ?c } }",
    "escape before a quote": 'SELECT * { OPTIONAL { ?s <http://x/\\u0041\'> "\\u0022" } SERVICE <IRI> { ?a ?b ?c } FILTER(?x != \'z\' || ?x != """z""") }',
    "escape before a comment": "SELECT * { OPTIONAL { ?s <http://x/\\u0041#> \"\\u0022\" } SERVICE <IRI> { ?a ?b ?c } OPTIONAL { ?s ?p '''\"\"\"''' } }",
    "escaped quote in a name": "PREFIX x: <http://x/> SELECT * { OPTIONAL { ?s x:\\' ?o } SERVICE <IRI> { ?a ?b ?c } FILTER('' = '') }",
    "hash in a name": "PREFIX x: <http://x/> SELECT * { OPTIONAL { ?s x:\\# ?o } SERVICE <IRI> { ?a ?b ?c } }",
    "long text with quotes": "SELECT * { OPTIONAL { ?s ?p '''a'b''c\\''' d''' } SERVICE <IRI> { ?a ?b ?c } }",
    "direction of a language": 'SELECT * { OPTIONAL { ?s ?p "x"@en--ltr } SERVICE <IRI> { ?a ?b ?c } }',
}

LOADS = {
    "plain": "LOAD <IRI>",
    "silent": "LOAD SILENT <IRI>",
    "into a graph": "LOAD <IRI> INTO GRAPH <urn:g>",
    "letters": "lOaD<IRI>",
    "escaped letter": r"\u004cOAD <IRI>",
    "prefix": "PREFIX x: <IRI> LOAD x:",
    "glued to a name": "PREFIX x: <IRI> LOADx:",
    "base": "BASE <IRI> LOAD <x>",
    "comment between": "LOAD # <http://a>\n<IRI>",
    "after another": "INSERT DATA { <urn:x> <urn:y> 1 } ; LOAD <IRI>",
    "before another": "LOAD SILENT <IRI> ; INSERT DATA { <urn:x> <urn:y> 1 }",
    "quotes behind less": "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o<'x>') } ; LOAD <IRI> ; DELETE { ?s ?p 'z' } WHERE { ?s ?p 'y' }",
    "service": "INSERT { ?s ?p ?o } WHERE { SERVICE <IRI> { ?s ?p ?o } }",
    "silent service": "INSERT { <urn:x> <urn:y> 1 } WHERE { SERVICE SILENT <IRI> { ?s ?p ?o } }",
    "service of a sub-query": "DELETE { ?s ?p ?o } INSERT { <urn:x> <urn:y> 1 } WHERE { { SELECT * { SERVICE <IRI> { ?s ?p ?o } } } }",
    "service in delete where": "DELETE WHERE { ?s ?p ?o } ; INSERT {} WHERE { SERVICE <IRI> { ?s ?p ?o } }",
}

ADDRESSES = (
    *("http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/"),
    *("http://[::ffff:7f00:1]:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0177.0.0.1:PORT/"),
    *("http://127.1:PORT/", "http://0:PORT/", "http://user:word@127.0.0.1:PORT/", "HTTP://127.0.0.1:PORT/"),
    *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/meta-data/"),
    *("file:///etc/passwd", "file://localhost/etc/passwd", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/"),
    *("urn:x", "data:text/turtle,<urn:a>%20<urn:b>%201%20.", "//127.0.0.1:PORT/"),
)


@pytest.mark.parametrize("name", SERVICES)
def test_a_query_calls_nobody(site: Server, listener: Listener, name: str) -> None:
    text = PREFIX + SERVICES[name].replace("IRI", listener.url)
    started = time.monotonic()
    # 400 where no parser takes it for SPARQL.
    refused(site.select(text), 400, 403)
    refused(site.ask(site.query, "POST", text, QUERY), 400, 403)
    assert time.monotonic() - started < SECONDS, "it was tried"


# Pieces of a pattern in which quotes, hashes and angle brackets mean something else than they seem to.
_PIECES = st.sampled_from(
    [
        *(f"OPTIONAL {{ ?s {name} ?o }}" for name in ("<http://x/it's>", "<http://x/\\u0041'>", "<http://x/\\u0041#>")),
        *(
            f"OPTIONAL {{ ?s {name} ?o }}"
            for name in ("<http://x/\\u0027>", "<http://x/#'>", "x:\\'", "x:\\#", "x:%27")
        ),
        *(
            f"OPTIONAL {{ ?s ?p {text} }}"
            for text in ("'\\u0027'", '"\\u0022"', "'\\\\'", '"#"', "'<'", "'>'", "''", '""')
        ),
        *(
            f"OPTIONAL {{ ?s ?p {text} }}"
            for text in ('"\'"', "'\"'", "'''\"'''", '"""\'"""', "'''a'b''c'''", "'x'^^<http://t/'>")
        ),
        *(
            f"OPTIONAL {{ ?s ?p ?o FILTER(?o<{what}) }}"
            for what in ("'x>'", "'>'", "5#>'''\n", "5#>\n", "?s#>'\n", "?s&&?o>1")
        ),
        *("FILTER(1<2&&3>2)", "FILTER('<'='<')", "#'''\n", '#"""\n', "#'\n", "#<\n", "#>\n", "VALUES ?v { '>' \"<\" }"),
    ]
)


def test_nothing_before_or_behind_a_service_hides_it(site: Server, listener: Listener) -> None:
    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_PIECES, max_size=4), st.lists(_PIECES, max_size=4))
    def hide(before: list[str], behind: list[str]) -> None:
        calls = len(listener.calls)
        pattern = " ".join([*before, f"SERVICE <{listener.url}> {{ ?a ?b ?c }}", *behind])
        answer = site.select(f"PREFIX x: <http://x/> ASK {{ {pattern} }}")
        assert len(listener.calls) == calls, pattern
        refused(answer, 400, 403)

    hide()


@pytest.mark.parametrize("name", LOADS)
def test_an_update_calls_nobody(store: Server, listener: Listener, name: str) -> None:
    refused(store.change(LOADS[name].replace("IRI", listener.url), BEARER), 400, 403)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_is_called(store: Server, listener: Listener, address: str) -> None:
    iri = address.replace("PORT", str(listener.port))
    refused(store.select(f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}"), 400, 403)
    refused(store.select(f"SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}"), 400, 403)
    refused(store.change(f"LOAD <{iri}>", BEARER), 400, 403)
    refused(store.change(f"LOAD SILENT <{iri}> INTO GRAPH <urn:g>", BEARER), 400, 403)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_dataset_is_not_fetched(store: Server, listener: Listener, address: str) -> None:
    iri = address.replace("PORT", str(listener.port))
    everything = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    asked = [
        store.select(f"SELECT * FROM <{iri}> {everything}"),
        store.select(f"SELECT * FROM NAMED <{iri}> {everything}"),
        store.select(f"SELECT * {everything}", default_graph_uri=iri),
        store.select(f"SELECT * {everything}", named_graph_uri=iri),
    ]
    # A dataset without such a graph is empty; the server may also refuse to look.
    assert all(answer.status in (400, 403) or rows(answer) == 0 for answer in asked)
    updates = [
        store.change(f"INSERT {{ ?s ?p 'x' }} USING <{iri}> WHERE {everything}", BEARER),
        store.change(f"INSERT {{ ?s ?p 'x' }} USING NAMED <{iri}> WHERE {everything}", BEARER),
        store.ask(
            f"{store.update}?{urlencode({'using-graph-uri': iri})}",
            "POST",
            f"INSERT {{ ?s ?p 'x' }} WHERE {everything}",
            UPDATE | BEARER,
        ),
    ]
    assert all(answer.status in (200, 204, 400, 403) for answer in updates)


FOUND = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"found"}}]}}'
TRIPLES = b"<urn:loaded> <urn:p> 1 ."


def whole(status: str, media: str, body: bytes, *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {media}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_what_is_allowed_is_called_and_nothing_else(tmp_path: Path, listener: Listener) -> None:
    answers = {
        "/ok/sparql": whole("200 OK", "application/sparql-results+json", FOUND),
        "/ok/data.ttl": whole("200 OK", "text/turtle", TRIPLES),
        "/secret": whole("200 OK", "application/sparql-results+json", FOUND),
        **{
            f"/ok/{status}": whole(f"{status} Elsewhere", "text/plain", b"", f"Location: {listener.url}secret")
            for status in (301, 302, 303, 307, 308)
        },
    }
    with listening(answers) as allowed:
        prefix = f"{allowed.url}ok/"
        options = ("--allow-service", prefix, "--allow-load", prefix, *LIMITS)
        with kg_serve(tmp_path / "store", "--writable", "--open", *options) as server, unharmed(server):

            def service(iri: str) -> Answer:
                return server.select(f"SELECT * {{ SERVICE <{iri}> {{ BIND('x' AS ?x) }} }}")

            assert rows(service(f"{prefix}sparql")) == 1
            assert allowed.calls
            assert server.change(f"LOAD <{prefix}data.ttl> INTO GRAPH <urn:g>").status in (200, 204)
            assert rows(server.select("ASK { GRAPH <urn:g> { <urn:loaded> ?p 1 } }")) == 1
            assert server.change("DROP GRAPH <urn:g>").status in (200, 204)
            for status in (301, 302, 303, 307, 308):
                assert service(f"{prefix}{status}").status >= 400
                assert server.change(f"LOAD <{prefix}{status}>").status >= 400
            missing = service(f"{prefix}none")
            refused(missing, 400, 502, 503, 504)
            assert "memory" not in missing.text, "that is not what is wrong"
            allowed.calls.clear()
            for iri in (
                *(f"{prefix}../secret", f"{prefix}%2e%2e/secret", f"{prefix}.%2E/secret", f"{prefix}x/../../secret"),
                *(f"{allowed.url}secret", f"{allowed.url}OK/sparql", f"{prefix}..\\u002Fsecret", f"{allowed.url}ok"),
                *(f"http://127.0.0.1:{allowed.port}@127.0.0.1:{listener.port}/ok/", f"{allowed.url}ok%2F../secret"),
            ):
                refused(service(iri), 400, 403)
                refused(server.change(f"LOAD <{iri}>"), 400, 403)
            base = f"BASE <{prefix}> SELECT * {{ SERVICE <../secret> {{ ?s ?p ?o }} }}"
            refused(server.select(base), 400, 403)
            variable = f"SELECT * {{ VALUES ?g {{ <{allowed.url}secret> }} SERVICE ?g {{ ?s ?p ?o }} }}"
            refused(server.select(variable), 400, 403)
            assert allowed.calls == []


# Updates that nobody may make

CLEAR = "CLEAR ALL"
WRITES: dict[str, Callable[[Server, dict[str, str]], Answer]] = {
    "get": lambda server, more: server.ask(f"{server.update}?{urlencode({'update': CLEAR})}", headers=more),
    "head": lambda server, more: server.ask(f"{server.update}?{urlencode({'update': CLEAR})}", "HEAD", headers=more),
    "get as query": lambda server, more: server.select(CLEAR, more),
    "method override": lambda server, more: server.ask(
        f"{server.update}?{urlencode({'update': CLEAR, '_method': 'POST'})}",
        headers={"X-HTTP-Method-Override": "POST"} | more,
    ),
    "post in the address": lambda server, more: server.ask(
        f"{server.update}?{urlencode({'update': CLEAR})}", "POST", b"", more
    ),
    "direct query": lambda server, more: server.ask(server.query, "POST", CLEAR, QUERY | more),
    "form query": lambda server, more: server.ask(server.query, "POST", urlencode({"query": CLEAR}), FORM | more),
}


@pytest.mark.parametrize("name", WRITES)
def test_an_update_is_none_by_another_way(store: Server, name: str) -> None:
    for more in ({}, BEARER):
        assert 400 <= WRITES[name](store, dict(more)).status < 500


@pytest.mark.parametrize("name", ["direct", "form", "store put", "store post", "store delete", "store patch"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"bearer\t{TOKEN},{TOKEN}"},
        {"Cookie": f"token={TOKEN}"},
        {"X-Authorization": f"Bearer {TOKEN}"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_without_the_token_nothing_is_written(store: Server, name: str, more: dict[str, str]) -> None:
    turtle = {"Content-Type": "text/turtle"}
    sent = {
        "direct": lambda: store.change(CLEAR, more),
        "form": lambda: store.ask(store.update, "POST", urlencode({"update": CLEAR}), FORM | more),
        "store put": lambda: store.ask(f"{store.store}?default", "PUT", b"", turtle | more),
        "store post": lambda: store.ask(f"{store.store}?default", "POST", b"<urn:a> <urn:b> 1 .", turtle | more),
        "store delete": lambda: store.ask(f"{store.store}?default", "DELETE", None, more),
        "store patch": lambda: store.ask(f"{store.store}?default", "PATCH", CLEAR, UPDATE | more),
    }
    answer = sent[name]()
    refused(answer, *((401, 403, 405, 415) if name == "store patch" else (401, 403)))
    if answer.status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_server_for_reading_takes_no_update(site: Server) -> None:
    for more in ({}, BEARER):
        refused(site.change(CLEAR, more), 403, 405)
        refused(site.ask(site.update, "POST", urlencode({"update": CLEAR}), FORM | more), 403, 405)
        refused(site.ask(f"{site.store}?default", "PUT", b"", {"Content-Type": "text/turtle"} | more), 403, 405)
        refused(site.ask(f"{site.store}?default", "DELETE", None, more), 403, 405)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/form", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_writes_nothing(anyones: Server, headers: dict[str, str]) -> None:
    # A browser sends these for any page that its user visits, without asking; who started the server did not mean them.
    refused(anyones.ask(anyones.update, "POST", urlencode({"update": CLEAR}), FORM | headers), 403)
    boundary = {"Content-Type": "multipart/form-data; boundary=x"} | headers
    part = '--x\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\nContent-Type: text/turtle\r\n\r\n<urn:a> <urn:b> 1 .\r\n--x--\r\n'
    refused(anyones.ask(f"{anyones.store}?default", "POST", part, boundary), 403)


def test_a_name_that_now_means_this_machine_writes_nothing(anyones: Server) -> None:
    # DNS rebinding: the page's own host, and so its own origin, has become 127.0.0.1.
    lines = ["POST /sparql HTTP/1.1", "Host: evil.example:80", "Origin: http://evil.example:80"]
    lines += [
        f"Content-Type: {UPDATE['Content-Type']}",
        f"Content-Length: {len(CLEAR)}",
        "Connection: close",
        "",
        CLEAR,
    ]
    assert anyones.raw("\r\n".join(lines).encode()).split()[1] in (b"421", b"403")


# Requests that say two things

ASK = quote("ASK {}")


@pytest.mark.parametrize(
    ("target", "body", "media"),
    [
        (f"?query={ASK}&query={quote('SELECT * {}')}", None, ""),
        (f"?query={ASK}&query={ASK}", None, ""),
        (f"?query={ASK}&update={quote(CLEAR)}", None, ""),
        (f"?query={ASK}", "ASK { ?s ?p ?o }", QUERY["Content-Type"]),
        (f"?query={ASK}", f"query={ASK}", FORM["Content-Type"]),
        ("", f"query={ASK}&query={ASK}", FORM["Content-Type"]),
        ("", f"query={ASK}&update={quote(CLEAR)}", FORM["Content-Type"]),
        ("", f"update={quote(CLEAR)}&update={quote(CLEAR)}", FORM["Content-Type"]),
        (f"?update={quote(CLEAR)}", CLEAR, UPDATE["Content-Type"]),
        (f"?query={ASK}&default-graph-uri=not%20an%20iri", None, ""),
        (f"?query={ASK}&default-graph-uri=%3E%20%7D", None, ""),
        (f"?query={ASK}&named-graph-uri=", None, ""),
        ("?query=%ff%fe", None, ""),
        ("?query=", None, ""),
        (f"?{'&'.join(f'p{n}=1' for n in range(5000))}&query={ASK}", None, ""),
    ],
)
def test_what_says_two_things_or_none_is_refused(store: Server, target: str, body: str | None, media: str) -> None:
    headers = BEARER | ({"Content-Type": media} if media else {})
    answer = store.ask(store.query + target, "GET" if body is None else "POST", body, headers)
    refused(answer, 400, 405, 413, 414)


# Requests that cost much

CROSS = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6))
COSTLY = {
    "cross product": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "cross product in order": f"SELECT * {{ {CROSS} }} ORDER BY ?c5 ?c4 ?c3",
    "cross product, distinct": f"SELECT DISTINCT * {{ {CROSS} }} OFFSET 100000000",
    "cross product in a graph": f"CONSTRUCT {{ ?a0 ?b1 ?c2 }} WHERE {{ {CROSS} }}",
    "long offset": f"SELECT * {{ {CROSS} }} OFFSET 1000000000000",
    "deep path": "SELECT (COUNT(*) AS ?n) { ?s ((:next|^:next|:across|^:across)*/(:next|:across)+)* ?o }",
    "path of anything": "SELECT (COUNT(*) AS ?n) { ?s (!<urn:none>|!^<urn:none>)* ?o . ?o (!<urn:none>)* ?s }",
    "long path": f"ASK {{ ?s {'/'.join([':next'] * 3000)} ?o }}",
    "path within paths": f"ASK {{ ?s {'(' * 60}:next{')*' * 60} ?o }}",
    "group_concat": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?b), STR(?c))) AS ?t) { ?a ?x ?y . ?b ?z ?w . ?c ?u ?v }",
    "doubling": "SELECT (STRLEN(?z) AS ?n) { BIND('xxxxxxxxxxxxxxxx' AS ?t0) "
    + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(30))
    + " BIND(?t30 AS ?z) }",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a :next ?x . ?b :next ?y FILTER REGEX(CONCAT(STR(?a), STR(?b)), '^(([a-z:/.0-9])+.)+Z$') }",
    "regex of repetitions": "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '((((a{1,100}){1,100}){1,100}){1,100}){1,100}$') }",
    "replace": "SELECT (REPLACE(GROUP_CONCAT(STR(?a)), '(a*)*', '$1$1$1$1$1$1$1$1') AS ?x) { ?a ?p ?o . ?b ?q ?r }",
    "values": f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{n} {{ ' + '1 ' * 200 + '}' for n in range(8))} }}",
    "subqueries": "SELECT * { " + "{ SELECT * { ?a ?b ?c . ?d ?e ?f " * 40 + "} } " * 40 + " } ORDER BY ?a",
    "describe everything": "DESCRIBE ?s { ?s ?p ?o . ?t ?q ?r . ?u ?v ?w }",
    "exists of everything": f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER NOT EXISTS {{ {CROSS} FILTER(?c0 = ?s && 1 = 2) }} }}",
    "dates": "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?q ?y FILTER(SHA512(CONCAT(STR(?x), STR(?y))) = 'x') }",
    "volatile": "SELECT (SUM(RAND()) AS ?n) { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }",
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_query_that_costs_much_is_ended(site: Server, name: str) -> None:
    started = time.monotonic()
    answer = site.select(PREFIX + COSTLY[name], {"Accept": "*/*"})
    assert time.monotonic() - started < SECONDS + 6
    # A few of them are cheap for a good engine, or refused for what they are; a long answer is cut at the limit of rows.
    assert answer.status in (200, 400, 413, 503), answer.text[:300]
    if answer.status != 200:
        refused(answer, 400, 413, 503)
    if answer.status == 503:
        assert int(answer.headers["Retry-After"]) >= 0
    assert len(answer.body) < 64 << 20


def test_a_long_answer_is_cut(site: Server) -> None:
    answer = site.select("SELECT * { ?a ?b ?c . ?d ?e ?f }", {"Accept": "text/tab-separated-values"})
    assert answer.status == 200
    assert len(answer.body.splitlines()) <= ROWS + 1


def test_many_costly_queries_leave_room_for_plain_ones(site: Server) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(site.select, PREFIX + COSTLY["cross product"]) for _ in range(20)]
        time.sleep(0.5)
        plain = site.ask("/health", timeout=10)
        assert plain.status == 200
        assert {answer.result().status for answer in answers} <= {429, 503}


def test_a_client_that_leaves_takes_its_query_along(site: Server) -> None:
    target = f"{site.query}?{urlencode({'query': PREFIX + COSTLY['cross product']})}"
    for _ in range(30):
        with site.connect() as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
    time.sleep(SECONDS + 1)


DEEP = {
    "parentheses": "SELECT * { FILTER(" + "(" * 50_000 + "1" + ")" * 50_000 + ") }",
    "groups": "SELECT * " + "{" * 50_000 + "}" * 50_000,
    "optionals": "SELECT * { " + "OPTIONAL { " * 20_000 + "} " * 20_000 + "}",
    "negations": "SELECT * { FILTER(" + "!" * 200_000 + "true) }",
    "minuses": "SELECT * { FILTER(" + "-" * 200_000 + "1 = 1) }",
    "additions": "SELECT * { FILTER(" + "1+" * 200_000 + "1 = 1) }",
    "lists": "SELECT * { ?s ?p " + "(" * 50_000 + ")" * 50_000 + " }",
    "blank nodes": "SELECT * { ?s ?p " + "[ :p " * 20_000 + "1" + "]" * 20_000 + " }",
    "triple terms": "SELECT * { ?s ?p " + "<<( ?s ?p " * 20_000 + "1" + " )>>" * 20_000 + " }",
    "unions": "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 20_000) + " }",
    "sub-queries": "SELECT * { " + "{ SELECT * { " * 10_000 + "} } " * 10_000 + " }",
    "paths": "SELECT * { ?s " + "(" * 20_000 + ":next" + ")" * 20_000 + " ?o }",
    "functions": "SELECT * { FILTER(" + "STR(" * 20_000 + "1" + ")" * 20_000 + ") }",
    "not exists": "SELECT * { " + "FILTER NOT EXISTS { " * 20_000 + "} " * 20_000 + " }",
    "a megabyte of triples": "SELECT * { " + ":a :b :c . " * 100_000 + "}",
    "a megabyte of text": f"ASK {{ ?s ?p '{'x' * 1_000_000}' }}",
    "a megabyte of comment": f"ASK {{}} #{'x' * 1_000_000}",
    "a megabyte of values": f"SELECT * {{ VALUES ?x {{ {'1 ' * 500_000} }} }}",
    "a megabyte of prefixes": "\n".join(f"PREFIX p{n}: <http://x/{n}>" for n in range(30_000)) + " ASK {}",
    "a megabyte of nothing": "SELECT * {" + " " * 1_000_000,
    "a megabyte of quotes": "SELECT * { ?s ?p " + "'" * 1_000_001,
    "a megabyte of less": "SELECT * { FILTER(1" + "<" * 1_000_000,
    "a megabyte of backslashes": "ASK { ?s ?p '" + "\\\\" * 500_000,
    "a megabyte of service": "ASK {} #" + "SERVICE<" * 120_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_a_query_that_is_large_or_deep_is_answered(site: Server, name: str) -> None:
    started = time.monotonic()
    answer = site.ask(site.query, "POST", PREFIX + DEEP[name], QUERY)
    assert time.monotonic() - started < SECONDS + 10
    assert answer.status in (200, 400, 413, 503), answer.text[:300]


@pytest.mark.parametrize("name", ["parentheses", "groups", "lists", "blank nodes", "triple terms"])
def test_an_update_that_is_deep_is_answered(store: Server, name: str) -> None:
    pattern = PREFIX + DEEP[name].replace("SELECT *", "INSERT { <urn:none> ?none ?void } WHERE", 1)
    assert store.change(pattern, BEARER).status in (200, 204, 400, 413, 503)


def test_what_ends_a_process_may_come_again_and_again(tmp_path: Path) -> None:
    deep = PREFIX + DEEP["groups"]
    with kg_serve(tmp_path / "store", "--writable", "--open", *LIMITS) as server, unharmed(server):
        for _ in range(12):
            update = deep.replace("SELECT *", "INSERT { <urn:none> ?none ?void } WHERE", 1)
            assert server.change(update).status in (200, 204, 400, 413, 503)
            assert server.ask(server.query, "POST", deep, QUERY).status in (200, 400, 413, 503)
            assert counted(server) == 0


def test_an_update_that_costs_much_is_ended(store: Server) -> None:
    lines = " ".join(f"<urn:n{n}> <urn:q> {n} ." for n in range(1000))
    assert store.change(f"INSERT DATA {{ {lines} }}", BEARER).status in (200, 204)
    try:
        started = time.monotonic()
        never = "FILTER(CONCAT(STR(?c0), STR(?c3), STR(?c5)) = 'none')"
        refused(store.change(f"INSERT {{ ?a0 <urn:m> ?c5 }} WHERE {{ {CROSS} {never} }}", BEARER), 503)
        assert time.monotonic() - started < SECONDS + 10
    finally:
        deleted = store.change("DELETE WHERE { ?s <urn:q> ?o }", BEARER)
    assert deleted.status in (200, 204), deleted.text


# Bytes that no good client sends


@pytest.mark.parametrize(
    ("name", "head"),
    [
        (
            "length and chunks",
            "POST /sparql HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\nContent-Type: application/sparql-query\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: HOST\r\n\r\n",
        ),
        ("two lengths", "POST /sparql HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}"),
        ("negative length", "POST /sparql HTTP/1.1\r\nHost: HOST\r\nContent-Length: -6\r\n\r\nASK {}"),
        ("length of letters", "POST /sparql HTTP/1.1\r\nHost: HOST\r\nContent-Length: six\r\n\r\nASK {}"),
        ("length with a plus", "POST /sparql HTTP/1.1\r\nHost: HOST\r\nContent-Length: +6\r\n\r\nASK {}"),
        (
            "unknown transfer coding",
            "POST /sparql HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        ),
        (
            "chunks twice",
            "POST /sparql HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        ),
        (
            "chunk of letters",
            "POST /sparql HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nASK {}\r\n0\r\n\r\n",
        ),
        (
            "chunk that is too long",
            "POST /sparql HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nASK {}\r\n",
        ),
        ("space before the colon", "GET /health HTTP/1.1\r\nHost : HOST\r\n\r\n"),
        ("folded header", "GET /health HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\n\r\n"),
        ("no host", "GET /health HTTP/1.1\r\n\r\n"),
        ("two hosts", "GET /health HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n"),
        ("no version", "GET /health\r\n\r\n"),
        ("version 9.9", "GET /health HTTP/9.9\r\nHost: HOST\r\n\r\n"),
        ("http/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("tls", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("nul in a header", "GET /health HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n"),
        ("nul in the target", "GET /he\x00alth HTTP/1.1\r\nHost: HOST\r\n\r\n"),
        ("bare line feeds", "GET /health HTTP/1.1\nHost: HOST\nX: y\n\n"),
        ("connect", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n"),
        ("trace", "TRACE /sparql HTTP/1.1\r\nHost: HOST\r\nCookie: secret\r\n\r\n"),
        ("absolute address", "GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        ("nothing", "\r\n" * 100),
        (
            "upgrade",
            "GET /sparql HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ),
    ],
    ids=lambda value: value if "\r" not in value and "\n" not in value else "",
)
def test_bytes_that_are_no_good_request(site: Server, name: str, head: str) -> None:
    found = site.raw(head.replace("HOST", site.host).encode("latin-1"), timeout=3)
    statuses = [int(line.split()[1]) for line in found.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert all(status in DOCUMENTED for status in statuses), found[:500]
    if name in ("length and chunks", "two lengths"):
        # One of the two readings would be another request: neither is taken.
        assert statuses in ([400], []), found[:500]
    if name == "trace":
        assert b"secret" not in found


def test_requests_in_a_row_are_answered_in_a_row(site: Server) -> None:
    asked = b"".join(
        f"GET {site.query}?query={quote(f'SELECT ({n} AS ?n) {{}}')} HTTP/1.1\r\nHost: {site.host}\r\nAccept: text/csv\r\n"
        f"{'Connection: close' if n == 49 else 'X: y'}\r\n\r\n".encode()
        for n in range(50)
    )
    found = site.raw(asked)
    numbers = [line.strip() for line in found.split(b"\n") if line.strip().isdigit()]
    assert [int(number) for number in numbers if int(number) < 50] == list(range(50))


@pytest.mark.parametrize(
    "head",
    [
        "GET /health HTTP/1.1\r\nHost: HOST\r\nX: " + "a" * 1_000_000,
        "GET /health HTTP/1.1\r\nHost: HOST\r\n" + "".join(f"X{n}: y\r\n" for n in range(20_000)),
        "GET /health HTTP/1.1\r\n" + "X" * 1_000_000 + ": y\r\n",
        f"GET /sparql?query={'a' * 2_000_000} HTTP/1.1\r\nHost: HOST\r\n",
        "A" * 1_000_000,
    ],
    ids=["value", "number", "name", "target", "method"],
)
def test_headers_that_are_too_long_are_refused(site: Server, head: str) -> None:
    found = site.raw(head.replace("HOST", site.host).encode() + b"\r\n\r\n", timeout=15)
    # The connection may be reset before the answer is read.
    assert not found or int(found.split()[1]) in (400, 413, 414, 431), found[:200]


def test_a_body_that_is_too_long_is_refused_before_it_comes(store: Server) -> None:
    for target, media in ((store.update, UPDATE["Content-Type"]), (f"{store.store}?default", "text/turtle")):
        head = f"POST {target} HTTP/1.1\r\nHost: {store.host}\r\nContent-Type: {media}\r\nAuthorization: Bearer {TOKEN}\r\n"
        found = store.raw(f"{head}Content-Length: 100000000000\r\n\r\n".encode(), timeout=10)
        assert found.split()[1] == b"413"
        found = store.raw(f"{head}Content-Length: 100000000000\r\nExpect: 100-continue\r\n\r\n".encode(), timeout=10)
        assert found.split()[1] == b"413"


def test_chunks_without_end_are_refused(store: Server) -> None:
    chunk = b"100000\r\n" + b"#" * 0x100000 + b"\r\n"
    head = f"POST {store.update} HTTP/1.1\r\nHost: {store.host}\r\nContent-Type: {UPDATE['Content-Type']}\r\nAuthorization: Bearer {TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with store.connect() as connection:
        connection.sendall(head.encode())
        # It may take a little more, so that its answer is not lost, and then hangs up.
        started = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - started < 20:
                connection.sendall(chunk)
        assert time.monotonic() - started < 20, "it was taken without end"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x"])
def test_a_body_that_swells_is_refused(store: Server, coding: str) -> None:
    bomb = gzip.compress(b"#" * (1 << 30), compresslevel=9)
    if coding == "gzip, gzip":
        bomb = gzip.compress(bomb)
    headers = BEARER | {"Content-Encoding": coding}
    refused(store.ask(store.update, "POST", bomb, UPDATE | headers), 400, 413, 415)
    refused(store.ask(f"{store.store}?default", "POST", bomb, {"Content-Type": "text/turtle"} | headers), 400, 413, 415)
    refused(store.ask(store.query, "POST", bomb, QUERY | headers), 400, 413, 415)


# Clients that are slow, or many


def dribbled(server: Server, start: bytes, seconds: float) -> float:
    """Send a request's start, then a byte a second; return after how many seconds the server hangs up, at most `seconds`."""
    begun = time.monotonic()
    with server.connect() as connection, contextlib.suppress(OSError):
        connection.sendall(start)
        connection.settimeout(1)
        while time.monotonic() - begun < seconds:
            try:
                if not connection.recv(65536):
                    break
            except TimeoutError:
                connection.sendall(b"a")
    return time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["headers", "body", "nothing"])
def test_clients_that_dribble_are_dropped(site: Server, phase: str) -> None:
    head = f"POST {site.query} HTTP/1.1\r\nHost: {site.host}\r\n"
    start = {
        "headers": f"{head}X: ",
        "body": f"{head}Content-Type: {QUERY['Content-Type']}\r\nContent-Length: 100000\r\n\r\nASK {{}} #",
        "nothing": "",
    }[phase].encode()
    with ThreadPoolExecutor(100) as pool:
        lasted = [pool.submit(dribbled, site, start, 120) for _ in range(100)]
        while not all(each.done() for each in lasted):
            started = time.monotonic()
            assert counted(site) > 0
            assert time.monotonic() - started < 3, "the slow ones are in the way"
            time.sleep(1)
        assert max(each.result() for each in lasted) < 100


@pytest.mark.slow
def test_clients_that_do_not_read_are_dropped(site: Server) -> None:
    query = f"SELECT * {{ ?a ?b ?c . ?d ?e ?f BIND('{'x' * 10_000}' AS ?t) }}"
    target = f"{site.query}?{urlencode({'query': query})}"
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(40):
            connection = socket.socket(socket.AF_INET)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            address = urlsplit(site.url)
            connection.connect((address.hostname, address.port))
            connections.append(stack.enter_context(connection))
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
        end = time.monotonic() + 60
        while time.monotonic() < end:
            started = time.monotonic()
            assert counted(site) > 0
            assert time.monotonic() - started < 5, "those who do not read are in the way"
            time.sleep(2)
        # What was on its way is read, and then the end comes: not the whole answer of ten megabytes.
        for connection in connections:
            connection.settimeout(5)
            size = 0
            with contextlib.suppress(ConnectionError):
                while part := connection.recv(65536):
                    size += len(part)
            assert size < ROWS * 10_000


@pytest.mark.slow
def test_many_clients_are_answered_or_told_to_wait(site: Server) -> None:
    def asked(number: int) -> int:
        try:
            answer = site.select(f"SELECT ({number} AS ?n) {{}}")
        except (ConnectionError, http.client.RemoteDisconnected):
            return 503
        if answer.status == 200:
            assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == str(number)
        return answer.status

    with ThreadPoolExecutor(300) as pool:
        statuses = list(pool.map(asked, range(3000)))
    assert set(statuses) <= {200, 429, 503}
    assert statuses.count(200) > 1500


@pytest.mark.slow
def test_connections_that_say_nothing_leave_room(site: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(site.connect())
        started = time.monotonic()
        assert counted(site) > 0
        assert time.monotonic() - started < 3


# Files of RDF that are traps

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 20}">' for before, after in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:x"><p xmlns="urn:">&k;</p></rdf:Description></rdf:RDF>'
)


def doctype(inside: str, value: str = "&e;") -> str:
    return f'<?xml version="1.0"?><!DOCTYPE r {inside}><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:x"><p xmlns="urn:">{value}</p></rdf:Description></rdf:RDF>'


TRAPS: dict[str, tuple[str, str | bytes]] = {
    "billion laughs": ("application/rdf+xml", LAUGHS),
    "billion laughs in utf-16": (
        "application/rdf+xml",
        LAUGHS.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
    ),
    "billion laughs in utf-16 without a mark": (
        "application/rdf+xml",
        LAUGHS.replace("?>", ' encoding="utf-16le"?>', 1).encode("utf-16le"),
    ),
    "laughs in single quotes": ("application/rdf+xml", LAUGHS.replace('"', "'")),
    "quadratic": ("application/rdf+xml", doctype(f'[<!ENTITY e "{"x" * 100_000}">]', "&e;" * 30_000)),
    "external entity": ("application/rdf+xml", doctype('[<!ENTITY e SYSTEM "file:///etc/passwd">]')),
    "external entity of the web": ("application/rdf+xml", doctype('[<!ENTITY e SYSTEM "URL">]')),
    "parameter entity": ("application/rdf+xml", doctype('[<!ENTITY % e SYSTEM "URL"> %e;]', "x")),
    "external document type": ("application/rdf+xml", doctype('SYSTEM "URL" [<!ENTITY e "x">]')),
    "public document type": ("application/rdf+xml", doctype('PUBLIC "x" "URL"', "&e;")),
    "xinclude": (
        "application/rdf+xml",
        doctype(
            "", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
        ).replace("<!DOCTYPE r >", ""),
    ),
    "context of the web": ("application/ld+json", '{"@context": "URL", "@id": "urn:x", "name": "x"}'),
    "context of a file": ("application/ld+json", '{"@context": "file:///etc/passwd", "@id": "urn:x", "name": "x"}'),
    "context within a list": ("application/ld+json", '{"@context": [{"p": "urn:p"}, "URL"], "@id": "urn:x", "p": "x"}'),
    "context within a term": (
        "application/ld+json",
        '{"@context": {"p": {"@id": "urn:p", "@context": "URL"}}, "@id": "urn:x", "p": {"q": 1}}',
    ),
    "import": ("application/ld+json", '{"@context": {"@version": 1.1, "@import": "URL"}, "@id": "urn:x", "p": "x"}'),
    "deep array": ("application/ld+json", "[" * 200_000 + "]" * 200_000),
    "deep object": ("application/ld+json", '{"urn:p":' * 100_000 + "1" + "}" * 100_000),
    "deep list of json": (
        "application/ld+json",
        '{"@id":"urn:x","urn:p":' + '{"@list":[' * 50_000 + "1" + "]}" * 50_000 + "}",
    ),
    "deep list": ("text/turtle", "<urn:x> <urn:p> " + "(" * 100_000 + ")" * 100_000 + " ."),
    "deep blank nodes": ("text/turtle", "<urn:x> <urn:p> " + "[ <urn:p> " * 100_000 + "1" + "]" * 100_000 + " ."),
    "deep triple terms": (
        "text/turtle",
        "<urn:x> <urn:p> " + "<<( <urn:x> <urn:p> " * 50_000 + "1" + " )>>" * 50_000 + " .",
    ),
    "deep triple terms in a line": (
        "application/n-triples",
        "<urn:x> <urn:p> " + "<<( <urn:x> <urn:p> " * 50_000 + "<urn:o>" + " )>>" * 50_000 + " .",
    ),
    "deep elements": (
        "application/rdf+xml",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
        + "<u:a><u:p>" * 50_000
        + "</u:p></u:a>" * 50_000
        + "</rdf:RDF>",
    ),
    "open text": ("text/turtle", '<urn:x> <urn:p> """' + "x" * 5_000_000),
    "base of a file": ("text/turtle", "@base <file:///etc/passwd> . <urn:x> <urn:p> <#y> <"),
    "no utf-8": ("text/turtle", b'<urn:x> <urn:p> "\xff\xfe" .'),
    "nul": ("text/turtle", "<urn:x\x00> <urn:p> 1 ."),
    "quads": ("application/n-quads", "<urn:x> <urn:p> <urn:o> <urn:other> ."),
    "unknown": ("application/x-unknown", "x"),
    "parts without a boundary": ("multipart/form-data", "x"),
    "parts without end": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/turtle\r\n\r\n<urn:a> ',
    ),
    "many parts": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/x\r\n\r\n\r\n' * 30_000 + "--x--",
    ),
    "part with a trap": (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="f"; filename="../../etc/x"\r\nContent-Type: application/rdf+xml\r\n\r\n'
        + LAUGHS
        + "\r\n--x--\r\n",
    ),
}
# Deep, but nothing is wrong with them: a parser that bears them may take them.
MAY_PASS = (
    "deep array",
    "deep object",
    "deep list of json",
    "deep list",
    "deep blank nodes",
    "deep elements",
    "quadratic",
    "deep triple terms",
    "deep triple terms in a line",
    "xinclude",
)


@pytest.mark.parametrize("name", TRAPS)
def test_a_file_that_is_a_trap_is_refused(store: Server, listener: Listener, name: str) -> None:
    media, content = TRAPS[name]
    body = content.replace("URL", f"{listener.url}x") if isinstance(content, str) else content
    trap = f"{store.store}?graph=urn:trap"
    answer = store.ask(
        trap, "PUT" if not media.startswith("multipart") else "POST", body, {"Content-Type": media} | BEARER
    )
    assert "root:" not in answer.text
    if answer.status in (200, 201, 204):
        assert name in MAY_PASS
        found = store.ask(trap, headers={"Accept": "application/n-triples"})
        assert "root:" not in found.text
        assert store.ask(trap, "DELETE", None, BEARER).status in (200, 204)
    else:
        refused(answer, 400, 413, 415, 503)
        assert store.ask(trap).status == 404, "a part of it was stored"


# Paths, names and texts

PATHS = (
    *("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../setup.cfg"),
    *("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%5c..%5csetup.cfg", "/static/....//....//etc/passwd"),
    *("/static//etc/passwd", "/static/%2fetc/passwd", "/static/%00", "/static/x%00.css", "/id/model/%00"),
    *("/%c0%ae%c0%ae/etc/passwd", "/id/%ff", f"/id/{'a' * 300}", f"/static/{'a' * 300}", "/id/" + "/a" * 5000),
    *("/id/model/" + "%2e%2e%2f" * 20 + "etc/passwd", "/store/../../etc/passwd", "/class/../../../etc/passwd"),
    *("/id/model/N0", "/ID/model/n0", "/id/model/n0.html/../../../x", "/.git/config", "/static/.", "/static/", "/%"),
    *("/id/model/n0.ttl%00.html", "/id/%E2%80%AE", "/id/%0d%0aSet-Cookie:%20a=b", "/id/x%0aLocation:%20//evil.example"),
    *("//evil.example/", "//evil.example/%2e%2e", "/\\evil.example", "///evil.example", "/%2f%2fevil.example/"),
    *("/resource", "/resource?iri=", "/resource?iri=a&iri=b", "/resource?iri=http://x/%0d%0aSet-Cookie:%20a=b"),
    *("/resource?iri=javascript:alert(1)", "/resource?iri=data:text/html,%3Cscript%3E", "/resource?iri=//evil.example"),
    *("/resource?iri=https://evil.example/", f"/resource?iri={'a' * 5000}", "/resource?iri=%ff", "/resource?iri=%00"),
    *("/resource?iri=file:///etc/passwd", "/resource?iri=http://169.254.169.254/", "/resource?iri=_:b0"),
    *(
        "/search?q=%00",
        "/search?q=" + "a" * 20_000,
        "/search?page=-1",
        "/search?page=99999999999999999999",
        "/class/x?page=x",
    ),
    *(
        "/map?bbox=x",
        "/timeline?from=x",
        "/reconcile?queries=%7B",
        "/reconcile?queries=" + "[" * 5000,
        "/?x=" + "y" * 5000,
    ),
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:60])
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_strange_path_leads_nowhere(site: Server, path: str, accept: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: {site.host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
    found = site.raw(head.encode("latin-1"))
    if found.split()[1] == b"503":
        # On a busy machine a page may come too late, but not always.
        time.sleep(0.5)
        found = site.raw(head.encode("latin-1"))
    status, headers = int(found.split()[1]), found.partition(b"\r\n\r\n")[0].decode("latin-1").lower()
    assert status in DOCUMENTED - {503}, found[:300]
    assert "set-cookie" not in headers
    assert b"root:" not in found
    assert b"[metadata]" not in found
    for line in headers.split("\r\n"):
        if line.startswith("location:"):
            place = line.partition(":")[2].strip()
            assert urlsplit(place).netloc in ("", site.host), place
            assert not place.startswith(("//", "/\\", "javascript", "data"))


@pytest.mark.parametrize(
    "text",
    [
        'http://x/"><script>alert(1)</script>',
        "http://x/'><img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        "https://kg.example/id/model/evil",
        "{{7*7}}",
        "\u202egpj.exe\u2028<b>",
    ],
)
def test_no_page_carries_a_script_of_a_stranger(site: Server, text: str) -> None:
    encoded = quote(text, safe="")
    targets = [f"/resource?iri={encoded}", f"/search?q={encoded}", f"/id/{encoded}", f"/{encoded}", f"/class/{encoded}"]
    targets += [f"/query?query={encoded}", f"/sparql?query={encoded}", "/id/model/evil.html", f"/store?graph={encoded}"]
    for target in targets:
        answer = in_time(site, target, {"Accept": "text/html"})
        assert answer.status in DOCUMENTED - {503}, target
        assert answer.headers.get("X-Content-Type-Options") == "nosniff", target
        # JSON and plain text are not run, as long as nobody guesses that they are something else.
        if answer.media not in ("application/problem+json", "text/plain"):
            assert "<script>alert" not in answer.text, target
            assert "<img src=x" not in answer.text, target
            assert 'href="javascript' not in answer.text, target
        if answer.media == "text/html":
            policy = answer.headers.get("Content-Security-Policy", "")
            assert "default-src 'self'" in policy, target
            assert "unsafe" not in policy, target


@pytest.mark.parametrize(
    "iri",
    [
        "https://kg.example/id/model/n0> ?p ?o } ; DROP ALL #",
        "https://kg.example/id/model/n0> { ?s ?p ?o } } UNION { ?s ?p ?o",
        "https://kg.example/id/model/n0>\n} SERVICE <LISTENER> { ?s ?p ?o",
        'x" . ?s ?p ?o . FILTER(?o = "',
        "x') || true || ('",
        "\\u003E ?p ?o",
    ],
)
def test_no_name_becomes_part_of_a_query(anyones: Server, listener: Listener, iri: str) -> None:
    encoded = quote(iri.replace("LISTENER", listener.url), safe="")
    targets = [f"/resource?iri={encoded}", f"/id/model/{encoded}", f"/search?q={encoded}", f"/class/{encoded}"]
    targets += [f"/store?graph={encoded}", f"/sparql?query={ASK}&default-graph-uri={encoded}"]
    for target in targets:
        answer = in_time(anyones, target, {"Accept": "text/turtle, application/json;q=0.5, */*;q=0.1"})
        assert answer.status in DOCUMENTED - {503}, target
        assert "urn:kept" not in answer.text, target


def test_names_that_differ_in_case_or_in_escapes_are_different_things(tmp_path: Path) -> None:
    # As they stand in an address, each with the IRI that it is.
    names = {each: each for each in ("x/case", "x/Case", "x/CASE", "x/a+b", "x/a%20b", "x/a%2Bb")} | {"x/%C3%A9": "x/é"}
    lines = [f'<https://kg.example/id/{iri}> <https://kg.example/ns#is> "{name}" .' for name, iri in names.items()]
    (tmp_path / "data.ttl").write_text("\n".join(lines), encoding="utf-8")
    with kg_serve(tmp_path / "data.ttl") as server:
        for name in names:
            answer = server.ask(f"/id/{name}.nt")
            assert [each for each in names if f'"{each}"' in answer.text] == [name]
            assert server.ask(f"/id/{name}", headers={"Accept": "text/turtle"}).headers["Location"] == f"/id/{name}.ttl"
        assert server.ask("/id/x/cASE.nt").status == 404
        assert server.ask("/ID/x/case.nt").status == 404


# What ends the process that writes


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Make a folder a disk of its own, and yield what makes it larger; only root may do so."""

    def mount(*options: str) -> None:
        done = subprocess.run(["mount", *options, folder], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("this user may not mount a disk")

    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "none")
    try:
        yield lambda larger: mount("-o", f"remount,size={larger}")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def settled(server: Server, update: str) -> None:
    """Send an update until it is done."""
    end = time.monotonic() + 60
    while (answer := server.change(update)).status != 204:
        assert answer.status == 503, answer.text
        assert time.monotonic() < end, "updates are taken no more"


def things(server: Server) -> set[str]:
    """Return what has been said anything of."""
    answer = server.select("SELECT ?s { ?s <urn:p> ?o }")
    assert answer.status == 200, answer.text
    return {row["s"]["value"] for row in json.loads(answer.body)["results"]["bindings"]}


@pytest.mark.slow
@pytest.mark.parametrize("size", ["10m", "24m"])
def test_a_full_disk_loses_nothing_and_stops_no_reader(tmp_path: Path, size: str) -> None:
    with (
        small_disk(tmp_path / "disk", size) as enlarge,
        kg_serve(tmp_path / "disk" / "store", "--writable", "--open") as server,
    ):
        # What became of each update: done, certainly not kept, or not known.
        told: dict[str, str] = {}

        def change(length: int) -> str:
            name = f"urn:{len(told)}"
            answer = server.change(f'INSERT DATA {{ <{name}> <urn:p> "{"x" * length}" }}')
            if answer.status != 204:
                refused(answer, 503)
                assert str(tmp_path) not in answer.text
            told[name] = "done" if answer.status == 204 else json.loads(answer.body)["code"]
            return told[name]

        while change(200_000) == "done":
            assert counted(server) == len(told)
        # Some may have room.
        kept = set()
        for length in (200_000, 10) * 5:
            change(length)
            kept = things(server)
            assert kept >= {name for name, what in told.items() if what == "done"}
        assert set(told.values()) <= {"done", "KG606", "KG608"}
        assert server.ask("/health").status == 200
        enlarge("200m")
        settled(server, "INSERT DATA { <urn:last> <urn:p> 1 }")
        after = things(server)
        assert after >= kept | {"urn:last"}
        assert after.isdisjoint(name for name, what in told.items() if what == "KG608")


@pytest.mark.slow
def test_readers_go_on_while_no_writer_can_begin(tmp_path: Path) -> None:
    with kg_serve(tmp_path / "store", "--writable", "--open", "--fronts", "1") as server:
        settled(server, "INSERT DATA { <urn:a> <urn:p> 1 }")
        assert counted(server) == 1
        with (tmp_path / "store" / "LOCK").open("r+b") as lock:
            began = writers(server)
            os.kill(began.pop(), signal.SIGKILL)
            locked(lock)
            # So often that the server might give up.
            end = time.monotonic() + 60
            while len(began) < 8:
                assert time.monotonic() < end, "no writer is started any more"
                began |= writers(server)
                assert server.change("INSERT DATA { <urn:b> <urn:p> 1 }").status == 503
                assert counted(server) == 1
        settled(server, "INSERT DATA { <urn:b> <urn:p> 1 }")
        assert counted(server) == 2


def writers(server: Server) -> set[int]:
    found = set()
    for pid in processes(server.process.pid):
        with contextlib.suppress(OSError):
            if b"kg.serving.writer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def locked(file: BinaryIO) -> None:
    """Take the lock of a store as soon as the process that has it is gone."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
    raise AssertionError("the store stays locked")


def test_the_access_log_has_one_line_for_each_request(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    hostile = ("/a%0a%7B%22status%22%3A200%7D", '/"},{"x":"', "/\\u000a", "/%e2%80%a8", "/\x7f")
    with kg_serve(data, "--access-log", log) as server:
        for target in hostile:
            lines = [
                f"GET {target} HTTP/1.1",
                f"Host: {server.host}",
                'User-Agent: "\\\x1b[31m',
                "Connection: close",
                "",
                "",
            ]
            server.raw("\r\n".join(lines).encode("latin-1"))
        server.ask("/sparql?query=ASK%7B%7D", headers=BEARER)
    lines = log.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    assert all(isinstance(entry, dict) for entry in entries)
    # A request that llhttp does not take for one has no line of its own.
    assert 1 <= len(entries) <= len(hostile) + 1
    assert TOKEN not in log.read_text(encoding="utf-8")
    assert "\x1b" not in log.read_text(encoding="utf-8")


# Anything at all

_texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=40)
_words = st.sampled_from(
    [
        *("/", "/sparql", "/store", "/query", "/search", "/resource", "/id/model/n0", "/ns", "/health", "/metrics"),
        *("/class/Model", "/reconcile", "/static/", "/.well-known/void", "/sitemap.xml", "/robots.txt", "/void.ttl"),
        *(
            "?query=ASK%7B%7D",
            "?query=",
            "?update=CLEAR+ALL",
            "?default",
            "?graph=urn:g",
            "?iri=",
            "&query=x",
            "&format=",
        ),
        *(
            "&default-graph-uri=urn:g",
            "&timeout=1",
            "?page=2",
            "%00",
            "%ff",
            "..",
            "//",
            "?",
            "#",
            ";",
            ".ttl",
            ".html",
        ),
    ]
)
_targets = st.lists(st.one_of(_words, _words, _texts.map(quote)), max_size=5).map(
    lambda parts: "/" + "".join(parts).lstrip("/")
)
_headers = st.dictionaries(
    st.sampled_from(
        [
            *("Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset", "Content-Type", "Content-Encoding"),
            *("If-None-Match", "If-Match", "If-Modified-Since", "Range", "Origin", "Authorization", "Cookie", "Expect"),
            *(
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "Forwarded",
                "Connection",
                "Prefer",
                "Access-Control-Request-Method",
            ),
        ]
    ),
    st.one_of(
        _texts,
        st.sampled_from(
            [
                *("text/turtle", "text/html;q=0.5, */*;q=x", "application/sparql-query", "application/sparql-update"),
                *(
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=x",
                    "application/ld+json",
                    "*/*;q=0",
                ),
                *(
                    '"x", W/"y", *',
                    "bytes=0-1,5-2,-9",
                    "bytes=99999999999999999999-",
                    "gzip;q=0, identity;q=0",
                    "zstd, br",
                ),
                *(
                    "application/sparql-results+json; charset=\x80",
                    "de-x-\xff;q=9",
                    "Bearer",
                    "100-continue",
                    "keep-alive",
                ),
            ]
        ),
    ),
    max_size=5,
)
_bodies = st.one_of(
    st.none(),
    st.binary(max_size=200),
    st.sampled_from(
        [b"ASK {}", b"query=ASK%7B%7D", b"update=CLEAR+ALL", b"<urn:a> <urn:b> 1 .", b"{}", b"--x--", b"[" * 500]
    ),
)
_methods = st.sampled_from(
    ["GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "PROPFIND", "QUERY", "get"]
)


@pytest.mark.parametrize("kind", ["reading", "written"])
def test_any_request_is_answered(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(kind)

    @settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_methods, _targets, _headers, _bodies)
    def fuzz(method: str, target: str, headers: dict[str, str], body: bytes | None) -> None:
        answer = in_time(server, quote(target, safe="/?&=%#;:+.~"), headers, method, body)
        assert answer.status in DOCUMENTED - {503}, answer.text[:300]
        if answer.status >= 400 and method != "HEAD":
            assert answer.media in ("application/problem+json", "text/plain", "text/html")
        assert "Traceback" not in answer.text

    with unharmed(server):
        fuzz()


@pytest.mark.parametrize("kind", ["reading", "written"])
def test_any_bytes_are_borne(kind: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(kind)
    line = st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [
                b"GET / HTTP/1.1",
                b"Host: x",
                b"Content-Length: 5",
                b"Transfer-Encoding: chunked",
                b"",
                b"5",
                b"0",
                b"hello",
                b"POST /sparql HTTP/1.1",
            ]
        ),
    )

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(line, max_size=8))
    def fuzz(lines: list[bytes]) -> None:
        with server.connect(5) as connection, contextlib.suppress(OSError):
            connection.sendall(b"\r\n".join([*lines, b"", b""]))
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                if part.startswith(b"HTTP/1.1 "):
                    assert int(part[9:12]) in DOCUMENTED - {503}

    with unharmed(server):
        fuzz()


@pytest.mark.slow
def test_all_at_once(site: Server) -> None:
    """Costly queries, clients that leave, uploads and garbage at the same time, with plain queries among them that are all answered right."""
    stop = threading.Event()
    plain: list[int] = []

    def ask() -> None:
        while not stop.is_set():
            answer = site.select(COUNT, timeout=30)
            plain.append(answer.status)
            if answer.status == 200:
                assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == str(before)

    def cost(name: str) -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                site.select(PREFIX + COSTLY[name], {"Accept": "*/*"}, timeout=1 + len(name) % 3)

    before = counted(site)
    with ThreadPoolExecutor(24) as pool:
        running = [pool.submit(ask) for _ in range(2)]
        running += [pool.submit(cost, name) for name in list(COSTLY)[:20]]
        time.sleep(30)
        stop.set()
        for each in running:
            each.result()
    time.sleep(SECONDS)
    assert set(plain) <= {200, 429, 503}
    assert plain.count(200) > 0
