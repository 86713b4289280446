"""HTTP/1.1 for clients that nobody can trust: each phase of a request has a limit of time and size, and each answer one of time.

llhttp (through httptools) reads the bytes; this module decides how long it waits for them, how many it takes, and what goes back. One request of a connection is
answered at a time, in order; what a client sends ahead waits here if it came along with the first, else in its socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, cast

import httptools

from kg.serving.cache import Repeats, Whole
from kg.serving.limits import HttpLimits
from kg.serving.messages import REASONS, Answer, Problem, Request

_CRLF = b"\r\n"
_LINES = {code: f"HTTP/1.1 {code} {reason}\r\n".encode() for code, reason in REASONS.items()}
_NO_BODY = (204, 304)
_SMALL = 1 << 16
# A target that names its host, too (RFC 9112, 3.2.2).
_ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)
_FOREVER = float("inf")
_HERE = ("127.0.0.1", "::1", "")


Handler = Callable[[Request], Awaitable[Answer]]
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
        self.each: Counter[str] = Counter()
        self.stopping = False
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
        """Close idle connections, let answers that have begun end, then close what is left."""
        self.stopping = True
        self.ticker.cancel()
        for each in list(self.open):
            each.close_if_idle()
        end = monotonic() + patience
        while self.open and monotonic() < end:
            await asyncio.sleep(0.02)
        for each in list(self.open):
            each.abort()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, whether the connection stays open after it, and whether its client knows answers in chunks (HTTP/1.1)."""

    request: Request
    keep: bool
    chunks: bool


