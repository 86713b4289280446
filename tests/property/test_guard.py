"""No query that passes the guard makes the engine call another machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
import rdflib.plugins.sparql.parser
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.query.guard import refuse_remote

# What stands for the address of a server that listens.
_HERE = "http://127.0.0.1:0/"
_PIECES = st.sampled_from(
    [
        *(
            "SERVICE",
            "service",
            "SeRvIcE",
            "SERVICESILENT",
            "SILENT",
            "SERVICE:ep",
            "SERVICEx:ep",
            "x:SERVICE",
            "?SERVICE",
            "trueSERVICE",
            "1SERVICE",
            "1.SERVICE",
        ),
        *(
            f"<{_HERE}>",
            "<SERVICE>",
            "?s",
            "$p",
            "?o",
            "x:",
            "x:y",
            ":",
            ":ep",
            "x:.",
            "_:b",
            "a",
            "1",
            "1.",
            "1.5e3",
            "true",
            "<",
            ">",
            "'",
            '"',
            "'''",
            '"""',
        ),
        *(
            "{",
            "}",
            "{ ?s ?p ?o }",
            ".",
            ";",
            ",",
            "(",
            ")",
            " ",
            "\n",
            "\t",
            "# SERVICE\n",
            "#",
            "\\u0053ERVICE",
            "\\",
            "'SERVICE'",
            '"SERVICE"',
            "'''it's SERVICE'''",
        ),
        *(
            "OPTIONAL",
            "UNION",
            "GRAPH ?g",
            "FILTER",
            "BIND(1 AS ?v)",
            "@en",
            "^^x:t",
            "\\'",
            '\\"',
            "%41",
            "-",
            "/",
            "|",
            "*",
            "+",
            "\u00a0",
            "é",
        ),
    ]
)
_groups = st.lists(_PIECES, max_size=10).map("".join) | st.lists(_PIECES, max_size=10).map(" ".join)


class _Count(BaseHTTPRequestHandler):
    calls = 0

    def do_GET(self) -> None:
        type(self).calls += 1
        self.send_error(500)

    do_POST = do_GET  # noqa: N815 - as http.server wants it

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Count)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """Return a store in which most patterns find something, so that a join with another machine would be made."""
    found = ox.Store()
    things = [ox.NamedNode(f"http://x/{name}") for name in ("", "y", "ep", "SERVICE")]
    values: list[ox.NamedNode | ox.Literal] = [
        *things,
        ox.Literal("1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        ox.Literal(value=True),
        ox.Literal("SERVICE"),
    ]
    found.extend(ox.Quad(s, p, o) for s in things for p in things for o in values)
    return found


def called(store: ox.Store, query: str) -> bool:
    """Return whether a query makes the engine call."""
    before = _Count.calls
    try:
        answer = store.query(query)
        assert isinstance(answer, ox.QuerySolutions)
        for _ in zip(range(20), answer, strict=False):
            pass
    except (SyntaxError, ValueError, OSError, RuntimeError):
        pass
    return _Count.calls > before


def passes(query: str) -> bool:
    try:
        refuse_remote(query)
    except QueryError:
        return False
    return True


@settings(max_examples=400)
@given(_groups, _groups)
def test_what_passes_calls_nobody(store: ox.Store, address: str, before: str, after: str) -> None:
    for middle in ("", "{ ?s ?p ?o }"):
        query = f"PREFIX x: <http://x/> PREFIX : <{address}> SELECT * {{ ?s ?p ?o {before} {middle} {after} }}".replace(
            _HERE, address
        )
        if passes(query):
            assert not called(store, query), query


@settings(max_examples=200)
@given(
    st.lists(_PIECES, max_size=4).map("".join),
    st.sampled_from(
        ["SERVICE", "service", "SERVICE SILENT", "SERVICESILENT", "SERVICE\n#x\n", "SERVICE:ep", "SERVICE?v"]
    ),
)
def test_whatever_stands_before_a_clause_it_does_not_hide_it(
    store: ox.Store, address: str, before: str, clause: str
) -> None:
    target = "" if clause.endswith((":ep", "?v")) else f"<{address}>"
    query = f"PREFIX x: <http://x/> PREFIX : <{address}> SELECT * {{ BIND(<{address}> AS ?v) {before}{clause}{target} {{ ?s ?p ?o }} }}".replace(
        _HERE, address
    )
    if called(store, query):
        assert not passes(query), query


_names = st.sampled_from(["service", "SERVICE", "myservice", "service2"])


@settings(max_examples=100)
@given(
    _names,
    st.sampled_from(
        [
            "?{0}",
            "${0}",
            "x:{0}",
            "<http://x/{0}>",
            "'{0}'",
            '"a {0} <b>"',
            "'''\n{0} '' '''",
            '"""{0} "" """',
            "'{0}'@en",
            "'a\\' {0}'",
        ]
    ),
)
def test_a_name_or_text_that_holds_the_word_is_no_clause(name: str, form: str) -> None:
    query = f"PREFIX x: <http://x/> # {name}\nSELECT * {{ ?s ?p {form.format(name)} . # {name} <x>\n }}"
    assert passes(query)
    rdflib.plugins.sparql.parser.parseQuery(query)


def test_the_engine_would_call(store: ox.Store, address: str) -> None:
    """Else the tests above could not fail."""
    for query in (
        f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
        f"PREFIX : <{address}> SELECT * {{ SERVICE:ep {{ ?s ?p ?o }} }}",
    ):
        assert called(store, query)
