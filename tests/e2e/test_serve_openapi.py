"""What the server says of itself in OpenAPI is true: schemathesis asks it what the document allows, and what it does not."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.serving import Server, kg_serve

HERE = Path(__file__).parent / "openapi"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
WANTED = ("schemathesis>=4.32,<5", "openapi-spec-validator>=0.9,<1")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment of their own: schemathesis brings forty libraries."""
    folder = tmp_path_factory.mktemp("openapi") / "venv"
    venv.create(folder, with_pip=True)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *WANTED]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"schemathesis cannot be installed: {installed.stderr.splitlines()[-1]}")
    return folder / "bin"


@contextmanager
def served(release: Path, folder: Path, *, writable: bool) -> Iterator[Server]:
    """Serve a release, with paths for its accelerators, or an empty store that anyone may write to."""
    target, options = (
        (folder / "store", ("--writable", "--open"))
        if writable
        else (release, ("--base", "https://kg.example/id/accelerator/"))
    )
    with kg_serve(target, *options, "--access-log", folder / "log") as server:
        yield server


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("small")
    with served(folder, folder, writable=True) as server:
        yield server


def test_the_document_is_served(release: Path, tmp_path: Path) -> None:
    with served(release, tmp_path, writable=False) as server:
        answer = server.ask("/openapi.json")
        assert (answer.status, answer.media) == (200, "application/json")
        assert json.loads(answer.body)["openapi"].startswith("3.1.")
        tag = answer.headers["ETag"]
        again = server.ask("/openapi.json", headers={"If-None-Match": tag})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
        packed = server.ask("/openapi.json", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.body) < len(answer.body) / 5
        assert packed.headers["ETag"] != tag
        assert server.ask("/openapi.json", "POST", b"").status == 405
        assert '</openapi.json>; rel="service-desc"' in server.ask("/").headers["Link"]


def test_requests_like_those_that_were_not_answered_well(release: Path, tmp_path: Path) -> None:
    """Schemathesis found the first; the description had to tell the truth about the others."""
    many = "&".join(["q=TPU"] * 101)
    thing = f"/resource.html?iri={quote('https://kg.example/ns#TPU', safe='')}"
    with served(release, tmp_path, writable=False) as server:
        assert server.ask(f"/search?{many}").status == 400
        assert server.ask("/reconcile", "POST", many).status == 400
        for more in ("", "&lang=de", f"&in={quote(RDF_TYPE, safe='')}&page=1"):
            assert server.ask(thing + more).status == 200
        assert server.ask(f"{thing}&iri=urn:x:y").status == 404
        for path, methods in {"/reconcile": "GET, HEAD, POST", "/storey": "GET, HEAD", "/search": "GET, HEAD"}.items():
            refused = server.ask(path, "PUT", b"")
            assert (refused.status, refused.headers["Allow"]) == (405, f"{methods}, OPTIONS")
            assert server.ask(path, "OPTIONS").headers["Allow"] == f"{methods}, OPTIONS"
        form = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
        tag = server.ask("/sparql", "POST", "ASK {}", form).headers["ETag"]
        # That a client has the answer is for GET and HEAD only (RFC 9110, 13.1.2).
        assert server.ask("/sparql", "POST", "ASK {}", form | {"If-None-Match": tag}).status == 200
        assert (
            server.ask("/sparql?query=ASK%20%7B%7D", headers={"Accept": "text/csv", "If-None-Match": tag}).status == 304
        )


@pytest.mark.parametrize("accept", ["text/html", "text/csv", "image/png", "*/*"])
@pytest.mark.parametrize("target", ["/sparql", "/sparql?query=ASK%20%7B%7D", "/sparql?query=ASK%20%7B%7D&format=json"])
def test_head_is_as_get(small: Server, target: str, accept: str) -> None:
    by_get, by_head = (small.ask(target, method, headers={"Accept": accept}) for method in ("GET", "HEAD"))
    of_one_answer = ("date", "x-request-id")
    told = [
        {name: each.headers[name] for name in each.headers if name.lower() not in of_one_answer}
        for each in (by_get, by_head)
    ]
    assert (by_head.status, told[1], by_head.body) == (by_get.status, told[0], b"")
    assert (by_get.status == 303) is (accept == "text/html" and "format" not in target)


