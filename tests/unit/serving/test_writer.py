"""The process that changes a store, and the way of a front to it."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.serving import states
from kg.serving.channel import Line
from kg.serving.messages import Problem
from kg.serving.preconditions import NONE, Preconditions, graph_tag
from kg.serving.settings import ServeSettings, Setup, Version
from kg.serving.states import Reader, Writing
from kg.serving.work import State
from kg.serving.writer import BEGUN, Ask, Change, Update, Writer
from kg.store import open_store
from tests.shared import ROOT

GRAPH = "http://x/g"
ONE = b"<http://x/a> <http://x/p> <http://x/1> .\n"
TWO = b"<http://x/a> <http://x/p> <http://x/2> .\n"


def update(text: str, seconds: float = 20) -> Update:
    return Update(text, "http://here/sparql", seconds)


def change(kind: str, triples: bytes = b"", graph: str | None = GRAPH, asked: Preconditions = NONE) -> Change:
    return Change(kind, graph, triples, 20, asked)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "server"
    found.mkdir()
    Version(found, create=True)
    (found / "tag").write_text("abc")
    return found


# In this process


@pytest.fixture
def writer(tmp_path: Path, folder: Path) -> Writer:
    return Writer(tmp_path / "store", folder)


def there(writer: Writer, graph: str | None = GRAPH) -> set[str]:
    node = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
    return {str(quad.object) for quad in writer.store.quads_for_pattern(None, None, None, node)}


@pytest.mark.parametrize("graph", [GRAPH, None])
def test_graphs_are_put_posted_and_deleted(writer: Writer, graph: str | None) -> None:
    named = graph is not None
    other = ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"), ox.NamedNode("urn:other"))
    writer.store.add(other)
    assert writer.do(change("put", ONE, graph)) is named
    assert there(writer, graph) == {"<http://x/1>"}
    assert writer.do(change("put", TWO, graph)) is False
    assert there(writer, graph) == {"<http://x/2>"}
    assert writer.do(change("post", ONE, graph)) is False
    assert there(writer, graph) == {"<http://x/1>", "<http://x/2>"}
    assert writer.do(change("put", b"", graph)) is False
    assert there(writer, graph) == set()
    assert not named or writer.store.contains_named_graph(ox.NamedNode(GRAPH)), "an empty graph is one"
    writer.do(change("delete", graph=graph))
    assert not writer.store.contains_named_graph(ox.NamedNode(GRAPH))
    assert other in writer.store


def test_a_graph_is_made_once_and_must_be_there_to_be_deleted(writer: Writer) -> None:
    with pytest.raises(Problem) as caught:
        writer.do(change("delete"))
    assert caught.value.status == 404
    assert writer.do(change("post", ONE)) is True
    writer.do(change("delete"))
    assert writer.do(change("put", b"")) is True
    assert writer.do(change("put", b"")) is False


def test_relative_names_are_those_of_the_endpoint(writer: Writer) -> None:
    writer.do(update("INSERT DATA { <x> <http://x/p> <http://x/1> }"))
    (quad,) = writer.store
    assert quad.subject == ox.NamedNode("http://here/x")
    with pytest.raises(Problem, match="line 2, column 10: something is missing before }"):
        writer.do(update("INSERT DATA { <x> <p> <y> .\n <y> <p> }"))


@pytest.mark.parametrize(
    ("text", "code"), [("nonsense", "KG503"), ("CREATE GRAPH <urn:g> ; CREATE GRAPH <urn:g>", "KG504")]
)
def test_an_update_that_cannot_be_done_changes_nothing(writer: Writer, text: str, code: str) -> None:
    writer.do(change("put", ONE))
    number = writer.version.number
    with pytest.raises(Problem) as caught:
        writer.do(update(text))
    assert (caught.value.status, caught.value.code) == (400, code)
    assert (writer.version.number, there(writer)) == (number, {"<http://x/1>"})
    assert not writer.store.contains_named_graph(ox.NamedNode("urn:g"))


def test_each_change_is_a_new_state_that_stays_as_it_is(writer: Writer) -> None:
    first = writer.do(Ask())
    assert writer.do(Ask()) is first
    writer.do(change("put", ONE))
    second = writer.do(Ask())
    assert isinstance(first, State)
    assert isinstance(second, State)
    assert second.number == first.number + 1 == writer.version.number
    writer.do(change("put", TWO))
    assert (len(open_store(first.store)), [str(quad.object) for quad in open_store(second.store)]) == (
        0,
        ["<http://x/1>"],
    )


def tagged(writer: Writer, graph: str | None = GRAPH) -> Preconditions:
    """Return the precondition that a graph is as a reader has it now."""
    return Preconditions(match=(graph_tag(f"abc-{writer.version.number}", graph, "text/turtle"),))


def failing(writer: Writer, task: Change) -> int:
    """Return the status with which a change is refused; nothing may have changed."""
    before = (writer.version.number, set(writer.store), set(writer.store.named_graphs()))
    with pytest.raises(Problem) as caught:
        writer.do(task)
    assert (writer.version.number, set(writer.store), set(writer.store.named_graphs())) == before
    return caught.value.status


@pytest.mark.parametrize("kind", ["put", "post", "delete"])
@pytest.mark.parametrize("graph", [GRAPH, None])
def test_a_graph_is_changed_only_as_it_was_read(writer: Writer, kind: str, graph: str | None) -> None:
    writer.do(change("put", ONE, graph))
    first = tagged(writer, graph)
    writer.do(change("put", ONE, "http://x/other"))
    writer.do(change("post", TWO, graph, first))
    assert failing(writer, change(kind, ONE, graph, first)) == 412
    second = tagged(writer, graph)
    writer.do(update("INSERT DATA { <urn:a> <urn:b> <urn:c> }"))
    assert failing(writer, change(kind, ONE, graph, second)) == 412
    writer.do(change(kind, ONE, graph, tagged(writer, graph)))


def test_a_graph_is_made_or_changed_only_where_it_is_not_there_or_is(writer: Writer) -> None:
    there, absent = Preconditions(match=("*",)), Preconditions(none_match=("*",))
    for kind in ("put", "post"):
        assert failing(writer, change(kind, ONE, asked=there)) == 412
        assert writer.do(change(kind, ONE, asked=absent)) is True
        assert failing(writer, change(kind, TWO, asked=absent)) == 412
        assert writer.do(change(kind, TWO, asked=there)) is False
        assert failing(writer, change("delete", asked=absent)) == 412
        writer.do(change("delete", asked=there))
        # What fails without preconditions fails as it would without them (RFC 9110, 13.2.1).
        assert failing(writer, change("delete", asked=there)) == 404
    assert failing(writer, change("put", ONE, None, absent)) == 412
    writer.do(change("put", ONE, None, there))


def test_a_tag_of_before_the_writer_began_is_none(writer: Writer, tmp_path: Path, folder: Path) -> None:
    """What was answered, and what was not, before the writer was lost is not known to the next one."""
    writer.do(change("put", ONE))
    tag, store = tagged(writer), writer.store
    store.flush()
    store.backup(str(tmp_path / "again"))
    again = Writer(tmp_path / "again", folder)
    assert failing(again, change("put", TWO, asked=tag)) == 412
    again.do(change("put", TWO, asked=tagged(again)))


def test_what_a_writer_left_that_was_lost_as_it_began_is_made_again(tmp_path: Path, folder: Path) -> None:
    # It had made the state, all or part of it, and told nobody.
    for name in ("1", ".1"):
        (folder / name / "store").mkdir(parents=True)
        (folder / name / "store" / "part").touch()
    writer = Writer(tmp_path / "store", folder)
    state = writer.do(Ask())
    assert isinstance(state, State)
    assert (state.number, writer.version.number, len(open_store(state.store))) == (1, 1, 0)
    assert not (state.store / "part").exists()
    assert [each.name for each in folder.iterdir() if each.is_dir()] == ["1"]


# In a process of its own


@dataclass(slots=True)
class Running:
    """A writer as the supervisor starts it."""

    store: Path
    folder: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        address = self.folder / "writer"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address))
            listener.listen()
            command = [sys.executable, "-c", "from kg.serving.writer import main; main()", str(listener.fileno())]
            self.process = subprocess.Popen(
                [*command, self.store, self.folder, "0", ""],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Not that of the tests, which may be a file, for which there would be no room either.
                stderr=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                cwd=ROOT,
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    @contextlib.contextmanager
    def line(self) -> Iterator[Line]:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(30)
            sock.connect(str(self.folder / "writer"))
            yield Line(sock)

    def do(self, task: Update | Change | Ask) -> Any:
        with self.line() as line:
            line.send(b"T", pickle.dumps(task))
            kind, payload = line.receive()
            if kind == BEGUN:
                _, payload = line.receive()
            return pickle.loads(payload)  # noqa: S301 - ours

    def refused(self, task: Update | Change | Ask) -> str:
        """Return the code with which a task is refused for now."""
        found = self.do(task)
        assert isinstance(found, Problem)
        assert (found.status, found.headers) == (503, {"retry-after": "5"})
        assert "IO error" not in found.what
        assert str(self.store) not in found.what
        return found.code

    def room(self, size: int) -> None:
        """Let no file grow beyond a size, as if the disk were full."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def values(self) -> set[str]:
        """Return what is in the store, as a reader has it."""
        return {str(quad.object) for quad in open_store(self.do(Ask()).store)}


