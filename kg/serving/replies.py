"""What answers have in common: headers that all have, tags by which they are known again, and the words for what is not allowed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from kg.serving.messages import Answer, Problem, Request
from kg.serving.negotiation import choose
from kg.serving.question import Question
from kg.serving.states import Open
from kg.serving.statics import matches, not_modified

KEPT = {"vary": "Accept, Accept-Encoding, Accept-Language", "cache-control": "no-cache"}
_READ = "GET, HEAD, OPTIONS"
_ASK = "GET, HEAD, POST, OPTIONS"
_STORE = "GET, HEAD, PUT, POST, DELETE, OPTIONS"


def told(request: Request, problem: Problem) -> Answer:
    """Return what tells a client what is wrong, as it likes it."""
    offers = ("application/problem+json", "application/json", "text/plain")
    answer = problem.answer(plain=choose(request.header("accept"), offers) == "text/plain")
    answer.headers.setdefault("vary", "Accept")
    return answer


def tag_of(opened: Open, key: object) -> str:
    """Return what tells the answer to a request from all others."""
    return tags_of(opened, key)(key.text) if isinstance(key, Question) else _tag(opened, repr(key).encode())


def tags_of(opened: Open, questioned: Question) -> Callable[[str], str]:
    """Return what gives the tag of the answer to a text that is asked as this question is."""
    rest = repr(questioned._replace(text="")).encode()
    return lambda text: _tag(opened, rest + text.encode())


def _tag(opened: Open, key: bytes) -> str:
    return f'W/"{opened.tag}-{hashlib.blake2b(key, digest_size=8).hexdigest()}"'


def unchanged(request: Request, tag: str) -> Answer | None:
    """Return 304 where the client has the answer."""
    wanted = request.header("if-none-match") if request.method in ("GET", "HEAD") else ""
    # A tag was given with an answer, so there is one. Of `*` that is not known yet.
    if wanted and wanted.strip() != "*" and matches(wanted, tag):
        return Answer(304, {**KEPT, "etag": tag})
    return None


def unwanted(request: Request, answer: Answer) -> Answer:
    """Return 304 for what is there, where a client wants only what is not (`If-None-Match: *`); what is not there is told as without the header (RFC 9110, 13.2.1)."""
    # What is made anew each time has no tag, and no client can have it.
    there = answer.status == 200 and "etag" in answer.headers and request.method in ("GET", "HEAD")
    return not_modified(answer) if there and request.header("if-none-match").strip() == "*" else answer


def is_browser(accept: str) -> bool:
    """Return whether a page is liked more than results are."""
    return choose(accept, ("application/sparql-results+json", "text/turtle", "text/html")) == "text/html"


def allowed(path: str) -> str:
    """Return the methods that a path has, as in the header `Allow`."""
    if path == "/store" or path.startswith("/store/"):
        return _STORE
    return _ASK if path in ("/sparql", "/reconcile") else _READ


def options(path: str) -> Answer:
    """Return what may be done at a path, and from where."""
    methods = allowed(path)
    return Answer(
        204,
        {
            "allow": methods,
            "access-control-allow-methods": methods,
            "access-control-allow-headers": "Accept, Authorization, Content-Type, If-Match, If-None-Match",
            "access-control-max-age": "86400",
        },
    )
