"""The W3C suites of SPARQL 1.1 that are about HTTP: their cases from the manifests, and one run of a case against a server.

A case is a list of exchanges, or a query whose results are to come in a format, or a check of the service description. A run returns what is wrong, "" for nothing.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.rdf.namespaces import RDF, XSD
from tests.serving import Answer, Server
from tests.shared import shared_path

# Suite -> the number of its cases.
SUITES = {"protocol": 34, "graph-store-protocol": 13, "service-description": 3, "csv-tsv-res": 6, "json-res": 4}

_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT = "http://www.w3.org/2011/http#"
_HTS = "http://www.w3.org/2011/http-statusCodes#"
_CNT = "http://www.w3.org/2011/content#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SD = "http://www.w3.org/ns/sparql-service-description#"

_STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
_JSON = "application/sparql-results+json"
_XML = "application/sparql-results+xml"
# mf:expectedFormat -> media types; the names of the cases list them.
_FORMATS = {
    "boolean": (_JSON, _XML),
    "tabular": (_JSON, _XML, "text/csv", "text/tab-separated-values"),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}
# The terms of the service description vocabulary that take or are a resource, never a literal.
_SD_PROPERTIES = frozenset(
    f"{_SD}{name}"
    for name in (
        *("endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime", "defaultSupportedEntailmentProfile"),
        *("supportedEntailmentProfile", "extensionFunction", "extensionAggregate", "languageExtension"),
        *("supportedLanguage", "propertyFeature", "defaultDataset", "availableGraphs", "resultFormat", "inputFormat"),
        *("defaultGraph", "namedGraph", "name", "graph"),
    )
)
_SD_CLASSES = frozenset(
    f"{_SD}{name}"
    for name in (
        *("Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"),
        *("GraphCollection", "Dataset", "Graph", "NamedGraph", "Feature"),
    )
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and what is expected of its answer: any of the statuses (201, or 2xx for a class), and what is not empty of the rest."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: tuple[str, ...]
    form: str
    boolean: str
    location: str
    media: str
    graph: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a suite; `graphs` are named graphs that are there before, `query`, `data` and `result` are files."""

    suite: str
    name: str
    title: str
    graphs: tuple[tuple[str, Path], ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    query: Path | None = None
    data: Path | None = None
    result: Path | None = None

    def __str__(self) -> str:
        return f"{self.suite}/{self.name}"


def load_cases(suite: str) -> tuple[Case, ...]:
    """Return the cases of a suite in the order of its manifests; a manifest that lacks some is an error."""
    manifest = shared_path("suites", "sparql11", suite, "manifest.ttl")
    cases = tuple(_cases(suite, manifest))
    assert len(cases) == SUITES[suite], f"{suite} has {SUITES[suite]} cases, {len(cases)} were found"
    return cases


def run(case: Case, server: Server) -> str:
    """Run a case against a server that may be written to, which is emptied before; return what is wrong."""
    answer = server.change("DROP ALL")
    assert answer.status < 300, f"the server cannot be emptied: {answer.status} {answer.text}"
    for name, path in case.graphs:
        _put(server, f"graph={quote(name, safe='')}", path.read_bytes(), "application/n-triples")
    if case.suite == "service-description":
        return _described(case.name, server)
    if case.result is not None:
        return _results(case, server)
    return _exchanged(case, server)


# What the manifests say


@dataclass(frozen=True, slots=True)
class _Graph:
    """The triples of a manifest."""

    arcs: dict[Any, dict[str, list[Any]]]

    def all(self, subject: object, predicate: str) -> list[Any]:
        return self.arcs.get(subject, {}).get(predicate, [])

    def text(self, subject: object, predicate: str) -> str:
        return next((str(term.value) for term in self.all(subject, predicate)), "")

    def one(self, subject: object, predicate: str) -> Any:
        return next(iter(self.all(subject, predicate)), None)

    def members(self, head: Any) -> Iterator[Any]:
        while self.all(head, RDF + "first"):
            yield self.one(head, RDF + "first")
            head = self.one(head, RDF + "rest")


def _cases(suite: str, manifest: Path) -> Iterator[Case]:
    graph = _Graph({})
    quads: Any = ox.parse(path=manifest, base_iri=manifest.as_uri())
    for quad in quads:
        graph.arcs.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    here = ox.NamedNode(manifest.as_uri())
    for included in graph.members(graph.one(here, f"{_MF}include")):
        yield from _cases(suite, _path(included.value))
    for entry in graph.members(graph.one(here, f"{_MF}entries")):
        action = graph.one(entry, f"{_MF}action")
        yield Case(
            suite,
            name=entry.value.rpartition("#")[2],
            title=graph.text(entry, f"{_MF}name"),
            graphs=tuple(
                (graph.text(data, f"{_RDFS}label"), _path(graph.text(data, f"{_UT}graph")))
                for data in graph.all(entry, f"{_UT}graphData")
            ),
            exchanges=tuple(
                _exchange(graph, request) for request in graph.members(graph.one(action, f"{_HT}requests"))
            ),
            query=_path(graph.text(action, f"{_QT}query")),
            data=_path(graph.text(action, f"{_QT}data")),
            result=_path(graph.text(entry, f"{_MF}result")) if graph.one(entry, f"{_MF}result") else None,
        )


def _path(iri: str) -> Path:
    return Path(iri.removeprefix("file://"))


def _exchange(graph: _Graph, request: object) -> Exchange:
    response = graph.one(request, f"{_HT}resp")
    statuses = [term.value.removeprefix(_HTS) for term in graph.all(response, f"{_MF}expectedStatus")]
    headers = _headers(graph, request)
    body = graph.one(request, f"{_HT}body")
    encoding = graph.text(body, f"{_CNT}characterEncoding")
    return Exchange(
        method=graph.text(request, f"{_HT}methodName"),
        path=graph.text(request, f"{_HT}absolutePath"),
        headers=headers,
        body=graph.text(body, f"{_CNT}chars").encode(encoding) if body else None,
        statuses=tuple(sorted(_STATUSES.get(name) or name.removeprefix("StatusCode") for name in statuses)),
        form=graph.text(response, f"{_MF}expectedFormat"),
        boolean=graph.text(response, f"{_MF}expectedBoolean"),
        location=graph.text(response, f"{_MF}expectedLocation"),
        media=dict(_headers(graph, response)).get("content-type", ""),
        graph=graph.text(graph.one(response, f"{_HT}body"), f"{_CNT}chars"),
    )


def _headers(graph: _Graph, message: object) -> tuple[tuple[str, str], ...]:
    fields = graph.members(graph.one(message, f"{_HT}headers"))
    return tuple((graph.text(field, f"{_HT}fieldName"), graph.text(field, f"{_HT}fieldValue")) for field in fields)


# Exchanges


def _exchanged(case: Case, server: Server) -> str:
    locations: dict[str, str] = {}
    for number, exchange in enumerate(case.exchanges, start=1):
        path, body = _target(exchange, server), exchange.body
        for variable, location in locations.items():
            path = path.replace(variable, location)
            body = body and body.replace(variable.encode(), location.encode())
        answer = server.ask(path, exchange.method, body, dict(exchange.headers))
        if exchange.location:
            locations[exchange.location] = answer.headers.get("Location", "")
        if fault := _fault(exchange, answer, server.url.rstrip("/") + path):
            return f"{number}. {exchange.method} {path}: {fault}\n{answer.status} {answer.text[:500]}"
    return ""


def _target(exchange: Exchange, server: Server) -> str:
    """Return the path of a request on this server: a manifest's paths start with /sparql/ or /gsp, each for the path of an endpoint."""
    if exchange.path.startswith("/gsp"):
        return server.store + exchange.path.removeprefix("/gsp")
    media = dict(exchange.headers).get("content-type", "")
    update = "sparql-update" in media or b"update=" in (exchange.body or b"") or "update=" in exchange.path
    update = update or (exchange.body or b"").startswith(b"CLEAR ")
    return (server.update if update else server.query) + exchange.path.removeprefix("/sparql/")


def _fault(exchange: Exchange, answer: Answer, address: str) -> str:
    if str(answer.status) not in exchange.statuses and f"{answer.status // 100}xx" not in exchange.statuses:
        return f"the status is {answer.status}, not {' or '.join(exchange.statuses)}"
    if exchange.location and not answer.headers.get("Location"):
        return "there is no Location"
    if exchange.form and answer.media not in _FORMATS[exchange.form]:
        return f"{answer.media} is no format for {exchange.form}"
    if exchange.media and not _same_media(exchange.media, answer):
        return f"the media type is {answer.headers.get('Content-Type')}, not {exchange.media}"
    try:
        if exchange.form and (fault := _content_fault(exchange, answer)):
            return fault
        if exchange.graph and _graph(answer, address) != _canonical(
            ox.parse(exchange.graph, format=ox.RdfFormat.TURTLE, base_iri=address)
        ):
            return "another graph was expected"
    except (ValueError, SyntaxError) as error:
        return f"the body is no {answer.media}: {error}"
    return ""


def _same_media(expected: str, answer: Answer) -> bool:
    """Tell whether a media type is that expected; `charset=utf-8` may be left out, for Turtle has no other."""
    charset = answer.headers.get_content_charset()
    return answer.media == expected.partition(";")[0] and charset in (None, "utf-8")


def _content_fault(exchange: Exchange, answer: Answer) -> str:
    """Read the results of a query; return how they differ from a boolean that is expected."""
    if exchange.form == "RDF":
        _graph(answer, "urn:base:")
        return ""
    form: Any = ox.QueryResultsFormat.from_media_type(answer.media)
    results = ox.parse_query_results(answer.body, format=form)
    if exchange.form == "tabular":
        assert isinstance(results, ox.QuerySolutions)
        for _ in results:
            pass
        return ""
    found = str(bool(results)).lower() if isinstance(results, ox.QueryBoolean) else "no boolean"
    return "" if exchange.boolean in ("", found) else f"{exchange.boolean} was expected, not {found}"


def _graph(answer: Answer, base: str) -> frozenset[str]:
    form: Any = ox.RdfFormat.from_media_type(answer.media)
    if form is None:
        raise ValueError("not a syntax of RDF")
    return _canonical(ox.parse(answer.body, format=form, base_iri=base))


def _canonical(quads: Any) -> frozenset[str]:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(map(str, found))


def _put(server: Server, where: str, content: bytes, media: str) -> None:
    answer = server.ask(f"{server.store}?{where}", "PUT", content, {"Content-Type": media})
    assert answer.status < 300, f"the data cannot be stored: {answer.status} {answer.text}"


# The service description


def _described(name: str, server: Server) -> str:
    accept = {"Accept": "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.9"}
    answer = server.ask(server.query, headers=accept)
    address = server.url.rstrip("/") + server.query
    if answer.status != 200:
        return f"the status is {answer.status}\n{answer.text}"
    try:
        form: Any = ox.RdfFormat.from_media_type(answer.media)
        quads: list[Any] = list(ox.parse(answer.body, format=form, base_iri=address))
    except (TypeError, ValueError, SyntaxError) as error:
        return f"no RDF: {answer.media} {error}"
    return _CHECKS[name](quads, address)


def _is_not_empty(quads: list[Any], _: str) -> str:
    return "" if quads else "there is no triple"


def _has_endpoint(quads: list[Any], address: str) -> str:
    endpoints = [quad.object.value for quad in quads if quad.predicate.value == f"{_SD}endpoint"]
    return "" if address in endpoints else f"{address} is not among {endpoints}"


def _conforms(quads: list[Any], _: str) -> str:
    """Check what Service Description 1.1 asks: the terms are of the vocabulary, their values are resources, a named graph has one name."""
    faults = []
    for quad in quads:
        predicate, value = quad.predicate.value, quad.object
        if predicate.startswith(_SD) and (predicate not in _SD_PROPERTIES or isinstance(value, ox.Literal)):
            faults.append(f"{quad}: no such property, or a literal")
        if predicate == RDF + "type" and value.value.startswith(_SD) and value.value not in _SD_CLASSES:
            faults.append(f"{quad}: no such class")
    services = [quad for quad in quads if quad.predicate.value == f"{_SD}endpoint"]
    named = {quad.subject for quad in quads if quad.object == ox.NamedNode(f"{_SD}NamedGraph")}
    named |= {quad.object for quad in quads if quad.predicate.value == f"{_SD}namedGraph"}
    for node in named:
        names = [quad.object for quad in quads if quad.subject == node and quad.predicate.value == f"{_SD}name"]
        if [type(name) for name in names] != [ox.NamedNode]:
            faults.append(f"{node}: a named graph has one name, not {names}")
    return "\n".join([*faults, *([] if services else ["there is no service"])])


_CHECKS: dict[str, Callable[[list[Any], str], str]] = {
    "returns-rdf": _is_not_empty,
    "has-endpoint-triple": _has_endpoint,
    "conforms-to-schema": _conforms,
}


# Results of queries

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MEDIA = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".srj": _JSON}


