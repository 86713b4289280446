"""JSONPath: what is one, what DuckDB is given of it, and that both find what RFC 9535 says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import jsonpath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MappingError
from kg.mapping.readers.json_paths import ALL, Path, parse_path, written
from kg.mapping.readers.json_sql import nodes
from kg.mapping.readers.nested import define
from tests.unit.mapping.readers.opened import session


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$", Path(())),
        ("$.name", Path(("name",))),
        ("$.a.b[0].c", Path(("a", "b", 0, "c"))),
        ("$['a b']", Path(("a b",))),
        ("$[\"a.b\"]['c']", Path(("a.b", "c"))),
        (r"""$['it\'s "so"']""", Path((), """["it's \\"so\\""]""")),
        (r"$['\u00e9']", Path(("\xe9",))),
        (r"$.a['\\']", Path(("a",), '["\\\\"]')),
        ("$.a[*].b.*", Path(("a", ALL, "b", ALL))),
        ("$ .a [ 0 ]", Path(("a", 0))),
        ("$.['a b'].[*]", Path(("a b", ALL))),
        ("$.@type", Path(("@type",))),
        ("$.first-name", Path(("first-name",))),
        ("$.\u00e9t\u00e9", Path(("\u00e9t\u00e9",))),
        ("name", Path(("name",))),
        ("@id", Path(("@id",))),
        ("*", Path((ALL,))),
        ("tags[*]", Path(("tags", ALL))),
        ("a.b", Path(("a", "b"), "", "a.b")),
        ("Country Code", Path(("Country Code",), "", "Country Code")),
        ("skos:prefLabel", Path(("skos:prefLabel",), "", "skos:prefLabel")),
        ("['a']", Path(("a",))),
        ("$.a[-1]", Path(("a",), "[-1]")),
        ("$.a[1:3].b", Path(("a",), "[1:3].b")),
        ("$..price", Path((), "..price")),
        ("$.a['b','c']", Path(("a",), "['b','c']")),
        ("$.a[?@.b > 1].c", Path(("a",), "[?@.b > 1].c")),
        ("$.a[?@.b == $.c]", Path((), '["a"][?@.b == $.c]')),
        ("$['*'].a", Path((), '["*"]["a"]')),
        ("$.a['']", Path(("a",), '[""]')),
    ],
)
def test_a_path_is_taken_apart(text: str, path: Path) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$.",
        "$a",
        "$.students[*]]",
        "$.a[",
        "$.a[01]",
        "$[",
        "$.a b",
        "$.a..",
        "a;b",
        "Dhkef;esfkdleshfjdls;fk",
        "a.",
        ".a",
        "$['a",
        r"$['\x']",
        "$[?]",
        "$[?@.a=1]",
        "$[1:2:3:4]",
        "$.a[*",
    ],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(MappingError, match=r"^mapping\.ttl: .* is no JSONPath: .*\[KG225\]"):
        parse_path(text, "mapping.ttl")


_KEYS = st.sampled_from(["a", "b", "a b", "a.b", "*", "", 'q"', "it's", "\\", "\u00e9", "0", "$", "A", "[0]"])
_LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3).filter(lambda text: "\0" not in text)
_DOCUMENTS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=12
)
_STEPS = st.lists(_KEYS | st.integers(0, 2) | st.just(ALL), max_size=4).map(tuple)
_RESTS = st.sampled_from(["", "", "", "..a", "[-1]", "[0:2]", "['a','b']", "[?@.a]", "[?@.a == $.b]", "[0,*]"])


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with session(1) as opened:
        define(opened)
        yield opened


def found(con: duckdb.DuckDBPyConnection, document: Any, path: str) -> list[str | None]:
    """Return what the SQL of a path finds in a document."""
    sql, many = nodes("json", path)
    row = con.execute(f"SELECT {sql} FROM (SELECT $1::JSON AS json)", [json.dumps(document)]).fetchone()
    assert row is not None
    if many:
        # Nothing may be no list or an empty one.
        return list(row[0] or [])
    return [row[0]] * (row[0] is not None)


@settings(deadline=None, max_examples=150)
@given(document=_DOCUMENTS, steps=_STEPS, rest=_RESTS)
def test_a_path_finds_what_the_standard_says(
    con: duckdb.DuckDBPyConnection, document: Any, steps: tuple[Any, ...], rest: str
) -> None:
    path = "$" + written(steps) + rest
    expected = jsonpath.JSONPathEnvironment(strict=True).findall(path, document)
    assert [json.loads(value or "") for value in found(con, document, path)] == expected


def test_null_is_a_node_and_a_missing_value_is_none(con: duckdb.DuckDBPyConnection) -> None:
    assert found(con, {"a": None}, "$.a") == ["null"]
    assert found(con, {"a": None}, "$.b") == []
    assert found(con, {"a": [None]}, "$.a[*]") == ["null"]
