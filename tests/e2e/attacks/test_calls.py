"""A stranger has the server call others: by SERVICE, by LOAD, by a dataset that is an address, each hidden in what ways there are."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.attacks.conftest import BEARER, LIMITS, PREFIX, QUERY, SECONDS, UPDATE, refused, rows, unharmed
from tests.serving import Answer, Listener, Server, kg_serve, listening

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
