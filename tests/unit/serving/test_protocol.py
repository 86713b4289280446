"""What a request asks for: SPARQL 1.1 Protocol, 2.1 and 2.2, and how the Graph Store Protocol names graphs."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from kg.serving.messages import Problem, Request
from kg.serving.protocol import Operation, graph_named, operation

FORM = "application/x-www-form-urlencoded"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
TEXT = "SELECT * { ?s ?p 'é+ &=' }"


def asked(
    method: str = "GET", query: object = "", body: object = b"", media: str = "", path: str = "/sparql"
) -> Request:
    pairs = query if isinstance(query, str) else urlencode(query)  # type: ignore[arg-type]
    content = body if isinstance(body, bytes) else urlencode(body).encode()  # type: ignore[arg-type]
    return Request(method, path, pairs, {"content-type": media} if media else {}, content)


def status(request: Request) -> int:
    with pytest.raises(Problem) as caught:
        operation(request)
    return caught.value.status


def test_a_query_in_the_address() -> None:
    assert operation(asked(query=[("query", TEXT)])) == Operation("query", TEXT)
    assert operation(asked("HEAD", [("query", TEXT)])) == Operation("query", TEXT)
    found = operation(
        asked(
            query=[
                ("query", TEXT),
                ("default-graph-uri", "http://x/a"),
                ("named-graph-uri", "http://x/b"),
                ("default-graph-uri", "http://x/c"),
            ]
        )
    )
    assert found == Operation("query", TEXT, ("http://x/a", "http://x/c"), ("http://x/b",))
    found = operation(asked(query=[("query", TEXT), ("named-graph-uri", "urn:b")]))
    assert found == Operation("query", TEXT, (), ("urn:b",))


def test_nothing_asked() -> None:
    assert operation(asked()) is None
    assert operation(asked("HEAD")) is None


@pytest.mark.parametrize("kind", ["query", "update"])
def test_a_request_by_post(kind: str) -> None:
    default, named = ("default", "named") if kind == "query" else ("using", "using-named")
    graphs = [(f"{default}-graph-uri", "urn:a"), (f"{named}-graph-uri", "urn:b")]
    wanted = Operation(kind, TEXT, ("urn:a",), ("urn:b",))
    assert operation(asked("POST", body=[(kind, TEXT), *graphs], media=FORM)) == wanted
    assert operation(asked("POST", graphs, [(kind, TEXT)], FORM)) == wanted
    direct = f"application/sparql-{kind}"
    assert operation(asked("POST", graphs, TEXT.encode(), direct)) == wanted
    assert operation(asked("POST", "", TEXT.encode(), direct.upper() + "; charset=UTF-8")) == Operation(kind, TEXT)
    assert operation(asked("POST", "", TEXT.encode(), direct + '; charset="utf-8"')) == Operation(kind, TEXT)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asked(query=[("query", "a"), ("query", "b")]), 400),
        (asked(query="default-graph-uri=urn:a"), 400),
        (asked(query="nothing=here"), 400),
        (asked(query="query=a", body=b"body"), 400),
        (asked(query="update=CLEAR+ALL"), 405),
        (asked(query="query=a&update=b"), 405),
        (asked("PUT", "query=a"), 405),
        (asked("DELETE"), 405),
        (asked("POST", body=b"query=a"), 415),
        (asked("POST", body=b"query=a", media="text/plain"), 415),
        (asked("POST", body=b"", media=FORM), 400),
        (asked("POST", body=b"query=a&update=b", media=FORM), 400),
        (asked("POST", body=b"query=a&query=b", media=FORM), 400),
        (asked("POST", "query=a", b"query=b", FORM), 400),
        (asked("POST", "query=a", b"update=b", FORM), 400),
        (asked("POST", body=b"update=a&default-graph-uri=urn:a", media=FORM), 400),
        (asked("POST", body=b"query=a&using-graph-uri=urn:a", media=FORM), 400),
        (asked("POST", "query=a", b"b", QUERY), 400),
        (asked("POST", "update=a", b"b", UPDATE), 400),
        (asked("POST", "query=a", b"b", UPDATE), 400),
        (asked("POST", "using-graph-uri=urn:a", b"b", QUERY), 400),
        (asked("POST", "default-graph-uri=urn:a", b"b", UPDATE), 400),
        (asked("POST", body=b"\xff", media=QUERY), 400),
        (asked("POST", body=b"a", media=f"{QUERY}; charset=utf-16"), 400),
        (asked("POST", body=b"a", media=f"{UPDATE}; charset=latin-1"), 415),
        (asked(query="query=%FF"), 400),
        (asked("POST", body=b"query=%FF", media=FORM), 400),
        (asked(query="query=a&default-graph-uri=relative"), 400),
        (asked(query="query=a&named-graph-uri="), 400),
        (asked(query="query=a&named-graph-uri=http://x/a%20b"), 400),
        (asked(query="&".join(["query=a", *(f"p{number}=x" for number in range(200))])), 400),
        (asked(query="query=" + "a" * (1 << 18) + "b"), 413),
    ],
)
def test_a_wrong_request(request_: Request, code: int) -> None:
    assert status(request_) == code


def test_an_update_may_be_long() -> None:
    text = "INSERT DATA { " + "<urn:a> <urn:b> 1 . " * 100_000 + "}"
    found = operation(asked("POST", body=text.encode(), media=UPDATE))
    assert found == Operation("update", text)


@pytest.mark.parametrize(
    ("given", "format_"),
    [
        ("format=json", "application/sparql-results+json, application/ld+json"),
        ("format=xml&output=xml&results=xml", "application/sparql-results+xml, application/rdf+xml"),
        ("format=application/json", "application/json, application/ld+json"),
        ("format=text/xml", "text/xml, application/rdf+xml"),
        ("format=application/sparql-results%2Bxml", "application/sparql-results+xml"),
        ("output=ttl", "text/turtle"),
        ("format=text/csv", "text/csv"),
        ("format=nonsense&output=CSV", "text/csv"),
        ("format=application/sparql-results+xml", "application/sparql-results+xml"),
        ("format=n3&output=n3&results=n3", "text/n3"),
        ("format=", ""),
        ("format=&output=csv", "text/csv"),
        ("results=nonsense", ""),
        ("other=x", ""),
    ],
)
def test_a_format_by_name(given: str, format_: str) -> None:
    found = operation(asked(query=f"query=a&{given}"))
    assert found is not None
    assert found.format_ == format_


@pytest.mark.parametrize(
    "given", ["format=bogus", "output=bogus", "format=&output=bogus", "format=bogus&output=text/html"]
)
def test_a_format_that_is_none(given: str) -> None:
    with pytest.raises(
        Problem,
        match="'bogus' is no format here: there are json, xml, csv, tsv, ttl, nt, jsonld, rdf, trig, nq, n3, and",
    ) as caught:
        operation(asked(query=f"query=a&{given}"))
    assert caught.value.status == 400
    # An update has no results.
    assert operation(asked("POST", body=f"update=a&{given}".encode(), media=FORM)) == Operation("update", "a")


ROOT = "http://here:80"


def named(query: str = "", path: str = "/store") -> str | None:
    return graph_named(asked("GET", query, path=path), ROOT)


@pytest.mark.parametrize(
    ("path", "query", "graph"),
    [
        ("/store", "graph=" + quote("http://x/a?b=c#d", safe=""), "http://x/a?b=c#d"),
        ("/store", "graph=urn:x", "urn:x"),
        ("/store/x", "graph=urn:x", "urn:x"),
        ("/store", "default", None),
        ("/store", "default=", None),
        ("/store/a/b", "", f"{ROOT}/store/a/b"),
        ("/store/a%2Fb", "", f"{ROOT}/store/a%2Fb"),
        ("/store/a%20b", "", f"{ROOT}/store/a%20b"),
        ("/store/%C3%A9", "", f"{ROOT}/store/%C3%A9"),
        ("/store/%FF", "", f"{ROOT}/store/%FF"),
        ("/store/a|b", "", f"{ROOT}/store/a%7Cb"),
        ("/store/a", "other=x", f"{ROOT}/store/a"),
    ],
)
def test_a_graph_has_a_name(path: str, query: str, graph: str | None) -> None:
    assert named(query, path) == graph


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/store", ""),
        ("/store/", ""),
        ("/store", "x=y"),
        ("/store", "graph=urn:a&graph=urn:b"),
        ("/store", "graph=urn:a&default"),
        ("/store", "graph="),
        ("/store", "graph=relative"),
        ("/store", "graph=http://x/%3E%20%3C"),
        ("/store/%zz", ""),
    ],
)
def test_a_graph_without_a_good_name(path: str, query: str) -> None:
    with pytest.raises(Problem) as caught:
        named(query, path)
    assert caught.value.status == 400
