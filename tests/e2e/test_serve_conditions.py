"""Clients that read a graph and change it: none undoes what another did, however many there are."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.serving import Answer, Server, kg_serve, processes

TURTLE = {"Content-Type": "text/turtle"}
FORMS = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml", "application/trig")
CLIENTS = 8


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("conditions")
    # Nothing is kept, so that each answer is made by a worker, and each time perhaps by another.
    with kg_serve(folder / "store", "--writable", "--open", "--fronts", "2", "--workers", "2", "--cache", "0") as found:
        yield found


@pytest.fixture
def graph(request: pytest.FixtureRequest) -> str:
    """Return the address of a graph that no other test has."""
    return f"/store?graph=urn:test:{re.sub('[^a-zA-Z]+', '-', request.node.name)}"


def triples(value: object) -> str:
    return f"<urn:s> <urn:p> '{value}' ."


def put(server: Server, target: str, value: object, method: str = "PUT", **headers: str) -> int:
    """Change a graph; return the status."""
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return server.ask(target, method, None if method == "DELETE" else triples(value), TURTLE | given).status


def get(server: Server, target: str, accept: str = "application/n-triples", coding: str = "") -> Answer:
    return server.ask(target, headers={"Accept": accept, **({"Accept-Encoding": coding} if coding else {})})


def tag(server: Server, target: str) -> str:
    answer = get(server, target)
    assert answer.status == 200, answer.text
    return answer.headers["ETag"]


def values(server: Server, target: str) -> set[str]:
    return {line.split('"')[1] for line in get(server, target).text.splitlines()}


def test_a_graph_has_a_strong_tag_and_the_same_bytes_from_each_process(server: Server, graph: str) -> None:
    lines = (
        f"<https://kg.example/id/{n}> <https://kg.example/ns#p> '{n}'@en, _:b{n % 50} . _:b{n % 50} <urn:q> [] ."
        for n in range(3000)
    )
    assert server.ask(graph, "PUT", "\n".join(lines), TURTLE).status == 201
    tags = set()
    for accept in FORMS:
        for coding in ("", "gzip", "zstd"):
            with ThreadPoolExecutor(6) as pool:
                found = list(pool.map(lambda _, a=accept, c=coding: get(server, graph, a, c), range(6)))
            assert {answer.status for answer in found} == {200}
            assert {answer.headers.get("Content-Encoding", "") for answer in found} == {coding}
            assert len({answer.body for answer in found}) == 1
            (one,) = {answer.headers["ETag"] for answer in found}
            head = server.ask(graph, "HEAD", headers={"Accept": accept, "Accept-Encoding": coding})
            assert head.headers["ETag"] == one
            again = server.ask(graph, headers={"Accept": accept, "Accept-Encoding": coding, "If-None-Match": one})
            assert (again.status, again.headers["ETag"]) == (304, one)
            tags.add(one)
    assert len(tags) == len(FORMS) * 3
    assert not any(each.startswith("W/") for each in tags)
    # The tag of any form is one of the graph.
    for _ in range(3):
        assert put(server, graph, "x", If_Match=f'"other", {min(tags)}') == 204
        assert put(server, graph, "y", If_Match=", ".join(sorted(tags))) == 412
        tags = {tag(server, graph)} | {get(server, graph, accept).headers["ETag"] for accept in FORMS}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_who_read_what_is_no_more_changes_nothing(server: Server, graph: str, method: str) -> None:
    other = graph + "-other"
    assert put(server, graph, 1) == 201
    first = tag(server, graph)
    assert put(server, other, 1) == 201
    assert put(server, graph, 2, If_Match=first) == 204, "another graph was changed, not this one"
    for wrong in (first, f"W/{tag(server, graph)}", tag(server, other), tag(server, "/store?default"), '"x"', ""):
        assert put(server, graph, 3, method, If_Match=wrong) == 412, wrong
    second = tag(server, graph)
    assert server.change("INSERT DATA { GRAPH <urn:elsewhere> { <urn:s> <urn:p> 1 } }").status == 204
    assert put(server, graph, 3, method, If_Match=second) == 412
    assert put(server, graph, 3, method, If_None_Match=tag(server, graph)) == 412
    assert put(server, graph, 3, method, If_None_Match=f"W/{tag(server, graph)}") == 412
    assert values(server, graph) == {"2"}
    assert put(server, graph, 3, method, If_Match=tag(server, graph), If_None_Match=second) == 204
    assert get(server, graph).status == (404 if method == "DELETE" else 200)


def test_what_must_be_there_and_what_must_not(server: Server, graph: str) -> None:
    for method in ("PUT", "POST"):
        assert put(server, graph, 1, method, If_Match="*") == 412
        assert get(server, graph).status == 404
        assert put(server, graph, 1, method, If_None_Match="*") == 201
        assert put(server, graph, 2, method, If_None_Match="*") == 412
        assert values(server, graph) == {"1"}
        assert put(server, graph, 1, method, If_Match="*") == 204
        assert put(server, graph, 0, "DELETE", If_None_Match="*") == 412
        assert put(server, graph, 0, "DELETE", If_Match="*") == 204
        assert put(server, graph, 0, "DELETE", If_Match="*") == 404
    assert put(server, "/store?default", 1, If_None_Match="*") == 412, "the default graph is always there"


def test_what_fails_is_told_as_the_client_likes(server: Server, graph: str) -> None:
    for accept, media in (("*/*", "application/problem+json"), ("text/plain", "text/plain")):
        answer = server.ask(graph, "PUT", triples(1), TURTLE | {"If-Match": "*", "Accept": accept})
        assert (answer.status, answer.media) == (412, media)
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_wrong_otherwise_comes_first(server: Server, graph: str) -> None:
    """RFC 9110, 13.2.1."""
    assert server.ask(graph, "PUT", "no", TURTLE | {"If-Match": "*"}).status == 400
    assert server.ask(graph, "PUT", "", {"Content-Type": "image/png", "If-Match": "*"}).status == 415
    assert server.ask("/store", "PUT", triples(1), TURTLE | {"If-Match": "*"}).status == 400
    for header in ("If-Match", "If-None-Match"):
        for text in ("a", "*, *", '"a'):
            assert server.ask(graph, "PUT", triples(1), TURTLE | {header: text}).status == 400
    assert get(server, graph).status == 404


def test_a_graph_that_the_server_names(server: Server) -> None:
    """The graph store itself has nothing that a tag could be of."""
    for text in ("*", tag(server, "/store?default")):
        assert put(server, "/store", "named", "POST", If_Match=text) == 412
    for _ in range(2):
        made = server.ask("/store", "POST", triples("named"), TURTLE | {"If-None-Match": "*"})
        assert made.status == 201
    assert values(server, made.headers["Location"].removeprefix(server.url.rstrip("/"))) == {"named"}


def test_a_tag_of_another_run_is_none(tmp_path: Path) -> None:
    found: list[str] = []
    for _ in range(2):
        with kg_serve(tmp_path / "store", "--writable", "--open") as server:
            if found:
                assert put(server, "/store?graph=urn:g", 2, If_Match=found[0]) == 412
            else:
                assert put(server, "/store?graph=urn:g", 1) == 201
            found.append(tag(server, "/store?graph=urn:g"))
    assert found[0] != found[1]


def test_a_tag_is_none_any_more_when_the_writer_was_lost(tmp_path: Path) -> None:
    with kg_serve(tmp_path / "store", "--writable", "--open") as server:
        assert put(server, "/store?graph=urn:g", 1) == 201
        first = tag(server, "/store?graph=urn:g")
        (writer,) = (
            pid
            for pid in processes(server.process.pid)
            if b"kg.serving.writer" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(writer, signal.SIGKILL)
        statuses = [put(server, "/store?graph=urn:g", 2, If_Match=first) for _ in range(2)]
        assert statuses in ([412, 412], [503, 412])
        assert put(server, "/store?graph=urn:g", 2, If_Match=tag(server, "/store?graph=urn:g")) == 204


def test_of_many_that_change_what_they_read_one_does(server: Server, graph: str) -> None:
    generations = 12
    barrier = Barrier(CLIENTS)

    def client(number: int) -> list[tuple[str, int]]:
        """Return the tags that were read, and what became of the changes."""
        found = []
        for generation in range(generations):
            barrier.wait(60)
            if not generation:
                found.append(("", put(server, graph, f"0 {number}", If_None_Match="*")))
                continue
            read = tag(server, graph)
            barrier.wait(60)
            method = "PUT" if generation % 3 else "POST"
            found.append((read, put(server, graph, f"{generation} {number}", method, If_Match=read)))
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(client, range(CLIENTS)))
    wanted: set[str] = set()
    for generation in range(generations):
        statuses = [each[generation][1] for each in found]
        assert sorted(statuses) == [204 if generation else 201] + [412] * (CLIENTS - 1)
        won = f"{generation} {next(n for n, status in enumerate(statuses) if status != 412)}"
        wanted = {won} if generation % 3 or not generation else wanted | {won}
    assert values(server, graph) == wanted
    assert len({each[0] for each in found[0]}) == generations


def test_nothing_that_many_count_is_lost(server: Server, graph: str) -> None:
    """Without a pace that is set, and with the other ways of changing a graph going on."""
    assert put(server, graph, 0) == 201
    end = time.monotonic() + 60

    def client(number: int) -> int:
        refused = 0
        for _ in range(5):
            while True:
                answer = get(server, graph)
                count = int(answer.text.split('"')[1])
                if put(server, graph, count + 1, If_Match=answer.headers["ETag"]) == 204:
                    break
                refused += 1
                assert time.monotonic() < end
            if number == 0:
                assert server.change("INSERT DATA { <urn:s> <urn:p> 1 }").status == 204
            else:
                assert put(server, f"{graph}-{number}", count) in (201, 204)
        return refused

    with ThreadPoolExecutor(CLIENTS) as pool:
        refused = sum(pool.map(client, range(CLIENTS)))
    assert values(server, graph) == {str(5 * CLIENTS)}
    assert refused > 0, "they were never in each other's way"


def test_pages_of_other_sites_may_send_them_to_a_server_that_lets_them(server: Server) -> None:
    allowed = server.ask("/store", "OPTIONS").headers["Access-Control-Allow-Headers"].split(", ")
    assert {"If-Match", "If-None-Match"} <= set(allowed)
