"""The one process that changes a store: it does one update after the other, and each is on disk before it is answered.

It is given the number of a socket that listens, the folder of the store, that of the server, the memory it may take, and whether it may reach the network. After an
update a new state is made for readers before they are told of it, so that none waits for the next update, or finds no room for it: a backup, which is hard links to files
that never change. Where that cannot be made, they have the state before.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
import resource
import select
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.query import why_not
from kg.serving.channel import Line
from kg.serving.confine import without_network
from kg.serving.messages import Problem
from kg.serving.preconditions import NONE, Changes, Preconditions
from kg.serving.settings import Version
from kg.serving.work import State

# Kinds of frames: it is begun with a change; what came of a task.
BEGUN = b"B"
ANSWER = b"A"
# What Oxigraph says first where the files of the store are at fault; a LOAD that fails says other things.
_OF_THE_STORE = "IO error: "
# What the system says of a file that another process, or this one, has locked.
_HELD = (os.strerror(errno.EAGAIN), os.strerror(errno.ENOLCK))
_NO_ROOM = "there is no room on the disk of the store, or it fails"


@dataclass(frozen=True, slots=True)
class Update:
    """An update in SPARQL."""

    text: str
    base: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Change:
    """Put (replace), post (merge) or delete a graph (None: the default graph), if it is as `asked`; `triples` are N-Triples."""

    kind: str
    graph: str | None
    triples: bytes
    seconds: float
    asked: Preconditions = NONE


@dataclass(frozen=True, slots=True)
class Ask:
    """Tell the newest state."""


class Writer:
    """A store that is open for writing."""

    def __init__(self, store: Path, folder: Path) -> None:
        self.store = ox.Store(str(store))
        self.folder = folder
        self.version = Version(folder)
        # Why this process must end: a store that failed to write takes nothing until it is opened again, and it may hold what no state has.
        self.failed = ""
        # What the store holds may be newer than the last state that a writer before this one told of. It is told of once it can be read.
        self.made = self._backup(self.version.number + 1)
        self.version.number = self.made.number
        self.changes = Changes((folder / "tag").read_text("ascii"), self.version.number)

    def do(self, task: Update | Change | Ask, begin: Callable[[], None] = lambda: None) -> object:
        """Do a task; return a State, or whether a graph was made anew. Problem where it cannot be done.

        `begin` is called before anything of a change can be kept.
        """
        if isinstance(task, Ask):
            return self.made
        begin()
        # Nothing stops a running update but the end of its process; what it had not committed is then gone.
        signal.setitimer(signal.ITIMER_REAL, task.seconds)
        try:
            made = self._update(task) if isinstance(task, Update) else self._change(task)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        # From here on it is kept, if the disk does not lose it.
        try:
            self.store.flush()
            self.made = self._backup(self.version.number + 1)
        except OSError as error:
            self.failed = str(error)
            what = f"{_NO_ROOM}: the update may be kept or not; once there is room, look before you send it again"
            raise unavailable("KG606", what) from error
        self.version.number = self.made.number
        if isinstance(task, Change):
            self.changes.one(task.graph, self.version.number)
        else:
            self.changes.all(self.version.number)
        return made

    def _backup(self, number: int) -> State:
        state = State(number, str(self.folder / str(number)))
        aside = State(number, str(self.folder / f".{number}"))
        # Nobody was told of what is there: there was no room for all of it, or its writer was lost.
        for each in (aside, state):
            shutil.rmtree(each.folder, ignore_errors=True)
        try:
            aside.folder.mkdir()
            self.store.backup(str(aside.store))
            # A folder of that name is a state that is whole.
            aside.folder.rename(state.folder)
        except OSError:
            shutil.rmtree(aside.folder, ignore_errors=True)
            raise
        return state

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """Tell that nothing is kept where the store cannot write it: what it commits is read again whole or not at all."""
        try:
            yield
        except OSError as error:
            if not str(error).startswith(_OF_THE_STORE):
                raise
            self.failed = str(error)
            raise unavailable("KG608", f"{_NO_ROOM}: nothing of the update is kept") from error

    def _update(self, task: Update) -> bool:
        try:
            with self._committing():
                self.store.update(task.text, base_iri=task.base)
        except SyntaxError as error:
            what = why_not(task.text, error.msg, base=task.base, update=True)
            raise Problem(400, f"the update is not SPARQL: {what}", code="KG503") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise Problem(400, f"the update cannot be done: {error}", code="KG504") from error
        return False

    def _change(self, task: Change) -> bool:
        graph = ox.DefaultGraph() if task.graph is None else ox.NamedNode(task.graph)
        known = isinstance(graph, ox.DefaultGraph) or self.store.contains_named_graph(graph)
        if task.kind == "delete":
            if not known:
                raise Problem(404, f"there is no graph <{task.graph}>")
            self.changes.check(task.asked, task.graph, there=True)
            with self._committing():
                if isinstance(graph, ox.NamedNode):
                    self.store.remove_graph(graph)
                else:
                    self.store.clear_graph(graph)
            return False
        self.changes.check(task.asked, task.graph, there=known)
        # One update, so that readers and a crash see the old graph or the new one.
        target = "DEFAULT" if task.graph is None else f"GRAPH {graph}"
        data = task.triples.decode()
        inserted = (
            f"INSERT DATA {{ {data} }}" if task.graph is None else f"INSERT DATA {{ GRAPH {graph} {{ {data} }} }}"
        )
        steps = [inserted]
        if task.graph is not None:
            steps.insert(0, f"CREATE SILENT {target}")
        if task.kind == "put":
            steps.insert(0, f"CLEAR SILENT {target}")
        with self._committing():
            self.store.update(" ; ".join(steps))
        return not known


def unavailable(code: str, what: str) -> Problem:
    """Return what tells that the store is not to be had: KG608 where nothing of a change is kept, KG606 where that is not known."""
    return Problem(503, what, code=code, headers={"retry-after": "5"})


def _closed(store: str, why: str) -> dict[str, str]:
    """Return what the supervisor tells of a store that cannot be opened for writing."""
    if "lock" in why.lower() and why.endswith(_HELD):
        return {
            "code": "KG615",
            "what": "another process has this store open for writing, and only one can",
            "where": store,
            "advice": "end that one, or name another folder",
        }
    return {
        "code": "KG616",
        "what": f"the store cannot be opened for writing: {why.removeprefix(_OF_THE_STORE)}",
        "where": store,
        "advice": "see that this user may write there and that the disk has room, or serve it without --writable",
    }


def main() -> None:
    """Serve tasks to the fronts until they are all gone and the parent hangs up standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    listener = socket.socket(fileno=int(sys.argv[1]))
    memory, outward = int(sys.argv[4]), sys.argv[5] == "outward"
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not outward:
        without_network()
    try:
        writer = Writer(Path(sys.argv[2]), Path(sys.argv[3]))
    except OSError as error:
        print(json.dumps(_closed(sys.argv[2], str(error))), flush=True)  # noqa: T201 - as below
        sys.exit(1)
    print("ready", flush=True)  # noqa: T201 - the supervisor waits for it
    lines: dict[int, tuple[socket.socket, Line]] = {}
    while True:
        ready, _, _ = select.select([sys.stdin.fileno(), listener.fileno(), *lines], [], [])
        for each in ready:
            if each == sys.stdin.fileno():
                return
            if each == listener.fileno():
                accepted, _ = listener.accept()
                lines[accepted.fileno()] = (accepted, Line(accepted))
                continue
            sock, line = lines[each]
            try:
                _, payload = line.receive()
                line.send(ANSWER, pickle.dumps(_answer(writer, payload, line)))
            except (EOFError, ConnectionError):
                del lines[each]
                sock.close()
            if writer.failed:
                sys.exit(f"kg: the store cannot be written, so it is opened again: {writer.failed}")


def _answer(writer: Writer, payload: bytes, line: Line) -> object:
    def begin() -> None:
        # One who went away is no reason not to do what was asked.
        with suppress(ConnectionError):
            line.send(BEGUN)

    try:
        return writer.do(pickle.loads(payload), begin)  # noqa: S301 - the front is ours
    except Problem as problem:
        return problem
