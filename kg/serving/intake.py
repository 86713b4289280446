"""Reads requests of HTTP/1.1 off the bytes of a client that nobody can trust; llhttp (through httptools) takes the bytes apart, this module says what is too much."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Any

import httptools

from kg.serving.limits import HttpLimits
from kg.serving.messages import Problem, Request

# A target that names its host, too (RFC 9112, 3.2.2).
_ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)
_ONCE = ("host", "content-length", "content-type", "authorization")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, whether the connection stays open after it, and whether its client knows answers in chunks (HTTP/1.1)."""

    request: Request
    keep: bool
    chunks: bool


class Intake:
    """The requests of one connection, in their order.

    `ready` are those that have come whole, and in the end what is wrong with the next one, if something is. `part` is the part of a request that is coming in,
    "headers" or "body" (""; none is); `expects` says whether its client waits to be told to go on with the body. What comes once it is `closed` is thrown away.
    """

    __slots__ = ("_body", "_headers", "_limits", "_parser", "_peer", "_size", "_taken", "_target", "closed", "expects", "part", "ready")  # fmt: skip

    def __init__(self, limits: HttpLimits, peer: str = "") -> None:
        self._limits, self._peer = limits, peer
        self._parser: Any = httptools.HttpRequestParser(self)
        self.ready: deque[Asked | Problem] = deque()
        self.part = ""
        self.expects = False
        self.closed = False
        self._taken = 0

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        if self.closed:
            return
        self._taken += len(data)
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
            # The parser keeps a header, and what stands around the chunks of a body, however long it is.
            if self._taken > self._limits.headers + self._limits.target:
                self._fault(self._too_long())

    def _stay(self, rest: bytes) -> None:
        """Read a request that asks for another protocol as one that does not: the parser gives its body to that protocol."""
        if not self.closed and self._parser.get_method() != b"CONNECT":
            method, headers = self._parser.get_method(), {**self._headers}
            del headers["upgrade"]
            lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
            version = self._parser.get_http_version().encode()
            self._parser = httptools.HttpRequestParser(self)
            self.feed(b"%b %b HTTP/%b\r\n%b\r\n%b" % (method, self._target, version, lines, rest))

    def _fault(self, problem: Problem) -> None:
        if not self.closed:
            self.closed = True
            self.ready.append(problem)

    def _too_long(self) -> Problem:
        limits = self._limits
        return Problem(431, f"headers take more than {limits.headers} bytes, or are more than {limits.header_count}")

    # -- what the parser calls

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target, self._size, self._taken = b"", 0, 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self.part = "headers"

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._target += url
        if len(self._target) > self._limits.target:
            raise Problem(414, f"the address is longer than {self._limits.target} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one behind the body says nothing of the request (RFC 9110, 6.5.1)."""
        if self.part == "body":
            return
        headers = self._headers
        self._size += len(name) + len(value)
        if self._size > self._limits.headers or len(headers) >= self._limits.header_count:
            raise self._too_long()
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        before = headers.get(key)
        if before is None:
            headers[key] = text
        elif key in _ONCE:
            raise Problem(400, f"the header {key} is given twice")
        else:
            headers[key] = f"{before}, {text}"

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
        if int(headers.get("content-length") or 0) > self._limits.body:
            raise Problem(413, f"the body is larger than {self._limits.body} bytes")
        if "content-length" in headers or "transfer-encoding" in headers:
            expected = headers.get("expect", "").lower() if version == "1.1" else ""
            if expected not in ("", "100-continue"):
                raise Problem(417, "only 100-continue is expected here")
            self.expects = bool(expected) and not self.closed
            self.part = "body"

    def on_body(self, data: bytes) -> None:
        """Take a part of the body."""
        self._body += data
        self._taken, self.expects = 0, False
        if len(self._body) > self._limits.body:
            raise Problem(413, f"the body is larger than {self._limits.body} bytes")

    def on_message_complete(self) -> None:
        """Have a request ready."""
        self.part, self.expects = "", False
        if self.closed or self._upgrading():
            return
        parser, target = self._parser, self._target.decode("latin-1")
        if not target.startswith("/") and (absolute := _ABSOLUTE.fullmatch(target)) is not None:
            self._headers["host"], target = absolute[1], absolute[2]
        path, _, query = target.partition("?")
        method = parser.get_method().decode("ascii")
        request = Request(method, path or "/", query, self._headers, bytes(self._body), self._peer)
        # A client of HTTP/1.0 is not told how long a stream is but by its end.
        chunks = parser.get_http_version() == "1.1"
        keep = chunks and parser.should_keep_alive() and not parser.should_upgrade()
        self.closed = not keep
        self.ready.append(Asked(request, keep, chunks))