def _results(case: Case, server: Server) -> str:
    assert case.query is not None
    assert case.data is not None
    assert case.result is not None
    _put(server, "default", case.data.read_bytes(), "text/turtle")
    media = _MEDIA[case.result.suffix]
    headers = {"Content-Type": "application/sparql-query", "Accept": media}
    answer = server.ask(server.query, "POST", case.query.read_bytes(), headers)
    if (answer.status, answer.media) != (200, media):
        return f"{answer.status} {answer.media}\n{answer.text}"
    read = _READERS[case.result.suffix]
    found, expected = read(answer.text), read(case.result.read_text(encoding="utf-8"))
    return "" if found == expected else f"found {found}\nexpected {expected}"


def _csv(text: str) -> list[dict[str, str]]:
    return _numbered(
        [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))]
    )


def _number(text: str) -> str:
    """Return a cell of CSV, a number by its value: a store may keep values, and CSV does not tell the datatype."""
    return str(Decimal(text).normalize()) if _NUMBER.fullmatch(text) else text


def _tsv(text: str) -> list[dict[str, str]]:
    head, *lines = text.rstrip("\n").split("\n")
    names = head.split("\t")
    rows = [dict(zip(names, map(_turtle, line.split("\t")), strict=True)) for line in lines]
    return _numbered(rows)


def _turtle(text: str) -> str:
    """Return a term of TSV, which is a term of Turtle, a double by its value."""
    if not text or text.startswith("_:"):
        return text
    quads: Any = ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.TURTLE)
    (term,) = (quad.object for quad in quads)
    if isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}double":
        return repr(float(term.value))
    return str(term)


def _numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Name the blank nodes of rows by their order."""
    names: dict[str, str] = {}
    return [
        {
            key: names.setdefault(value, f"_:{len(names)}") if value.startswith("_:") else value
            for key, value in row.items()
        }
        for row in rows
    ]


def _json(text: str) -> object:
    document = json.loads(text)
    if "boolean" in document:
        return (type(document["head"]), document["boolean"])
    bindings = document["results"]["bindings"]
    names: dict[str, str] = {}
    for term in (term for row in bindings for term in row.values() if term["type"] == "bnode"):
        term["value"] = names.setdefault(term["value"], str(len(names)))
    return sorted(document["head"]["vars"]), bindings


_READERS: dict[str, Callable[[str], object]] = {".csv": _csv, ".tsv": _tsv, ".srj": _json}
