"""Databases as sources, on real servers: names, types, exactness, keys, and what is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import KgError, MappingError, SourceError
from kg.mapping.addresses import Address, System, read_address
from kg.mapping.readers.access import Access
from kg.mapping.readers.databases import open_database
from kg.mapping.readers.databases.names import Case, Identifiers, Name, match
from kg.mapping.rules import Database, Formulation, LogicalSource, Table
from kg.rdf.namespaces import XSD
from tests.conformance.servers import Server, server


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a source: its rows, the natural datatypes by reference (without the namespace), and the keys."""

    rows: list[tuple[Any, ...]]
    datatypes: dict[str, str]
    keys: tuple[str, ...]


def read(
    url: str,
    what: str,
    references: Sequence[str],
    *,
    query: bool = False,
    numbered: bool = False,
    nulls: tuple[str, ...] = (),
    con: duckdb.DuckDBPyConnection | None = None,
) -> Read:
    """Open a source; its rows come in order of their number where they have one, else sorted."""
    con = con or duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"})
    kind = Formulation.QUERY if query else Formulation.TABLE
    source = LogicalSource(kind, Database(url), what, nulls)
    access = Access(frames={}, network=(), strict=True)
    table: Table = open_database(con, source, references, "opened", numbered=numbered, access=access)
    columns = [table.columns[reference].name for reference in references] + ["kg_row"] * numbered
    order = "kg_row" if numbered else "ALL"
    rows = con.execute(f"SELECT {', '.join(columns) or 'count(*)'} FROM opened ORDER BY {order}").fetchall()
    datatypes = {name: (column.datatype or "").removeprefix(XSD) for name, column in table.columns.items()}
    return Read(rows, datatypes, table.keys)


@pytest.fixture
def postgresql(pytestconfig: pytest.Config) -> Server:
    return server("postgresql", pytestconfig)


@pytest.fixture
def mysql(pytestconfig: pytest.Config) -> Server:
    return server("mysql", pytestconfig)


