"""A process that does one thing at a time, and may be killed while it does: it is given the number of a socket, with a pickled Setup as the first frame."""

from __future__ import annotations

import contextlib
import gc
import pickle
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import pyoxigraph as ox

from kg.query import Planner, text_search
from kg.rdf.xml_text import fit_for_xml
from kg.serving.channel import Line
from kg.serving.coding import packable, packed, packer
from kg.serving.confine import without_network
from kg.serving.execute import GRAPHS, Outcome, Query, execute, written
from kg.serving.messages import Answer, Problem
from kg.serving.negotiation import choose
from kg.serving.rows import KEPT
from kg.serving.settings import Hold, Setup, Version
from kg.serving.texts import Texts
from kg.serving.untrusted import parse
from kg.serving.work import BEGUN, END, FAILED, JOB, PIECE, PLANNED, READY, Begun, Dump, Job, Parse, State
from kg.store import open_store


class Worker:
    """Does what a front sends, on the state that it names."""

    def __init__(self, line: Line, setup: Setup) -> None:
        self.line, self.setup = line, setup
        self.data: Data | None = None

    def prepare(self) -> None:
        """Open the newest state, so that the first job need not wait for that."""
        # One that is not there yet, or no more, is left to the job that names it.
        with contextlib.suppress(OSError):
            number = Version(self.setup.folder).number
            self.data = Data(State(number, str(self.setup.folder / str(number))), self.setup)

    def run(self) -> None:
        """Work until the front is gone."""
        while True:
            kind, payload = self.line.receive()
            assert kind == JOB  # noqa: S101 - nothing else is sent
            job: Job = pickle.loads(payload)  # noqa: S301 - the front is ours
            reply = Reply(self.line, job.coding)
            try:
                self._do(job, reply)
            except Problem as problem:
                reply.problem(problem)
            except MemoryError:
                reply.problem(
                    Problem(503, "the answer takes more memory than is allowed", headers={"retry-after": "60"})
                )

    def _do(self, job: Job, reply: Reply) -> None:
        if self.data is None or self.data.state.number != job.state.number:
            # What was kept of the state before is let go first: its folder may then be removed.
            self.data = None
            gc.collect()
            self.data = Data(job.state, self.setup)
        work, data = job.work, self.data
        if isinstance(work, Query):
            reply.limit = work.rows
            outcome = data.answer(work, reply, plain=job.plain)
            reply.end({"kg-truncated": outcome.truncated} if outcome.truncated else {})
        elif isinstance(work, Dump):
            _dump(data.store, work, data.prefixes, reply)
        elif isinstance(work, Parse):
            reply.whole(Answer(200, {}, parse(work.data, work.media, work.base)))
        else:
            reply.whole(data.pages.answer(work))


class Data:
    """A state that is open: its store, and its pages once one is asked for."""

    def __init__(self, state: State, setup: Setup) -> None:
        self.state, self.setup = state, setup
        self.hold = Hold(state.folder)
        self.store = open_store(state.store)
        self.prefixes: Mapping[str, str] = prefixes_of(state, setup)
        self._texts = Texts(self.store, setup.settings.memory)
        self._planner = Planner(self.store, self.prefixes, setup.settings.memory, brief=setup.settings.writable)
        self._pages: Any = None

    def answer(self, query: Query, reply: Reply, *, plain: bool = False) -> Outcome:
        """Answer a query, in another way where that is quicker and it need not be `plain`."""
        # Of chosen graphs, rows may be others, or come in another order.
        if plain or query.default_graphs is not None or query.named_graphs is not None:
            return self._execute(query, reply)
        search = text_search(query.text, self.prefixes)
        narrowed = None if search is None else self._texts.narrowed(search, query.seconds)
        outcome = self._instead(narrowed, query, reply)
        if outcome is None:
            begun = monotonic()
            outcome = self._instead(self._planner.planned(query.text), query, reply) or self._execute(query, reply)
            if search is not None:
                self._texts.took(search, monotonic() - begun)
        return outcome

    def _instead(self, text: str | None, query: Query, reply: Reply) -> Outcome | None:
        """Answer another query that has the same answer; None where there is none."""
        if text is None:
            return None
        reply.plan()
        try:
            return self._execute(query._replace(text=text), reply)
        except Problem:
            # What is wrong with the query is told in its own words.
            if reply.media:
                raise
            return None

    def _execute(self, query: Query, reply: Reply) -> Outcome:
        return execute(self.store, query, self.prefixes, reply.begin, reply.send)

    @property
    def pages(self) -> Any:
        """What makes pages."""
        if self._pages is None:
            from kg.serving.pages import Pages

            self._pages = Pages(self.store, self.prefixes, self.state, self.setup)
        return self._pages


