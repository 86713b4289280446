"""SQL functions for records within a record."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from kg.mapping.readers import define
from kg.mapping.readers.json_numbers import mark
from tests.unit.mapping.readers.opened import session


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with session(1) as opened_session:
        define(opened_session)
        # A second time does no harm.
        define(opened_session)
        yield opened_session


def call(con: duckdb.DuckDBPyConnection, function: str, *values: str | None) -> object:
    row = con.execute(f"SELECT {function}({', '.join('?' * len(values))})", list(values)).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("text", "path", "nodes"),
    [
        ('{"a": [1, {"b": null}]}', "$.a[*]", ["1", '{"b": null}']),
        ('{"a": [131.70, 1e5, 12345678901234567890]}', "$.a[*]", [mark("131.70"), mark("1e5"), "12345678901234567890"]),
        (f'{{"a": [{{"b": {mark("1.50")}}}, 2]}}', "$.a[?@.b < 2]", [f'{{"b": {mark("1.50")}}}']),
        ('{"a": {"b": "\u00e9\\u0000"}}', "a.b", ['"\u00e9\\u0000"']),
        ('{"a": 1}', "$.b", []),
        ("[3, 1, 2]", "$[?@ > 1]", ["3", "2"]),
    ],
)
def test_json(con: duckdb.DuckDBPyConnection, text: str, path: str, nodes: list[str]) -> None:
    assert call(con, "kg_json_all", text, path) == nodes


def test_xml(con: duckdb.DuckDBPyConnection) -> None:
    text = '<r xmlns:x="http://x/"><i n="1">a<b>b</b></i><x:i>c</x:i></r>'
    assert call(con, "kg_xml_all", text, "i") == ["ab"]
    assert call(con, "kg_xml_all", text, "i/@n") == ["1"]
    assert call(con, "kg_xml_all", text, "count(*)") == ["2"]
    assert call(con, "kg_xml_all", text, "x:i") == ["c"]
    assert call(con, "kg_xml_all", text, "xmlns(q=http://x/) q:i") == ["c"]
    assert call(con, "kg_xml_records", text, "i") == ['<i xmlns:x="http://x/" n="1">a<b>b</b></i>']
    assert call(con, "kg_xml_records", text, "i/@n") == []


def test_csv(con: duckdb.DuckDBPyConnection) -> None:
    assert call(con, "kg_csv_records", 'a,"b c"\n1,"x\ny"\n\n2,\n') == [
        '{"a": "1", "b c": "x\\ny"}',
        '{"a": "2", "b c": ""}',
    ]
    assert call(con, "kg_csv_records", "") == []


@pytest.mark.parametrize("function", ["kg_json_all", "kg_xml_all", "kg_xml_records"])
def test_null_gives_null(con: duckdb.DuckDBPyConnection, function: str) -> None:
    assert call(con, function, None, "a") is None


@pytest.mark.parametrize(
    ("function", "text", "path", "message"),
    [
        ("kg_json_all", "{}", "$[", "KG225"),
        ("kg_json_all", "{", "$", "Malformed JSON"),
        ("kg_xml_all", "<r/>", "???", "KG226"),
    ],
)
def test_what_is_wrong_is_told(
    con: duckdb.DuckDBPyConnection, function: str, text: str, path: str, message: str
) -> None:
    with pytest.raises(duckdb.Error, match=message):
        call(con, function, text, path)


@pytest.mark.parametrize("function", ["kg_xml_all", "kg_xml_records"])
def test_what_is_no_xml_holds_nothing(con: duckdb.DuckDBPyConnection, function: str) -> None:
    assert call(con, function, "no", "a") == []


def test_entities_are_not_expanded(con: duckdb.DuckDBPyConnection) -> None:
    text = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
    assert call(con, "kg_xml_all", text, ".") == [""]