@pytest.fixture(params=["postgresql", "mysql"])
def either(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Server:
    return server(request.param, pytestconfig)


def at(running: Server) -> str:
    return running.url.replace("://", f"://{running.user}@")


# Types and exactness.


def test_the_types_of_postgresql(postgresql: Server) -> None:
    postgresql.run("""
        CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN positive AS int CHECK (value > 0);
        CREATE TABLE t (big int8, exact numeric, single real, twice float8, truth boolean, day date, clock time, zoned timetz, moment timestamp, instant timestamptz,
          bytes bytea, padded char(5), feeling mood, few positive, list int[], doc jsonb, id uuid, address inet, span interval);
        INSERT INTO t VALUES (9007199254740993, 21000000000000000000000000.50, 1.65, 0.1, true, '2020-01-02', '10:11:12.5', '10:11:12+05:30', '2020-01-02 10:11:12.123456',
          '2020-01-02 10:11:12+02', '\\x89ab', 'ab', 'ok', 7, '{1,2}', '{"a": 1}', '00000000-0000-0000-0000-000000000001', '10.0.0.1', '1 day 2 hours');
        INSERT INTO t (single, twice) VALUES ('infinity', '-infinity'), (16777216, 'nan'), (1e-45, 5e-324);
    """)
    names = (
        "big exact single twice truth day clock zoned moment instant bytes padded feeling few list doc id address span"
    )
    found = read(at(postgresql), "t", names.split(), numbered=True)
    assert dict(zip(names.split(), found.rows[0], strict=False)) == {
        "big": "9007199254740993",
        "exact": "21000000000000000000000000.50",
        "single": "1.65",
        "twice": "0.1",
        "truth": "true",
        "day": "2020-01-02",
        "clock": "10:11:12.5",
        "zoned": "10:11:12+05:30",
        "moment": "2020-01-02T10:11:12.123456",
        "instant": "2020-01-02T08:11:12Z",
        "bytes": "89AB",
        "padded": "ab   ",
        "feeling": "ok",
        "few": "7",
        "list": "{1,2}",
        "doc": '{"a": 1}',
        "id": "00000000-0000-0000-0000-000000000001",
        "address": "10.0.0.1",
        "span": "P1DT2H",
    }
    assert [row[2:4] for row in found.rows[1:]] == [("INF", "-INF"), ("16777216.0", "NaN"), ("1e-45", "5e-324")]
    assert found.datatypes == {
        **dict.fromkeys(("padded", "feeling", "list", "doc", "id", "address", "span"), ""),
        "big": "integer",
        "exact": "decimal",
        "single": "double",
        "twice": "double",
        "truth": "boolean",
        "day": "date",
        "clock": "time",
        "zoned": "time",
        "moment": "dateTime",
        "instant": "dateTime",
        "bytes": "hexBinary",
        "few": "integer",
    }


def test_the_types_of_mysql(mysql: Server) -> None:
    mysql.run("""
        CREATE TABLE t (big bigint unsigned, exact decimal(40,2), single float, twice double, truth boolean, small tinyint, day date, clock time(1),
          moment datetime(6), instant timestamp(3) NULL, bytes varbinary(10), longer blob, padded char(5), feeling enum('sad', 'ok'), one bit(1), nine bit(9), made year, doc json, words text);
        INSERT INTO t VALUES (18446744073709551615, 21000000000000000000000000.50, 1.65, 0.1, true, -3, '2020-01-02', '10:11:12.5', '2020-01-02 10:11:12.123456',
          '2020-01-02 10:11:12.123', x'89ab', x'00', 'ab', 'ok', 1, 5, 2020, '{"a": 1}', 'é😀');
        INSERT INTO t (single, twice, truth, one) VALUES (16777216, 1.7976931348623157e308, false, 0);
    """)
    names = "big exact single twice truth small day clock moment instant bytes longer padded feeling one nine made doc words"
    found = read(at(mysql), "t", names.split(), numbered=True)
    assert dict(zip(names.split(), found.rows[0], strict=False)) == {
        "big": "18446744073709551615",
        "exact": "21000000000000000000000000.50",
        "single": "1.65",
        "twice": "0.1",
        "truth": "true",
        "small": "-3",
        "day": "2020-01-02",
        "clock": "10:11:12.5",
        "moment": "2020-01-02T10:11:12.123456",
        "instant": "2020-01-02T10:11:12.123",
        "bytes": "89AB",
        "longer": "00",
        "padded": "ab",
        "feeling": "ok",
        "one": "true",
        "nine": "0005",
        "made": "2020",
        "doc": '{"a": 1}',
        "words": "é😀",
    }
    # The server's own text of the FLOAT 16777216 is 16777200.
    assert found.rows[1][2] == "16777216.0"
    assert float(found.rows[1][3]) == 1.7976931348623157e308
    assert (found.rows[1][4], found.rows[1][14]) == ("false", "false")
    assert found.datatypes == {
        **dict.fromkeys(("padded", "feeling", "doc", "words"), ""),
        "big": "integer",
        "exact": "decimal",
        "single": "double",
        "twice": "double",
        "truth": "boolean",
        "small": "integer",
        "day": "date",
        "clock": "time",
        "moment": "dateTime",
        "instant": "dateTime",
        "bytes": "hexBinary",
        "longer": "hexBinary",
        "one": "boolean",
        "nine": "hexBinary",
        "made": "gYear",
    }


def test_the_types_of_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as con:
        con.executescript("""
            CREATE TABLE t (big INTEGER, exact DECIMAL(10,2), huge DECIMAL, twice REAL, truth BOOLEAN, day DATE, moment TIMESTAMP, bytes BLOB, words TEXT, free, torn INTEGER, odd DATE);
            INSERT INTO t VALUES (9007199254740993, 131.75, 1e30, 0.1, true, '2020-01-02', '2020-01-02 10:11:12.5', x'89ab', 'a', 1, 5, '2020-01-02');
            INSERT INTO t VALUES (-1, 2, 1, 9e999, false, NULL, NULL, NULL, '', 2.5, 'abc', 'yesterday');
        """)
    con.close()
    names = "big exact huge twice truth day moment bytes words free torn odd"
    found = read(f"sqlite:///{tmp_path}/a.db", "t", names.split(), numbered=True)
    assert found.rows == [
        (
            *("9007199254740993", "131.75", "1e+30", "0.1", "true", "2020-01-02", "2020-01-02T10:11:12.5", "89AB"),
            *("a", "1", "5", "2020-01-02", 0),
        ),
        ("-1", "2", "1", "INF", "false", None, None, None, "", "2.5", "abc", "yesterday", 1),
    ]
    # Where the values are not as declared, they are what they are: a decimal has no exponent, `abc` is no integer.
    assert found.datatypes == {
        "big": "integer",
        "exact": "decimal",
        "huge": "double",
        "twice": "double",
        "truth": "boolean",
        "day": "date",
        "moment": "dateTime",
        "bytes": "hexBinary",
        "words": "",
        "free": "double",
        "torn": "",
        "odd": "",
    }


def test_the_types_of_duckdb(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
        con.execute("""
            CREATE TABLE t AS SELECT 170141183460469231731687303715884105727 AS big, 1.50::DECIMAL(38,2) AS exact, 'inf'::DOUBLE AS twice, true AS truth,
              DATE '2020-01-02' AS day, TIMESTAMP '2020-01-02 10:11:12.5' AS moment, make_timestamptz(1577959872000000) AS instant,
              '\\x89\\xAB'::BLOB AS bytes, 'a' AS words, [1, 2] AS list, {'a': 'x'} AS struct
        """)
    names = "big exact twice truth day moment instant bytes words list struct"
    found = read(f"duckdb:///{tmp_path}/a.duckdb", "T", names.split(), numbered=True)
    assert found.rows == [
        (
            *("170141183460469231731687303715884105727", "1.50", "INF", "true", "2020-01-02"),
            *("2020-01-02T10:11:12.5", "2020-01-02T10:11:12Z", "89AB", "a", ["1", "2"], '{"a":"x"}', 0),
        )
    ]
    assert list(found.datatypes.values()) == [
        *("integer", "decimal", "double", "boolean", "date", "dateTime", "dateTime", "hexBinary", "", "integer", "")
    ]


# What a server's text cannot hold is left out: PostgreSQL has no NUL, neither has surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)
# Each example is a round trip to a server.
SERVED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def literal(text: str, running: Server) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if running.scheme == "postgresql" else "'" + escaped.replace("\\", "\\\\") + "'"


@SERVED
@given(texts=st.lists(TEXTS, min_size=1, max_size=20))
@example(
    texts=['"', "\\", "\r\n", "\t", ",", "\x01", "\\N", "\\.", "", "NULL", "a\u2028b", "\U0001f600", "\x7f", " a "]
)
def test_texts_come_as_they_are(either: Server, texts: list[str]) -> None:
    kind = "text" if either.scheme == "postgresql" else "text CHARACTER SET utf8mb4"
    values = ", ".join(f"({number}, {literal(text, either)})" for number, text in enumerate(texts))
    either.run(f"CREATE TABLE t (n int, words {kind}); INSERT INTO t VALUES {values}, (-1, NULL);")
    for query in ("t", "SELECT * FROM t ORDER BY n"):
        found = read(at(either), query, ["words", "n"], query=query != "t")
        assert {(text, int(n)) for text, n in found.rows} == {(text, n) for n, text in enumerate(texts)} | {(None, -1)}


@SERVED
@given(
    whole=st.integers(-(10**37), 10**37),
    fraction=st.integers(0, 10**20 - 1),
    double=st.floats(allow_nan=False, allow_infinity=False),
    single=st.floats(allow_nan=False, allow_infinity=False, width=32),
    integer=st.integers(-(2**63), 2**63 - 1),
)
def test_numbers_keep_all_digits(
    either: Server, whole: int, fraction: int, double: float, single: float, integer: int
) -> None:
    exact = f"{whole}.{fraction:020}"
    double_type = "double precision" if either.scheme == "postgresql" else "double"
    single_type = "real" if either.scheme == "postgresql" else "float"
    either.run(
        f"CREATE TABLE t (i bigint, e decimal(58, 20), d {double_type}, s {single_type}); INSERT INTO t VALUES ({integer}, {exact}, {double!r}, {single!r});"
    )
    ((i, e, d, s),) = read(at(either), "t", ["i", "e", "d", "s"]).rows
    assert (i, e) == (str(integer), exact)
    assert float(d) == double
    assert float(s) == pytest.approx(single, rel=1e-7, abs=1e-45)
    ((stored,),) = duckdb.execute("SELECT CAST(? AS FLOAT) = CAST(? AS FLOAT)", [s, repr(single)]).fetchall()
    assert stored


# Names.


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Name", Name("Name")),
        ('"Na""me"', Name('Na"me', True)),
        ("a.b", Name("a.b")),
        ("Country Code", Name("Country Code")),
        ('"', Name('"')),
        ("", Name("")),
    ],
)
def test_a_reference_is_one_identifier(reference: str, name: Name) -> None:
    assert Identifiers('"', Case.FOLDED, Case.FOLDED).column(reference) == name


