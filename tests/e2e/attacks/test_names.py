"""A stranger puts paths, names and texts where they would lead out of a folder, or become part of a page, of a header, of a query or of the log."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.e2e.attacks.conftest import ASK, BEARER, DOCUMENTED, TOKEN, in_time
from tests.serving import Listener, Server, kg_serve

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