def test_what_is_not_there_is_told_whatever_the_client_has(small: Server) -> None:
    assert small.change("INSERT DATA { <urn:x:s> <urn:x:p> 1 }").status == 204
    found = {"/resource.ttl?iri=urn:x:none": 404, "/store?graph=urn:x:none": 404, "/sparql?query=nonsense": 400}
    found |= {"/sparql?query=ASK%20%7B%7D&format=xml": 304, "/store?default": 304, "/openapi.json": 304, "/": 304}
    found |= {"/resource.ttl?iri=urn:x:s": 304, "/resource?iri=urn:x:s": 303}
    query = "SELECT * { ?s ?p ?o FILTER (?s = <urn:x:s>) }"
    found[f"/sparql?query={quote(query)}"] = found[f"/sparql?query={quote(query)}%20%23%20{'x' * 10_000}"] = 304
    volatile = f"/sparql?query={quote('SELECT (RAND() AS ?r) {}')}"
    for target, status in (found | {volatile: 200, "/health": 200}).items():
        for method in ("GET", "HEAD", "GET"):
            # What was kept for others is found, too.
            plain = small.ask(target, method)
            answer = small.ask(target, method, headers={"If-None-Match": "*"})
            assert (answer.status, answer.body if status == 304 else b"") == (status, b""), target
            assert [answer.headers[each] for each in ("ETag", "Vary")] == [
                plain.headers[each] for each in ("ETag", "Vary")
            ]
    form = {"Content-Type": "application/sparql-query", "If-None-Match": "*"}
    assert small.ask("/sparql", "POST", "ASK {}", form).status == 200


def test_a_long_answer_that_is_not_wanted_gives_its_worker_back(tmp_path: Path) -> None:
    values = " ".join(map(str, range(500)))
    rows = quote(f"SELECT * {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} }}")
    with kg_serve(tmp_path / "store", "--writable", "--open", "--workers", "1") as server:
        for _ in range(3):
            assert server.ask(f"/sparql?query={rows}", headers={"If-None-Match": "*"}).status == 304
        assert server.ask("/sparql?query=ASK%20%7B%7D").status == 200


def test_a_form_without_a_file_clears_no_graph(tmp_path: Path) -> None:
    with served(tmp_path, tmp_path, writable=True) as server:
        assert server.ask("/store/x", "PUT", "<urn:x:s> <urn:x:p> 1 .", {"Content-Type": "text/turtle"}).status == 201
        form = {"Content-Type": "multipart/form-data; boundary=b"}
        assert server.ask("/store/x", "PUT", "--b\r\n--b--\r\n", form).status == 400
        assert "urn:x:s" in server.ask("/store/x").text
        part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n<urn:x:a> <urn:x:p> <urn:x:b> .\r\n--b--\r\n"
        assert server.ask("/store/x", "PUT", part, form).status == 204
        assert "urn:x:a" in server.ask("/store/x").text


@pytest.mark.slow
def test_the_document_is_openapi(release: Path, tmp_path: Path, programs: Path) -> None:
    path = tmp_path / "openapi.json"
    with served(release, tmp_path, writable=False) as server:
        path.write_bytes(server.ask("/openapi.json").body)
    command = [str(programs / "openapi-spec-validator"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("writable", [False, True], ids=["reading", "writable"])
def test_schemathesis_finds_no_fault(release: Path, tmp_path: Path, programs: Path, *, writable: bool) -> None:
    with served(release, tmp_path, writable=writable) as server:
        config = HERE / "schemathesis.toml"
        # A document that it fetches itself it would not ask for again.
        document = tmp_path / "openapi.json"
        document.write_bytes(server.ask("/openapi.json").body)
        command = [str(programs / "schemathesis"), "--config-file", str(config), "run", str(document)]
        environment = os.environ | {"PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "hooks"}
        done = subprocess.run(
            [*command, "--url", server.url, "--no-color"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    operations = sum(map(len, json.loads(document.read_bytes())["paths"].values()))
    told = "\n".join(line[:500] for line in done.stdout.splitlines())
    assert done.returncode == 0, told + done.stderr
    assert f"Tested: {operations}\n" in done.stdout, told
    # It would find none, too, if all that it asks were refused.
    lines = (tmp_path / "log").read_text().splitlines()
    seen = Counter(json.loads(line)["status"] for line in lines)
    assert len(lines) > 10 * operations
    assert {200, 204, 304, 400, 403, 404, 405, 406, 414, 415} <= set(seen), seen
    # What is written may take the place of all things that lead to their documents.
    assert ({201} if writable else {206, 303, 416}) <= set(seen), seen
