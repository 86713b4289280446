"""The columns of tables: a type for each kind of value, lists where there are several, and names that say which."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest

from kg.export.tabular import folder_marker
from kg.export.tabular.facts import Table, read_facts, read_tables
from kg.export.tabular.facts import typed as rows_sql
from tests.unit.export.tabular.graphs import BASE, LABEL, NAMES, TYPE, iri, quad, session, typed


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    con.execute("SET TimeZone = 'UTC'")
    read_facts(con)
    return {table.name: table for table in read_tables(con, NAMES)}


@pytest.mark.parametrize(
    ("lexical", "kind", "type_", "shown"),
    [
        ("5", "integer", "BIGINT", "5"),
        ("+05", "int", "BIGINT", "5"),
        ("9" * 30, "integer", "DECIMAL(38,0)", "9" * 30),
        ("9" * 39, "integer", "VARCHAR", "9" * 39),
        ("five", "integer", "VARCHAR", "five"),
        ("1e3", "integer", "VARCHAR", "1e3"),
        ("1.50", "decimal", "DECIMAL(18,2)", "1.50"),
        (".5", "decimal", "DECIMAL(18,1)", "0.5"),
        ("0.1234567890123456789", "decimal", "DECIMAL(38,19)", "0.1234567890123456789"),
        ("1.89E24", "double", "DOUBLE", "1.89e+24"),
        ("INF", "double", "DOUBLE", "inf"),
        ("1", "boolean", "BOOLEAN", "true"),
        ("yes", "boolean", "VARCHAR", "yes"),
        ("2024-02-29", "date", "DATE", "2024-02-29"),
        ("2023-02-29", "date", "VARCHAR", "2023-02-29"),
        ("2024-02-29T12:00:00.5", "dateTime", "TIMESTAMP", "2024-02-29 12:00:00.5"),
        ("2024-02-29T12:00:00+02:00", "dateTime", "TIMESTAMP WITH TIME ZONE", "2024-02-29 10:00:00+00"),
        ("2024", "gYear", "VARCHAR", "2024"),
        ('a "b"\n\\', "string", "VARCHAR", 'a "b"\n\\'),
    ],
)
def test_a_value_has_the_type_of_its_datatype_if_it_is_one(
    tmp_path: Path, lexical: str, kind: str, type_: str, shown: str
) -> None:
    with session([quad("a", "p", typed(lexical, kind))], tmp_path) as con:
        query = rows_sql(tables(con)["untyped"])
        assert con.execute(f"SELECT typeof(p), p::VARCHAR FROM ({query})").fetchall() == [(type_, shown)]


def test_one_bad_value_does_not_spoil_a_column(tmp_path: Path) -> None:
    quads = [quad("a", "p", typed("5", "integer")), quad("b", "p", typed("five", "integer"))]
    with session(quads, tmp_path) as con:
        columns = {column.name: column.type for column in tables(con)["untyped"].columns}
    assert columns == {"p_integer": "BIGINT", "p_integer_text": "VARCHAR"}


def test_kinds_of_values_and_languages_have_columns_of_their_own(tmp_path: Path) -> None:
    quads = [
        quad("a", LABEL, ox.Literal("x")),
        quad("a", LABEL, ox.Literal("x", language="de-at")),
        quad("a", "p", iri("b")),
        quad("a", "p", ox.Literal("b")),
        quad("a", "P", ox.Literal("c")),
    ]
    with session(quads, tmp_path) as con:
        names = [column.name for column in tables(con)["untyped"].columns]
    assert "label_de_at" in names
    assert "label_text" in names
    assert len({name.casefold() for name in names}) == 5


def test_a_value_that_two_graphs_tell_is_one_value(tmp_path: Path) -> None:
    quads = [quad("a", "p", ox.Literal("x"), graph) for graph in ("one", "two")]
    quads += [quad("a", TYPE, iri("C"), graph) for graph in ("one", "two")]
    with session(quads, tmp_path) as con:
        (table,) = tables(con).values()
    assert (table.name, table.iri, table.rows) == ("C", f"{BASE}C", 1)
    assert [(column.name, column.many) for column in table.columns] == [("p", False)]


def test_a_column_is_a_list_only_in_the_table_that_needs_it(tmp_path: Path) -> None:
    quads = [quad("a", TYPE, iri("C")), quad("b", TYPE, iri("D")), quad("b", "p", typed("10", "integer"))]
    quads += [quad("a", "p", typed(number, "integer")) for number in ("10", "9")]
    with session(quads, tmp_path) as con:
        found = tables(con)
        assert con.execute(rows_sql(found["C"])).fetchall() == [(f"{BASE}a", [9, 10])]
        assert con.execute(rows_sql(found["D"])).fetchall() == [(f"{BASE}b", 10)]


def test_the_types_of_a_thing_of_two_classes_are_told_in_both_tables(tmp_path: Path) -> None:
    quads = [quad("a", TYPE, iri("C")), quad("a", TYPE, iri("D")), quad("b", TYPE, iri("D"))]
    with session(quads, tmp_path) as con:
        found = tables(con)
        assert con.execute(rows_sql(found["D"])).fetchall() == [
            (f"{BASE}a", [f"{BASE}C", f"{BASE}D"]),
            (f"{BASE}b", [f"{BASE}D"]),
        ]
    assert (found["C"].rows, found["D"].rows) == (1, 2)


@pytest.mark.parametrize(
    ("format_", "output", "marker"),
    [
        ("parquet", "graph.parquet", None),
        ("parquet", "graph.PARQUET.gz", None),
        ("parquet", "a.parquet/tables", "tables.json"),
        ("csv", "graph.parquet", "csv-metadata.json"),
        ("gexf", "graph.gexf", None),
    ],
)
def test_parquet_is_a_folder_unless_the_name_is_of_a_file(format_: str, output: str, marker: str | None) -> None:
    assert folder_marker(format_, output) == marker
