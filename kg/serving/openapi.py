"""What is answered at which address, as a document of OpenAPI 3.1 for programs.

It is the same for all servers: what one does not take, it answers with 403.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final

from kg.pages import MEDIA_TYPES
from kg.pages.assets import MEDIA
from kg.serving.execute import ALIASES, GRAPHS, RESULTS
from kg.serving.openapi_parts import (
    ANYWHERE,
    FORMAT,
    HEADERS,
    IRI,
    IRI_OR_NOTHING,
    JSON,
    PARAMETERS,
    QUERY,
    RESPONSES,
    SCHEMAS,
    UPDATE,
    Node,
    error,
    parameter,
    ref,
    response,
    texts,
)
from kg.serving.statics import RELEASE
from kg.serving.untrusted import TRIPLES
from kg.version import __version__

_HTML: Final = "text/html"
_FORM: Final = "application/x-www-form-urlencoded"
# What says that a client may keep an answer, and what it is made for.
_KEPT: Final = ("ETag", "Cache-Control", "Vary", "Content-Encoding")
_WRITING: Final[list[Node]] = [{}, {"token": []}]
_TAGS: Final = {
    "SPARQL": "SPARQL 1.1 Protocol",
    "Graph store": "SPARQL 1.1 Graph Store HTTP Protocol",
    "Things": "what the graph tells of, and the documents about it",
    "Pages": "pages of the site itself",
    "Reconciliation": "Reconciliation Service API 0.2",
    "Files": "what is served as it is",
    "Watching": "for machines that watch",
}


@cache
def openapi() -> bytes:
    """Return the document, as JSON."""
    document = {
        "openapi": "3.1.1",
        "info": {
            "title": "kg serve",
            "version": __version__,
            "summary": "A SPARQL endpoint and linked-data pages over one graph",
            "description": "HEAD is answered wherever GET is, and OPTIONS everywhere; other methods with 405.",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": what} for name, what in _TAGS.items()],
        "paths": _named(_sparql() | _store() | _pages() | _reconciliation() | _files() | _things()),
        "components": {
            "schemas": SCHEMAS,
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": RESPONSES,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of `--token-file`; a server with `--open` wants none.",
                }
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _named(paths: Node) -> Node:
    """Return addresses whose operations have names: the method, and the words of the path."""
    return {
        path: {
            method: {"operationId": method + "".join(map(str.capitalize, re.findall("[a-z]+", path))), **operation}
            for method, operation in item.items()
        }
        for path, item in paths.items()
    }


def _given(*parameters: str | Node) -> list[Node]:
    return [ref("parameters", each) if isinstance(each, str) else each for each in parameters]


def _operation(tag: str, summary: str, answers: Node, errors: tuple[int, ...] = (), **more: Any) -> Node:
    """Return an operation; `answers` are by status, `errors` those that not every address has."""
    responses = answers | {str(status): error(status) for status in (*errors, *ANYWHERE)}
    return {"tags": [tag], "summary": summary, **more, "responses": dict(sorted(responses.items()))}


def _read(
    tag: str, summary: str, answers: Node, *parameters: str | Node, errors: tuple[int, ...] = (), **writing: Node
) -> Node:
    """Return an address: how it is read, with its parameters, and how it is written, if it is."""
    given = _given(*parameters, *(["If-None-Match"] if "304" in answers else []))
    # The methods are told of any address, whether there is something or not.
    places = [
        parameter(each["name"], "Any.", None, "path", required=True) for each in given if each.get("in") == "path"
    ]
    # An answer without a body has the headers of one that has it.
    heads = {status: {**each, "content": {}} if "content" in each else each for status, each in answers.items()}
    return {
        "get": _operation(tag, summary, answers, errors, parameters=given),
        "head": _operation(tag, f"{summary}: the headers", heads, errors, parameters=given),
        "options": _operation(tag, "The methods", {"204": ref("responses", "Methods")}, parameters=places),
        **writing,
    }


def _content(*media: str, schema: str = "") -> Node:
    return {each: {"schema": ref("schemas", schema)} if schema else {} for each in media}


def _made(what: str, content: Node, *names: str) -> Node:
    """Return the answers of an address whose content is made from the graph, and may be kept."""
    return {"200": response(what, content, *_KEPT, *names), "304": ref("responses", "NotModified")}


def _body(content: Node) -> Node:
    return {"required": True, "content": content}


def _sparql() -> Node:
    json_ = (media for media in (*RESULTS, *ALIASES) if RESULTS[ALIASES.get(media, media)] == "json")
    results = {**_content(*RESULTS, *ALIASES, *GRAPHS), **_content(*json_, schema="Results")}
    found = {
        "200": response(
            "Results, a graph, or what the service is.",
            results,
            "Cache-Control",
            "Content-Encoding",
            "Kg-Truncated",
            "Kg-Row-Limit",
        ),
        "303": ref("responses", "SeeOther"),
        "304": ref("responses", "NotModified"),
    }
    dataset, using = ("default-graph-uri", "named-graph-uri"), ("using-graph-uri", "using-named-graph-uri")
    forms = [
        {
            "type": "object",
            "required": [kind],
            "properties": {kind: schema, "format": named, **{graph: texts(IRI) for graph in graphs}},
        }
        for kind, schema, named, graphs in (
            ("query", QUERY, FORMAT, dataset),
            ("update", UPDATE, {"type": "string"}, using),
        )
    ]
    post = _operation(
        "SPARQL",
        "Answer a query, or do an update",
        {"200": found["200"], "204": response("The update is done, and on disk.")},
        (401, 403, 406, 415),
        parameters=_given(*dataset, *using, "format"),
        security=_WRITING,
        requestBody=_body(
            {
                _FORM: {"schema": {"oneOf": forms}},
                "application/sparql-query": {"schema": QUERY},
                "application/sparql-update": {"schema": UPDATE},
            }
        ),
    )
    what = "Answer a query; without one, tell what the service is"
    query = parameter("query", "A query in SPARQL 1.1.", QUERY)
    return {"/sparql": _read("SPARQL", what, found, query, *dataset, "format", errors=(403, 405, 406), post=post)}


def _store() -> Node:
    graph = _made("The triples of the graph.", _content(*GRAPHS))
    files = {"type": "object", "additionalProperties": {"type": "string"}}
    body = _body({**_content(*TRIPLES), "multipart/form-data": {"schema": files}})
    changed = {"204": response("The graph is changed, and on disk.")}
    added = {**changed, "201": response("The graph is made, and on disk.")}
    named = {**added, "201": response("The graph is made, and on disk.", None)}
    named["201"]["headers"]["Location"] = {**HEADERS["Location"], "required": False}

    def address(posted: Node, *parameters: str | Node) -> Node:
        def write(summary: str, answers: Node, wrong: int, **more: Node) -> Node:
            given = _given(*parameters, "If-Match", "If-Absent")
            return _operation(
                "Graph store", summary, answers, (401, 403, 412, wrong), parameters=given, security=_WRITING, **more
            )

        return _read(
            "Graph store",
            "A graph",
            graph,
            *parameters,
            errors=(404, 406),
            put=write("Make or replace a graph", added, 415, requestBody=body),
            post=write("Make or add to a graph", posted, 415, requestBody=body),
            delete=write("Remove a graph", changed, 404),
        )

    name = parameter("name", "The rest of the graph's IRI, which is this address.", None, "path", required=True)
    return {"/store": address(named, "graph", "default"), "/store/{name}": address(added, name)}


def _pages() -> Node:
    def page(what: str, *parameters: str | Node, errors: tuple[int, ...] = ()) -> Node:
        return _read("Pages", what, _made(what, _content(_HTML), "Content-Security-Policy"), *parameters, errors=errors)

    listed = (
        "q",
        parameter("f", "Only things with such a value of a property.", texts()),
        parameter("sort", "The column to sort by."),
        "page",
        "lang",
    )
    name = parameter("name", "The class, with its prefix.", None, "path", required=True)
    class_ = parameter("iri", "The class; without it, all classes are listed.", IRI_OR_NOTHING)
    home = page("The home page", "lang")
    for method in ("get", "head"):
        responses = home[method]["responses"]
        responses["200"]["headers"]["Link"] = ref("headers", "Link")
        # To what is said of the base, where it is a thing itself.
        responses["303"] = ref("responses", "SeeOther")
    return {
        "/": home,
        "/class": page("Classes, or the things of one", class_, *listed, errors=(404,)),
        "/class/{name}": page("The things of a class", name, *listed, errors=(404,)),
        "/map": page("Facilities on a map, where the data allow", "lang", errors=(404,)),
        "/ontology": page("Classes and properties", "lang"),
        "/query": page(
            "An editor of queries",
            parameter("query", "A query to begin with."),
            parameter("question", "The name of a question to begin with."),
            parameter("run", "Have the query answered, whatever the value.", allowEmptyValue=True),
        ),
        "/search": page("Things by name", "q", "page", "lang"),
        "/timeline": page("Compute over time, where the data allow", "lang", errors=(404,)),
        "/query/terms.json": _read("Pages", "Names for the editor", _made("Names", _content(JSON, schema="Terms"))),
        "/suggest": _read(
            "Pages", "Things by name", _made("Things", _content(JSON, schema="Suggestions")), "q", "lang"
        ),
        "/sitemap.xml": _read("Pages", "The parts of the sitemap", _made("The parts", _content("application/xml"))),
        "/sitemap-{number}.xml": _read(
            "Pages",
            "A part of the sitemap",
            _made("The part", _content("application/xml")),
            parameter("number", "Which part.", {"type": "integer", "minimum": 1}, "path", required=True),
            errors=(404,),
        ),
        "/robots.txt": _read("Pages", "What search engines may read", _made("The rules", _content("text/plain"))),
    }


def _reconciliation() -> Node:
    def address(what: str, schema: Node, *parameters: str | Node, **writing: Node) -> Node:
        made = _made(what, {JSON: {"schema": schema}})
        return _read("Reconciliation", what, made, *parameters, errors=(404,), **writing)

    asked = {"queries": ref("schemas", "Queries"), "extend": ref("schemas", "Wanted")}
    either = {"anyOf": [ref("schemas", each) for each in ("Manifest", "Matches", "Values")]}
    form = {
        "schema": {"type": "object", "properties": asked},
        "encoding": {name: {"contentType": JSON} for name in asked},
    }
    answer = response("Things", {JSON: {"schema": either}}, *_KEPT)
    post = _operation(
        "Reconciliation", "Match names to things", {"200": answer}, (415,), requestBody={"content": {_FORM: form}}
    )
    what = "Names matched to things, or values of things; with neither, what the service is"
    in_address = [
        {"name": name, "in": "query", "content": {JSON: {"schema": schema}}} for name, schema in asked.items()
    ]
    kind = parameter("kind", "Of what.", {"enum": ["entity", "type", "property"]}, "path", required=True)
    type_ = parameter("type", "The class; without it, those of all things.", IRI_OR_NOTHING)
    thing = parameter("id", "The IRI of the thing.", IRI, required=True)
    framed = _made("The page", _content(_HTML), "Content-Security-Policy")
    return {
        "/reconcile": address(what, either, *in_address, post=post),
        "/reconcile/suggest/{kind}": address("Things by name", ref("schemas", "Candidates"), kind, "prefix", "limit"),
        "/reconcile/properties": address("The properties of a class", ref("schemas", "Properties"), type_, "limit"),
        "/reconcile/preview": _read("Reconciliation", "A thing in a small frame", framed, thing, "lang", errors=(404,)),
        "/reconcile/flyout": address("A thing beside its name", ref("schemas", "Flyout"), thing, "lang"),
    }


def _files() -> Node:
    def plain(what: str, media: str) -> Node:
        return _read("Watching", what, {"200": response(what, _content(media), "Cache-Control")})

    def files(what: str, media: Node, *parameters: str | Node, errors: tuple[int, ...] = ()) -> Node:
        whole = response(what, media, *_KEPT)
        return _read("Files", what, {"200": whole, "304": ref("responses", "NotModified")}, *parameters, errors=errors)

    kinds = {media.partition(";")[0] for media in MEDIA.values()}
    name = parameter("file", "Its path, which may hold slashes.", None, "path", required=True)
    released = parameter("file", "Its name.", {"enum": sorted(RELEASE)}, "path", required=True)
    media = _content(*sorted({MEDIA[f".{each.rpartition('.')[2]}"].partition(";")[0] for each in RELEASE}))
    parts = ("ETag", "Cache-Control", "Accept-Ranges", "Content-Security-Policy")
    release = {
        "200": response("The file.", media, *parts),
        "206": response("The part that was asked for.", media, *parts, "Content-Range"),
        "304": ref("responses", "NotModified"),
    }
    return {
        "/release/{file}": _read(
            "Files", "A file of the release", release, released, "Range", "If-Range", errors=(404, 416)
        ),
        "/static/{file}": files("A file that pages need", _content(*sorted(kinds)), name, errors=(404,)),
        "/openapi.json": files("This document", _content(JSON)),
        "/health": plain("Whether the server can answer", "text/plain"),
        "/metrics": plain("Numbers for Prometheus", "text/plain"),
    }


def _things() -> Node:
    media = _content(*MEDIA_TYPES.values())
    document = _made("The document about it.", media, "Link", "Content-Location")
    thing = {**document, "303": ref("responses", "SeeOther")}
    path = parameter(
        "path",
        "What follows the base in its IRI, which may hold slashes, or that with a suffix.",
        None,
        "path",
        required=True,
    )
    form = parameter("form", "The form.", {"enum": list(MEDIA_TYPES)}, "path", required=True)
    lists = [
        parameter("of", "The property whose values are listed."),
        parameter("in", "The property whose subjects are listed."),
    ]
    voids = _made("VoID and DCAT.", _content(*GRAPHS))
    return {
        "/.well-known/void": _read(
            "Things", "What the data set is", voids | {"303": ref("responses", "SeeOther")}, errors=(406,)
        ),
        "/void.ttl": _read("Things", "What the data set is", _made("VoID and DCAT.", _content("text/turtle"))),
        "/resource": _read("Things", "A thing whose IRI has no path here", thing, "iri", errors=(404, 406)),
        "/resource.{form}": _read(
            "Things", "The document about it", document, form, "iri", *lists, "page", "lang", errors=(404,)
        ),
        "/{path}": _read(
            "Things", "A thing, or the document about it", thing, path, *lists, "page", "lang", errors=(404, 406)
        ),
    }
