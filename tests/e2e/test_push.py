"""`kg push` into real stores: first, again, changed; the swap with a reader running; what the data may hold."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import kg
from tests.serving import kg_serve
from tests.stores import KINDS, TOKEN, TripleStore, store

GRAPH = "https://g.example/graph"
XSD = "http://www.w3.org/2001/XMLSchema#"
# Stores that take seconds to start, or to be had, are for the slow run.
KIND = [kind if kind == "oxigraph" else pytest.param(kind, marks=pytest.mark.slow) for kind in (*KINDS, "kg")]
OTHERS = KIND[: len(KINDS)]  # without ours


@pytest.fixture(scope="module", params=KIND)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TripleStore]:
    """Run a store, for all tests of this file."""
    folder = tmp_path_factory.mktemp(str(request.param))
    with contextlib.ExitStack() as stack:
        if request.param == "kg":
            yield ours(stack, folder)
        else:
            yield stack.enter_context(store(str(request.param), folder))


def ours(stack: contextlib.ExitStack, folder: Path) -> TripleStore:
    """Run `kg serve --writable`."""
    token = folder / "token"
    token.write_text(TOKEN)
    server = stack.enter_context(kg_serve(folder / "store", "--writable", "--token-file", token))
    port = int(server.host.rpartition(":")[2])
    return TripleStore("kg", folder, port, [], server.process, "", ("/sparql", "/store"), {"KG_PUSH_TOKEN": TOKEN})


def lines(count: int, word: str = "value") -> str:
    return "".join(f'<urn:s{number}> <urn:p> "{word} {number}" .\n' for number in range(count))


def push(running: TripleStore, file: Path, *options: str | Path, graph: str = GRAPH) -> tuple[int, str]:
    """Push a file; return the exit status and what is said."""
    journal = file.parent / "journal"
    done = kg("push", file, running.url, "--graph", graph, "--journal", journal, *options, env=running.environment)
    assert not done.stdout
    return done.returncode, done.stderr.decode()


def test_a_release_is_pushed_found_again_and_changed_in_part(
    running: TripleStore, release: Path, tmp_path: Path
) -> None:
    file = tmp_path / "graph.nt"
    assert kg("export", release, "-o", file).returncode == 0
    status, said = push(running, file)
    count = len(file.read_text().splitlines())
    assert (status, running.count(GRAPH)) == (0, count), said
    status, said = push(running, file)
    assert status == 0
    assert "was there already" in said
    file.write_text("".join(file.read_text().splitlines(keepends=True)[3:]) + '<urn:new> <urn:p> "new"@EN .\n')
    status, said = push(running, file)
    assert status == 0, said
    assert "3 removed and 1 added" in said
    assert running.count(GRAPH) == count - 2
    assert running.graphs() == {GRAPH}


def test_chunks_go_to_a_staging_graph_that_is_swapped_in_and_gone(running: TripleStore, tmp_path: Path) -> None:
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/staged"
    for number, count in ((1, 500), (2, 700)):
        file.write_text(lines(count, f"round {number}"))
        status, said = push(running, file, "--staged", "--chunk", "2KB", graph=graph)
        assert status == 0, said
        assert "chunks, and swapped in" in said
        assert running.count(graph) == count
    assert not any(name.startswith("urn:kg:") for name in running.graphs())


def test_readers_see_the_old_graph_or_the_new_one_whole(running: TripleStore, tmp_path: Path) -> None:
    if running.kind == "virtuoso":
        pytest.skip("MOVE of Virtuoso 7 is not one step: its profile says so, and the plan does")
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/read"
    old, new = 20_000, 21_000
    file.write_text(lines(old))
    assert push(running, file, graph=graph)[0] == 0
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(running.count(graph))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        file.write_text(lines(new, "other"))
        status, said = push(running, file, "--staged", graph=graph)
        assert status == 0, said
        seen.append(running.count(graph))
    finally:
        done.set()
        reader.join()
    assert len(seen) > 5
    assert set(seen) == {old, new}


def test_literals_that_the_store_writes_anew_are_verified_by_value(running: TripleStore, tmp_path: Path) -> None:
    forms = [
        ("01", "integer"),
        ("+7", "integer"),
        ("1.10", "decimal"),
        ("1e10", "double"),
        ("0.1", "float"),
        ("1", "boolean"),
    ]
    forms += [
        ("2020-01-01T00:00:00.000Z", "dateTime"),
        ("2020-01-01", "date"),
        ("2020", "gYear"),
        ("3000000000", "integer"),
    ]
    text = [f'<urn:s{number}> <urn:p> "{form}"^^<{XSD}{name}> .\n' for number, (form, name) in enumerate(forms)]
    text.append('<urn:tag> <urn:p> "é \\t \\" \\\\ \\u0001 \U0001f600"@EN-gb .\n')
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/literals"
    file.write_text("".join(text))
    for options in (["--staged"], []):
        status, said = push(running, file, *options, graph=graph)
        assert status == 0, said
        assert running.count(graph) == len(text)
    assert "was there already" in said


def test_ill_typed_literals_are_listed_and_nothing_is_sent_or_the_rest(running: TripleStore, tmp_path: Path) -> None:
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/ill"
    file.write_text(lines(3) + f'<urn:bad> <urn:p> "abc"^^<{XSD}integer> .\n')
    status, said = push(running, file, graph=graph)
    assert status == 3
    assert "<urn:bad>" in said
    assert "KG624" in said
    assert running.count(graph) == 0
    status, said = push(running, file, "--ill-typed", "skip", graph=graph)
    assert status == 1
    assert "left out: <urn:bad>" in said
    assert running.count(graph) == 3


def test_blank_nodes_become_iris_that_stay_the_same(running: TripleStore, tmp_path: Path) -> None:
    file, graph = tmp_path / "graph.ttl", f"{GRAPH}/blank"
    file.write_text('<urn:s> <urn:p> [ <urn:q> "a" ; <urn:r> [ <urn:q> "b" ] ] .')
    for expected in ("triples, pushed", "was there already"):
        status, said = push(running, file, "--base", "https://b.example/id/", graph=graph)
        assert (status, running.count(graph)) == (0, 4), said
        assert expected in said
    answer = running.server.select(f"SELECT ?o {{ GRAPH <{graph}> {{ <urn:s> <urn:p> ?o }} }}", {"Accept": "text/csv"})
    assert "https://b.example/.well-known/genid/" in answer.text


def test_a_literal_of_ten_megabytes_arrives(running: TripleStore, tmp_path: Path) -> None:
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/long"
    file.write_text(lines(5) + f'<urn:long> <urn:p> "{"0123456789" * 1_000_000}" .\n')
    status, said = push(running, file, graph=graph)
    if running.kind == "virtuoso" and status == 3:
        # Nothing of it is left where the store cannot hold it.
        assert running.count(graph) == 0
        assert "KG62" in said
    else:
        assert (status, running.count(graph)) == (0, 6), said


def test_named_graphs_keep_their_names(running: TripleStore, tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    file.write_text(
        "".join(f'<urn:s> <urn:p> "{name}" <{GRAPH}/named/{name}> .\n' for name in "ab") + '<urn:s> <urn:p> "c" .\n'
    )
    done = kg("push", file, running.url, "--named", "--journal", tmp_path, env=running.environment)
    assert (done.returncode, b"KG632" in done.stderr) == (3, True)
    status, said = push(running, file, "--named", graph=f"{GRAPH}/named/rest")
    assert status == 0, said
    assert [running.count(f"{GRAPH}/named/{name}") for name in ("a", "b", "rest")] == [1, 1, 1]


def test_a_dry_run_prints_the_plan_and_sends_nothing(running: TripleStore, tmp_path: Path) -> None:
    file, graph = tmp_path / "graph.nt", f"{GRAPH}/dry"
    file.write_text(lines(100))
    options: list[str | Path] = [
        "--graph",
        graph,
        "--journal",
        tmp_path,
        "--staged",
        "--chunk",
        "1KB",
        "--dry-run",
        "--format",
        "json",
    ]
    done = kg("push", file, running.url, *options, env=running.environment)
    plan = json.loads(done.stdout)
    assert plan["triples"] == sum(chunk["triples"] for chunk in plan["chunks"]) == 100
    assert plan["bytes"] == file.stat().st_size
    assert all(len(chunk["sha256"]) == 64 and chunk["bytes"] <= 1024 for chunk in plan["chunks"])
    assert plan["one_step"] == (running.kind != "virtuoso")
    assert plan["verify"] == "full"
    for level, after in (("full", "every triple"), ("count", "its triples are counted"), ("none", "not verified")):
        shown = kg("push", file, running.url, *options[:-2], "--verify", level, env=running.environment)
        lines_ = shown.stdout.decode().splitlines()
        assert [after in line for line in lines_ if line.startswith(("staging", "after"))] == [True, True], lines_
    assert running.count(graph) == 0


def test_doctor_says_what_it_is_and_what_it_can_and_leaves_nothing(running: TripleStore) -> None:
    done = kg("doctor", running.url, "--write", "--format", "json", env=running.environment)
    found = json.loads(done.stdout)
    assert found["product"] == running.kind
    assert found["tested"] is True
    assert found["writes"] == "yes, 8 of 8 triples kept"
    assert found["updates"] == found["MOVE"] == "yes"
    assert ("none" in found["changes"]) == (running.kind == "rdf4j")
    assert not any(name.startswith("urn:kg:") for name in running.graphs())
