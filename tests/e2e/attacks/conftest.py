"""The servers that are attacked, and what has to hold: after each attack a server is there, answers a plain query right away, and has not grown beyond its bounds."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.serving import Answer, Listener, Server, kg_serve, listening, memory_watched

TOKEN = "a-token-of-the-tests-0123456789"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SECONDS, ROWS = 2, 1000
LIMITS = ("--timeout", str(SECONDS), "--rows", str(ROWS), "--memory", "512MB")
# Two workers of 512 MB, what holds them together, and room for a state that is swapped.
BOUND = 2 << 30
NODES = 1500
ASK, CLEAR = quote("ASK {}"), "CLEAR ALL"
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


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacks") / "ring.ttl"
    path.write_text(ring(), encoding="utf-8")
    return path


@pytest.fixture(scope="package")
def reading(data: Path) -> Iterator[Server]:
    with kg_serve(data, *LIMITS) as server:
        yield server


@pytest.fixture(scope="package")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("written")
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    with kg_serve(folder / "store", "--writable", "--token-file", folder / "token", *LIMITS) as server:
        assert server.change("INSERT DATA { <urn:kept> <urn:p> 1 }", BEARER).status < 300
        yield server


@pytest.fixture(scope="package")
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
