"""Parquet: the quads in one table, or a table per class beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.export.tabular.catalogue import write_catalogue
from kg.export.tabular.facts import Table, read_facts, read_tables, terms_sql, typed
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

QUADS = "quads"


def write_quads(con: duckdb.DuckDBPyConnection, path: Path, *, ordered: bool) -> None:
    """Write every quad once, in the order of the lines of N-Quads; `ordered` says that they come so.

    `s`, `p`, `o` and `g` are N-Triples terms (`g` is null for the default graph); `kind` is iri, blank or literal, `value` the object's IRI, label or lexical form, and
    `datatype` and `language` are of literals alone.
    """
    distinct = "(SELECT DISTINCT s, p, o, g FROM quads ORDER BY s, p, o, g NULLS FIRST)"
    quads = terms_sql("o", "(SELECT s, p, o, g FROM quads)" if ordered else distinct)
    _copy(
        con,
        f"""SELECT s, p, o, g, CASE WHEN starts_with(o, '_') THEN 'blank' WHEN behind = '<>' THEN 'iri' ELSE 'literal' END AS kind, value,
          CASE WHEN behind = '<>' THEN NULL WHEN behind = '' THEN '{XSD}string' WHEN starts_with(behind, '@') THEN '{RDF}langString'
            ELSE substr(behind, 4, length(behind) - 4) END AS datatype,
          CASE WHEN starts_with(behind, '@') THEN substr(behind, 2) END AS language
        FROM (SELECT * RENAME (kind AS behind) FROM {quads})""",
        path,
    )


def write_parquet(
    con: duckdb.DuckDBPyConnection, folder: Path, prefixes: Mapping[str, str], *, ordered: bool
) -> tuple[Table, ...]:
    """Write quads.parquet, a table per class, and tables.json that tells what they hold; return the tables of the classes."""
    write_quads(con, folder / f"{QUADS}.parquet", ordered=ordered)
    read_facts(con)
    tables = read_tables(con, prefixes, (QUADS,))
    for table in tables:
        _copy(con, typed(table), folder / f"{table.name}.parquet")
    write_catalogue(folder, tables, ".parquet")
    return tables


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd)")
