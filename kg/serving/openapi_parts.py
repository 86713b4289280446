"""What the addresses of a server have in common, as components of OpenAPI 3.1: schemas of JSON, parameters, headers, and the answers that tell what is wrong."""

from __future__ import annotations

from typing import Any, Final

from kg.serving.execute import ALIASES, GRAPHS, NAMES, RESULTS
from kg.serving.headers import EVERYWHERE
from kg.serving.messages import PROBLEM, REASONS

Node = dict[str, Any]

JSON: Final = "application/json"
# What any request may be answered with.
ANYWHERE: Final = (400, 408, 413, 414, 417, 421, 429, 431, 500, 503, 505)
_ERRORS: Final = {
    400: "The request, or what it sends, is not as it should be.",
    401: "An update without the token, or with another.",
    403: "An update where none is taken, or from a page of another site; SERVICE, LOAD, or a graph that is not here.",
    404: "There is nothing at this address.",
    405: "There is no such method here.",
    406: "There is no form of it that the client accepts.",
    408: "The request took too long to arrive.",
    412: "The graph is not as If-Match or If-None-Match says.",
    413: "The body or the query is too large.",
    414: "The address is too long.",
    415: "The body is of a kind that is not read here.",
    416: "The file has no such part.",
    417: "Something other than 100-continue was expected.",
    421: "The server was called by a name that is not its own.",
    429: "Too many requests from one client.",
    431: "The headers are too large, or too many.",
    500: "The server failed at the request.",
    503: "The answer takes too long or too much memory, or too many wait.",
    505: "The request is of another version of HTTP than 1.1 and 1.0.",
}
_ERROR_HEADERS: Final = {
    401: "WWW-Authenticate",
    405: "Allow",
    416: "Content-Range",
    429: "Retry-After",
    503: "Retry-After",
}


