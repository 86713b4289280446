"""Runs expressions in DuckDB and in Spark over the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kg.mapping.functions import define
from kg.mapping.rules import Call
from kg.mapping.spark import translated
from tests.session import session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Quotes, backslashes, controls, NUL, DEL, what is no character, letters in and outside of ucschar, four bytes, combining marks, letters whose cases are odd.
NASTY = (
    *(chr(code) for code in range(0x180)),
    *"\u0300\u0301\u0345\u1680\u2028\u2029\u200d\ufeff\ufffd\ufffe\uffff\ufdd0\ue000\uf8ff\uf900\ud7ff\U0001f600\U000e0100\U000e0fff\U000e1000\U000f0000\U0010ffff\U0001fffe\U0002ffff",
    *"ßŉǰΐΣςσIıİſKÅﬁǅჅ葉篤正Ω\U00010400\U00010428",
    "",
    " ",
    'a"b\\c\nd\te\rf\bg\fh',
    "C:\\new\\u0041",
    "%41 % %zz",
    "http://a.example/b?c#d",
    "http://[::1]:80/x",
    "http://a b/",
    "//host/é",
    "../a/b",
    "a:b:c",
    "1:b",
    "http://x/%zz",
    "http://x/%C3%A9",
    "mailto:a@b",
    "http://u@h:8a/",
    "http://x/\n",
    "x" * 3000,
    "http://x/" + "%C3%A9" * 3000,
    "http://x/" + "é葉" * 3000,
    "en",
    "en-GB",
    "toolongtag1",
    "en_GB",
    "en\n",
    "\ufeffbom",
    "ae\u0301x",
    "\x00a\x00",
    "$1 \\1 \\Q.\\E",
    "12",
    "-0.50",
    "true",
    "FALSE",
    "2024-02-29",
)


def both(
    spark: SparkSession, expressions: Sequence[str], rows: Sequence[Sequence[Any]], calls: Sequence[Call] = ()
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return what DuckDB and what Spark make of expressions over the columns c0, c1, … (VARCHAR or VARCHAR[]) of rows."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    kinds = [
        pa.list_(pa.string()) if any(isinstance(each, list) for each in column) else pa.string() for column in columns
    ]
    table = pa.table(
        {"n": list(range(len(rows)))}
        | {f"c{i}": pa.array(column, kind) for i, (column, kind) in enumerate(zip(columns, kinds, strict=True))}
    )
    query = f"SELECT {', '.join(f'{sql} AS r{i}' for i, sql in enumerate(expressions))} FROM compared ORDER BY n"
    with session() as con:
        define(con, calls)
        con.register("compared", table)
        theirs = con.execute(query).fetchall()
    spark.createDataFrame(table).createOrReplaceTempView("compared")
    mine = [tuple(row) for row in spark.sql(translated(query)).collect()]
    return theirs, mine
