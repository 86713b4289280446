"""CSV for the bulk import of Neo4j: a file of nodes per class, one of relationships, and the command that imports them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.export.tabular.facts import Column, Table, node_sql, raw, read_facts, read_tables
from kg.export.tabular.sql import copy_csv, quoted, relation
from kg.rdf.namespaces import RDF
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

SCRIPT = "import.sh"
_TYPES = {
    "BIGINT": "long",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "localdatetime",
    "TIMESTAMPTZ": "datetime",
}
# The first that no list holds parts the values of lists; the import knows no escape.
_DELIMITERS = (";", "|", "\x1f", *map(chr, range(0xE000, 0xF900)))


def write_neo4j(con: duckdb.DuckDBPyConnection, folder: Path, prefixes: Mapping[str, str]) -> None:
    """Write nodes-*.csv, relationships.csv and import.sh.

    A node is in the file of the rarest of its classes and has all of them as labels; its key `iri` is the IRI, or `_:label`.
    """
    read_facts(con)
    tables = read_tables(con, prefixes, ("linked",))
    many = {c.number for table in tables for c in table.columns if c.many}
    delimiter = _delimiter(con, many)
    _labels(con, tables, delimiter)
    files = []
    for table in tables:
        # A property is a list everywhere or nowhere, whatever the file.
        columns = tuple(replace(c, many=c.number in many) for c in table.columns if c.form != "link")
        name = f"nodes-{table.name}.csv"
        query = f"""SELECT {node_sql("s")} AS {quoted("iri:ID")}{"".join(f", {_cell(c, delimiter)} AS {quoted(_header(c))}" for c in columns)}, labels AS {quoted(":LABEL")}
          FROM ({raw(replace(table, columns=columns), "home")}) JOIN subject USING (subject) JOIN label USING (subject) ORDER BY subject"""
        copy_csv(con, query, folder / name)
        files.append(name)
    links = [
        c
        for c in {c.number: c for table in tables for c in table.columns}.values()
        if c.form == "link" and c.property != RDF + "type"
    ]
    relation(con, "relationship", ("col", "type"), [(-1, ""), *((c.number, c.name) for c in links)])
    con.execute(f"CREATE TEMP TABLE node AS SELECT subject, {node_sql('s')} AS iri FROM subject")
    linked = f"""SELECT DISTINCT value AS {quoted("iri:ID")}, '' AS {quoted(":LABEL")} FROM fact SEMI JOIN relationship USING (col) ANTI JOIN node ON iri = value ORDER BY value"""
    copy_csv(con, linked, folder / "nodes-linked.csv")
    copy_csv(
        con,
        f"""SELECT iri AS {quoted(":START_ID")}, value AS {quoted(":END_ID")}, type AS {quoted(":TYPE")}
        FROM (SELECT DISTINCT subject, value, type FROM fact JOIN relationship USING (col)) JOIN node USING (subject) ORDER BY subject, value, type""",
        folder / "relationships.csv",
    )
    _write_script(folder, [*files, "nodes-linked.csv"], delimiter)


def _delimiter(con: duckdb.DuckDBPyConnection, many: set[int]) -> str:
    """Return a character that no value of a list holds; QueryError where there is none."""
    columns = ", ".join(map(str, sorted(many))) or "-1"
    for delimiter in _DELIMITERS:
        held = con.execute(f"SELECT 1 FROM fact WHERE col IN ({columns}) AND contains(value, $1) LIMIT 1", [delimiter])
        if held.fetchone() is None:
            return delimiter
    raise QueryError(
        "KG531",
        "every character that could part the values of a list occurs in one",
        advice="export another format, such as Parquet",
    )


def _labels(con: duckdb.DuckDBPyConnection, tables: tuple[Table, ...], delimiter: str) -> None:
    """Make `home` (class, subject), the rarest class of each thing, and `label` (subject, labels)."""
    rarest = sorted(tables, key=lambda table: (table.rows, table.name))
    relation(
        con,
        "rank",
        ("class", "place", "name"),
        [(-1, -1, ""), *((t.number, place, t.name if t.iri else "") for place, t in enumerate(rarest))],
    )
    con.execute(
        f"""CREATE TEMP TABLE label AS SELECT subject, array_to_string(list_sort(list(DISTINCT name)), {text(delimiter)}) AS labels, arg_min(class, place) AS class
        FROM member JOIN rank USING (class) GROUP BY subject;
        CREATE TEMP TABLE home AS SELECT class, subject FROM label"""
    )


def _header(column: Column) -> str:
    return f"{column.name}:{_type(column)}{'[]' if column.many else ''}"


def _type(column: Column) -> str:
    if column.form == "decimal":
        return "double"
    return _TYPES.get(column.type, "string")


def _cell(column: Column, delimiter: str) -> str:
    """Return the SQL of a cell as the import reads it: `INF` is `Infinity` there, and a boolean a word."""
    kind = _type(column)
    one = {
        "double": "replace({}, 'INF', 'Infinity')",
        "boolean": "({}::BOOLEAN)::VARCHAR",
        "long": "({}::BIGINT)::VARCHAR",
    }.get(kind, "{}")
    value = f"c{column.number}"
    if not column.many:
        return one.format(value)
    return f"array_to_string(list_transform({value}, lambda one: {one.format('one')}), {text(delimiter)})"


def _write_script(folder: Path, nodes: list[str], delimiter: str) -> None:
    named = delimiter if delimiter.isprintable() and delimiter.isascii() else f"U+{ord(delimiter):04X}"
    options = [
        "--multiline-fields=true",
        f"--array-delimiter={named}",
        *(f"--nodes={name}" for name in nodes),
        "--relationships=relationships.csv",
    ]
    lines = " \\\n  ".join(shlex.quote(option) for option in options)
    script = folder / SCRIPT
    script.write_text(
        f"""#!/bin/sh
# Imports these files into a new database, `neo4j` unless you name another: sh import.sh [NAME] [OPTIONS OF neo4j-admin]
cd "$(dirname "$0")" || exit
exec neo4j-admin database import full "$@" \\
  {lines}
""",
        encoding="utf-8",
    )
