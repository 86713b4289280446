"""The HTTP of the server without the rest of it: an event loop in a thread, a handler that does what its path says, and a client in the raw."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import json
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import monotonic, sleep
from typing import Any, cast

import uvloop

from kg.serving.cache import Repeats
from kg.serving.http import Connections, Later
from kg.serving.limits import HttpLimits
from kg.serving.messages import Answer, Request

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
PIECE = b"piece of a stream;" * 1000


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a client reads it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def told(self) -> Any:
        """What was asked, as /echo tells it."""
        return json.loads(self.body)


@dataclass(slots=True)
class Site:
    """A server on a free port."""

    port: int = 0
    limits: HttpLimits = field(default_factory=HttpLimits)
    # What the server was asked, what it told of each answer, and which streams have ended: "whole" or "broken".
    asked: list[Request] = field(default_factory=list)
    told: list[tuple[str, int, int]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    repeats: Repeats | None = None
    later: bool = False
    connections: Connections = field(init=False)
    loop: asyncio.AbstractEventLoop = field(init=False)

    def handle(self, request: Request) -> Answer | Later:
        self.asked.append(request)
        if request.path == "/slow":
            return partial(self._slow, request)
        return partial(self._given, request) if self.later else self._answer(request)

    async def _given(self, request: Request) -> Answer:
        return self._answer(request)

    def _answer(self, request: Request) -> Answer:
        does = {
            "/fail": self._fail,
            "/big": self._big,
            "/header": self._header,
            "/closing": self._closing,
            "/kept": self._kept,
            "/status": self._status,
            "/stream": self._streamed,
            "/sized": self._streamed,
        }
        return does.get(request.path, self._echo)(request)

    async def _slow(self, request: Request) -> Answer:
        try:
            await asyncio.sleep(float(request.query))
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return self._echo(request)

    def _fail(self, _: Request) -> Answer:
        raise RuntimeError("a fault of ours")

    def _big(self, request: Request) -> Answer:
        return Answer(200, {"content-type": "text/plain"}, b"x" * int(request.query))

    def _header(self, _: Request) -> Answer:
        return Answer(200, {"x-a": "a\r\nx-b: b", "x-c": "\u8449", "x-d": "d"}, b"")

    def _closing(self, _: Request) -> Answer:
        return Answer(200, {}, b"bye", closing=True)

    def _kept(self, request: Request) -> Answer:
        return Answer(200, {}, request.query.encode(), state=1)

    def _status(self, request: Request) -> Answer:
        return Answer(int(request.query), {}, b"a body")

    def _streamed(self, request: Request) -> Answer:
        answer = Answer(200, {"content-length": str(3 * len(PIECE))} if request.path == "/sized" else {})
        answer.pieces = self._stream(int(request.query), answer)
        return answer

    def _echo(self, request: Request) -> Answer:
        told = {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": request.headers,
            "body": request.body.decode("latin-1"),
        }
        return Answer(200, {"content-type": "application/json"}, json.dumps(told).encode())

    async def _stream(self, count: int, answer: Answer) -> AsyncIterator[bytes]:
        whole = False
        try:
            for _ in range(count):
                await asyncio.sleep(0)
                yield PIECE
            yield b""
            answer.trailers["kg-truncated"] = "rows"
            whole = True
        finally:
            self.ended.append("whole" if whole else "broken")

    def connect(self, timeout: float = 10, buffer: int = 0) -> socket.socket:
        """Connect; `buffer` makes the client take few bytes at a time."""
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(timeout)
        client.connect(("127.0.0.1", self.port))
        return client

    def talk(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Send parts; return all that comes until the server hangs up."""
        with self.connect() as client:
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    client.sendall(part)
                    sleep(pause)
            return rest(client)

    def ask(self, *parts: bytes, methods: str = "") -> list[Reply]:
        """Send parts; return the answers until the server hangs up. `methods` are those of the requests, where one is HEAD."""
        return replies(self.talk(*parts), methods)

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)


def rest(client: socket.socket) -> bytes:
    """Return what comes until the server hangs up."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := client.recv(1 << 16):
            found += part
    return found


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)
        self.file.close = lambda: None  # type: ignore[method-assign]

    def makefile(self, _: str) -> io.BytesIO:
        return self.file


def replies(raw: bytes, methods: str = "") -> list[Reply]:
    """Take answers apart that came one after the other; anything that is no whole answer is an error."""
    source = _Bytes(raw)
    found: list[Reply] = []
    wanted = methods.split()
    while source.file.tell() < len(raw):
        method = wanted[len(found)] if len(found) < len(wanted) else "GET"
        response = http.client.HTTPResponse(cast("socket.socket", source), method=method)
        response.begin()
        found.append(Reply(response.status, response.msg, response.read()))
    return found


def get(path: str = "/", *headers: str, version: str = "1.1", method: str = "GET") -> bytes:
    """Return a request without a body."""
    lines = [f"{method} {path} HTTP/{version}", *(["Host: here"] if version == "1.1" else []), *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post(body: bytes, *headers: str, path: str = "/echo") -> bytes:
    """Return a request with a body of known length."""
    return get(path, f"Content-Length: {len(body)}", *headers, method="POST") + body


LAST = "Connection: close"


@contextlib.contextmanager
def serving(
    loop: str = "uvloop", *, hurried: bool = True, repeats: Repeats | None = None, **limits: float
) -> Iterator[Site]:
    """Serve; limits of time are looked after every 20 milliseconds, if `hurried`. In the loop "later" nothing is answered at once."""
    site = Site(limits=HttpLimits(**limits), repeats=repeats, later=loop == "later")  # type: ignore[arg-type]
    started = threading.Event()

    async def run(stop: asyncio.Event) -> None:
        site.loop = asyncio.get_running_loop()
        site.loop.set_exception_handler(lambda _, context: site.failures.append(context))
        connections = Connections(
            site.handle,
            site.limits,
            lambda request, status, sent, _: site.told.append((request.path, status, sent)),
            site.loop,
            site.repeats,
        )
        site.connections = connections
        server = await site.loop.create_server(connections, "127.0.0.1", 0)
        site.port = server.sockets[0].getsockname()[1]
        started.set()
        while not stop.is_set():
            now = monotonic()
            for each in list(connections.open) if hurried else ():
                each.check(now)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.02)
        server.close()
        await connections.stop(0.5)

    stop = asyncio.Event()
    runner = asyncio.Runner(loop_factory=LOOPS.get(loop, uvloop.new_event_loop))

    def work() -> None:
        with runner:
            runner.run(run(stop))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert started.wait(10)
        yield site
    finally:
        site.loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        assert not thread.is_alive()


def until(condition: Any, seconds: float = 5.0) -> bool:
    """Wait until a condition holds; return whether it does."""
    end = monotonic() + seconds
    while not condition():
        if monotonic() > end:
            return False
        sleep(0.01)
    return True
