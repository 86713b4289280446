"""Relations of the running session: tables, queries, frames from Python, and names that are more than names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from kg.errors import MappingError
from kg.mapping.readers import Access
from kg.mapping.rules import Database, Formulation, LogicalSource
from kg.rdf.namespaces import XSD
from tests.unit.mapping.readers.opened import PLACE, Opened, opened, session

TABLE, QUERY = Formulation.TABLE, Formulation.QUERY


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with session() as opened_session:
        opened_session.execute(
            """
            CREATE TABLE People (Id INTEGER PRIMARY KEY, name VARCHAR, "NAME two" VARCHAR, j JSON, u UUID, e ENUM ('p', 'q'), l INTEGER[2],
                                 s STRUCT(a INTEGER, "B.c" VARCHAR), m MAP(VARCHAR, INTEGER), i INTERVAL, "x.y" INTEGER, x STRUCT(y INTEGER), n UHUGEINT);
            INSERT INTO People VALUES (1, 'x', 'y', '{"q": [1, null], "r": {"t": "v"}}', 'ba5a4654-c495-418b-9eaf-5168cce3b872', 'p', [1, 2],
                                       {'a': 1, 'B.c': 'z'}, MAP {'k': 1}, INTERVAL 3 DAY, 7, {'y': 8}, 340282366920938463463374607431768211455);
            CREATE VIEW adults AS SELECT name FROM People;
            """
        )
        yield opened_session


def read(
    con: duckdb.DuckDBPyConnection,
    text: str,
    references: Sequence[str],
    formulation: Formulation = TABLE,
    access: Access | None = None,
    nulls: tuple[str, ...] = (),
) -> Opened:
    source = LogicalSource(formulation, Database(), text, nulls, place=PLACE)
    return opened(source, references, access=access or Access(), con=con)


def test_each_type_has_its_form(con: duckdb.DuckDBPyConnection) -> None:
    expected: dict[str, tuple[object, str | None, bool, bool]] = {
        "id": ("1", "integer", False, False),
        '"NAME two"': ("y", None, False, False),
        "j": ('{"q": [1, null], "r": {"t": "v"}}', None, True, False),
        "j.r.t": ('"v"', None, True, False),
        "u": ("ba5a4654-c495-418b-9eaf-5168cce3b872", None, False, False),
        "e": ("p", None, False, False),
        "l": (["1", "2"], "integer", False, True),
        "s": ('{"a":1,"B.c":"z"}', None, True, False),
        "S.A": ("1", "integer", False, False),
        's."B.c"': ("z", None, False, False),
        "m": ('{"k":1}', None, True, False),
        "i": ("3 days", None, False, False),
        "x.y": ("7", "integer", False, False),
        '"x"."y"': ("8", "integer", False, False),
        "n": ("340282366920938463463374607431768211455", "integer", False, False),
    }
    found = read(con, "people", list(expected))
    assert found.rows == [tuple(value for value, *_ in expected.values())]
    for reference, (_, datatype, is_json, many) in expected.items():
        column = found.columns[reference]
        assert (column.datatype, column.json, column.many) == (datatype and XSD + datatype, is_json, many)


@pytest.mark.parametrize("name", ["People", "people", "main.people", '"main"."People"', "adults"])
def test_a_table_may_be_qualified(con: duckdb.DuckDBPyConnection, name: str) -> None:
    assert read(con, name, ["name"]).values == ["x"]


def test_a_key_is_known(con: duckdb.DuckDBPyConnection) -> None:
    from kg.mapping.readers import open_source

    source = LogicalSource(TABLE, Database(), "people", place=PLACE)
    assert open_source(con, source, ["name", "ID"], "r", numbered=False, access=Access()).keys == ("ID",)


def test_listed_texts_are_no_value(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, "people", ["name", "l", "j.r.t"], nulls=("x", "2", "v")).rows == [(None, ["1"], None)]


def test_a_query_is_one_select(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, "SELECT Id + 1 AS a, name FROM people; -- all", ["a", "NAME"], QUERY).rows == [("2", "x")]
    assert read(con, "SELECT name, name FROM people", [], QUERY).rows == [()]


@pytest.mark.parametrize(
    ("text", "references", "message"),
    [
        ("SELECT 1; DROP TABLE people", ["a"], r"it is not one SELECT.*\[KG234\]"),
        ("DELETE FROM people RETURNING *", ["a"], r"it is not one SELECT.*\[KG234\]"),
        ("", ["a"], r"it is not one SELECT.*\[KG234\]"),
        ("SELEC", ["a"], r"syntax error.*\[KG234\]"),
        ("SELECT nme FROM people", ["a"], r"nme.*\[KG234\]"),
        ("SELECT name, name FROM people", ["name"], r"the query has 2 columns with the name name.*\[KG235\]"),
        (
            "SELECT name FROM people",
            ["nme"],
            r"the result of the query has no column nme; did you mean name\?.*\[KG205\]",
        ),
    ],
)
def test_a_query_that_cannot_be_used_is_told(
    con: duckdb.DuckDBPyConnection, text: str, references: list[str], message: str
) -> None:
    with pytest.raises(MappingError, match=rf"^mapping\.ttl, line 7: .*{message}"):
        read(con, text, references, QUERY)
    assert con.execute("SELECT count(*) FROM people").fetchone() == (1,)


@pytest.mark.parametrize(
    ("table", "column", "message"),
    [
        ("peple", "name", r"the session has no table peple; did you mean People\?.*\[KG233\]"),
        ('x"; DROP TABLE people; --', "name", r"\[KG233\]"),
        ("people", 'x" FROM people; DROP TABLE people; --', r"\[KG205\]"),
        ("people", '"NAME"', r"has no column \"NAME\".*\[KG205\]"),
        ("people", "s.b", r"\[KG205\]"),
    ],
)
def test_a_name_is_no_more_than_a_name(con: duckdb.DuckDBPyConnection, table: str, column: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        read(con, table, [column])
    assert con.execute("SELECT count(*) FROM people").fetchone() == (1,)


def test_a_name_that_differs_only_in_case_must_be_no_question() -> None:
    with session() as con:
        # Frames may have such columns; tables of DuckDB may not.
        frames = {"f": pa.table({"a": [1], "id": ["x"]}), "g": pd.DataFrame({"a": [1, 2], "b": ["x", None]})}
        access = Access(frames=frames)
        assert read(con, "f", ["A", "ID"], access=access).rows == [("1", "x")]
        assert read(con, "g", ["a", "b"], access=access).rows == [("1", "x"), ("2", None)]
        assert read(con, "SELECT f.id FROM f JOIN g USING (a)", ["id"], QUERY, access=access).rows == [("x",)]