@pytest.fixture
def running(tmp_path: Path, folder: Path) -> Iterator[Running]:
    found = Running(tmp_path / "store", folder)
    found.start()
    yield found
    found.end()


def test_what_was_answered_outlives_a_kill(running: Running) -> None:
    for number in range(5):
        assert running.do(update(f"INSERT DATA {{ <urn:a> <urn:b> <urn:{number}> }}")) is False
        running.end()
        running.start()
        assert running.values() == {f"<urn:{each}>" for each in range(number + 1)}


def test_a_long_update_is_ended_and_leaves_no_half(running: Running) -> None:
    running.do(update("INSERT DATA { " + " ".join(f"<urn:{number}> <urn:b> <urn:c> ." for number in range(300)) + " }"))
    before = running.values()
    long = "INSERT DATA { <urn:half> <urn:b> <urn:half> } ; INSERT { <urn:x> <urn:y> ?all } WHERE "
    long += "{ SELECT (COUNT(*) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o } }"
    start = time.monotonic()
    with pytest.raises(EOFError):
        running.do(update(long, 0.5))
    assert 0.4 < time.monotonic() - start < 10
    assert running.process.wait(10) == -signal.SIGALRM
    running.end()
    running.start()
    assert running.values() == before
    assert running.do(update("CLEAR ALL", 0.5)) is False