def test_a_table_may_have_a_schema() -> None:
    identifiers = Identifiers('"', Case.FOLDED, Case.FOLDED)
    assert identifiers.table(' public."My ""t.x" ') == (Name("public"), Name('My "t.x', True))
    assert identifiers.table('dasfd;sfd;"') == (Name('dasfd;sfd;"'),)


@pytest.mark.parametrize(
    ("name", "case", "found"),
    [
        (Name("ID"), Case.FOLDED, "id"),
        (Name("ID", True), Case.FOLDED, None),
        (Name("Name"), Case.FOLDED, "Name"),
        (Name("name"), Case.FOLDED, None),
        (Name("ID"), Case.IGNORED, "id"),
        (Name("NAME", True), Case.IGNORED, "Name"),
        (Name("ID"), Case.KEPT, None),
    ],
)
def test_the_case_of_names(name: Name, case: Case, found: str | None) -> None:
    assert match(name, ["id", "Name"], case) == found


def test_a_regular_identifier_prefers_the_folded_name() -> None:
    assert match(Name("Name"), ["Name", "name"], Case.FOLDED) == "name"


def test_postgresql_folds_regular_identifiers(postgresql: Server) -> None:
    postgresql.run("CREATE TABLE Student (id int, \"Name\" text); INSERT INTO student VALUES (1, 'Venus');")
    assert read(at(postgresql), "STUDENT", ["ID", "Name", '"Name"']).rows == [("1", "Venus", "Venus")]
    assert read(at(postgresql), "public.student", ['"id"']).rows == [("1",)]
    with pytest.raises(MappingError, match=r'has no table "Student"; did you mean student\?.*KG233'):
        read(at(postgresql), '"Student"', ["id"])
    with pytest.raises(MappingError, match=r'has no column "ID"; did you mean id\?.*columns id, Name.*KG205'):
        read(at(postgresql), "student", ['"ID"'])


