"""Answers a query on a store: evaluated, written in the format that the client likes, cut where it takes too much.

This runs in a worker, which can be killed, and for look-ups that cannot take long in the front itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.query import csv_lines, why_not
from kg.rdf.xml_text import fit_for_xml, made_fit_for_xml
from kg.serving.messages import Problem
from kg.serving.negotiation import choose
from kg.serving.rows import Rows

RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
_RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}
# What else clients call the formats.
ALIASES = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
_OFFERS = (*RESULTS, *ALIASES)
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "text/n3": ox.RdfFormat.N3,
}
_TEXT = {"text/csv", "text/tab-separated-values", "text/turtle", "text/n3"}
# Names for the parameter `format`.
NAMES = {name: media for media, name in RESULTS.items()} | {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
    "n3": "text/n3",
}
# What else clients call them.
_NICKNAMES = {
    "turtle": "ttl",
    "n-triples": "nt",
    "ntriples": "nt",
    "json-ld": "jsonld",
    "rdf+xml": "rdf",
    "rdfxml": "rdf",
    "n-quads": "nq",
    "nquads": "nq",
}
# What the names of rows are when the answer is a graph: clients choose json or xml before they know which it is.
_ALIKE = {"json": "application/ld+json", "xml": "application/rdf+xml"}
_PIECE = 1 << 16


def written(media: str, prefixes: Mapping[str, str]) -> dict[str, str] | None:
    """Return the prefixes to write a graph with, or None where its syntax has none."""
    return dict(prefixes) if media in ("text/turtle", "application/trig", "text/n3", "application/rdf+xml") else None


def media_of(name: str) -> str:
    """Return the media type that clients mean by the name of a format, or nothing; of json and xml, those of rows and of graphs, as in an Accept header."""
    known = {*RESULTS, *ALIASES, *GRAPHS}
    media = name if name in known else NAMES.get(_NICKNAMES.get(name, name), "")
    graph = _ALIKE.get(name) or _ALIKE.get(RESULTS[ALIASES[name]] if name in ALIASES else "")
    return f"{media}, {graph}" if graph else media


class Query(NamedTuple):
    """A query to answer: its text, the formats that the client accepts, the graphs that it may see (None: all), and what it may cost."""

    text: str
    accept: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    # Graphs that FROM and FROM NAMED name in the text.
    mentioned: tuple[str, ...] = ()
    rows: int = 0
    seconds: float = 0.0
    # What relative IRIs of the text are resolved against.
    base: str | None = None


class CutError(Exception):
    """Stops the writing of results: rows or time are used up."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Sink:
    """What Oxigraph writes results to: lets rows through, looks at the clock, passes pieces on."""

    def __init__(self, send: Callable[[bytes], None], rows: Rows | None, end: float) -> None:
        self.send, self.rows, self.end = send, rows, end
        self.held: list[bytes] = []
        self.size = 0
        self.cut = ""

    def write(self, data: bytes) -> int:
        if self.cut:
            # What could not be written because of the cut is written again when the writer is let go.
            return len(data)
        rows = self.rows
        piece = bytes(data) if rows is None else rows.feed(bytes(data))
        self.held.append(piece)
        self.size += len(piece)
        if self.size >= _PIECE:
            self.flush()
        if rows is not None and rows.full:
            self.cut = "rows"
        elif monotonic() > self.end and (rows is None or rows.begun):
            self.cut = "time"
        if self.cut:
            raise CutError(self.cut)
        return len(data)

    def flush(self) -> None:
        if self.held:
            self.send(b"".join(self.held))
            self.held, self.size = [], 0


@dataclass(slots=True)
class Outcome:
    """How a query went: why rows or triples were left out ("rows", "time"; "" when none was)."""

    truncated: str = ""


def results_media(accept: str) -> tuple[str, str] | None:
    """Return the media type in which a client gets rows, and the name of its format; None where it likes none."""
    media = choose(accept, _OFFERS)
    return None if media is None else (typed(media), RESULTS[ALIASES.get(media, media)])


def graph_media(accept: str) -> str | None:
    """Return the media type in which a client gets a graph; None where it likes none."""
    return choose(accept, tuple(GRAPHS))


def graph_bytes(triples: Iterable[ox.Triple], media: str, prefixes: Mapping[str, str]) -> bytes:
    """Return a small graph as it is written in a media type of `graph_media`."""
    data = ox.serialize(triples, format=GRAPHS[media], prefixes=written(media, prefixes)) or b""
    return made_fit_for_xml(data) if media == "application/rdf+xml" else data


def execute(
    store: ox.Store,
    query: Query,
    prefixes: Mapping[str, str],
    begin: Callable[[str], None],
    send: Callable[[bytes], None],
) -> Outcome:
    """Answer a query; `begin` is told the media type before `send` gets the first bytes. Problem where it cannot be answered."""
    end = monotonic() + query.seconds if query.seconds else float("inf")
    results = evaluate(store, query, prefixes)
    if isinstance(results, ox.QueryTriples):
        media = graph_media(query.accept)
        if media is None:
            raise Problem(406, f"{_meant(query.accept, RESULTS, 'rows')}a graph comes as one of {', '.join(GRAPHS)}")
        begin(typed(media))
        send = fit_for_xml(send) if media == "application/rdf+xml" else send
        return _write_graph(results, media, query, prefixes, _Sink(send, None, float("inf")), end)
    found = results_media(query.accept)
    if found is None:
        raise Problem(406, f"{_meant(query.accept, GRAPHS, 'graphs')}results come as one of {', '.join(RESULTS)}")
    media, format_ = found
    begin(media)
    if isinstance(results, ox.QueryBoolean):
        if format_ in ("csv", "tsv"):
            send(f"{str(bool(results)).lower()}\n".encode())
        else:
            send(results.serialize(format=_RESULT_FORMATS[format_]) or b"")
        return Outcome()
    if format_ == "csv":
        return _write_csv(results, query, send, end)
    return _write_rows(results, format_, query, fit_for_xml(send) if format_ == "xml" else send, end)


