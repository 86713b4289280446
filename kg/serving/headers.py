"""Headers that all answers have, those to requests that came whole and those to requests that were refused before."""

from __future__ import annotations

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