def test_mysql_delimits_with_backticks(mysql: Server) -> None:
    mysql.run("CREATE TABLE Student (id int, `odd ``name` text); INSERT INTO Student VALUES (1, 'Venus');")
    assert read(at(mysql), "`test`.`Student`", ["ID", "`odd ``name`"]).rows == [("1", "Venus")]
    with pytest.raises(MappingError, match=r'has no table "Student"; did you mean Student\?.*KG233'):
        read(at(mysql), '"Student"', ["id"])
    with pytest.raises(MappingError, match=r'has no column "id"; did you mean id\?.*KG205'):
        read(at(mysql), "Student", ['"id"'])


def test_a_missing_schema_is_named(either: Server) -> None:
    with pytest.raises(MappingError, match=r"the database has no schema nowhere;.*KG233"):
        read(at(either), "nowhere.t", ["id"])


# Tables and queries.


def test_rows_have_their_numbers_in_order(either: Server) -> None:
    values = ", ".join(f"({n}, {n}.5)" for n in range(500))
    kind = "float"
    either.run(f"CREATE TABLE t (n int, f {kind}); INSERT INTO t VALUES {values};")
    found = read(at(either), "SELECT n, f FROM t ORDER BY n DESC", ["n", "f"], query=True, numbered=True)
    assert found.rows == [(str(499 - row), f"{499 - row}.5", row) for row in range(500)]


def test_many_rows_come_in_several_batches(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as con:
        con.execute("CREATE TABLE t (n INTEGER, words TEXT)")
        con.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 1000) for n in range(45_000)))
    con.close()
    found = read(f"sqlite:///{tmp_path}/a.db", "SELECT n FROM t ORDER BY n", ["n"], query=True, numbered=True)
    assert found.rows == [(str(n), n) for n in range(45_000)]


def test_without_references_the_rows_still_count(either: Server) -> None:
    either.run("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2), (3);")
    assert read(at(either), "t", []).rows == [(3,)]
    assert read(at(either), "t", [], numbered=True).rows == [(0,), (1,), (2,)]