def test_time_that_is_over_ends_no_later_update(running: Running) -> None:
    running.do(update("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 0.3))
    time.sleep(0.5)
    assert running.values() == {"<urn:c>"}


def test_one_who_hangs_up_ends_nothing(running: Running) -> None:
    with running.line() as line:
        line.send(b"T", pickle.dumps(update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")))
    with running.line():
        pass
    assert running.values() == {"<urn:c>"}


def test_it_ends_with_the_supervisor(running: Running) -> None:
    assert running.process.stdin is not None
    running.process.stdin.close()
    running.process.stdin = None
    assert running.process.wait(10) == 0


def changing(kind: str) -> Update | Change:
    """Return a change of one of the kinds."""
    if kind == "update":
        return update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    return change("delete", graph=None) if kind == "default" else change(kind, b"" if kind == "delete" else TWO)


@pytest.mark.parametrize("kind", ["update", "put", "post", "delete", "default"])
def test_what_cannot_be_committed_is_not_kept_and_so_it_is_told(running: Running, kind: str) -> None:
    running.do(change("put", ONE))
    running.do(change("put", ONE, None))
    before = running.values()
    task = changing(kind)
    running.room(0)
    assert running.refused(task) == "KG608"
    # What failed once is opened again before anything else is done.
    assert running.process.wait(10) == 1
    running.end()
    running.start()
    assert running.values() == before == {"<http://x/1>"}
    assert isinstance(running.do(task), bool)


@pytest.mark.parametrize("kind", ["update", "change"])
def test_what_cannot_be_brought_to_its_place_may_be_kept_and_so_it_is_told(running: Running, kind: str) -> None:
    first, second = (
        (update("INSERT DATA { <urn:a> <urn:b> 1 }"), update("INSERT DATA { <urn:a> <urn:b> 2 }"))
        if kind == "update"
        else (change("post", ONE), change("post", TWO))
    )
    assert running.do(first) is (kind == "change")
    one = running.values()
    for _ in range(5):
        # The log of what was committed is smaller than that, the table that it goes into is not.
        running.room(900)
        told = running.refused(second)
        assert running.process.wait(10) == 1
        running.end()
        running.start()
        if told != "KG608":
            break
        # The store was still busy with its own files of what came before, and failed at these.
        assert running.values() == one
    assert told == "KG606"
    assert one < running.values()


def test_without_room_for_a_state_readers_have_the_one_before(running: Running) -> None:
    assert running.do(update("INSERT DATA { <urn:a> <urn:b> <urn:1> }")) is False
    version = Version(running.folder)
    before = version.number
    file = running.folder / f".{before + 1}"
    # Nothing can be made there.
    file.touch()
    assert running.refused(update("INSERT DATA { <urn:a> <urn:b> <urn:2> }")) == "KG606"
    assert running.process.wait(10) == 1
    # Readers have what they had.
    state = State(before, str(running.folder / str(before)))
    assert (version.number, [str(quad.object) for quad in open_store(state.store)]) == (before, ["<urn:1>"])
    file.unlink()
    running.end()
    running.start()
    assert running.values() == {"<urn:1>", "<urn:2>"}
    assert version.number == before + 1


def test_a_writer_that_cannot_begin_leaves_the_state_that_is_read(running: Running) -> None:
    running.do(change("put", ONE))
    running.values()
    version = Version(running.folder)
    before = version.number
    running.end()
    file = running.folder / f".{before + 1}"
    # Nothing can be made there.
    file.touch()
    with pytest.raises(AssertionError, match="ready"):
        running.start()
    running.end()
    assert version.number == before
    file.unlink()
    running.start()
    assert (version.number, running.values()) == (before + 1, {"<http://x/1>"})


def test_an_update_whose_source_fails_is_told_and_ends_nothing(running: Running) -> None:
    found = running.do(update("LOAD <http://127.0.0.1:1/none>"))
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (400, "KG504")
    assert running.do(change("put", ONE)) is True


# From a front


@contextlib.asynccontextmanager
async def front(running: Running) -> AsyncIterator[tuple[Writing, Reader]]:
    setup = Setup(ServeSettings(writable=True), running.folder, "store")
    writing = Writing(setup)
    yield writing, Reader(setup, writing, lambda _: None)
    if writing._channel is not None:
        writing._channel.close()


def test_who_writes_reads_what_was_written(running: Running) -> None:
    async def main() -> None:
        async with front(running) as (writing, reader):
            for number in range(5):
                await writing.do(update(f"INSERT DATA {{ <urn:a> <urn:b> <urn:{number}> }}"), 20)
                opened = await asyncio.gather(*(reader.current() for _ in range(5)))
                assert len({each.tag for each in opened}) == 1
                assert len(opened[0].store) == number + 1
            with pytest.raises(Problem):
                await writing.do(update("nonsense"), 20)

    asyncio.run(main())


def test_readers_do_not_wait_for_an_update_that_takes_long(running: Running) -> None:
    """Neither those of the same front nor those of another."""

    async def main() -> None:
        async with front(running) as (writing, reader), front(running) as (_, other):
            things = " ".join(f"<urn:{n}> <urn:b> 1 ." for n in range(100))
            await writing.do(update(f"INSERT DATA {{ {things} }}"), 20)
            endless = "INSERT { <urn:x> <urn:y> ?a } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
            task = asyncio.create_task(writing.do(update(endless, 4), 4))
            await asyncio.sleep(0.05)
            for each in (reader, other):
                opened = await each.current()
                assert len(opened.store) == 100
            assert not task.done()
            with pytest.raises(Problem):
                await task

    asyncio.run(main())


def test_answers_are_those_to_ones_own_task(running: Running) -> None:
    """Also after one who went away while the writer was busy."""

    async def main() -> None:
        async with front(running) as (writing, _):
            slow = (
                "INSERT { <urn:x> <urn:y> ?n } WHERE { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } }"
            )
            await writing.do(
                update("INSERT DATA { " + " ".join(f"<urn:{n}> <urn:b> 1 ." for n in range(100)) + " }"), 20
            )
            task = asyncio.create_task(writing.do(update(slow), 20))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await writing.do(change("put", ONE), 20) is True
            assert isinstance(await writing.do(Ask(), 20), State)

    asyncio.run(main())


ENDLESS = "INSERT { <urn:x> <urn:y> ?a } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


async def refusal(writing: Writing, task: Update | Change | Ask, seconds: float = 20) -> Problem:
    with pytest.raises(Problem) as caught:
        await writing.do(task, seconds)
    assert caught.value.status == 503
    return caught.value


def test_of_what_was_begun_it_is_not_known_whether_it_is_kept(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with front(running) as (writing, _):
            await writing.do(
                update("INSERT DATA { " + " ".join(f"<urn:{n}> <urn:b> 1 ." for n in range(100)) + " }"), 20
            )
            waiting = asyncio.create_task(refusal(writing, update(ENDLESS)))
            await asyncio.sleep(0.5)
            running.end()
            found = await waiting
            assert (found.code, "look which before" in found.what) == ("KG606", True)
            await asyncio.to_thread(running.start)
            found = await refusal(writing, update(ENDLESS, 0.5), 0.5)
            assert (found.code, "longer than 0.5 seconds" in found.what) == ("KG606", True)
            running.end()
            await asyncio.to_thread(running.start)
            monkeypatch.setattr(states, "_GRACE", 0.0)
            found = await refusal(writing, update(ENDLESS, 5), 0.5)
            assert (found.code, "may be done yet" in found.what) == ("KG606", True)

    asyncio.run(main())


@pytest.mark.parametrize(
    "task", [update("INSERT DATA { <urn:a> <urn:b> <urn:c> }"), change("put", ONE), Ask()], ids=repr
)
def test_of_what_was_not_begun_nothing_is_kept(running: Running, task: Update | Change | Ask) -> None:
    async def main() -> None:
        async with front(running) as (writing, _):
            await writing.do(Ask(), 20)
            running.process.send_signal(signal.SIGSTOP)
            waiting = asyncio.create_task(refusal(writing, task))
            await asyncio.sleep(0.3)
            running.end()
            assert (await waiting).code == "KG608"
            running.start()
            assert running.values() == set()

    asyncio.run(main())


def test_a_writer_that_was_ended_is_waited_for(running: Running) -> None:
    async def main() -> None:
        async with front(running) as (writing, reader):
            await writing.do(change("put", ONE), 20)
            running.end()
            with pytest.raises(Problem) as caught:
                await writing.do(change("put", TWO), 20)
            assert (caught.value.status, caught.value.code) == (503, "KG608")
            waiting = asyncio.create_task(writing.do(change("put", TWO), 20))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(running.start)
            assert await waiting is False
            opened = await reader.current()
            assert [str(quad.object) for quad in opened.store] == ["<http://x/2>"]

    asyncio.run(main())


def test_a_writer_that_does_not_come_back(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "_TIMES", 3)

    async def main() -> None:
        async with front(running) as (writing, _):
            running.end()
            for _ in range(2):
                with pytest.raises(Problem) as caught:
                    await writing.do(change("put", ONE), 20)
                assert (caught.value.status, caught.value.code) == (503, "KG608")

    asyncio.run(main())
