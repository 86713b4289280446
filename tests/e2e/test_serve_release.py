"""`kg serve` while its release is replaced, while its processes are killed, and after it was killed itself."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.conftest import kg
from tests.serving import Answer, Server, kg_serve, processes
from tests.shared import ROOT

# What tells a release: how much there is of it, over all of it and graph by graph.
ALL = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?things) (COUNT(DISTINCT ?p) AS ?properties) { ?s ?p ?o }"
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
# Both in one answer: a release that is half of another would show.
BOTH = f"SELECT * {{ {{ {ALL} }} UNION {{ {GRAPHS} }} }}"
PASSAGES = sorted((ROOT / "seeds").glob("*.txt"))
SUBSETS = (PASSAGES[:1], PASSAGES[1:3], PASSAGES)
PATIENCE = 30.0


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return a release of each of the subsets of the seeds."""
    assert len(PASSAGES) == 5
    folder = tmp_path_factory.mktemp("releases")
    for number, passages in enumerate(SUBSETS):
        build(passages, folder / str(number))
    return tuple(folder / str(number) for number in range(len(SUBSETS)))


def build(passages: list[Path], target: Path) -> None:
    done = kg("build", *passages, "-o", target)
    assert done.returncode == 0, done.stderr.decode()


def rows(answer: Answer) -> str:
    """Return the rows of an answer in one text, whatever their order."""
    assert answer.status == 200, f"{answer.status} {answer.text}"
    return json.dumps(sorted(json.dumps(row, sort_keys=True) for row in json.loads(answer.body)["results"]["bindings"]))


def known(releases: tuple[Path, ...]) -> list[str]:
    """Return the answer of each release to the query that tells them apart."""
    found = []
    for release in releases:
        with kg_serve(release) as server:
            found.append(rows(server.select(BOTH)))
    assert len(set(found)) == len(releases), "the releases must differ"
    return found


