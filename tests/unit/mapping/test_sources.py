"""Sources of a mapping: what is read, that it is read once, and that no name in a mapping can be more than a name."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kg.errors import KgError, MappingError, SourceError
from kg.mapping.engine import Sources
from kg.mapping.parse import parse_mapping
from kg.mapping.plan import plan_of
from kg.mapping.readers import Access
from kg.rdf.relations import rows_table
from kg.rdf.terms import literal
from kg.resolution.resolve import RELATIONS
from kg.resources import resource
from tests.session import QuadRow, quads_of, session
from tests.unit.mapping.mappings import BASE, csv, mapped, objects, query, quoted, run, table, triples_map, write

EVIL = 'x"; DROP TABLE quads; CREATE TABLE evil AS SELECT 1; --'


def read(folder: Path, data: bytes, column: str = "a", file: str = "data.csv") -> list[str]:
    """Return the values of a column of a CSV file, as literals; without a column `id`, rows that are equal count once."""
    (folder / file).write_bytes(data)
    mapping = triples_map(
        f'rml:template "{{{column}}}" ; rml:termType rml:Literal',
        source=csv(file),
        subject=f'rml:template "http://x/{{{column}}}"',
    )
    return objects(mapped(folder, mapping))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"id,a\n1,x\n", ['"x"']),
        (b"id,a\n1,x", ['"x"']),
        (b"id,a\r\n1,x\r\n", ['"x"']),
        (b"\xef\xbb\xbfa,id\nx,1\n", ['"x"']),
        (b'id,a\n1,"x, y"\n2,"say ""hi"""\n', [r'"say \"hi\""', '"x, y"']),
        (b'id,a\n1,"two\nlines"\n2,z\n', [r'"two\nlines"', '"z"']),
        (b"id,a\n1,007\n2,2024-01-02\n3,1e5\n4,true\n", ['"007"', '"1e5"', '"2024-01-02"', '"true"']),
        (b"id,a\n1,NULL\n2,null\n3,NaN\n4,\\N\n", [r'"NULL"', '"NaN"', r'"\\N"', '"null"']),
        (b"id,a\n1,#x\n#2,y\n", ['"#x"', '"y"']),
        (b"id,a\n1, x \n", ['" x "']),
        (b"id,a\n1,\xe8\x91\x89\xf0\x9f\x98\x80\n", ['"葉\U0001f600"']),
        (b"id,a\n1,\x00\x01\x7f\n", [r'"\u0000\u0001\u007F"']),
        (b"id,a\n1,x;y\tz|w\n", [r'"x;y\tz|w"']),
        (b"a\nx\ny\n", ['"x"', '"y"']),
        (b"id,a\n", []),
    ],
)
def test_a_csv_file_is_read_as_it_is(tmp_path: Path, data: bytes, expected: list[str]) -> None:
    assert read(tmp_path, data) == expected


def test_an_empty_field_is_an_empty_text_and_not_nothing(tmp_path: Path) -> None:
    """What stands for NULL in a CSV file is for its mapping to say."""
    (tmp_path / "data.csv").write_bytes(b'id,a\n1,\n2,""\n3,x\n')
    quads = mapped(tmp_path, triples_map('rml:reference "a"', source=csv("data.csv")))
    assert objects(quads) == ['""', '""', '"x"']


def test_columns_without_a_name_or_with_that_of_another_can_be_named(tmp_path: Path) -> None:
    data = b"a,a,,A\nw,x,y,z\n"
    assert read(tmp_path, data, "a") == ['"w"']
    assert read(tmp_path, data, "a_1") == ['"x"']
    assert read(tmp_path, data, "column2") == ['"y"']
    assert read(tmp_path, data, "A_2") == ['"z"']


