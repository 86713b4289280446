"""A request that has come in whole, and the answer that goes out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl

PROBLEM = "application/problem+json"

# Header names are lower case, as they come in; of repeated ones the values are joined by commas (RFC 9110, 5.2).
Headers = Mapping[str, str]


@dataclass(slots=True)
class Request:
    """What a client asks: `path` is percent-encoded as sent, `query` what stands after the question mark."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""
    client: str = ""
    id: str = ""
    # The front that answers writes here what the access log tells: the kind of work, rows, whether it was cached.
    notes: dict[str, object] = field(default_factory=dict)

    def header(self, name: str, default: str = "") -> str:
        """Return a header by its lower-case name."""
        return self.headers.get(name, default)

    @property
    def media_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the query string in their order; Problem where they are not UTF-8."""
        return decoded(self.query)


def decoded(text: str) -> list[tuple[str, str]]:
    """Return the pairs of a query string or form; Problem where they are not UTF-8 or too many."""
    if not text:
        return []
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Problem(400, "the parameters cannot be read: they are not UTF-8, or more than 100") from error


@dataclass(slots=True)
class Answer:
    """What goes back: a status, headers (lower-case names), and a body that is whole or comes in pieces.

    `closing` ends the connection after the answer. `trailers` are sent after a body in pieces, and may be filled while it runs. `state` is the number of the state of
    the data of which the same request always has this answer; -1 where there is none.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: AsyncIterator[bytes] | None = None
    trailers: dict[str, str] = field(default_factory=dict)
    closing: bool = False
    state: int = -1

    async def let_go(self) -> None:
        """End what makes the pieces, which are not asked for any more."""
        close = getattr(self.pieces, "aclose", None)
        if close is not None:
            await close()


class Problem(Exception):  # noqa: N818 - what RFC 9457 calls it
    """A request that is not answered as asked: an HTTP status and a sentence that says why (RFC 9457)."""

    def __init__(self, status: int, what: str, *, code: str = "", headers: Headers | None = None) -> None:
        super().__init__(status, what)
        self.status = status
        self.what = what
        self.code = code
        self.headers = dict(headers or {})

    @property
    def sentence(self) -> str:
        """What is wrong, and its code."""
        return f"{self.what} [{self.code}]" if self.code else self.what

    @cached_property
    def document(self) -> bytes:
        """The problem as JSON."""
        body: dict[str, object] = {
            "title": REASONS.get(self.status, "Error"),
            "status": self.status,
            "detail": self.what,
        }
        if self.code:
            body["code"] = self.code
        return json.dumps(body, ensure_ascii=False).encode() + b"\n"

    def answer(self, *, plain: bool = False) -> Answer:
        """Return the answer that tells the problem, as text or as JSON."""
        headers = {
            "content-type": "text/plain; charset=utf-8" if plain else PROBLEM,
            "cache-control": "no-store",
            **self.headers,
        }
        body = f"{self.sentence}\n".encode() if plain else self.document
        return Answer(self.status, headers, body)


REASONS = {
    100: "Continue",
    200: "OK",
    201: "Created",
    204: "No Content",
    206: "Partial Content",
    303: "See Other",
    304: "Not Modified",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    416: "Range Not Satisfiable",
    417: "Expectation Failed",
    421: "Misdirected Request",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