def wait_for(wanted: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not wanted():
        assert time.monotonic() < end, f"{what} did not come within {PATIENCE:g} seconds"
        time.sleep(0.05)


class Readers:
    """Clients that ask again and again, each on a connection that it keeps; `wrong` has all that should not have come."""

    def __init__(self, server: Server, targets: tuple[str, ...], right: Callable[[Answer], bool]) -> None:
        self.server, self.targets, self.right = server, targets, right
        self.count = 0
        self.wrong: list[str] = []
        self._done = threading.Event()
        self._lock = threading.Lock()

    def _read(self, first: int) -> None:
        connection = http.client.HTTPConnection(self.server.host, timeout=60)
        for number in itertools.count(first):
            if self._done.is_set():
                break
            target = self.targets[number % len(self.targets)]
            try:
                connection.request("GET", target, headers={"Accept": "application/sparql-results+json"})
                response = connection.getresponse()
                answer = Answer(response.status, response.msg, response.read())
                what, fine = f"{answer.status} {answer.text[:300]}", self.right(answer)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                what, fine = repr(error), False
            with self._lock:
                self.count += 1
                if not fine:
                    self.wrong.append(f"{target[-20:]} {what}")
        connection.close()

    @contextlib.contextmanager
    def reading(self, clients: int) -> Iterator[Readers]:
        threads = [threading.Thread(target=self._read, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._done.set()
            for thread in threads:
                thread.join()


@contextlib.contextmanager
def doomed(target: Path, *options: str) -> Iterator[Server]:
    """Run a server that the block kills, so that it comes to no good end."""
    running = kg_serve(target, *options)
    server = running.__enter__()
    try:
        yield server
    finally:
        with contextlib.suppress(AssertionError):
            running.__exit__(None, None, None)


def left_beside(target: Path) -> list[str]:
    """Return what stands beside a target in its folder."""
    return sorted(path.name for path in target.parent.iterdir() if path != target)


# What comes of the cache; of a worker, since no two texts are the same; and of a look-up in the front.
def fresh(number: int) -> str:
    return f"/sparql?query={quote(f'{BOTH} #{number}')}"


@pytest.mark.slow
def test_readers_see_the_old_release_or_the_new_one_and_no_request_fails(
    tmp_path: Path, releases: tuple[Path, ...]
) -> None:
    wanted = known(releases)
    target = tmp_path / "served" / "release"
    target.parent.mkdir()
    shutil.copytree(releases[0], target)
    seen: set[int] = set()

    def right(answer: Answer) -> bool:
        text = rows(answer) if answer.status == 200 else ""
        if text not in wanted:
            return False
        seen.add(wanted.index(text))
        return True

    targets = (f"/sparql?query={quote(BOTH)}", *(fresh(number) for number in range(2000)))
    with kg_serve(target) as server:
        with Readers(server, targets, right).reading(8) as readers:
            for number in (1, 2, 0, 2, 1):
                build(SUBSETS[number], target)
                wait_for(lambda number=number: rows(server.select(BOTH)) == wanted[number], "the new release")  # type: ignore[misc]
                # Every front and every worker, cached or not.
                end = time.monotonic() + 1.5
                while time.monotonic() < end:
                    time.sleep(0.1)
        assert readers.wrong == [], f"{len(readers.wrong)} of {readers.count}: {readers.wrong[:3]}"
        assert readers.count > 100
        assert seen == {0, 1, 2}
        # Once all processes have looked, none answers from before: neither from its cache nor from its store.
        for number in range(40):
            assert rows(server.ask(fresh(number))) == wanted[1]
            assert rows(server.select(BOTH)) == wanted[1]
    assert left_beside(target) == []


def test_the_data_set_itself_is_found_at_its_iri(releases: tuple[Path, ...]) -> None:
    with kg_serve(releases[0]) as server:
        description = server.ask("/void.ttl").text
        assert "<https://kg.example/id/void>" in description
        assert server.ask("/id/void.ttl").text == description
        data = server.ask("/id/void", headers={"Accept": "application/ld+json"})
        assert (data.status, data.media) == (200, "application/ld+json")
        for path in ("/id/void", "/id/void.html"):
            page = server.ask(path, headers={"Accept": "text/html"})
            assert (page.status, page.headers["Location"]) == (303, "/")
        assert server.ask("/id/void.nothing").status == 404


def test_the_endpoint_says_that_its_default_graph_is_the_merge_of_all(
    tmp_path: Path, releases: tuple[Path, ...]
) -> None:
    feature = "<http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph>"
    accept = {"Accept": "application/n-triples"}
    with kg_serve(releases[0]) as server:
        assert feature in server.ask("/sparql", headers=accept).text
    with kg_serve(tmp_path / "store", "--writable", "--open") as server:
        found = server.ask("/sparql", headers=accept)
        assert found.status == 200
        assert feature not in found.text


def test_the_tag_of_an_answer_changes_with_the_release(tmp_path: Path, releases: tuple[Path, ...]) -> None:
    target = tmp_path / "release"
    shutil.copytree(releases[0], target)
    with kg_serve(target, "--fronts", "1") as server:
        first = server.select(BOTH)
        tag = first.headers["ETag"]
        for _ in range(3):
            again = server.select(BOTH, {"If-None-Match": tag})
            assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
            assert server.select(BOTH).headers["ETag"] == tag
        build(SUBSETS[1], target)
        wait_for(lambda: server.select(BOTH).headers["ETag"] != tag, "another tag")
        changed = server.select(BOTH, {"If-None-Match": tag})
        assert (changed.status, rows(changed) == rows(first)) == (200, False)
        assert server.select(BOTH, {"If-None-Match": changed.headers["ETag"]}).status == 304


def test_an_answer_that_was_asked_for_often_is_forgotten_with_its_release(
    tmp_path: Path, releases: tuple[Path, ...]
) -> None:
    """Byte for byte the same request, on one connection, as programs send it."""
    target = tmp_path / "release"
    shutil.copytree(releases[0], target)
    with (
        kg_serve(target, "--fronts", "1") as server,
        contextlib.closing(http.client.HTTPConnection(server.host, timeout=60)) as connection,
    ):

        def ask() -> bytes:
            connection.request("GET", fresh(0), headers={"Accept": "application/sparql-results+json"})
            response = connection.getresponse()
            assert response.status == 200
            return response.read()

        before = {ask() for _ in range(20)}
        assert len(before) == 1
        build(SUBSETS[2], target)
        wait_for(lambda: ask() not in before, "the new answer")
        after = {ask() for _ in range(20)}
        assert (len(after), after & before) == (1, set())


def test_nothing_is_left_beside_the_release(tmp_path: Path, releases: tuple[Path, ...]) -> None:
    target = tmp_path / "release"
    shutil.copytree(releases[0], target)
    with kg_serve(target) as server:
        assert server.select(ALL).status == 200
        assert left_beside(target) != []
    assert left_beside(target) == []


def test_what_a_killed_server_left_the_next_one_removes(tmp_path: Path, releases: tuple[Path, ...]) -> None:
    target = tmp_path / "release"
    shutil.copytree(releases[0], target)
    with doomed(target) as server:
        started = processes(server.process.pid)
        server.process.kill()
        server.process.wait()
        # Without the process that began it all the others end by themselves.
        wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in started), "the end of all processes")
    assert left_beside(target) != []
    with kg_serve(target) as server:
        assert rows(server.select(ALL))
        assert len(left_beside(target)) == 1
    assert left_beside(target) == []


def test_an_update_that_was_answered_outlives_a_kill_of_everything(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number in range(3):
        with doomed(store, "--writable", "--open") as server:
            answer = server.change(
                f"INSERT DATA {{ <https://kg.example/id/{number}> <https://kg.example/ns#n> {number} }}"
            )
            os.killpg(server.process.pid, signal.SIGKILL)
            assert answer.status == 204
            server.process.wait()
    with kg_serve(store, "--writable", "--open") as server:
        found = server.select("SELECT ?n { ?s <https://kg.example/ns#n> ?n } ORDER BY ?n")
        values = [row["n"]["value"] for row in json.loads(found.body)["results"]["bindings"]]
    assert values == [str(number) for number in range(3)]
    assert left_beside(store) == []


@pytest.mark.slow
def test_killed_workers_are_replaced_and_no_answer_is_wrong(releases: tuple[Path, ...]) -> None:
    release = releases[2]
    with kg_serve(release) as server:
        wanted = rows(server.select(BOTH))

        def right(answer: Answer) -> bool:
            return ("Retry-After" in answer.headers) if answer.status == 503 else rows(answer) == wanted

        chance = random.Random(4)  # noqa: S311 - for a test
        began = len(processes(server.process.pid))
        killed = 0
        with Readers(server, tuple(fresh(number) for number in range(5000)), right).reading(16) as readers:
            end = time.monotonic() + 6
            while time.monotonic() < end:
                # Workers are what the fronts started; the fronts, what the server did.
                workers = [pid for pid in processes(server.process.pid) if b"kg.serving.worker" in command(pid)]
                if workers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(chance.choice(workers), signal.SIGKILL)
                        killed += 1
                time.sleep(0.4)
        assert killed > 5
        assert readers.wrong == [], f"{len(readers.wrong)} of {readers.count}: {readers.wrong[:3]}"
        assert readers.count > 50
        wait_for(lambda: len(processes(server.process.pid)) == began, "as many processes as before")


def command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@pytest.mark.slow
def test_a_killed_front_is_replaced(releases: tuple[Path, ...]) -> None:
    with kg_serve(releases[0], "--fronts", "1") as server:
        wanted = rows(server.select(BOTH))
        fronts = [pid for pid in processes(server.process.pid) if b"kg.serving.front" in command(pid)]
        assert len(fronts) == 1
        os.kill(fronts[0], signal.SIGKILL)
        # Who connects meanwhile waits; the place that listens outlives the front.
        assert rows(server.select(BOTH)) == wanted