def test_some_texts_mean_no_value(either: Server) -> None:
    either.run("CREATE TABLE t (n int, words varchar(9)); INSERT INTO t VALUES (1, 'NULL'), (2, ''), (3, 'it''s');")
    rows = read(at(either), "t", ["n", "words"], nulls=("NULL", "it's", "2")).rows
    assert set(rows) == {("1", None), (None, ""), ("3", None)}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT n, count(*) AS c FROM t GROUP BY n;  ",
        "SELECT n, count(*) AS c FROM t GROUP BY n -- all of them",
        "WITH x AS (SELECT * FROM t) SELECT n, count(*) AS c FROM x GROUP BY n",
        "SELECT n, 1 AS c FROM t UNION SELECT n, 1 FROM t",
    ],
)
def test_a_query_is_run_as_it_stands(either: Server, query: str) -> None:
    either.run("CREATE TABLE t (n int); INSERT INTO t VALUES (7);")
    found = read(at(either), query, ["n", "C"], query=True)
    assert (found.rows, found.datatypes) == ([("7", "1")], {"n": "integer", "C": "integer"})


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t",
        "SELECT 1 AS n; DELETE FROM t",
        "SELECT 1) AS kg; DELETE FROM t; --",
        "SELECT nn FROM t",
        "SELECT n FROM tt",
        "SELECT * FROMasflijafo t",
        "SELECT n, n FROM t",
        "",
    ],
)
def test_what_is_no_query_is_refused(either: Server, query: str) -> None:
    either.run("CREATE TABLE t (n int); INSERT INTO t VALUES (7);")
    with pytest.raises(MappingError, match=r"KG23[45]"):
        read(at(either), query, ["n"], query=True)
    assert read(at(either), "t", ["n"]).rows == [("7",)]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t",
        "SELECT 1 AS n; DELETE FROM t",
        "SELECT nn FROM t",
        "SELECT n, n FROM t",
        "SELECT n, N FROM t",
        "",
    ],
)
def test_what_is_no_query_is_refused_by_files_too(tmp_path: Path, query: str) -> None:
    with sqlite3.connect(tmp_path / "a.db") as lite, duckdb.connect(str(tmp_path / "a.duckdb")) as duck:
        for con in (lite, duck):
            con.execute("CREATE TABLE t AS SELECT 7 AS n")
    lite.close()
    for url in (f"sqlite:///{tmp_path}/a.db", f"duckdb:///{tmp_path}/a.duckdb"):
        with pytest.raises(MappingError, match=r"KG23[45]"):
            read(url, query, ["n"], query=True)
        assert read(url, "t", ["n"]).rows == [("7",)]


def test_postgresql_cannot_be_written_by_a_function(postgresql: Server) -> None:
    postgresql.run("""
        CREATE TABLE t (n int); INSERT INTO t VALUES (7);
        CREATE FUNCTION empty() RETURNS int LANGUAGE sql AS 'DELETE FROM t RETURNING n';
    """)
    with pytest.raises(KgError, match="read-only transaction"):
        read(at(postgresql), "SELECT empty() AS n", ["n"], query=True)


def test_an_error_within_the_rows_is_told(postgresql: Server) -> None:
    postgresql.run("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (0);")
    with pytest.raises(SourceError, match=r"broke off: division by zero.*KG236"):
        read(at(postgresql), "SELECT 1 / n AS n FROM t", ["n"], query=True)


def test_text_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as con:
        con.execute("CREATE TABLE t AS SELECT CAST(x'ff' AS TEXT) AS n")
    con.close()
    with pytest.raises(SourceError, match="KG236"):
        read(f"sqlite:///{tmp_path}/a.db", "t", ["n"])


def test_text_of_a_server_that_is_not_utf8_is_told(postgresql: Server) -> None:
    postgresql.run("""
        DROP DATABASE IF EXISTS bytes; CREATE DATABASE bytes ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C';
        \\c bytes
        CREATE TABLE t (n text); INSERT INTO t VALUES ('fine'), (E'\\xff');
    """)
    with pytest.raises(SourceError, match="KG236"):
        read(f"{at(postgresql).removesuffix(postgresql.database)}bytes", "t", ["n"])


# Keys.


