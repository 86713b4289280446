"""Results of SPARQL queries: on a file of RDF (in Oxigraph), or on an endpoint, as CSV, JSON or XML; the iterator is the SELECT.

Records are the solutions. In CSV a reference is a variable's name, and a variable without a value has none; in JSON it is a JSONPath from the binding (`$.name.value`), and in
XML an XPath from the `result` element, with the prefix `sr`, too, for the namespace of results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import duckdb

from kg.errors import MappingError, SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.readers.files import contents
from kg.mapping.readers.network import fetched
from kg.mapping.rules import Dialect, Endpoint, Formulation, LogicalSource, Table
from kg.rdf.quads import parse_file, rdf_syntax

if TYPE_CHECKING:
    import pyoxigraph as ox

SUFFIXES = (".nt", ".nq", ".ttl", ".trig", ".rdf", ".owl", ".jsonld")
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_BINDINGS = "$.results.bindings[*]"
_RESULT = "/sr:sparql/sr:results/sr:result"
_MEDIA_TYPES = {
    Formulation.SPARQL_CSV: "text/csv",
    Formulation.SPARQL_JSON: "application/sparql-results+json",
    Formulation.SPARQL_XML: "application/sparql-results+xml",
}
# A larger file is loaded into a store on disk.
_LARGE = 1 << 26


def open_results(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of the solutions of a query. See `open_source`."""
    where = str(source.place)
    if not source.iterator.strip():
        raise MappingError("KG224", "the source has no query", where=where, advice="give a SELECT")
    results = [_answered(source, access)] if isinstance(source.access, Endpoint) else _queried(source, access)
    match source.formulation:
        case Formulation.SPARQL_CSV:
            from kg.mapping.readers.delimited import delimited_view

            nulls = replace(source, nulls=("", *source.nulls))
            return delimited_view(con, results, nulls, Dialect(), references, name, numbered=numbered, access=access)
        case Formulation.SPARQL_JSON:
            from kg.mapping.readers.json_documents import json_view

            return json_view(
                con, results, replace(source, iterator=_BINDINGS), references, name, numbered=numbered, access=access
            )
        case _:
            from kg.mapping.readers.xml_documents import xml_view

            elements = replace(source, iterator=_RESULT, namespaces=(("sr", _RESULTS), *source.namespaces))
            return xml_view(con, results, elements, references, name, numbered=numbered, access=access)


def _answered(source: LogicalSource, access: Access) -> Content:
    assert isinstance(source.access, Endpoint)  # noqa: S101 - the caller has looked
    url = source.access.url
    body = urlencode({"query": source.iterator}).encode()
    path = fetched(url, access, str(source.place), accept=_MEDIA_TYPES[source.formulation], body=body)
    return Content(path, url, _suffix(source))


def _queried(source: LogicalSource, access: Access) -> list[Content]:
    """Return the results on the graph that all files of a source make together."""
    files = contents(source, SUFFIXES, access)
    names = ", ".join(content.name for content in files)
    where = f"{source.place}: {names}" if str(source.place) else names
    key = (*(identity(content.path) for content in files), source.iterator, source.formulation)
    path = access.staged(key, _suffix(source), lambda part: _write(source, _store(files, access, where), part))
    return [Content(path, names, _suffix(source))]


def _write(source: LogicalSource, store: ox.Store, part: Path) -> None:
    import pyoxigraph as ox

    formats = {
        Formulation.SPARQL_CSV: ox.QueryResultsFormat.CSV,
        Formulation.SPARQL_JSON: ox.QueryResultsFormat.JSON,
        Formulation.SPARQL_XML: ox.QueryResultsFormat.XML,
    }
    advice = "correct the query; it is one SELECT, without SERVICE"
    if _leaves_the_machine(source.iterator):
        raise MappingError("KG224", "SERVICE is not followed", where=str(source.place), advice=advice)
    try:
        solutions: Any = store.query(source.iterator)
        if not isinstance(solutions, ox.QuerySolutions):
            raise MappingError("KG224", "the query is no SELECT", where=str(source.place), advice=advice)
        solutions.serialize(str(part), format=formats[source.formulation])
    except (SyntaxError, ValueError, OSError) as error:
        raise MappingError(
            "KG224", f"the query cannot be answered: {error}", where=str(source.place), advice=advice
        ) from error


def _leaves_the_machine(query: str) -> bool:
    """Return whether a query has a SERVICE clause, which Oxigraph would follow; one that rdflib cannot read counts as such if it has the word."""
    word = re.compile("service", re.IGNORECASE)
    if not word.search(query) and "\\u" not in query.lower():
        return False
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        return _has_service(parseQuery(query))
    except Exception:  # noqa: BLE001 - the parser raises errors of several libraries
        return True


def _has_service(part: Any) -> bool:
    if getattr(part, "name", None) == "ServiceGraphPattern":
        return True
    if isinstance(part, dict):
        return any(_has_service(each) for each in part.values())
    return not isinstance(part, str) and isinstance(part, Iterable) and any(_has_service(each) for each in part)


def _store(files: Sequence[Content], access: Access, where: str) -> ox.Store:
    import pyoxigraph as ox

    size = sum(content.path.stat().st_size for content in files)
    store = ox.Store()
    if size > _LARGE:
        store = ox.Store(str(access.own_folder("store", *(identity(content.path) for content in files))))
    if len(store) == 0:
        for content in files:
            if rdf_syntax(content.path) is None:
                raise SourceError(
                    "KG221",
                    "its name does not say which syntax of RDF this is",
                    where=where,
                    advice=f"use one of {' '.join(SUFFIXES)}",
                )
            store.bulk_extend(parse_file(content.path))
    return store


def _suffix(source: LogicalSource) -> str:
    return {Formulation.SPARQL_CSV: ".csv", Formulation.SPARQL_JSON: ".json"}.get(source.formulation, ".xml")