def ref(kind: str, name: str) -> Node:
    """Return what stands for a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def error(status: int) -> Node:
    """Return what stands for the answer with a status that tells of an error."""
    return ref("responses", REASONS[status].replace(" ", ""))


def headers(*names: str) -> Node:
    """Return headers of the components by their names."""
    return {name: ref("headers", name) for name in names}


def parameter(name: str, description: str, schema: Node | None = None, place: str = "query", **more: object) -> Node:
    """Return a parameter; text, if no schema says what."""
    return {"name": name, "in": place, "description": description, **more, "schema": schema or _TEXT}


def texts(item: Node | None = None) -> Node:
    """Return the schema of an array, of text if nothing else is said."""
    return {"type": "array", "items": item or _TEXT}


_TEXT: Final[Node] = {"type": "string"}
IRI: Final[Node] = {"type": "string", "format": "iri"}
IRI_OR_NOTHING: Final[Node] = {"type": "string", "anyOf": [{"format": "iri"}, {"maxLength": 0}]}
QUERY: Final[Node] = {"type": "string", "format": "sparql-query", "maxLength": 1 << 18}
FORMAT: Final[Node] = {"enum": ["", *NAMES, *RESULTS, *ALIASES, *GRAPHS]}
UPDATE: Final[Node] = {"type": "string", "format": "sparql-update"}


def _object(required: str = "", **properties: Node) -> Node:
    return {"type": "object", **({"required": required.split()} if required else {}), "properties": properties}


def _keyed(schema: Node) -> Node:
    return {"type": "object", "additionalProperties": schema}


_NAMED = _object("id name", id=_TEXT, name=_TEXT)
_CANDIDATE = _object(
    "id name score match type",
    id=_TEXT,
    name=_TEXT,
    score={"type": "number"},
    match={"type": "boolean"},
    type=texts(_NAMED),
)
_BINDING = _object(
    "type value", type={"enum": ["uri", "bnode", "literal", "triple"]}, value={"type": ["string", "object"]}
)
_URI: Final[Node] = {"type": "string", "format": "uri"}
_SERVICE = _object("service_url service_path", service_url=_URI, service_path=_TEXT)
_SUGGEST = _object(
    "service_url service_path",
    service_url=_URI,
    service_path=_TEXT,
    flyout_service_url=_URI,
    flyout_service_path=_TEXT,
)

SCHEMAS: Final[Node] = {
    "Problem": _object(
        "title status detail",
        title={"type": "string", "description": "The name of the status."},
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail={"type": "string", "description": "What is wrong, in a sentence."},
        code={"type": "string", "pattern": "^KG[0-9]{3}$", "description": "The code of the error, where it has one."},
    )
    | {"description": "RFC 9457"},
    "Results": _object(
        "head",
        head=_object(vars=texts()),
        boolean={"type": "boolean"},
        results=_object("bindings", bindings=texts(_keyed(_BINDING))),
    )
    | {
        "description": "SPARQL 1.1 Query Results JSON Format",
        "oneOf": [{"required": ["boolean"]}, {"required": ["results"]}],
    },
    "Suggestions": texts(_object("label href types", label=_TEXT, href=_TEXT, types=texts())),
    "Terms": {"type": "object", "description": "Prefixes, classes and properties, for an editor of queries."},
    "Manifest": _object(
        "versions name identifierSpace schemaSpace",
        versions=texts(),
        name=_TEXT,
        identifierSpace=_TEXT,
        schemaSpace=_TEXT,
        view=_object("url", url=_TEXT),
        preview=_object("url", url=_TEXT),
        suggest=_object(entity=_SUGGEST, type=_SUGGEST, property=_SUGGEST),
        extend=_object(propose_properties=_SERVICE),
        defaultTypes=texts(_NAMED),
        documentation=_TEXT,
    ),
    "Queries": {
        **_keyed(
            _object(
                query=_TEXT,
                type={"anyOf": [IRI_OR_NOTHING, texts(IRI)]},
                limit={"type": "integer", "minimum": 1},
                properties={**texts(_object("pid", pid=IRI, v={})), "maxItems": 20},
            )
        ),
        "maxProperties": 100,
    },
    "Matches": _keyed(_object("result", result=texts(_CANDIDATE))),
    "Wanted": _object(
        "ids properties",
        ids={**texts(IRI), "maxItems": 1000},
        properties={**texts(_object("id", id=IRI)), "maxItems": 50},
    ),
    "Values": _object("meta rows", meta=texts(_NAMED), rows=_keyed(_keyed(texts(_keyed({}))))),
    "Candidates": _object("result", result=texts(_NAMED)),
    "Flyout": _object("id html", id=_TEXT, html=_TEXT),
    "Properties": _object("type properties", type=_TEXT, properties=texts(_NAMED)),
}

PARAMETERS: Final[Node] = {
    "If-Match": parameter("If-Match", "Tags of which the graph must have one; `*`: it must be there.", place="header"),
    "If-None-Match": parameter("If-None-Match", "Tags of answers that the client has.", place="header"),
    "If-Absent": parameter(
        "If-None-Match", "Tags of which the graph may have none; `*`: it must not be there.", place="header"
    ),
    "Range": parameter("Range", "The bytes that are wanted, as one range.", place="header"),
    "If-Range": parameter("If-Range", "The tag of the file whose part is wanted.", place="header"),
    "format": parameter("format", "A format, before Accept.", FORMAT),
    "default-graph-uri": parameter(
        "default-graph-uri", "Graphs that make up the default graph of a query.", texts(IRI)
    ),
    "named-graph-uri": parameter("named-graph-uri", "The named graphs of a query.", texts(IRI)),
    "using-graph-uri": parameter("using-graph-uri", "Graphs that make up the default graph of an update.", texts(IRI)),
    "using-named-graph-uri": parameter("using-named-graph-uri", "The named graphs of an update.", texts(IRI)),
    "graph": parameter("graph", "The IRI of the graph.", IRI),
    "default": parameter("default", "The default graph, whatever the value.", allowEmptyValue=True),
    "iri": parameter("iri", "The IRI of the thing, given once.", IRI, required=True),
    "lang": parameter("lang", "A language for labels, before those of Accept-Language."),
    "q": parameter("q", "The words of a name; the last may be the beginning of one."),
    "page": parameter("page", "The number of a page, from 1 on; what is no number is 1."),
    "prefix": parameter("prefix", "What a name holds, or begins with."),
    "limit": parameter("limit", "How many are wanted, up to 50; what is no number is as if it were not there."),
}


def _header(description: str, *, required: bool = False, **schema: object) -> Node:
    return {"description": description, "required": required, "schema": {"type": "string", **schema}}


_EVERYWHERE: Final[Node] = {
    "-".join(part.capitalize() for part in name.split("-")): _header("", required=True, const=value)
    for name, value in EVERYWHERE.items()
}

HEADERS: Final[Node] = {
    **{name: {**header, "description": "As it says, on all answers."} for name, header in _EVERYWHERE.items()},
    "Allow": _header("The methods that there are.", required=True),
    "Access-Control-Allow-Methods": _header("The methods that other sites may use.", required=True),
    "Access-Control-Allow-Headers": _header("The headers that other sites may send.", required=True),
    "Access-Control-Max-Age": _header("For how many seconds this holds.", required=True, pattern="^[0-9]+$"),
    "Accept-Ranges": _header("Parts are to be had.", required=True, const="bytes"),
    "Cache-Control": _header("How long the answer may be kept.", required=True),
    "Content-Encoding": _header("How the answer is compressed.", enum=["zstd", "gzip"]),
    "Content-Location": _header("The address of the document in this form."),
    "Content-Range": _header("Which part this is, or how long the file is.", required=True, pattern="^bytes "),
    "Content-Security-Policy": _header("What the page may do.", required=True),
    "ETag": _header("Tells this answer from all others.", required=True, pattern='^(W/)?"[^"]+"$'),
    "Kg-Row-Limit": _header("The limit of rows, in a long answer.", pattern="^[0-9]+$"),
    "Kg-Truncated": _header("Why rows were left out; a trailer in a long answer.", enum=["rows", "time"]),
    "Link": _header("Other forms, the collection, the license (RFC 8288)."),
    "Location": _header("Where it is.", required=True),
    "Retry-After": _header("The seconds after which to try again.", required=True, pattern="^[0-9]+$"),
    "Vary": _header("What the answer depends on.", required=True),
    "WWW-Authenticate": _header("What is to be shown.", required=True, pattern="^Bearer "),
}


def response(description: str, content: Node | None = None, *names: str) -> Node:
    """Return an answer with headers beside those that all have."""
    held = headers(*_EVERYWHERE, *names)
    return {"description": description, "headers": held, **({"content": content} if content else {})}


_TOLD: Final[Node] = {PROBLEM: {"schema": ref("schemas", "Problem")}, "text/plain": {}, "text/html": {}}
RESPONSES: Final[Node] = {
    "NotModified": response("The client has the answer.", None, "ETag", "Cache-Control"),
    "SeeOther": response("It is found elsewhere.", None, "Location", "Vary"),
    "Methods": response(
        "What may be done here, and from where.",
        None,
        "Allow",
        *(f"Access-Control-{name}" for name in ("Allow-Methods", "Allow-Headers", "Max-Age")),
    ),
    **{
        REASONS[status].replace(" ", ""): {
            "description": what,
            "headers": headers(*_EVERYWHERE, *([_ERROR_HEADERS[status]] if status in _ERROR_HEADERS else [])),
            "content": _TOLD,
        }
        for status, what in _ERRORS.items()
    },
}