def test_the_keys_of_postgresql(postgresql: Server) -> None:
    postgresql.run("""
        CREATE TABLE t (id int PRIMARY KEY, code text UNIQUE, a int, b int, part int, low text, UNIQUE (a, b));
        CREATE UNIQUE INDEX ON t (part) WHERE part > 0; CREATE UNIQUE INDEX ON t (lower(low));
        CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);
    """)
    assert read(at(postgresql), "t", ['"id"', "CODE", "a", "part", "low"]).keys == ('"id"', "CODE")
    # The rows of a child may have the key of another row.
    assert read(at(postgresql), "parent", ["id"]).keys == ()
    assert read(at(postgresql), "SELECT * FROM t", ["id"], query=True).keys == ()


def test_the_keys_of_mysql(mysql: Server) -> None:
    mysql.run("""
        CREATE TABLE t (id int PRIMARY KEY, code varchar(9) UNIQUE, a int, b int, yes boolean UNIQUE, at_ timestamp NULL UNIQUE, UNIQUE (a, b));
    """)
    # Two values of BOOLEAN can have one text, as can two of TIMESTAMP in the hour in which clocks go back.
    assert read(at(mysql), "t", ["ID", "code", "a", "yes", "at_"]).keys == ("ID", "code")


def test_the_keys_of_files(tmp_path: Path) -> None:
    made = "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE, a INTEGER, b INTEGER, UNIQUE (a, b))"
    with sqlite3.connect(tmp_path / "a.db") as lite, duckdb.connect(str(tmp_path / "a.duckdb")) as duck:
        for con in (lite, duck):
            con.execute(made)
    lite.close()
    for url in (f"sqlite:///{tmp_path}/a.db", f"duckdb:///{tmp_path}/a.duckdb"):
        assert read(url, "t", ["ID", "code", "a"]).keys == ("ID", "code")


# Addresses.


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql://h:5433/db", Address(System.POSTGRESQL, "db", "h", 5433)),
        ("postgres://u:p%40@h/db", Address(System.POSTGRESQL, "db", "h", 0, "u", "p@")),
        (
            "jdbc:postgresql://h/db?user=u&password=p&sslmode=require",
            Address(System.POSTGRESQL, "db", "h", 0, "u", "p", (("sslmode", "require"),)),
        ),
        ("jdbc:mysql://h:3307/db", Address(System.MYSQL, "db", "h", 3307)),
        ("mysql+pymysql://u@[::1]/db", Address(System.MYSQL, "db", "::1", 0, "u")),
        ("mariadb://h", Address(System.MYSQL, "", "h")),
        ("sqlite:///some/a%20 b.db", Address(System.SQLITE, "some/a%20 b.db")),
        ("sqlite:////data/a.db", Address(System.SQLITE, "/data/a.db")),
        ("jdbc:sqlite:/data/a.db", Address(System.SQLITE, "/data/a.db")),
        ("duckdb:///a.duckdb", Address(System.DUCKDB, "a.duckdb")),
    ],
)
def test_urls(url: str, address: Address) -> None:
    assert read_address(Database(url), "") == address


def test_the_account_beside_the_url_wins() -> None:
    address = read_address(Database("mysql://a:b@h/db", "u", "p"), "")
    assert (address.user, address.password) == ("u", "p")


@pytest.mark.parametrize("url", ["oracle://h/db", "h:5432", "", "postgresql://h:port/db", "jdbc:duckdb:"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(MappingError, match="KG230"):
        read_address(Database(url), "")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:secret@127.0.0.1:1/db",
        "mysql://user:secret@127.0.0.1:1/db",
        "sqlite:////nowhere/a.db",
        "duckdb:////nowhere/a.duckdb",
    ],
)
def test_a_database_that_is_not_there(url: str) -> None:
    with pytest.raises(SourceError, match="KG232") as told:
        read(url, "t", ["n"])
    assert "secret" not in str(told.value)


def test_an_account_that_is_not_there(either: Server) -> None:
    with pytest.raises(SourceError, match="KG232") as told:
        read(either.url.replace("://", "://nobody:secret@"), "t", ["n"])
    assert "secret" not in str(told.value)


def test_a_file_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("no database " * 1000)
    for scheme in ("sqlite", "duckdb"):
        with pytest.raises(SourceError, match="KG232"):
            read(f"{scheme}:///{tmp_path}/a", "t", ["n"])
