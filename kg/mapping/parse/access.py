"""Sources (RML-IO and its registry): how the content of a logical source is reached."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.mapping.addresses import KINDS, parse_database
from kg.mapping.parse.files import codec, compression, described_path, encoding, located, usual_dialect
from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.parse.tables import dialect
from kg.mapping.rules import Database, Endpoint, File, Formulation
from kg.mapping.vocabulary import CSVW, D2RQ, DCAT, FORMATS, HYPERMEDIA, SPARQL_SERVICE, THING, VOID

_RESULTS = {
    FORMATS + "SPARQL_Results_CSV": Formulation.SPARQL_CSV,
    FORMATS + "SPARQL_Results_JSON": Formulation.SPARQL_JSON,
    FORMATS + "SPARQL_Results_XML": Formulation.SPARQL_XML,
}


@dataclass(frozen=True, slots=True)
class Access:
    """Where the content is, what texts in it mean no value, and the format of an endpoint's results if it is said."""

    place: File | Database | Endpoint
    nulls: tuple[str, ...] = ()
    formulation: Formulation | None = None


def access_of(reader: Reader, logical: Node) -> Access:
    """Return the access to a logical source; R2RML names no source, for its database is given apart."""
    graph = reader.graph
    source = graph.one(logical, "source")
    if source is None:
        if graph.said(logical, "tableName", "query"):
            return Access(reader.database)
        raise graph.fault(logical, "the source is missing", f"add {graph.word('source')}", code="KG210")
    if isinstance(source, ox.Literal):
        return Access(_plain(located(reader.folder, source.value)))
    for read in (_file, _table, _database, _service, _download, _thing):
        found = read(reader, source)
        if found is not None:
            reader.plays(source, "source")
            return Access(found.place, found.nulls + _nulls(reader, source, "null"), found.formulation)
    if isinstance(source, ox.NamedNode) and not list(graph.properties(source)):
        return Access(_by_address(reader, logical, source))
    raise graph.fault(
        logical,
        "this kind of source is not supported",
        "use a file (rml:FilePath, csvw:Table), a d2rq:Database, an sd:Service, a dcat:Distribution or a td:Thing",
        at="source",
        code="KG209",
    )


def _by_address(reader: Reader, logical: Node, source: ox.NamedNode) -> File:
    """Return the file whose address a source is; a name within the mapping is none."""
    graph = reader.graph
    document, _, fragment = source.value.partition("#")
    if fragment and document == graph.base.partition("#")[0]:
        raise graph.fault(
            logical,
            f"the mapping does not describe the source {graph.short(source.value)}",
            "describe it, or correct its name",
            at="source",
            code="KG210",
        )
    return _plain(located(reader.folder, source.value))


def _described(reader: Reader, node: Node, path: str) -> File:
    """Return a file whose encoding and compression a source describes."""
    return File(path, encoding(reader.graph, [node]), compression(reader.graph, [node]), usual_dialect(path))


def _plain(path: str) -> File:
    return File(path, dialect=usual_dialect(path))


def _file(reader: Reader, node: Node) -> Access | None:
    path = described_path(reader, node, part="source")
    if path is None and any(
        reader.graph.is_a(node, name) for name in ("FilePath", "RelativePathSource", "RelativePath")
    ):
        raise reader.graph.fault(node, "the path of the file is missing", "add rml:path", code="KG210")
    return Access(_described(reader, node, path)) if path is not None else None


def _table(reader: Reader, node: Node) -> Access | None:
    graph = reader.graph
    url = graph.one(node, CSVW + "url")
    if url is None:
        if CSVW + "Table" in graph.types(node):
            raise graph.fault(node, "the URL of the table is missing", "add csvw:url", code="KG210")
        return None
    if not isinstance(url, (ox.Literal, ox.NamedNode)):
        raise graph.fault(node, "the URL of the table is a blank node", "give a text", at=CSVW + "url", code="KG210")
    described = graph.one(node, CSVW + "dialect")
    own = "utf-8"
    if described is not None and graph.said(described, CSVW + "encoding"):
        own = codec(graph, described, CSVW + "encoding", graph.text(described, CSVW + "encoding") or "")
    schema = graph.one(node, CSVW + "tableSchema")
    nodes = [each for each in (node, described, schema) if each is not None]
    nulls = tuple(text for each in nodes for text in _nulls(reader, each, CSVW + "null"))
    path = located(reader.folder, url.value)
    file = File(
        path, encoding(graph, [node], own), compression(graph, [node]), dialect(reader, node, usual_dialect(path))
    )
    return Access(file, nulls)