def evaluate(
    store: ox.Store, query: Query, prefixes: Mapping[str, str]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Begin to evaluate a query; Problem where it is no SPARQL or asks for graphs that are not here."""
    # Graphs that the request names beside the query are looked up, and empty where they are not here; none is ever fetched (SPARQL 1.1 Protocol, 2.1.4).
    for name in query.mentioned:
        graph = _node(name)
        if not store.contains_named_graph(graph):
            raise Problem(
                403, f"the graph <{name}> is not in this store, and none is fetched from elsewhere", code="KG602"
            )
    try:
        return store.query(
            query.text,
            base_iri=query.base,
            prefixes=_used(prefixes, query.text),
            default_graph=_graphs(query.default_graphs) if query.default_graphs is not None else _unsaid(query),
            named_graphs=_graphs(query.named_graphs) if query.named_graphs is not None else _unsaid(query),
        )
    except SyntaxError as error:
        updates = "which is sent by POST as `update`, to a server that takes updates (`kg serve --writable`)"
        what = why_not(query.text, error.msg, prefixes, base=query.base, updates=updates)
        raise Problem(400, f"the query is not SPARQL: {what}", code="KG503") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise Problem(400, f"the query cannot be answered: {error}", code="KG504") from error


def _used(prefixes: Mapping[str, str], text: str) -> dict[str, str]:
    """Return the prefixes that a query may use; taking in all of them takes longer than to answer a small query."""
    if "\\" in text:
        # A letter may be written as its code point.
        return dict(prefixes)
    # Wherever it stands: the parser wants no space between a keyword and a name.
    return {name: iri for name, iri in prefixes.items() if f"{name}:" in text}


def _unsaid(query: Query) -> list[Any] | None:
    """Return the graphs of the kind that a request does not name: none, where it names some of the other kind (SPARQL 1.1 Protocol, 2.1.4)."""
    return None if query.default_graphs is None and query.named_graphs is None else []


def _graphs(names: tuple[str, ...]) -> list[Any]:
    return [_node(name) for name in names]


def _node(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError as error:
        raise Problem(400, f"{name!r} is no IRI: {error}") from error


def _meant(accept: str, others: Collection[str], what: str) -> str:
    """Return what to say first where the one format that is liked is one of other results."""
    return f"{accept} is a format of {what}; " if accept in others else ""


def typed(media: str) -> str:
    """Return a media type as the header has it."""
    return f"{media}; charset=utf-8" if media in _TEXT else media


def _write_rows(
    results: ox.QuerySolutions, format_: str, query: Query, send: Callable[[bytes], None], end: float
) -> Outcome:
    rows = Rows(format_, query.rows or 1 << 62)
    sink: Any = _Sink(send, rows, end)
    try:
        results.serialize(sink, format=_RESULT_FORMATS[format_])
    except CutError as cut:
        sink.held.append(rows.stop())
        sink.flush()
        return Outcome(cut.why)
    except (OSError, ValueError, RuntimeError) as error:
        raise Problem(400, f"the query cannot be answered: {error}", code="KG504") from error
    sink.held.append(rows.rest())
    sink.flush()
    return Outcome("rows" if rows.full else "")


def _write_csv(results: ox.QuerySolutions, query: Query, send: Callable[[bytes], None], end: float) -> Outcome:
    left = query.rows or 1 << 62
    why, held, size = "", [], 0
    try:
        lines = csv_lines(results)
        held.append(next(lines))
        for line in lines:
            why = "time" if monotonic() > end else "rows" if not left else ""
            if why:
                break
            left -= 1
            held.append(line)
            size += len(line)
            if size >= _PIECE:
                send(b"".join(held))
                held, size = [], 0
    except (OSError, ValueError, RuntimeError) as error:
        raise Problem(400, f"the query cannot be answered: {error}", code="KG504") from error
    send(b"".join(held))
    return Outcome(why)


def _write_graph(
    results: ox.QueryTriples, media: str, query: Query, prefixes: Mapping[str, str], sink: Any, end: float
) -> Outcome:
    outcome = Outcome()
    left = query.rows or 1 << 62

    def taken() -> Iterator[ox.Triple]:
        nonlocal left
        try:
            for triple in results:
                if not left:
                    outcome.truncated = "rows"
                    return
                if monotonic() > end:
                    outcome.truncated = "time"
                    return
                left -= 1
                yield triple
        except (OSError, ValueError, RuntimeError) as error:
            raise Problem(400, f"the query cannot be answered: {error}", code="KG504") from error

    try:
        ox.serialize(taken(), sink, format=GRAPHS[media], prefixes=written(media, prefixes))
    except (OSError, ValueError) as error:
        raise Problem(406, f"this graph cannot be written as {media}: {error}") from error
    sink.flush()
    return outcome