class Connection(asyncio.Protocol):
    """One connection: reads a request, has it answered, writes the answer, and begins anew."""

    __slots__ = (
        "_ahead",
        "_body",
        "_came",
        "_deadline",
        "_deaf",
        "_drained",
        "_expected",
        "_headers",
        "_held",
        "_parser",
        "_phase",
        "_reading",
        "_size",
        "_taken",
        "_target",
        "_task",
        "_unsent",
        "all",
        "limits",
        "peer",
        "transport",
    )

    def __init__(self, connections: Connections) -> None:
        self.all = connections
        self.limits = connections.limits
        self.transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.peer = ""
        self._parser: Any = httptools.HttpRequestParser(self)
        # Requests that wait for the answers to those before, and what is wrong with the last one, if something is.
        self._ahead: deque[_Asked | Problem] = deque()
        self._task: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._held: list[bytes] = []
        # The part of a request that is coming in, "headers" or "body", also while one before it is answered.
        self._reading = ""
        self._expected = False
        # The bytes of the request that is answered, where they came in one piece and alone.
        self._came = b""
        # Whether nothing more is taken from this client.
        self._deaf = False
        self._taken = self._unsent = 0
        self._deadline = 0.0
        self._begin("idle", self.limits.header_time)

    # -- the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a client, unless there are too many."""
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.peer = peer[0] if isinstance(peer, tuple) else ""
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

    # -- a request

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request; those of a next one wait until the answer has gone out."""
        if self._task is not None:
            self.transport.pause_reading()
            self._held.append(data)
        elif self._reading or not self._repeat(data):
            self._feed(data)

    def _repeat(self, data: bytes) -> bool:
        """Answer a request that came before with the very same bytes, and has the same answer."""
        everyone = self.all
        # Who does not take its answers waits for the next one as others do.
        if everyone.repeats is None or self._deaf or everyone.stopping or self._drained is not None:
            return False
        found = everyone.repeats.get(data, self.peer)
        if found is None:
            return False
        self.transport.write(found.body)
        self._begin("idle", self.limits.idle_time)
        asked = found.request
        everyone.told(asked if asked.client == self.peer else replace(asked, client=self.peer), 200, found.size, 0.0)
        return True

    def _feed(self, data: bytes) -> None:
        if self._deaf:
            return
        self._taken += len(data)
        fresh = not self._reading
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._stay(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            problem = error.__context__
            self._fault(problem if isinstance(problem, Problem) else Problem(400, "the request is no HTTP"))
        except httptools.HttpParserError:
            self._fault(Problem(400, "the request is no HTTP"))
        else:
            alone = fresh and self._task is not None and not self._reading and not self._ahead
            self._came = data if alone else b""
            # The parser keeps a header, and what stands around the chunks of a body, however long it is.
            if self._taken > self.limits.headers + self.limits.target:
                self._fault(self._too_long())

    def _stay(self, rest: bytes) -> None:
        """Read a request that asks for another protocol as one that does not: the parser gives its body to that protocol."""
        if not self._deaf and self._parser.get_method() != b"CONNECT":
            method, headers = self._parser.get_method(), {**self._headers}
            del headers["upgrade"]
            lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
            version = self._parser.get_http_version().encode()
            self._parser = httptools.HttpRequestParser(self)
            self._feed(b"%b %b HTTP/%b\r\n%b\r\n%b" % (method, self._target, version, lines, rest))

    def _fault(self, problem: Problem) -> None:
        """Refuse what comes in, once what came before it is answered."""
        if self._deaf:
            return
        self._deaf = True
        if self._task is None:
            self._refuse(problem)
        else:
            self._ahead.append(problem)

    def _too_long(self) -> Problem:
        limits = self.limits
        return Problem(431, f"headers take more than {limits.headers} bytes, or are more than {limits.header_count}")

    def _enter(self, reading: str) -> None:
        """Note which part of a request is coming in; its time begins when nothing else is done for the client."""
        self._reading = reading
        if self._task is None:
            self._begin(reading, self.limits.header_time if reading == "headers" else self.limits.body_time)
            if self._expected:
                self._expected = False
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target, self._size, self._taken = b"", 0, 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._enter("headers")

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._target += url
        if len(self._target) > self.limits.target:
            raise Problem(414, f"the address is longer than {self.limits.target} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one behind the body says nothing of the request (RFC 9110, 6.5.1)."""
        if self._reading == "body":
            return
        self._size += len(name) + len(value)
        if self._size > self.limits.headers or len(self._headers) >= self.limits.header_count:
            raise self._too_long()
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        before = self._headers.get(key)
        if before is None:
            self._headers[key] = text
        elif key in ("host", "content-length", "content-type", "authorization"):
            raise Problem(400, f"the header {key} is given twice")
        else:
            self._headers[key] = f"{before}, {text}"

    def _upgrading(self) -> bool:
        return bool(self._parser.should_upgrade()) and self._parser.get_method() != b"CONNECT"

    def on_headers_complete(self) -> None:
        """Look at the headers before a body is taken."""
        if self._upgrading():
            return
        headers = self._headers
        self._size = self._taken = 0
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise Problem(505, "HTTP/1.1 is spoken here")
        if "host" not in headers and version == "1.1":
            raise Problem(400, "the header host is missing")
        if "transfer-encoding" in headers and (
            "content-length" in headers or headers["transfer-encoding"].lower() != "chunked" or version == "1.0"
        ):
            raise Problem(400, "the length of the body cannot be told")
        if int(headers.get("content-length") or 0) > self.limits.body:
            raise Problem(413, f"the body is larger than {self.limits.body} bytes")
        if "content-length" in headers or "transfer-encoding" in headers:
            expected = headers.get("expect", "").lower() if version == "1.1" else ""
            if expected not in ("", "100-continue"):
                raise Problem(417, "only 100-continue is expected here")
            self._expected = bool(expected) and not self._deaf
            self._enter("body")

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self._body += data
        self._taken, self._expected = 0, False
        if len(self._body) > self.limits.body:
            raise Problem(413, f"the body is larger than {self.limits.body} bytes")

    def on_message_complete(self) -> None:
        """Have the request answered, or wait until those before it are."""
        self._reading, self._expected = "", False
        if self._deaf or self._upgrading():
            return
        parser, target = self._parser, self._target.decode("latin-1")
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is not None:
            self._headers["host"], target = absolute[1], absolute[2]
        path, _, query = target.partition("?")
        request = Request(
            parser.get_method().decode("ascii"), path or "/", query, self._headers, bytes(self._body), self.peer
        )
        # A client of HTTP/1.0 is not told how long a stream is but by its end.
        chunks = parser.get_http_version() == "1.1"
        keep = chunks and parser.should_keep_alive() and not parser.should_upgrade()
        self._deaf = not keep
        self._ahead.append(_Asked(request, keep, chunks))
        if self._task is None:
            self._next()

    def _next(self) -> None:
        """Answer the request that came next, or wait for one."""
        self._task = None
        if not self._ahead and self._held:
            held, self._held = b"".join(self._held), []
            self.transport.resume_reading()
            self._wait()
            self._feed(held)
        elif not self._ahead:
            self._wait()
        else:
            asked = self._ahead.popleft()
            if isinstance(asked, Problem):
                self._refuse(asked)
            else:
                self._begin("answering", _FOREVER)
                self._task = self.all.loop.create_task(self._answer(asked))

    def _wait(self) -> None:
        if self._reading:
            self._enter(self._reading)
        else:
            self._begin("idle", self.limits.idle_time)

    # -- the answer

    async def _answer(self, asked: _Asked) -> None:
        request, keep = asked.request, asked.keep
        start = monotonic()
        status, sent = 0, 0
        try:
            answer = await self._handled(request)
            status = answer.status
            keep = keep and not answer.closing and not self.all.stopping
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
            self.all.told(request, status, sent, monotonic() - start)
        if self.transport.is_closing():
            return
        if keep:
            self._next()
        else:
            self._hang_up()

    async def _handled(self, request: Request) -> Answer:
        try:
            return await self.all.handler(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told, and the log, and others are answered
            self.all.loop.call_exception_handler({"message": "a request could not be answered", "exception": error})
            return Problem(500, "the server failed at this request").answer()

    def _hang_up(self) -> None:
        """Close the connection when all has been sent, which a client that does not read cannot hold up for long."""
        self._begin("writing", self.limits.write_time)
        self.transport.close()

    async def _write(self, asked: _Asked, answer: Answer, keep: bool) -> int:
        """Write an answer; return the bytes of its body."""
        pieces = answer.pieces
        bodiless = asked.request.method == "HEAD" or answer.status in _NO_BODY
        chunked = asked.chunks and pieces is not None and "content-length" not in answer.headers
        head = _head(answer, keep, chunked)
        if pieces is None or bodiless:
            body = b"" if bodiless else answer.body
            self.transport.write(head + body)
            if self.all.repeats is not None and answer.state >= 0 and keep and self._came:
                self.all.repeats.put(
                    answer.state, self._came, Whole(head + body, replace(asked.request, headers={}), len(body))
                )
            await _close(pieces)
            await self._drain()
            return len(body)
        self.transport.write(head)
        sent = 0
        try:
            async for piece in pieces:
                if piece:
                    sent += len(piece)
                    self.transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                    await self._drain()
        finally:
            await _close(pieces)
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
        answer = problem.answer()
        self._deaf = True
        self.transport.write(_head(answer, keep=False, chunked=False) + answer.body)
        # What still comes is thrown away for a moment: closed with bytes unread, a socket takes back what was sent.
        self.transport.write_eof()
        self._begin("writing", 1.0)
        self.all.told(Request("", "", "", {}, client=self.peer), answer.status, len(answer.body), 0.0)


def _head(answer: Answer, keep: bool, chunked: bool) -> bytes:
    """Return the status line and headers of an answer."""
    # Whatever a value was made of, it ends no line.
    lines = "".join([f"{name}: {value}\r\n" for name, value in answer.headers.items() if value.isprintable()])
    head = [_LINES[answer.status], lines.encode()]
    if chunked:
        head.append(b"transfer-encoding: chunked\r\n")
    elif "content-length" not in answer.headers and answer.status not in _NO_BODY and answer.pieces is None:
        head.append(b"content-length: %d\r\n" % len(answer.body))
    if not keep:
        head.append(b"connection: close\r\n")
    head.append(_CRLF)
    return b"".join(head)


async def _close(pieces: Any) -> None:
    close = getattr(pieces, "aclose", None)
    if close is not None:
        await close()