def _nulls(reader: Reader, node: Node, name: str) -> tuple[str, ...]:
    """Return the texts that mean no value."""
    found = []
    for value in reader.graph.all(node, name):
        if not isinstance(value, ox.Literal):
            raise reader.graph.fault(node, f"{reader.graph.word(name)} is no text", "write it in quotes", at=name)
        found.append(value.value)
    return tuple(found)


def _database(reader: Reader, node: Node) -> Access | None:
    graph = reader.graph
    name = graph.text(node, D2RQ + "jdbcDSN")
    if name is None:
        if D2RQ + "Database" in graph.types(node):
            raise graph.fault(node, "the name of the database is missing", "add d2rq:jdbcDSN", code="KG210")
        return None
    user, password = (graph.text(node, D2RQ + each) or "" for each in ("username", "password"))
    try:
        return Access(parse_database(name, reader.folder, user, password))
    except ValueError as error:
        raise graph.fault(
            node,
            str(error),
            f"supported are {KINDS}, as in jdbc:postgresql://host/name",
            at=D2RQ + "jdbcDSN",
            code="KG210",
        ) from error


def _service(reader: Reader, node: Node) -> Access | None:
    graph = reader.graph
    url = graph.one(node, SPARQL_SERVICE + "endpoint")
    if url is None:
        if SPARQL_SERVICE + "Service" in graph.types(node):
            raise graph.fault(node, "the address of the endpoint is missing", "add sd:endpoint", code="KG210")
        return None
    formats = [
        value.value for value in graph.all(node, SPARQL_SERVICE + "resultFormat") if isinstance(value, ox.NamedNode)
    ]
    if not isinstance(url, (ox.Literal, ox.NamedNode)):
        raise graph.fault(
            node, "the address of the endpoint is no IRI", "give one", at=SPARQL_SERVICE + "endpoint", code="KG210"
        )
    return Access(Endpoint(url.value), (), _RESULTS.get(formats[0]) if formats else None)


def _download(reader: Reader, node: Node) -> Access | None:
    urls = reader.graph.all(node, DCAT + "downloadURL") or reader.graph.all(node, DCAT + "accessURL", VOID + "dataDump")
    if not urls:
        return None
    if len(urls) > 1 or not isinstance(urls[0], (ox.Literal, ox.NamedNode)):
        raise reader.graph.fault(node, "the source has not exactly one address", "give one IRI", code="KG210")
    return Access(_described(reader, node, located(reader.folder, urls[0].value)))


def _thing(reader: Reader, node: Node) -> Access | None:
    """Return the access to a thing of the Web of Things: the address of its first form."""
    graph = reader.graph
    forms = [
        form
        for affordance in graph.all(node, THING + "hasPropertyAffordance")
        for form in graph.all(affordance, THING + "hasForm")
    ]
    forms += graph.all(node, THING + "hasForm")
    if not forms and THING + "Thing" not in graph.types(node):
        return None
    addresses = [
        value for form in forms for value in graph.all(form, HYPERMEDIA + "hasTarget")
        if isinstance(value, (ox.Literal, ox.NamedNode))
    ]  # fmt: skip
    if not addresses:
        raise graph.fault(node, "the thing has no address", "add td:hasForm [ hctl:hasTarget ... ]", code="KG210")
    address = addresses[0].value
    scheme, _, rest = address.partition("://")
    if rest and scheme.lower() not in ("http", "https", "file"):
        raise graph.fault(
            node,
            f"streams such as {scheme} are not supported",
            "give the address of a file, or one that begins with http",
            code="KG209",
        )
    return Access(_described(reader, node, located(reader.folder, address)))
