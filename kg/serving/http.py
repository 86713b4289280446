"""HTTP/1.1 for clients that nobody can trust: each phase of a request has a limit of time, and each answer, too.

`kg.serving.intake` reads the requests; this module decides how long it waits for them, and what goes back. One request of a connection is answered at a time, in
order; what a client sends ahead waits here if it came along with the first, else in its socket.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import monotonic
from typing import cast

from kg.serving.cache import Repeats, Whole
from kg.serving.headers import dated, open_to_all
from kg.serving.intake import Asked, Intake
from kg.serving.limits import HttpLimits
from kg.serving.linger import Linger
from kg.serving.messages import REASONS, Answer, Problem, Request

_CRLF = b"\r\n"
_LINES = {code: f"HTTP/1.1 {code} {reason}\r\n".encode() for code, reason in REASONS.items()}
_NO_BODY = (204, 304)
_SMALL = 1 << 16
_FOREVER = float("inf")
_HERE = ("127.0.0.1", "::1", "")
# So many seconds have those to read it who are told that the server stops.
_LAST = 1.0


# What gives an answer later.
Later = Callable[[], Awaitable[Answer]]
Handler = Callable[[Request], Answer | Later]
Told = Callable[[Request, int, int, float], None]


class Connections:
    """All connections of a process: how many, whose, and how they end."""

    def __init__(
        self,
        handler: Handler,
        limits: HttpLimits,
        told: Told,
        loop: asyncio.AbstractEventLoop,
        repeats: Repeats | None = None,
        counted: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.handler, self.limits, self.told, self.loop = handler, limits, told, loop
        self.repeats, self.counted = repeats, counted
        self.open: set[Connection] = set()
        self.linger = Linger(loop, self.open)
        self.each: Counter[str] = Counter()
        self.stopping = False
        # Whether the time for answers that had begun when it stopped is over.
        self.over = False
        # Bumped once a second: time limits need no finer clock, and a timer for each phase of each request would cost more than the request.
        self.ticker = loop.call_later(1.0, self._tick)

    def __call__(self) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(self)

    def _tick(self) -> None:
        now = monotonic()
        for each in list(self.open):
            each.check(now)
        self.ticker = self.loop.call_later(1.0, self._tick)

    async def stop(self, patience: float) -> None:
        """Close idle connections, let answers that have begun end, tell those who still wait that they get none, then close what is left."""
        self.stopping = True
        self.ticker.cancel()
        for each in list(self.open):
            each.close_if_idle()
        await self._closed(patience)
        self.over = True
        for each in list(self.open):
            each.give_up()
        await self._closed(_LAST)
        for each in list(self.open):
            each.abort()

    async def _closed(self, seconds: float) -> None:
        """Wait until all connections are closed, or so long."""
        end = monotonic() + seconds
        while self.open and monotonic() < end:
            await asyncio.sleep(0.02)


class Connection(asyncio.Protocol):
    """One connection: reads a request, has it answered, writes the answer, and begins anew."""

    __slots__ = ("_came", "_deadline", "_drained", "_held", "_intake", "_phase", "_task", "_unsent", "_waits", "all", "limits", "peer", "transport")  # fmt: skip

    def __init__(self, connections: Connections) -> None:
        self.all = connections
        self.limits = connections.limits
        self.transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.peer = ""
        self._intake = Intake(self.limits)
        self._task: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._held: list[bytes] = []
        # The bytes of the request that is answered, where they came in one piece and alone.
        self._came = b""
        self._unsent = 0
        # Whether nothing of the answer to a request is there yet.
        self._waits = False
        self._deadline = 0.0
        self._begin("idle", self.limits.header_time)

    # -- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a client, unless there are too many."""
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if isinstance(peer, tuple) else ""
        self._intake = Intake(self.limits, self.peer)
        everyone = self.all
        everyone.open.add(self)
        everyone.counted(len(everyone.open))
        everyone.each[self.peer] += 1
        transport.set_write_buffer_limits(high=_SMALL * 4)  # type: ignore[attr-defined]
        # Clients behind a server in front of this one all have its address.
        crowd = self.peer not in _HERE and everyone.each[self.peer] > self.limits.connections // 2
        if crowd or len(everyone.open) > self.limits.connections:
            self._refuse(Problem(503, "there are too many connections", headers={"retry-after": "5"}))
            self.transport.close()
        elif everyone.stopping:
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Forget a client, and stop what is done for it."""
        everyone = self.all
        everyone.open.discard(self)
        everyone.counted(len(everyone.open))
        everyone.each[self.peer] -= 1
        if not everyone.each[self.peer]:
            del everyone.each[self.peer]
        self.resume_writing()
        if self._task is not None:
            self._task.cancel()

    def check(self, now: float) -> None:
        """Drop a client that took longer than the phase it is in allows."""
        if now < self._deadline:
            return
        if self._phase in ("headers", "body"):
            self._refuse(Problem(408, "the request took too long to arrive"))
        elif self._phase == "idle":
            self._hang_up()
        elif self._phase == "writing":
            if self.transport.get_write_buffer_size() < self._unsent:
                self._begin("writing", self.limits.write_time)
            else:
                self.transport.abort()

    def close_if_idle(self) -> None:
        """Close the connection unless a request is under way."""
        if self._phase == "idle":
            self.transport.close()

    def give_up(self) -> None:
        """Answer a request that still waits: it is not done."""
        if self._waits and self._task is not None:
            self._task.cancel()

    def abort(self) -> None:
        """Close at once."""
        self.transport.abort()

    def _begin(self, phase: str, seconds: float) -> None:
        self._phase = phase
        self._deadline = monotonic() + seconds
        if phase == "writing":
            self._unsent = self.transport.get_write_buffer_size()

    def pause_writing(self) -> None:
        """Wait for a client that reads slower than we write."""
        self._drained = self.all.loop.create_future()

    def resume_writing(self) -> None:
        """Go on, as the client has read."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # -- requests

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request; those of a next one wait until the answer has gone out."""
        if self._task is not None:
            self.transport.pause_reading()
            self._held.append(data)
        elif self._intake.part or not self._repeat(data):
            self._feed(data)

    def _repeat(self, data: bytes) -> bool:
        """Answer a request by its bytes, as one was answered that came before."""
        everyone = self.all
        # Who does not take its answers waits for the next one as others do.
        if everyone.repeats is None or self._intake.closed or everyone.stopping or self._drained is not None:
            return False
        start = monotonic()
        found = everyone.repeats.get(data, self.peer)
        if found is None:
            return False
        self.transport.write(found.body)
        self._begin("idle", self.limits.idle_time)
        everyone.linger.answered(start)
        asked = found.request if found.request.client == self.peer else replace(found.request, client=self.peer)
        everyone.told(asked, 200, found.size, monotonic() - start)
        return True

    def _feed(self, data: bytes) -> None:
        intake = self._intake
        if intake.closed:
            return
        fresh = not intake.part
        intake.feed(data)
        self._came = data if fresh and not intake.part and len(intake.ready) == 1 else b""
        self._next()

    def _next(self) -> None:
        """Answer the request that came next, or wait for one."""
        intake = self._intake
        if not intake.ready and self._held:
            held, self._held = b"".join(self._held), []
            self.transport.resume_reading()
            self._wait()
            self._feed(held)
        elif not intake.ready:
            self._wait()
        elif isinstance(asked := intake.ready.popleft(), Problem):
            self._refuse(asked)
        else:
            self._begin("answering", _FOREVER)
            if self._came and self._drained is None:
                self._at_once(asked)
            else:
                # Who sends many requests at a time has them answered in turn with those of others.
                self._task = self.all.loop.create_task(self._answer(asked, None, monotonic()))

    def _wait(self) -> None:
        intake = self._intake
        if not intake.part:
            self._begin("idle", self.limits.idle_time)
        elif intake.part != self._phase:
            self._begin(intake.part, self.limits.header_time if intake.part == "headers" else self.limits.body_time)
        if intake.expects:
            intake.expects = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # -- answers

    def _at_once(self, asked: Asked) -> None:
        """Answer a request whose answer is short and needs no waiting; else begin to answer it."""
        start = monotonic()
        begun = self._begun(asked.request)
        if not isinstance(begun, Answer) or begun.pieces is not None or len(begun.body) > _SMALL:
            self._task = self.all.loop.create_task(self._answer(asked, begun, start))
            return
        keep = self._stays(asked, begun)
        sent = self._write_whole(asked, begun, keep)
        self.all.told(asked.request, begun.status, sent, monotonic() - start)
        self._go_on(keep)

    async def _answer(self, asked: Asked, begun: Answer | Later | None, start: float) -> None:
        """Answer a request, with what has been begun of that."""
        keep, status, sent = False, 0, 0
        try:
            answer = await self._handled(asked.request, begun or self._begun(asked.request))
            status = answer.status
            keep = self._stays(asked, answer)
            sent = await self._write(asked, answer, keep)
        except (asyncio.CancelledError, ConnectionError):
            keep = False
            with contextlib.suppress(Exception):
                self.transport.abort()
        except Exception:
            # What went wrong in a stream that has begun can only be told by breaking it off.
            self.transport.abort()
            raise
        finally:
            self.all.told(asked.request, status, sent, monotonic() - start)
        self._task = None
        self._go_on(keep)

    def _begun(self, request: Request) -> Answer | Later:
        try:
            return self.all.handler(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told, and the log, and others are answered
            return self._failed(error)

    async def _handled(self, request: Request, begun: Answer | Later) -> Answer:
        self._waits = True
        try:
            return begun if isinstance(begun, Answer) else await begun()
        except asyncio.CancelledError:
            # Else it is the client who went away.
            if not self.all.over or self.transport.is_closing():
                raise
            return open_to_all(_stopped(request).answer())
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(error)
        finally:
            self._waits = False

    def _failed(self, error: Exception) -> Answer:
        self.all.loop.call_exception_handler({"message": "a request could not be answered", "exception": error})
        return open_to_all(Problem(500, "the server failed at this request").answer())

    def _stays(self, asked: Asked, answer: Answer) -> bool:
        return asked.keep and not answer.closing and not self.all.stopping

    def _go_on(self, keep: bool) -> None:
        if self.transport.is_closing():
            return
        if keep:
            self._next()
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        """Close the connection when all has been sent, which a client that does not read cannot hold up for long."""
        self._begin("writing", self.limits.write_time)
        self.transport.close()

    def _write_whole(self, asked: Asked, answer: Answer, keep: bool) -> int:
        """Write an answer whose body is whole, or left out; return the bytes of the body."""
        bodiless = _is_bodiless(asked, answer)
        chunked = asked.chunks and answer.pieces is not None and "content-length" not in answer.headers
        body = b"" if bodiless else answer.body
        data = _head(answer, keep, chunked) + body
        self.transport.write(data)
        repeats = self.all.repeats
        if repeats is not None and answer.state >= 0 and keep and self._came and repeats.came(self._came):
            repeats.put(answer.state, self._came, Whole(data, replace(asked.request, headers={}), len(body)))
        return len(body)

    async def _write(self, asked: Asked, answer: Answer, keep: bool) -> int:
        """Write an answer; return the bytes of its body."""
        pieces = answer.pieces
        if pieces is None or _is_bodiless(asked, answer):
            sent = self._write_whole(asked, answer, keep)
            await answer.let_go()
            await self._drain()
            return sent
        chunked = asked.chunks and "content-length" not in answer.headers
        self.transport.write(_head(answer, keep, chunked))
        sent = 0
        try:
            async for piece in pieces:
                if piece:
                    sent += len(piece)
                    self.transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                    await self._drain()
        finally:
            await answer.let_go()
        if chunked:
            trailers = "".join(f"{name}: {value}\r\n" for name, value in answer.trailers.items())
            self.transport.write(b"0\r\n" + trailers.encode("latin-1") + _CRLF)
        return sent

    async def _drain(self) -> None:
        if self._drained is not None:
            self._begin("writing", self.limits.write_time)
            await self._drained
            self._begin("answering", _FOREVER)
        if self.transport.is_closing():
            raise ConnectionResetError

    def _refuse(self, problem: Problem) -> None:
        """Answer before the request is whole, and hang up."""
        answer = open_to_all(problem.answer())
        self._intake.closed = True
        self.transport.write(_head(answer, keep=False, chunked=False) + answer.body)
        # What still comes is thrown away for a moment: closed with bytes unread, a socket takes back what was sent.
        self.transport.write_eof()
        self._begin("writing", 1.0)
        self.all.told(Request("", "", "", {}, client=self.peer), answer.status, len(answer.body), 0.0)


def _stopped(request: Request) -> Problem:
    """Return what is told of a request that is not answered because the server stops."""
    headers = {"retry-after": "10"}
    kind = request.notes.get("kind")
    if kind == "update" or (kind == "graph" and request.method not in ("GET", "HEAD")):
        what = "the server stops; the update may be kept or not: look before you send it again"
        return Problem(503, what, code="KG606", headers=headers)
    return Problem(503, "the server stops before this is answered", code="KG609", headers=headers)


def head(answer: Answer) -> bytes:
    """Return the status line and the headers of an answer, but for those that say how it is sent."""
    # Whatever a value was made of, it ends no line.
    lines = "".join([f"{name}: {value}\r\n" for name, value in answer.headers.items() if value.isprintable()])
    return _LINES[answer.status] + lines.encode()


def _head(answer: Answer, keep: bool, chunked: bool) -> bytes:
    """Return the whole head of an answer."""
    lines = [head(answer), dated().encode()]
    if chunked:
        lines.append(b"transfer-encoding: chunked\r\n")
    elif "content-length" not in answer.headers and answer.status not in _NO_BODY and answer.pieces is None:
        lines.append(b"content-length: %d\r\n" % len(answer.body))
    if not keep:
        lines.append(b"connection: close\r\n")
    lines.append(_CRLF)
    return b"".join(lines)


def _is_bodiless(asked: Asked, answer: Answer) -> bool:
    return asked.request.method == "HEAD" or answer.status in _NO_BODY
