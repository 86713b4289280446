"""Headers that all answers have, those to requests that came whole and those to requests that were refused before."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache
from time import time

from kg.serving.messages import Answer

_EXPOSED = "ETag, Link, Location, Retry-After, Kg-Truncated, Kg-Row-Limit"
EVERYWHERE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": _EXPOSED,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


def open_to_all(answer: Answer) -> Answer:
    """Give an answer the headers that all have."""
    answer.headers = {**EVERYWHERE, **answer.headers}
    return answer


@lru_cache(1)
def _dated(second: int) -> str:
    return f"date: {formatdate(second, usegmt=True)}\r\n"


def dated() -> str:
    """Return the line that says when an answer was made, which a cache on the way goes by (RFC 9110, 6.6.1)."""
    return _dated(int(time()))