def prefixes_of(state: State, setup: Setup) -> Mapping[str, str]:
    """Return the prefixes that queries need not declare."""
    from kg.rdf.prefixes import prefixes
    from kg.release import open_release
    from kg.settings import DEFAULT_BASE

    del setup
    return prefixes(open_release(state.folder).base if (state.folder / "manifest.json").is_file() else DEFAULT_BASE)


class Reply:
    """Sends an answer: whole where it is small, else in pieces; compressed on the way where the client takes that."""

    def __init__(self, line: Line, coding: str) -> None:
        self.line, self.coding = line, coding
        self.media = ""
        self.limit = 0
        self.kept: list[bytes] = []
        self.size = 0
        self.begun = False
        self.pack: Callable[[bytes], bytes] | None = None
        self.finish: Callable[[], bytes] | None = None

    def plan(self) -> None:
        """Tell that the query is answered in another way than it stands."""
        self.line.send(PLANNED)

    def begin(self, media: str) -> None:
        """Take the media type of what is sent."""
        self.media = media

    def send(self, data: bytes) -> None:
        """Send bytes of the body; the first of them are kept for a while, so that most answers are whole."""
        if self.begun:
            self._piece(data)
            return
        self.kept.append(data)
        self.size += len(data)
        if self.size > KEPT:
            self._start()

    def _start(self) -> None:
        self.begun = True
        # A browser shows no trailer; from the limit a page sees whether it was reached.
        headers = {"content-type": self.media, "trailer": "kg-truncated", "kg-row-limit": str(self.limit)}
        if self.coding and packable(self.media):
            headers["content-encoding"] = self.coding
            self.pack, self.finish = packer(self.coding)
        self.line.send(BEGUN, pickle.dumps(Begun(200, headers)))
        kept, self.kept = b"".join(self.kept), []
        self._piece(kept)

    def _piece(self, data: bytes) -> None:
        packed = self.pack(data) if self.pack else data
        if packed:
            self.line.send(PIECE, packed)

    def end(self, told: Mapping[str, str]) -> None:
        """End the answer; what is told goes into headers if none has been sent, else into trailers."""
        if not self.begun:
            self.whole(Answer(200, {"content-type": self.media, **told}, b"".join(self.kept)))
            return
        if self.finish:
            self.line.send(PIECE, self.finish())
        self.line.send(END, pickle.dumps(dict(told)))

    def whole(self, answer: Answer) -> None:
        """Send an answer that is whole."""
        headers = answer.headers
        body, coding = packed(answer.body, headers.get("content-type", ""), self.coding)
        if coding:
            headers = {**headers, "content-encoding": coding}
        self.line.send(BEGUN, pickle.dumps(Begun(answer.status, headers, body)))

    def problem(self, problem: Problem) -> None:
        """Tell that the work cannot be done; where an answer has begun, that can only be told by breaking it off."""
        if self.begun:
            raise SystemExit(1)
        self.line.send(FAILED, pickle.dumps(problem))


class _Stream:
    """A file to Oxigraph that goes to the client."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.send = send

    def write(self, data: bytes) -> int:
        """Send bytes."""
        self.send(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything has been sent."""


def _dump(store: ox.Store, work: Dump, prefixes: Mapping[str, str], reply: Reply) -> None:
    """Send a graph; Problem 404 where there is none of that name."""
    graph = ox.DefaultGraph() if work.graph is None else ox.NamedNode(work.graph)
    if isinstance(graph, ox.NamedNode) and not store.contains_named_graph(graph):
        raise Problem(404, f"there is no graph <{work.graph}>")
    media = choose(work.accept, tuple(GRAPHS))
    if media is None:
        raise Problem(406, f"a graph comes as one of {', '.join(GRAPHS)}")
    reply.begin(f"{media}; charset=utf-8" if media.startswith("text/") else media)
    triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, graph))
    sink: Any = _Stream(fit_for_xml(reply.send) if media == "application/rdf+xml" else reply.send)
    try:
        ox.serialize(triples, sink, format=GRAPHS[media], prefixes=written(media, prefixes))
    except (OSError, ValueError) as error:
        raise Problem(406, f"this graph cannot be written as {media}: {error}") from error
    reply.end({})


def main() -> None:
    """Work for the front at the other end of the socket whose number is given."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = Line(socket.socket(fileno=int(sys.argv[1])))
    try:
        _, payload = line.receive()
        setup: Setup = pickle.loads(payload)  # noqa: S301 - the front is ours
        memory = setup.settings.memory
        if memory:
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not setup.settings.services:
            without_network()
        worker = Worker(line, setup)
        worker.prepare()
        line.send(READY)
        worker.run()
    except (EOFError, ConnectionError):
        return
