"""Queries of DuckDB's give the same rows in Spark, or are refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from kg.errors import MappingError
from kg.mapping.spark import translated
from kg.mapping.spark.expressions import NotPortableError, java_expression, java_replacement
from tests.unit.mapping.spark.comparing import NASTY, both

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LISTS: list[list[Any]] = [[["a", "b", "a"], "x"], [[], ""], [None, "y"], [["c", None], None]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        "concat_ws(chr(10), c1, NULL, 'z')",
        "list_transform(c0, lambda v0: v0 || c1)",
        "list_transform(c0, lambda v0, i: v0 || i)",
        "flatten(list_transform(c0, lambda v0: list_transform(['1', '2'], lambda v1: v0 || v1)))",
        "flatten([c0, NULL, ['q']])",
        "list_filter(c0, lambda x: x IS NOT NULL)",
        "len(c0)",
        "range(1, len(c0) + 1)",
        "c0[1] || c0[9]",
        "list_contains(c0, c1)",
        "list_sort(c0)",
        "list_reverse(c0)",
        "list_slice(c0, 2, 3)",
        "array_to_string(c0, ', ')",
        "nullif(c1, 'x')",
        "coalesce(c1, 'none')",
        "CASE WHEN c1 = 'x' THEN 1 ELSE 2 END",
        "{'head': c1, 'tail': 'q'}.head",
        "string_split('a||b\\E.c', coalesce(c1, '') || '||')",
        "regexp_replace(c1 || 'a$b', '(a)[$]', '<\\1>', 'g')",
        "regexp_extract('k=v', '(k)=(v)', 2)",
        "regexp_full_match(c1, 'x|xy')",
        "strlen('é' || c1)",
        "chr(65534) || '\\u0041' || chr(0)",
        '"c1"::VARCHAR',
    ],
)
def test_an_expression_gives_the_same(spark: SparkSession, sql: str) -> None:
    theirs, mine = both(spark, [sql], _LISTS)
    assert theirs == mine


_QUERIES = (
    "SELECT unnest(l) AS v, k FROM t",
    "SELECT k, len(l) AS n, unnest(l) AS v, unnest(range(1, len(l) + 1)) AS i FROM (SELECT * FROM t) WHERE k IS NOT NULL",
    "SELECT q.s AS s, q.p AS p FROM (SELECT unnest([{'s': k, 'p': '1'}, {'s': 'x', 'p': k}]) AS q FROM t) WHERE q.s IS NOT NULL",
    "SELECT k, list(v ORDER BY n) AS vs FROM (VALUES ('a', 2, 'y'), ('a', 1, NULL), ('b', 1, 'z')) w(k, n, v) GROUP BY k",
    "SELECT DISTINCT k FROM (SELECT k FROM t UNION ALL SELECT k FROM t)",
    "SELECT a.k AS k, b.k AS j FROM t AS a INNER JOIN (SELECT k, unnest(list_distinct(l)) AS u FROM t) AS b ON a.k = b.u",
    "SELECT a.k AS k, b.j AS j FROM t AS a LEFT JOIN (SELECT k || '' AS j FROM t) AS b ON a.k = b.j",
    "SELECT * EXCLUDE (l) FROM t",
    "SELECT count(*) AS n FROM t AS a CROSS JOIN t AS b",
)


@pytest.mark.slow
@pytest.mark.parametrize("query", _QUERIES)
def test_a_query_gives_the_same_rows(spark: SparkSession, query: str) -> None:
    made = "SELECT * FROM (VALUES (['a', 'b'], 'a'), ([], 'b'), (NULL, 'c'), (['c', 'c'], NULL)) v(l, k)"
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS {made}")
        theirs = con.execute(query).fetchall()
    spark.sql(
        "SELECT * FROM VALUES (array('a', 'b'), 'a'), (array(), 'b'), (NULL, 'c'), (array('c', 'c'), NULL) AS v(l, k)"
    ).createOrReplaceTempView("t")
    mine = [tuple(row) for row in spark.sql(translated(query)).collect()]
    assert sorted(theirs, key=repr) == sorted(mine, key=repr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        "^a.c$",
        r"\s+",
        r"[\s]",
        "[[]",
        "[]a]",
        r"(?P<n>a)b",
        r"\Qa.c\E",
        "[^]]",
        "[&&]",
        r"\d\w",
        r"\pL+",
        r"[^\pL\pM\pN_]+",
        "(?i:AB)",
        r"a{1,2}?",
        "a|b$",
        "[a-]",
    ],
)
def test_an_expression_of_re2_matches_the_same_in_java(spark: SparkSession, pattern: str) -> None:
    rows = [
        (text,) for text in (*NASTY, "abc", "a.c", "a\nc", "ab", "]", "[", "&", "abc\n", "é1", "-") if len(text) < 100
    ]
    quoted = pattern.replace("'", "''")
    theirs, mine = both(
        spark, [f"regexp_matches(c0, '{quoted}')", f"regexp_replace(c0, '{quoted}', '<\\0>', 'g')"], rows
    )
    assert [(row, a, b) for row, a, b in zip(rows, theirs, mine, strict=True) if a != b] == []


@pytest.mark.parametrize("pattern", ["[[:alpha:]]", r"\C", r"\PL", r"\p{^L}"])
def test_what_java_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(NotPortableError):
        java_expression(pattern)
    with pytest.raises(MappingError, match="KG261"):
        translated(f"SELECT regexp_matches(x, '{pattern}')")


def test_replacements_are_put_in_java() -> None:
    assert java_replacement(r"\1$\\\0") == r"$1\$\\$0"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT kg_user_abc(x)", "functions in Python"),
        ("SELECT kg_table_abc(x)", "look up tables"),
        ("SELECT kg_fn_moment(x)", "calculate with dates"),
        ("SELECT strip_accents(x)", "strip_accents"),
        ("SELECT regexp_matches(x, y)", "no constant"),
        ("SELECT regexp_replace(x, 'a', 'b')", "the first match only"),
        ("SELECT generate_subscripts(l, 1)", "generate_subscripts"),
        ("SELECT x[2:3]", "from:to"),
        ("SELECT chr(n)", "characters of numbers"),
    ],
)
def test_what_spark_does_not_have_is_refused_by_name(sql: str, said: str) -> None:
    with pytest.raises(MappingError) as caught:
        translated(sql)
    assert caught.value.code == "KG261"
    assert said in caught.value.what
