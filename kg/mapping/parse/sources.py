"""Logical sources (RML-IO and its registry, R2RML): where records come from, and what their references are written in."""

from __future__ import annotations

import pyoxigraph as ox

from kg.mapping.parse.access import Access, access_of
from kg.mapping.parse.faults import nearest
from kg.mapping.parse.files import suffix
from kg.mapping.parse.graph import Node
from kg.mapping.parse.reader import Reader
from kg.mapping.rules import Database, Endpoint, Formulation, LogicalSource
from kg.mapping.vocabulary import FORMATS, RML, current

FORMULATIONS = {
    RML + "CSV": Formulation.CSV,
    RML + "JSONPath": Formulation.JSON,
    RML + "XPath": Formulation.XML,
    RML + "SQL2008Table": Formulation.TABLE,
    RML + "SQL2008Query": Formulation.QUERY,
    FORMATS + "SPARQL_Results_CSV": Formulation.SPARQL_CSV,
    FORMATS + "SPARQL_Results_JSON": Formulation.SPARQL_JSON,
    FORMATS + "SPARQL_Results_XML": Formulation.SPARQL_XML,
}
_SPARQL = {
    Formulation.CSV: Formulation.SPARQL_CSV,
    Formulation.JSON: Formulation.SPARQL_JSON,
    Formulation.XML: Formulation.SPARQL_XML,
}
_SUFFIXES = {
    **dict.fromkeys((".csv", ".tsv", ".tab"), Formulation.CSV),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".geojson"), Formulation.JSON),
    ".xml": Formulation.XML,
    ".parquet": Formulation.PARQUET,
    **dict.fromkeys((".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"), Formulation.SHEET),
}
# Formats of tables whose references are columns' names, as those of CSV are, and which CSV is therefore taken to mean.
_OF_TABLES = (Formulation.PARQUET, Formulation.SHEET)
_OF_FILES = (Formulation.CSV, Formulation.JSON, Formulation.XML, *_SPARQL.values())
_DEFAULT_ITERATORS = {Formulation.JSON: "$", Formulation.XML: "/"}
_QUERIES = (Formulation.QUERY, Formulation.SPARQL_CSV, Formulation.SPARQL_JSON, Formulation.SPARQL_XML)
# Identifiers of R2RML's list of SQL versions, to which section 5.1 of R2RML refers.
_SQL_VERSIONS = (
    *("SQL2008", "Oracle", "MySQL", "MSSQLServer", "HSQLDB", "PostgreSQL", "DB2", "Informix", "Ingres", "Progress"),
    *("SybaseASE", "SybaseSQLAnywhere", "Virtuoso", "Firebird"),
)


def logical_source(reader: Reader, node: Node) -> LogicalSource:
    """Return the logical source of a node that is no logical view."""
    graph = reader.graph
    reader.plays(node, "logical source")
    _check_sql_version(reader, node)
    access = access_of(reader, node)
    given, namespaces = reference_formulation(reader, node)
    formulation = _formulation(reader, node, access, given)
    return LogicalSource(
        formulation,
        access.place,
        _iterator(reader, node, formulation),
        tuple(sorted(set(access.nulls))),
        namespaces if formulation in (Formulation.XML, Formulation.SPARQL_XML) else (),
        graph.place(node),
    )


def reference_formulation(reader: Reader, node: Node) -> tuple[Formulation | None, tuple[tuple[str, str], ...]]:
    """Return the formulation that a node names, and the prefixes that it declares."""
    graph = reader.graph
    value = graph.one(node, "referenceFormulation")
    if value is None:
        return None, ()
    iri = current(value.value) if isinstance(value, ox.NamedNode) else ""
    if iri not in FORMULATIONS:
        # One that is described: its class tells what it is.
        iri = next((each.removesuffix("ReferenceFormulation") for each in sorted(graph.types(value))), iri)
    if iri not in FORMULATIONS:
        name = iri.replace(RML, "rml:").replace(FORMATS, "formats:") or "without a name"
        known = (each.replace(RML, "rml:").replace(FORMATS, "formats:") for each in FORMULATIONS)
        raise graph.fault(
            node,
            f"there is no reference formulation {name}",
            nearest(name, known),
            at="referenceFormulation",
            code="KG210",
        )
    if graph.said(value, "namespace"):
        reader.plays(value, "reference formulation")
    return FORMULATIONS[iri], _namespaces(reader, value)


