"""Spreadsheets: headers, kinds of cells, and sheets by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from kg.errors import MappingError, SourceError
from kg.mapping.rules import Formulation
from kg.rdf.namespaces import XSD
from tests.unit.mapping.readers.opened import file_source, opened

openpyxl = pytest.importorskip("openpyxl")

HEADER = ["id", "name", "born", "at", "ok", "score", "mixed", "clock", "name"]
ROWS: list[list[Any]] = [
    [
        1,
        "Ann",
        dt.date(2000, 1, 2),
        dt.datetime.fromisoformat("2020-01-02T03:04:05"),
        True,
        1.5,
        "a",
        dt.time(3, 4, 5),
        "again",
    ],
    [None] * 9,
    [
        20_000_000_000,
        None,
        dt.date(2001, 1, 2),
        dt.datetime.fromisoformat("2020-01-02"),
        False,
        2,
        3,
        dt.time(0, 0),
        None,
    ],
]


def workbook(folder: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def test_a_column_of_one_kind_has_a_datatype(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"People": [[], HEADER, *ROWS]})
    found = opened(file_source(Formulation.SHEET, path), HEADER[:-1])
    assert found.rows == [
        ("1", "Ann", "2000-01-02", "2020-01-02T03:04:05", "true", "1.5", "a", "03:04:05"),
        ("20000000000", None, "2001-01-02", "2020-01-02T00:00:00", "false", "2.0", "3", "00:00:00"),
    ]
    kinds = ["integer", None, "date", "dateTime", "boolean", "double", None, "time"]
    assert [column.datatype for column in found.columns.values()] == [kind and XSD + kind for kind in kinds]


def test_the_iterator_names_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"One": [["a"], ["x"]], "Two": [["a"], ["y"], [""], ["NULL"]]})
    assert opened(file_source(Formulation.SHEET, path), ["a"]).values == ["x"]
    assert opened(file_source(Formulation.SHEET, path, "Two", nulls=["NULL"]), ["a"]).values == ["y", None]
    with pytest.raises(MappingError, match=r"book\.xlsx has no sheet Twoo; did you mean Two\?.*\[KG229\]"):
        opened(file_source(Formulation.SHEET, path, "Twoo"), ["a"])
    with pytest.raises(MappingError, match=r"book\.xlsx has no column b.*\[KG205\]"):
        opened(file_source(Formulation.SHEET, path), ["b"])


def test_an_empty_sheet_has_no_column(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"One": []})
    assert opened(file_source(Formulation.SHEET, path), []).rows == []
    with pytest.raises(MappingError, match=r"\[KG205\]"):
        opened(file_source(Formulation.SHEET, path), ["a"])


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"PK no")
    with pytest.raises(SourceError, match=r"book\.xlsx: the file cannot be read as a spreadsheet: .*\[KG221\]"):
        opened(file_source(Formulation.SHEET, tmp_path / "book.xlsx"), ["a"])