@pytest.mark.parametrize(
    "name",
    [
        "a'b.csv",
        'a"b.csv',
        "data[1].csv",
        "a*.csv",
        "a?.csv",
        "{a}.csv",
        "a b.csv",
        "葉.csv",
        "$1.csv",
        "'); DROP TABLE quads; --.csv",
    ],
)
def test_a_file_name_is_a_name_and_no_pattern(tmp_path: Path, name: str) -> None:
    for other in ("ab.csv", "data1.csv", "axy.csv"):
        (tmp_path / other).write_bytes(b"id,a\n1,other\n")
    assert read(tmp_path, b"id,a\n1,x\n", file=name) == ['"x"']


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", r"empty.*\[KG2\d\d\]"),
        (b"id,a\n1,\xff\n", r"Line: 2.*(?i:unicode|utf).*\[KG207\]"),
        (b"id,a\n1,x\n2\n", r"Line: 3.*Expected Number of Columns: 2 Found: 1.*\[KG207\]"),
        (b"id,a\n1,x,y\n", r"Line: 2.*Expected Number of Columns: 2 Found: 3.*\[KG207\]"),
        (b'id,a\n1,"x\n', r"Line: 2.*(?i:quote).*\[KG207\]"),
    ],
)
def test_a_torn_csv_file_tells_its_line(tmp_path: Path, data: bytes, what: str) -> None:
    with pytest.raises(KgError, match=what):
        read(tmp_path, data)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"mapping.rml.ttl, line 8 .*none\.csv: there is no such file.*\[KG220\]"):
        mapped(tmp_path, triples_map('rml:reference "a"', source=csv("none.csv")))


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"line 8 .*the session has no table none.*\[KG233\]"):
        mapped(tmp_path, triples_map('rml:reference "a"', source=table("none")))


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"<#Map>.*the table t has no column b; it has the columns id, a \[KG205\]"):
        mapped(
            tmp_path,
            triples_map('rml:template "{a}{b}"', source=table("t")),
            "CREATE TABLE t AS SELECT 1 AS id, 2 AS a",
        )


@pytest.mark.parametrize("name", ["a b", "select", 'a"b', "a'b", "a.b", "葉", EVIL])
def test_a_table_name_is_a_name(tmp_path: Path, name: str) -> None:
    created = name.replace('"', '""')
    assert objects(
        mapped(
            tmp_path,
            triples_map('rml:reference "a"', source=table(name)),
            f"CREATE TABLE \"{created}\" AS SELECT 1 AS id, 'x' AS a",
        )
    ) == ['"x"']


@pytest.mark.parametrize(
    "name", ["a b", "select", 'a"b', "a'b", "a.b", "葉", "a{b", "$1", "?", "kg_iri", "x", "s", "rows", "thing", EVIL]
)
def test_a_column_name_is_a_name(tmp_path: Path, name: str) -> None:
    column = name.replace('"', '""')
    escaped = name.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    template = f"rml:template {quoted('http://x/{' + escaped + '}')}"
    row = f"CREATE TABLE t AS SELECT 1 AS id, 'y' AS \"{column}\""
    found = objects(mapped(tmp_path, triples_map(f"rml:reference {quoted(name)}", template, source=table("t")), row))
    assert found == ['"y"', "<http://x/y>"]


@pytest.mark.parametrize("text", ["it's", "'); DROP TABLE quads; --", "a\\b", "a\nb", '"', "$1 ? :x", "\\u0041"])
def test_the_text_of_a_mapping_is_a_text(tmp_path: Path, text: str) -> None:
    template = text.replace("\\", "\\\\")
    said = (f"rml:constant {quoted(text)}", f"rml:template {quoted(template + '{id}')} ; rml:termType rml:Literal")
    assert objects(
        mapped(tmp_path, triples_map(*said, source=table("t")), "CREATE TABLE t AS SELECT 1 AS id")
    ) == sorted((literal(text), literal(text + "1")))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS id; DROP TABLE quads",
        "DROP TABLE quads",
        "CREATE TABLE evil AS SELECT 1",
        "COPY (SELECT 1) TO 'evil.csv'",
        "",
        ";",
        "ATTACH 'evil.db'",
    ],
)
def test_a_query_reads_and_does_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.chdir(tmp_path)
    with session([("<x:s>", "<x:p>", "<x:o>", None)]) as con:
        with pytest.raises(MappingError, match=r"the query cannot be used: it is not one SELECT.*\[KG234\]"):
            run(con, tmp_path, triples_map("rml:constant 1", source=query(sql)))
        assert quads_of(con) == {("<x:s>", "<x:p>", "<x:o>", None)}
        assert con.execute("SHOW TABLES").fetchall() == [("quads",)]
    assert not list(tmp_path.glob("evil*"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS id, 'x' AS a",
        "SELECT 1 AS id, 'x' AS a;",
        "WITH t AS (SELECT 1 AS id, 'x' AS a) FROM t",
        "FROM (VALUES (1, 'x')) AS t(id, a) -- all of it",
        "SELECT 1 AS id, 'x' AS a UNION ALL SELECT 1, ';'",
    ],
)
def test_a_query_is_any_select(tmp_path: Path, sql: str) -> None:
    assert '"x"' in objects(mapped(tmp_path, triples_map('rml:reference "a"', source=query(sql))))


