"""SQL functions for records within a record: JSON, XML and CSV texts, taken apart row by row.

They are Python's own kind of function for DuckDB: measured, Arrow's kind is no faster where each value is parsed, and takes longer to load.
"""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache
from typing import Any, Self

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.json_numbers import mark, unmarked
from kg.mapping.readers.json_paths import compiled


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Define, once in a session, `kg_json_all(json, path)`, `kg_xml_all(xml, path)`, `kg_xml_records(xml, path)` and `kg_csv_records(text)`.

    They return JSON[], fractions in it marked (kg.mapping.readers.json_numbers), or for XML VARCHAR[]: string values, or elements with their tags. Prefixes of an XPath are those of the element, and those that stand
    before the path as in XPointer (`xmlns(ex=http://example.org/) ex:name`). NULL gives NULL; a text that is no XML holds nothing, and one that is no JSON or CSV is an error.
    """
    functions: list[tuple[str, Any, list[str], str]] = [
        ("kg_json_all", _json_all, ["JSON", "VARCHAR"], "JSON[]"),
        ("kg_xml_all", _xml_all, ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
        ("kg_xml_records", _xml_records, ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
        ("kg_csv_records", _csv_records, ["VARCHAR"], "JSON[]"),
    ]
    for name, function, parameters, result in functions:
        if _is_defined(con, name):
            return
        con.create_function(name, function, [duckdb.sqltype(each) for each in parameters], duckdb.sqltype(result))


def _is_defined(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = con.execute("SELECT 1 FROM duckdb_functions() WHERE function_name = ? LIMIT 1", [name]).fetchone()
    return found is not None


class _Number(float):
    """A number with a fraction that keeps its digits."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str


@lru_cache(maxsize=16)
def _document(text: str) -> Any:
    """Return a JSON document; several references in turn read the same record."""
    return json.loads(unmarked(text), parse_float=_Number)


def _json_all(text: str, path: str) -> list[str]:
    return [_written(node) for node in compiled(path).findall(_document(text))]


def _written(node: object) -> str:
    if isinstance(node, _Number):
        return mark(node.text)
    if isinstance(node, list):
        return f"[{', '.join(map(_written, node))}]"
    if isinstance(node, dict):
        members = (f"{json.dumps(key, ensure_ascii=False)}: {_written(value)}" for key, value in node.items())
        return "{" + ", ".join(members) + "}"
    return json.dumps(node, ensure_ascii=False)


def _csv_records(text: str) -> list[str]:
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(rows, [])
    return [json.dumps(dict(zip(header, row, strict=False)), ensure_ascii=False) for row in rows if row]


def _xml_all(text: str, path: str) -> list[str]:
    from kg.mapping.readers.xml_values import found_in

    try:
        return found_in(text, path)
    except SourceError:
        # A text that is no document holds nothing; the other fields of its row stay.
        return []


def _xml_records(text: str, path: str) -> list[str]:
    from kg.mapping.readers.xml_values import elements_in

    try:
        return elements_in(text, path)
    except SourceError:
        return []
