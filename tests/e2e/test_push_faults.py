"""What can go wrong while `kg push` runs: after each fault the old graph is there, or the new one whole, and a second push finishes."""

from __future__ import annotations

import contextlib
import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import kg
from tests.e2e.test_push import GRAPH, KIND, OTHERS, lines, ours, push
from tests.proxy import Proxy
from tests.serving import kg_serve, oxigraph_serve
from tests.shared import ROOT
from tests.stores import TripleStore, free_port, store

OLD, NEW = 7, 4000
# After so many bytes on their way to the store something happens: some chunks are there, others are not.
MIDDLE = 100_000
STAGED = ("--staged", "--chunk", "20KB")


@pytest.fixture(params=KIND)
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TripleStore]:
    """Run a store of the test's own, with an old graph."""
    with contextlib.ExitStack() as stack:
        if request.param == "kg":
            made = ours(stack, tmp_path)
        else:
            made = stack.enter_context(store(str(request.param), tmp_path / "store"))
        (tmp_path / "old.nt").write_text(lines(OLD, "old"))
        (tmp_path / "new.nt").write_text(lines(NEW, "new"))
        status, said = push(made, tmp_path / "old.nt")
        assert status == 0, said
        yield made


def finishes(running: TripleStore, folder: Path, *options: str) -> None:
    """Push once more, and look that all is there and nothing else."""
    status, said = push(running, folder / "new.nt", *options)
    assert status == 0, said
    assert running.count(GRAPH) == NEW
    assert running.graphs() == {GRAPH}


def started(url: str, file: Path, environment: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from kg.cli import main; main()", "push", str(file), url, "--graph", GRAPH]
    command += ["--journal", str(file.parent / "journal"), *options]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, stderr=subprocess.PIPE)


def test_a_client_that_is_killed_goes_on_where_it_was(running: TripleStore, tmp_path: Path) -> None:
    process: list[subprocess.Popen[bytes]] = []
    proxy = Proxy(running, MIDDLE, lambda: process[0].send_signal(signal.SIGKILL))
    # The journal is one of the address: the second push has to come by the same way.
    process.append(started(proxy.url, tmp_path / "new.nt", running.environment, *STAGED))
    process[0].communicate(timeout=60)
    assert proxy.done.is_set()
    assert process[0].returncode == -signal.SIGKILL
    assert running.count(GRAPH) == OLD
    second = started(proxy.url, tmp_path / "new.nt", running.environment, *STAGED)
    _, said = second.communicate(timeout=120)
    proxy.close()
    assert second.returncode == 0, said
    assert b"of them before" in said
    assert running.count(GRAPH) == NEW
    assert running.graphs() == {GRAPH}


def test_a_connection_that_is_cut_is_made_anew(running: TripleStore, tmp_path: Path) -> None:
    proxy = Proxy(running, MIDDLE)
    process = started(proxy.url, tmp_path / "new.nt", running.environment, *STAGED)
    _, said = process.communicate(timeout=120)
    proxy.close()
    assert proxy.done.is_set()
    assert process.returncode == 0, said
    assert running.count(GRAPH) == NEW
    assert running.graphs() == {GRAPH}


def test_a_store_that_is_killed_has_the_old_graph_and_a_second_push_finishes(
    running: TripleStore, tmp_path: Path
) -> None:
    if running.kind == "kg":
        pytest.skip("the server of the tests has to end as it is told")
    proxy = Proxy(running, MIDDLE, running.kill)
    process = started(proxy.url, tmp_path / "new.nt", running.environment, *STAGED, "--retries", "1")
    _, said = process.communicate(timeout=120)
    proxy.close()
    assert process.returncode == 3
    assert b"KG620" in said
    assert b"give the same command again" in said
    running.start()
    assert running.count(GRAPH) == OLD
    # The journal of the first push is that of the proxy's address; its staging graph is the same one, and is begun anew.
    finishes(running, tmp_path, *STAGED)