def test_a_query_that_is_wrong_is_told_with_what_the_database_says(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"the query cannot be used: .*nothing.*\[KG234\]"):
        mapped(tmp_path, triples_map("rml:constant 1", source=query("SELECT nothing")))


def plan_count(path: Path, *setup: str) -> int:
    with session() as con:
        for statement in setup:
            con.execute(statement)
        return scan_count(con, path)


def scan_count(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    sources = Sources(con, Access())
    statements = parse_mapping(path, BASE).statements
    sources.open(statements)
    return len(plan_of(statements, sources.catalog, sources.is_unique).scans)


def test_a_source_is_scanned_once_however_many_maps_read_it(tmp_path: Path) -> None:
    """And once for each other source that it is joined with, if a key repeats there."""
    maps = [
        triples_map('rml:reference "a"', 'rml:template "http://x/{a}"', source=table("t"), name=f"Map{number}")
        for number in range(9)
    ]
    maps.append(
        triples_map('rml:reference "a"', source=table("u"), subject='rml:template "http://u/{id}"', name="Other")
    )
    tables = ("CREATE TABLE t AS SELECT 1 AS id, 2 AS a", "CREATE TABLE u AS SELECT 1 AS id, 2 AS a")
    assert plan_count(write(tmp_path, "".join(maps)), *tables) == 2
    condition = 'rml:joinCondition [ rml:child "id" ; rml:parent "id" ]'
    maps += [
        triples_map(f"rml:parentTriplesMap <#Other> ; {condition}", source=table("t"), name=f"Child{number}")
        for number in range(3)
    ]
    assert plan_count(write(tmp_path, "".join(maps)), *tables) == 2, (
        "a look-up by a unique key needs no scan of its own"
    )
    repeated = (tables[0], "CREATE TABLE u AS SELECT 1 AS id, unnest([2, 3]) AS a")
    assert plan_count(write(tmp_path, "".join(maps)), *repeated) == 3


def test_fused_maps_make_what_they_make_one_by_one(tmp_path: Path) -> None:
    rows = "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'x', NULL), (2, NULL, 'y'), (3, NULL, NULL)) AS t(id, a, b)"
    maps = [
        triples_map(
            'rml:reference "a"',
            'rml:reference "b"',
            source=table("t"),
            subject='rml:template "http://x/{id}" ; rml:class ex:C',
            name="One",
        ),
        triples_map(
            'rml:reference "id"', source=table("t"), subject='rml:template "http://y/{a}" ; rml:graph ex:g', name="Two"
        ),
        triples_map('rml:template "{a}{b}"', source=table("t"), subject='rml:template "http://x/{id}"', name="Three"),
    ]
    alone: set[QuadRow] = set()
    for one in maps:
        alone |= mapped(tmp_path, one, rows)
    assert mapped(tmp_path, "".join(maps), rows) == alone
    assert mapped(tmp_path, "".join(reversed(maps)), rows) == alone
    assert len(alone) == 6


def test_our_mapping_of_passages_scans_each_relation_once() -> None:
    with session() as con:
        for name, row_type in RELATIONS.items():
            rows_table(con, name, [], row_type)
        assert scan_count(con, resource("ontology") / "mappings" / "passages.rml.ttl") >= len(RELATIONS)


def test_a_mapping_adds_to_what_is_there(tmp_path: Path) -> None:
    mapping = triples_map('rml:reference "a"', source=table("t"))
    with session([("<x:s>", "<x:p>", "<x:o>", None)]) as con:
        run(con, tmp_path, mapping, "CREATE TABLE t AS SELECT 1 AS id, 'x' AS a")
        run(con, tmp_path, mapping)
        assert len(quads_of(con)) == 2
        assert con.execute("SELECT count(*) FROM quads").fetchall() == [(3,)]
