"""The door of the readers: a source, whatever it is, to a relation of the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.access import Access
from kg.mapping.rules import Database, Formulation, LogicalSource, Table

# The module and function for each formulation; what a source does not need is not loaded.
_READERS = {
    Formulation.CSV: ("delimited", "open_delimited"),
    Formulation.JSON: ("json_documents", "open_json"),
    Formulation.XML: ("xml_documents", "open_xml"),
    Formulation.PARQUET: ("columnar", "open_columnar"),
    Formulation.SHEET: ("sheets", "open_sheet"),
    Formulation.TABLE: ("relations", "open_relation"),
    Formulation.QUERY: ("relations", "open_relation"),
    Formulation.SPARQL_CSV: ("sparql_results", "open_results"),
    Formulation.SPARQL_JSON: ("sparql_results", "open_results"),
    Formulation.SPARQL_XML: ("sparql_results", "open_results"),
}


def open_source(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the temporary view or table `name` of a source: a column for each reference, and with `numbered` the number of each record, `kg_row`, from 0 in source order.

    MappingError where the mapping is wrong, SourceError where a source cannot be read. What a scan finds broken later on is DuckDB's error, or set aside (`rejected`).
    """
    reader = _reader(source)
    try:
        return reader(con, source, tuple(references), name, numbered=numbered, access=access)
    except ModuleNotFoundError as error:
        raise SourceError(
            "KG221",
            f"{source.formulation} needs the Python package {error.name}, which is not installed",
            where=str(source.place),
            advice=f"pip install {error.name}",
        ) from error
    except OSError as error:
        raise SourceError(
            "KG221",
            f"the source cannot be read: {error}",
            where=str(source.place),
            advice="check the file and its rights",
        ) from error


def _reader(source: LogicalSource) -> Callable[..., Table]:
    if isinstance(source.access, Database) and source.access.url:
        from kg.mapping.readers.databases import open_database

        return open_database
    module, function = _READERS[source.formulation]
    reader: Callable[..., Table] = getattr(import_module(f"kg.mapping.readers.{module}"), function)
    return reader