# The size that no file of a store may pass, in KiB, in which it starts with the old graph; and so many bytes more a triple that the new graph does not fit.
FULL = {"oxigraph": (300, 300), "fuseki": (9_000, 6_000), "rdf4j": (9_000, 6_000), "virtuoso": (40_000, 6_000)}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_store_without_space_has_the_old_graph_and_a_second_push_finishes(kind: str, tmp_path: Path) -> None:
    blocks, more = FULL[kind]
    limited = ["bash", "-c", f"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"", "bash"]
    (tmp_path / "old.nt").write_text(lines(OLD, "old"))
    (tmp_path / "new.nt").write_text(lines(NEW, "new" * (more // 3)))
    with store(kind, tmp_path / "store", wrap=limited) as running:
        assert push(running, tmp_path / "old.nt")[0] == 0
        status, said = push(running, tmp_path / "new.nt", "--staged", "--retries", "0")
        assert status == 3, said
        assert "KG62" in said
        assert "then give the same command again" in said
        # Fuseki does not say why it cannot write.
        assert "free space on its disk" in said or kind == "fuseki"
        if kind == "rdf4j":
            # Its native store cannot be read any more, nor after another start: the profile says so. There is nothing that a push could do.
            assert "see that there is room" in noted(running)
            return
        running.kill()
        del running.command[: len(limited)]
        running.start()
        assert running.count(GRAPH) == OLD
        finishes(running, tmp_path, "--staged")


def noted(running: TripleStore) -> str:
    """Return what `kg doctor` says of a store in general."""
    return kg("doctor", running.url, env=running.environment).stdout.decode()


def test_a_server_for_reading_only_refuses_and_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(3))
    with store("oxigraph", tmp_path / "store") as running:
        program = running.command[0]
    with (
        oxigraph_serve(program, tmp_path / "store" / "data", read_only=True) as oxigraph,
        kg_serve(file) as ours_,
    ):
        for server in (oxigraph, ours_):
            done = kg("push", file, server.url, "--graph", GRAPH, "--journal", tmp_path / "journal", "--retries", "0")
            assert done.returncode == 3
            assert b"KG622" in done.stderr, done.stderr
            assert b"reading only" in done.stderr


class _KeepsNothing(http.server.BaseHTTPRequestHandler):
    """A store that answers 201 to everything, and keeps nothing."""

    def _answer(self, status: int, body: bytes, media: str) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        count = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"0"}}]}}'
        self._answer(200, count, "application/sparql-results+json")

    def do_POST(self) -> None:
        self._answer(201, b"", "text/plain")

    do_DELETE = do_POST  # noqa: N815 - the name that the library calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("method", ["--staged", "--whole"])
def test_a_store_that_keeps_nothing_is_found_out(tmp_path: Path, method: str) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(3))
    with http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), _KeepsNothing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        done = kg("push", file, url, "--graph", GRAPH, "--journal", tmp_path / "journal", "--store", "oxigraph", method)
        server.shutdown()
        thread.join()
    assert done.returncode == 3
    assert b"KG625" in done.stderr
    assert b"3 triples were to be" in done.stderr


def test_one_upload_is_refused_for_a_graph_that_is_there_and_where_no_service_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(3))
    with store("oxigraph", tmp_path / "store") as running:
        assert push(running, file)[0] == 0
        for url, graph, options, why in (
            (running.url, GRAPH, [], b"only for an empty graph"),
            (f"{running.url}/query", f"{GRAPH}/other", ["--store", "generic"], b"Graph Store Protocol"),
        ):
            done = kg("push", file, url, "--graph", graph, "--journal", tmp_path / "journal", "--whole", *options)
            assert (done.returncode, b"KG630" in done.stderr, why in done.stderr) == (3, True, True), done.stderr
        assert running.graphs() == {GRAPH}


def test_nobody_is_there(tmp_path: Path) -> None:
    file = tmp_path / "new.nt"
    file.write_text(lines(3))
    done = kg("push", file, f"http://127.0.0.1:{free_port()}", "--graph", GRAPH, "--retries", "0")
    assert (done.returncode, b"KG620" in done.stderr) == (3, True)


def test_a_target_that_is_not_there_is_told_before_the_store_is_looked_for(tmp_path: Path) -> None:
    done = kg("push", tmp_path / "nothing", f"http://127.0.0.1:{free_port()}", "--graph", GRAPH)
    assert (done.returncode, b"KG404" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize("graph", ["notaniri", "urn:x> } ; DROP ALL #"])
def test_a_graph_whose_name_is_no_iri_is_refused_before_anything_is_sent(tmp_path: Path, graph: str) -> None:
    done = kg("push", tmp_path, f"http://127.0.0.1:{free_port()}", "--graph", graph)
    assert (done.returncode, b"--graph" in done.stderr) == (2, True), done.stderr


def test_a_password_in_the_address_is_refused(tmp_path: Path) -> None:
    done = kg("push", tmp_path, "http://me:secret@127.0.0.1/", "--graph", GRAPH)
    assert (done.returncode, b"secret" in done.stderr) == (2, False)