def _namespaces(reader: Reader, formulation: Node) -> tuple[tuple[str, str], ...]:
    graph, found = reader.graph, []
    for each in graph.all(formulation, "namespace"):
        reader.plays(each, "namespace")
        prefix, url = graph.text(each, "namespacePrefix"), graph.one(each, "namespaceURL")
        if prefix is None or not isinstance(url, (ox.Literal, ox.NamedNode)):
            raise graph.fault(
                each,
                "a namespace needs a prefix and a URL",
                f"add {graph.word('namespacePrefix')} and {graph.word('namespaceURL')}",
                code="KG210",
            )
        found.append((prefix, url.value))
    return tuple(sorted(set(found)))


def _formulation(reader: Reader, node: Node, access: Access, given: Formulation | None) -> Formulation:
    graph = reader.graph
    if isinstance(access.place, Database):
        if graph.said(node, "tableName"):
            return Formulation.TABLE
        if graph.said(node, "query"):
            return Formulation.QUERY
        # Older mappings say of a query that its results are rows of CSV.
        asked = Formulation.QUERY if given is None or given is Formulation.CSV else given
        _allow(reader, node, asked, (Formulation.TABLE, Formulation.QUERY), "a database")
        return asked
    if isinstance(access.place, Endpoint):
        wanted = access.formulation or given or Formulation.SPARQL_CSV
        wanted = _SPARQL.get(wanted, wanted)
        _allow(reader, node, wanted, tuple(_SPARQL.values()), "a SPARQL endpoint")
        return wanted
    _allow(reader, node, given, (None, *_OF_FILES), "a file")
    by_suffix = _SUFFIXES.get(suffix(access.place.path))
    if by_suffix in _OF_TABLES and given in (None, Formulation.CSV):
        return by_suffix
    if given is None and by_suffix is None:
        raise graph.fault(
            node,
            "the reference formulation is missing",
            f"add {graph.word('referenceFormulation')} rml:CSV, rml:JSONPath or rml:XPath",
            code="KG210",
        )
    return given or by_suffix  # type: ignore[return-value]


def _allow(
    reader: Reader, node: Node, given: Formulation | None, allowed: tuple[Formulation | None, ...], what: str
) -> None:
    if given not in allowed:
        names = [iri for iri, formulation in FORMULATIONS.items() if formulation in allowed]
        known = ", ".join(each.replace(RML, "rml:").replace(FORMATS, "formats:") for each in names)
        raise reader.graph.fault(
            node, f"{what} has no such reference formulation", f"use {known}", at="referenceFormulation", code="KG210"
        )


def _iterator(reader: Reader, node: Node, formulation: Formulation) -> str:
    graph = reader.graph
    iterator, query, table = (graph.text(node, name) for name in ("iterator", "query", "tableName"))
    if query is not None and table is not None:
        raise graph.fault(
            node, f"{graph.word('query')} and {graph.word('source')} are given together", "give one of them", at="query"
        )
    if formulation in (Formulation.SPARQL_JSON, Formulation.SPARQL_XML) and query is not None and iterator is not None:
        raise graph.fault(
            node,
            "an iterator over the results of a query is not supported",
            f"use formats:SPARQL_Results_CSV, whose references are variables, without {graph.word('iterator')}",
            at="iterator",
            code="KG209",
        )
    text = table if formulation is Formulation.TABLE and table is not None else iterator
    if formulation in _QUERIES and query is not None:
        text = query
    if text is None:
        text = _DEFAULT_ITERATORS.get(formulation)
    if formulation in (Formulation.CSV, Formulation.PARQUET):
        return ""
    if text is None and formulation is Formulation.SHEET:
        return ""
    if text is None:
        what = "table" if formulation is Formulation.TABLE else "query"
        raise graph.fault(
            node, f"the source does not say which {what}", f"name it with {graph.word('iterator')}", code="KG210"
        )
    return text


def _check_sql_version(reader: Reader, node: Node) -> None:
    graph = reader.graph
    for value in graph.all(node, "sqlVersion"):
        name = current(value.value).removeprefix(RML) if isinstance(value, ox.NamedNode) else ""
        if name not in _SQL_VERSIONS:
            shown = value.value if isinstance(value, (ox.NamedNode, ox.Literal)) else "a blank node"
            raise graph.fault(
                node,
                f"{shown} is no known SQL version",
                nearest(name, _SQL_VERSIONS),
                at="sqlVersion",
                code="KG210",
            )
