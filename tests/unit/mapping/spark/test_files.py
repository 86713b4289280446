"""Files are read and written as DuckDB reads and writes them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from kg.errors import KgError, MappingError
from kg.mapping.rules import Database, Dialect, File, Formulation, LogicalSource
from kg.mapping.spark import open_source, session, write_lines
from kg.rdf.namespaces import XSD
from tests.unit.mapping.spark.comparing import NASTY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow


def rows(spark: SparkSession, source: LogicalSource, references: list[str], **options: Any) -> list[tuple[Any, ...]]:
    table = open_source(spark, source, references, "opened", **options)
    columns = ", ".join(f"`{table.columns[reference].name}`" for reference in references)
    return [tuple(row) for row in spark.sql(f"SELECT {columns} FROM opened").collect()]


def csv_source(path: Path, nulls: tuple[str, ...] = (), dialect: Dialect | None = None) -> LogicalSource:
    return LogicalSource(Formulation.CSV, File(str(path), dialect=dialect or Dialect()), nulls=nulls)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_is_read_as_rfc_4180_has_it(spark: SparkSession, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "a b.csv"
    fields = [
        ["Id", " Na me ", 'x"y', "a`b.c"],
        ["1", "a,b", 'q "z" \\', "t"],
        [" 2 ", "multi\nline", "", ""],
        ["3", "cr\r\nlf \r x", '\\"x', "é葉😀\x00\x01"],
        ["4", "'", "NULL", '"'],
    ]
    lines = [
        ",".join('"' + each.replace('"', '""') + '"' if set(each) & set('",\n\r') else each for each in row)
        for row in fields
    ]
    path.write_bytes(ending.join([*lines, '5,,"",']).encode() + ending.encode())
    expected = [tuple(row) for row in fields[1:]] + [("5", "", "", "")]
    assert rows(spark, csv_source(path), fields[0]) == expected
    with duckdb.connect() as con:
        columns = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(4)) + "}"
        theirs = con.execute(
            f"SELECT * FROM read_csv($1, columns = {columns}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', force_not_null = ['c1', 'c2', 'c3'])",
            [str(path)],
        ).fetchall()
    assert theirs == expected
    assert rows(spark, csv_source(path, ("NULL", "")), ['x"y']) == [('q "z" \\',), (None,), ('\\"x',), (None,), (None,)]


def test_rows_that_do_not_fit_are_left_out_or_the_end(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3\n4,5,6\n7,8\n", encoding="utf-8")
    assert rows(spark, csv_source(path), ["b"]) == [("2",), ("8",)]
    with pytest.raises(Exception, match=r"(?i)malformed|FAILED_READ_FILE"):
        rows(spark, csv_source(path), ["a"], strict=True)


def test_tables_with_tabs_other_marks_folders_and_gzip(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("a\tb\n1\tx,y\n", encoding="utf-8")
    assert rows(spark, csv_source(tmp_path / "a.tsv"), ["b"]) == [("x,y",)]
    (tmp_path / "s.csv").write_text("\ufeffa;b\n1;'x;\\'y'\n", encoding="utf-8")
    assert rows(spark, csv_source(tmp_path / "s.csv", dialect=Dialect(";", "'", double_quote=False)), ["a", "b"]) == [
        ("1", "x;'y")
    ]
    (tmp_path / "n.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert rows(spark, csv_source(tmp_path / "n.csv", dialect=Dialect(header=False, columns=("p", "q"))), ["q"]) == [
        ("2",),
        ("4",),
    ]
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.csv.gz").write_bytes(gzip.compress(f"a\n{number}\n".encode()))
    assert sorted(rows(spark, csv_source(folder), ["a"])) == [("0",), ("1",)]


def test_a_column_that_is_not_there_is_told(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,b\n1,2\n", encoding="utf-8")
    with pytest.raises(MappingError, match=r"did you mean name\?") as caught:
        rows(spark, csv_source(tmp_path / "a.csv"), ["nam"])
    assert caught.value.code == "KG205"


@pytest.mark.parametrize(("content", "code"), [(None, "KG206"), ("", "KG221")])
def test_a_file_that_is_missing_or_empty_is_told(
    spark: SparkSession, tmp_path: Path, content: str | None, code: str
) -> None:
    if content is not None:
        (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with pytest.raises(KgError, match=code):
        rows(spark, csv_source(tmp_path / "a.csv"), ["a"])


def test_parquet_keeps_its_datatypes(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"t`x": ["é", None], "i": [2**53 + 1, None], "b": [True, False], "f": [1.5, 2.5]}), path)
    source = LogicalSource(Formulation.PARQUET, File(str(path)))
    assert rows(spark, source, ["t`x", "i", "b"]) == [("é", "9007199254740993", "true"), (None, None, "false")]
    table = open_source(spark, source, ["i", "t`x"], "opened")
    assert (table.columns["i"].datatype, table.columns["t`x"].datatype) == (XSD + "integer", None)
    with pytest.raises(MappingError, match="the type double"):
        open_source(spark, source, ["f"], "opened")


def test_json_lines_are_read(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"a":"1","b":{"c d":2},"n":12345678901234567890123,"t":true,"z":null}\n\n{"a":"q\\u00e9\\"","b":[1]}\n',
        encoding="utf-8",
    )
    source = LogicalSource(Formulation.JSON, File(str(path)), "$")
    made = rows(spark, source, ["a", "$.b['c d']", "n", "t", "z", "b"])
    assert made[0] == ('"1"', "2", "12345678901234567890123", "true", None, '{"c d":2}')
    assert made[1] == ('"qé\\""', None, None, None, None, "[1]")
    fractions = ["131.70", "1e3", "-1.5E-7", "0.1000000000000000055"]
    (tmp_path / "f.jsonl").write_text("".join(f'{{"f":{each}}}\n' for each in fractions), encoding="utf-8")
    numbers = LogicalSource(Formulation.JSON, File(str(tmp_path / "f.jsonl")), "$")
    assert [row[0] for row in rows(spark, numbers, ["f"])] == fractions
    table = open_source(spark, source, ["a", "n", "t", "b"], "opened")
    assert table.columns["a"].json
    from kg.mapping.spark import translated

    sql = "SELECT kg_json_text(c0), kg_json_literal(c0), kg_json_literal(c1), kg_json_literal(c2), kg_json_fault(c3) FROM opened"
    assert [tuple(row) for row in spark.sql(translated(sql)).collect()] == [
        (
            "1",
            '"1"',
            f'"12345678901234567890123"^^<{XSD}integer>',
            f'"true"^^<{XSD}boolean>',
            '{"c d":2} is no single value',
        ),
        ('qé"', '"qé\\""', None, None, "[1] is no single value"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        LogicalSource(Formulation.QUERY, Database("postgresql://x/y"), "SELECT 1"),
        LogicalSource(Formulation.XML, File("a.xml"), "/a"),
        LogicalSource(Formulation.JSON, File("a.json"), "$"),
        LogicalSource(Formulation.JSON, File("a.jsonl"), "$.rows[*]"),
        LogicalSource(Formulation.CSV, File("-")),
        LogicalSource(Formulation.CSV, File("https://x/a.csv")),
        LogicalSource(Formulation.CSV, File("a.zip", compression="zip")),
        LogicalSource(Formulation.CSV, File("a.csv", encoding="latin-1")),
        LogicalSource(Formulation.CSV, File("a.csv", dialect=Dialect(comment="#"))),
        LogicalSource(Formulation.SHEET, File("a.xlsx")),
    ],
    ids=lambda source: source.formulation.value,
)
def test_what_spark_does_not_read_is_refused_by_name(spark: SparkSession, source: LogicalSource) -> None:
    with pytest.raises(MappingError, match="KG260"):
        open_source(spark, source, ["a"], "opened")


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0]", "a[?(@.b)]", ""])
def test_a_path_that_is_not_simple_is_refused(spark: SparkSession, path: str) -> None:
    source = LogicalSource(Formulation.JSON, File("a.jsonl"), "$")
    with pytest.raises(MappingError, match="KG260"):
        open_source(spark, source, [path], "opened")


def plain(data: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data) if compression == "zstd" else data


@pytest.mark.parametrize("compression", ["", "gzip", "zstd"])
def test_parts_one_after_the_other_are_duckdbs_sorted_lines(
    spark: SparkSession, tmp_path: Path, compression: str
) -> None:
    lines = sorted(
        {text for text in NASTY if "\n" not in text and "\r" not in text} | {f"<http://x/{i}>" for i in range(20_000)}
    )
    table = pa.table({"line": lines[::-1]})
    spark.createDataFrame(table).createOrReplaceTempView("lines")
    path = tmp_path / "out"
    write_lines(spark, "SELECT line FROM lines", str(path), compression, ordered=True)
    parts = sorted(path.glob("part-*"))
    assert parts
    whole = b"".join(plain(part.read_bytes(), compression) for part in parts)
    with duckdb.connect() as con:
        con.register("lines", table)
        theirs = con.execute("SELECT line FROM lines ORDER BY line").fetchall()
    assert whole == "".join(f"{line}\n" for (line,) in theirs).encode()


def test_a_folder_that_exists_is_not_written_over(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="KG264"):
        write_lines(spark, "SELECT 'a' AS line", str(tmp_path))


def test_a_size_of_memory_is_checked() -> None:
    with pytest.raises(MappingError, match="KG263"):
        session("local[1]", "much")
