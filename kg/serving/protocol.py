"""The SPARQL 1.1 Protocol and the Graph Store HTTP Protocol: what a request asks for. No store is touched here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from kg.query import is_deep
from kg.serving.execute import NAMES, media_of
from kg.serving.messages import Problem, Request, decoded

_FORM = "application/x-www-form-urlencoded"
# What is looked at before anybody knows whether it is a query keeps all others waiting.
_LONGEST = 1 << 18
_DATASET = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or an update with the graphs that the request names for it (None: it names none of any kind), and the format asked for by name."""

    kind: str
    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    format_: str = ""


def operation(request: Request) -> Operation | None:
    """Return what is asked of the SPARQL endpoint, or None where nothing is, which asks for its description. Problem where the request is wrong."""
    given = request.parameters()
    if request.method in ("GET", "HEAD"):
        if request.body:
            raise Problem(400, "a GET has no body")
        if any(name == "update" for name, _ in given):
            raise Problem(405, "an update is sent by POST", headers={"allow": "POST"})
        return _operation(given, "query") if given else None
    if request.method != "POST":
        raise Problem(405, "the SPARQL endpoint is asked by GET or POST", headers={"allow": "GET, HEAD, POST, OPTIONS"})
    uncompressed(request)
    media = request.media_type
    if media == _FORM:
        given = [*given, *_form(request)]
        kinds = {name for name, _ in given} & {"query", "update"}
        if len(kinds) != 1:
            raise Problem(400, "the form must have either `query` or `update`")
        return _operation(given, kinds.pop())
    if media in ("application/sparql-query", "application/sparql-update"):
        kind = media.rpartition("-")[2]
        if any(name in ("query", "update") for name, _ in given):
            raise Problem(400, "the request is given twice: in the address and in the body")
        return _operation([*given, (kind, _text(request))], kind)
    raise Problem(
        415,
        f"send {_FORM}, application/sparql-query or application/sparql-update",
        headers={"accept-post": f"{_FORM}, application/sparql-query, application/sparql-update"},
    )


def uncompressed(request: Request) -> None:
    """Raise Problem where the body of a request is compressed: a small one may become too large for any memory."""
    if request.header("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # RFC 9110, 15.5.16: so the client knows that it is not the media type.
        raise Problem(415, "the body must not be compressed", headers={"accept-encoding": "identity"})


def _form(request: Request) -> list[tuple[str, str]]:
    return decoded(_text(request))


def _text(request: Request) -> str:
    charset = request.header("content-type").lower().partition("charset=")[2].strip().strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise Problem(400 if charset.startswith("utf") else 415, "the body must be UTF-8")
    try:
        return request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "the body must be UTF-8") from error


def _operation(given: Sequence[tuple[str, str]], kind: str) -> Operation:
    texts = [value for name, value in given if name == kind]
    if len(texts) != 1:
        raise Problem(400, f"`{kind}` must be given once; it is given {len(texts)} times")
    if kind == "query" and is_deep(texts[0]):
        raise Problem(400, f"the {kind} is nested too deeply")
    if kind == "query" and len(texts[0]) > _LONGEST:
        raise Problem(413, f"the query is longer than {_LONGEST} characters")
    if len(given) == 1:
        return Operation(kind, texts[0])
    default, named = _DATASET[kind]
    wrong = {name for name, _ in given} & {name for other in _DATASET.values() for name in other} - {default, named}
    if wrong:
        raise Problem(400, f"a {kind} has no parameter {', '.join(sorted(wrong))}")
    defaults = tuple(checked(value) for name, value in given if name == default)
    nameds = tuple(checked(value) for name, value in given if name == named)
    scoped = bool(defaults or nameds)
    chosen = _format(given) if kind == "query" else ""
    return Operation(kind, texts[0], defaults if scoped else None, nameds if scoped else None, chosen)


def _format(given: Sequence[tuple[str, str]]) -> str:
    """Return the media types of the first format that is asked for by a name that is known, "" where none is asked for; Problem where none is known."""
    # A `+` that was not encoded came as a space.
    names = [value.strip().lower().replace(" ", "+") for name, value in given if name in ("format", "output") and value]
    chosen = next((media for media in map(media_of, names) if media), "")
    if names and not chosen:
        raise Problem(400, f"{names[0][:100]!r} is no format here: there are {', '.join(NAMES)}, and their media types")
    return chosen


def checked(iri: str) -> str:
    """Return an IRI that is absolute; Problem where it is none."""
    try:
        return ox.NamedNode(iri).value
    except ValueError as error:
        raise Problem(400, f"{iri!r} is no absolute IRI") from error


def graph_named(request: Request, root: str) -> str | None:
    """Return the graph that a request to the graph store is about, None for the default graph; Problem where it names none.

    A graph is named by `?graph=IRI`, by `?default`, or by the address of the request itself, below `root`.
    """
    given = request.parameters()
    names = [value for name, value in given if name == "graph"]
    default = any(name == "default" for name, _ in given)
    if len(names) + default > 1:
        raise Problem(400, "name one graph")
    if names:
        return checked(names[0])
    if default:
        return None
    if request.path.rstrip("/") == "/store":
        raise Problem(400, "name a graph: ?graph=IRI or ?default")
    return checked(root + quote(request.path, safe="%/:@!$&'()*+,;=~-._"))
