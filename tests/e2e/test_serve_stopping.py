"""Servers that are told to stop while they are asked."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
from pathlib import Path

import pytest

from tests.serving import Answer, Server, kg_serve

# Takes longer than any test, and gives no row before its end.
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o . ?p ?q ?r }"
TRIPLES = " ".join(f"<urn:{number}> <urn:b> <urn:c> ." for number in range(300))


@pytest.mark.parametrize("fronts", ["1", "2"])
def test_who_still_waits_when_a_server_stops_is_told(tmp_path: Path, fronts: str) -> None:
    """More are asked than there are workers, so that some wait for one."""
    (tmp_path / "a.nt").write_text(TRIPLES.replace(" . ", " .\n"))
    with kg_serve(tmp_path / "a.nt", "--fronts", fronts, "--workers", "1", "--timeout", "100") as server:
        found = stopped(server, *[LONG] * 6)
    assert [(answer.status, json.loads(answer.body)["code"]) for answer in found] == [(503, "KG609")] * 6
    assert {(answer.headers["connection"], answer.headers["retry-after"]) for answer in found} == {("close", "10")}


def test_what_is_ready_in_time_is_sent_when_a_server_stops(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    with kg_serve(tmp_path / "a.nt") as server:
        (answer,) = stopped(server, "ASK { ?s ?p ?o . FILTER(RAND() < 2) }")
    assert (answer.status, json.loads(answer.body)["boolean"]) == (200, True)


def test_an_update_that_a_server_leaves_is_not_said_to_be_lost(tmp_path: Path) -> None:
    with kg_serve(tmp_path / "store", "--writable", "--open", "--timeout", "100") as server:
        assert server.change(f"INSERT DATA {{ {TRIPLES} }}").status == 204
        found = stopped(server, f"INSERT {{ <urn:x> <urn:y> ?n }} WHERE {{ {{ {LONG} }} }}", kind="update")
    assert [(answer.status, json.loads(answer.body)["code"]) for answer in found] == [(503, "KG606")]


def stopped(server: Server, *texts: str, kind: str = "query") -> list[Answer]:
    """Send requests, tell the server to stop when it has begun to read each of them, and return the answers."""
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(server.connect(60)) for _ in texts]
        for line, text in zip(lines, texts, strict=True):
            head = f"POST /sparql HTTP/1.1\r\nHost: {server.host}\r\nContent-Type: application/sparql-{kind}\r\n"
            line.sendall(f"{head}Content-Length: {len(text)}\r\nExpect: 100-continue\r\n\r\n".encode())
            assert line.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            line.sendall(text.encode())
        server.process.send_signal(signal.SIGTERM)
        found = []
        for line in lines:
            response = http.client.HTTPResponse(line)
            response.begin()
            found.append(Answer(response.status, response.msg, response.read()))
            assert line.recv(1) == b""
        return found
