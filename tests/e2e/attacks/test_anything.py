"""A stranger sends anything at all: requests and bytes that are drawn by chance."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.attacks.conftest import DOCUMENTED, in_time, unharmed
from tests.serving import Server

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
