"""HTTP to a store: one connection that is kept, bodies with a stated length, retries where they can do no harm."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

from kg.errors import PushError
from kg.pushing.credentials import Authorizer, Credentials

_BLOCK = 1 << 18
_LEAST_WAIT, _MOST_WAIT = 0.5, 120.0
_REDIRECTS = 5
# What an error says is read so far.
_SAID = 4096
# 501 and 507 tell of what another try does not mend.
_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, with what goes `before` and `after` them, which are sent without being held in memory."""

    path: Path
    start: int
    size: int
    before: bytes = b""
    after: bytes = b""

    def __len__(self) -> int:
        """Return the number of all bytes."""
        return len(self.before) + self.size + len(self.after)

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes in blocks."""
        yield self.before
        left = self.size
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left and (block := file.read(min(_BLOCK, left))):
                left -= len(block)
                yield block
        yield self.after


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server; a success is written to the file `into`, if there is one."""

    method: str
    url: str
    body: bytes | Part | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    twice: bool = True  # whether it may be sent twice
    into: Path | None = None

    @property
    def target(self) -> str:
        """The path and the query of the address."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def blocks(self) -> Iterable[bytes]:
        """Return the body in blocks."""
        if self.body is None:
            return ()
        return self.body.blocks() if isinstance(self.body, Part) else (self.body,)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; the body is empty where it was written to a file."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Say whether it is a success."""
        return 200 <= self.status < 300

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body, or its beginning, in one line."""
        return " ".join(self.body.decode("utf-8", "replace").split())


class Client:
    """A connection to one server (scheme, host and port of `url`).

    `patience` is the number of tries more that a request gets which may be sent twice; `seconds` how long a server may be silent.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        patience: int = 5,
        seconds: float = 600.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origin = _origin(url)
        self.url = url
        self.authorizer = Authorizer(credentials)
        self.retries = 0
        self._patience, self._seconds, self._sleep = patience, seconds, sleep
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, request: Request) -> Answer:
        """Send a request and return the answer, whatever its status.

        What may be sent twice is tried again, after a wait that doubles or that the server names, where the connection breaks or the server answers 429
        or 5xx. PushError where the server cannot be reached (KG620) or sends us to another host (KG628).
        """
        for attempt in range(self._patience + 1):
            last = attempt == self._patience or not request.twice
            try:
                answer = self._followed(request)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if last or isinstance(error, ssl.SSLCertVerificationError):
                    raise self._unreachable(error, sent_once=not request.twice) from error
                wait = _LEAST_WAIT * 2**attempt
            else:
                if last or answer.status not in _PASSING:
                    return answer
                wait = _asked_wait(answer) or _LEAST_WAIT * 2**attempt
            self.retries += 1
            self._sleep(min(wait, _MOST_WAIT))
        raise AssertionError  # the last attempt returns or raises

    def _followed(self, request: Request) -> Answer:
        for _ in range(_REDIRECTS):
            answer = self._authorized(request)
            if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
                return answer
            to = urljoin(request.url, answer.headers["location"])
            if _origin(to) != self._origin:
                raise PushError(
                    "KG628",
                    f"the server sends us to another place, {_shown(to)}, where credentials are not taken",
                    where=_shown(request.url),
                    advice="name that address yourself if you trust it",
                )
            if request.method not in ("GET", "HEAD") and answer.status not in (307, 308):
                return answer
            request = replace(request, url=to)
        raise PushError(
            "KG628", "the server redirects in a circle", where=_shown(request.url), advice="check the address"
        )

    def _authorized(self, request: Request) -> Answer:
        answer = self._once(request)
        # Once to show the password, and once more with a newer nonce; a server that takes it for wrong may give out new ones without end.
        for _ in range(2):
            challenges = answer.headers.get("www-authenticate", "")
            if answer.status != 401 or not self.authorizer.learn(challenges.split("\n")):
                break
            answer = self._once(request)
        return answer

    def _once(self, request: Request) -> Answer:
        headers = {"Accept": "*/*", "User-Agent": "kg", "Accept-Encoding": "identity", **request.headers}
        if (said := self.authorizer.header(request.method, request.target)) is not None:
            headers["Authorization"] = said
        if request.body is not None or request.method in ("POST", "PUT"):
            # Virtuoso answers 201 to a body without a length, and keeps nothing of it.
            headers["Content-Length"] = str(len(request.body or b""))
        if not request.twice:
            self.close()
        kept = self._connection is not None
        try:
            return self._exchange(request, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            # A server may hang up between two requests, and that is no fault; what may not be sent twice has a connection of its own.
            self.close()
            if not kept:
                raise
            return self._exchange(request, headers)

    def _exchange(self, request: Request, headers: Mapping[str, str]) -> Answer:
        connection = self._connection or self._connected()
        self._connection = connection
        connection.putrequest(request.method, request.target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        broken: OSError | None = None
        try:
            connection.endheaders()
            for block in request.blocks():
                connection.send(block)
        except (BrokenPipeError, ConnectionResetError) as error:
            # Who refuses a long body answers before its end.
            broken = error
        try:
            response = connection.getresponse()
        except (OSError, http.client.HTTPException):
            if broken is not None:
                raise broken from None
            raise
        with response:
            if broken is not None and response.status < 300:
                # It cannot have taken what it has not seen.
                raise broken
            fields: dict[str, str] = {}
            for name, value in response.getheaders():
                key = name.lower()
                fields[key] = f"{fields[key]}\n{value}" if key in fields else value
            if request.into is not None and 200 <= response.status < 300:
                with request.into.open("wb") as file:
                    _copy(response, file)
                content = b""
            else:
                content = response.read() if response.status < 300 else response.read(_SAID)
            whole = response.isclosed()
        if broken is not None or not whole:
            self.close()
        return Answer(response.status, fields, content)

    def _connected(self) -> http.client.HTTPConnection:
        scheme, host, port = self._origin
        if scheme == "https":
            # The certificate and its name are verified.
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=self._seconds, context=ssl.create_default_context(), blocksize=_BLOCK
            )
        else:
            made = http.client.HTTPConnection(host, port, timeout=self._seconds, blocksize=_BLOCK)
        made.connect()
        with suppress(OSError):
            made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _unreachable(self, error: Exception, *, sent_once: bool) -> PushError:
        if isinstance(error, ssl.SSLCertVerificationError):
            return PushError(
                "KG620",
                f"the certificate of the store is not trusted: {error.verify_message or error}",
                where=_shown(self.url),
                advice="if it is the right server, name the file with the certificate of its authority in SSL_CERT_FILE",
            )
        reason = " ".join(str(error).split()) or type(error).__name__
        after = f" after {self._patience + 1} tries" if self._patience and not sent_once else ""
        return PushError(
            "KG620",
            f"the store cannot be reached{after}: {reason}",
            where=_shown(self.url),
            advice="see that it runs, then give the same command again",
        )


def _copy(source: http.client.HTTPResponse, target: IO[bytes]) -> None:
    while block := source.read(_BLOCK):
        target.write(block)
    if source.length:
        raise http.client.IncompleteRead(b"", source.length)


def _asked_wait(answer: Answer) -> float | None:
    """Return the seconds that Retry-After names."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _shown(url: str) -> str:
    """Return an address without what may be secret in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
