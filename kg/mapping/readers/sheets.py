"""Spreadsheets (.xlsx, .xlsm, .xls, .xlsb, .ods) through calamine: the first row that holds something is the header, empty cells are no values.

A column whose cells are all of one kind has its datatype; in another, each cell is the text of its value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.readers.databases.names import missing
from kg.mapping.readers.files import contents
from kg.mapping.readers.rows import rows_scan, write_rows
from kg.mapping.readers.sql import identifier
from kg.mapping.rules import Column, LogicalSource, Table
from kg.rdf.namespaces import XSD

_KINDS = {
    bool: "boolean",
    int: "integer",
    dt.date: "date",
    dt.datetime: "dateTime",
    dt.time: "time",
    dt.timedelta: "dayTimeDuration",
}
# Each kind of column, and the kinds of cells that it may hold; the narrower comes first.
_FITTING = {
    "boolean": {"boolean"},
    "integer": {"integer"},
    "double": {"integer", "double"},
    "date": {"date"},
    "dateTime": {"date", "dateTime"},
    "time": {"time"},
    "dayTimeDuration": {"dayTimeDuration"},
}
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def open_sheet(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a sheet, which the iterator names (else the first one); a reference is a column's name in the header. See `open_source`."""
    where = str(source.place)
    files = contents(source, SUFFIXES, access)
    sheets = [_sheet(content, source.iterator, where) for content in files]
    names = list(dict.fromkeys(column for sheet in sheets for column in sheet.columns))
    for reference in references:
        if reference not in names:
            owner = ", ".join(content.name for content in files)
            raise missing("KG205", "column", reference, names, owner, where)
    kinds = {reference: _kind(sheets, reference) for reference in references}
    key = (*(identity(content.path) for content in files), source.iterator, source.nulls, references)
    rows = _rows(sheets, kinds, frozenset(source.nulls))
    path = access.staged(key, ".jsonl", lambda part: write_rows(rows, part))
    columns = {
        reference: Column(f"c{number}", f"{XSD}{kind}" if kind else None)
        for number, (reference, kind) in enumerate(kinds.items())
    }
    types = {column.name: "VARCHAR" for column in columns.values()} | {"kg_row": "BIGINT"}
    selected = [column.name for column in columns.values()] + ["kg_row"] * numbered
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT {', '.join(selected) or 'true AS kg_record'} FROM {rows_scan(path, types)}"
    )
    return Table(name, columns)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet with the positions of its columns by name, and the number of rows before the first one of data."""

    content: Any
    columns: Mapping[str, int]
    skip: int

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows of data that hold anything."""
        return (row for row in islice(self.content.iter_rows(), self.skip, None) if any(cell != "" for cell in row))


def _sheet(content: Content, name: str, where: str) -> _Sheet:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(content.path))
        if name and name not in book.sheet_names:
            raise missing("KG229", "sheet", name, book.sheet_names, content.name, where)
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
    except (calamine.CalamineError, IndexError) as error:
        raise SourceError(
            "KG221",
            f"the file cannot be read as a spreadsheet: {error}",
            where=f"{where}: {content.name}" if where else content.name,
            advice="give a file of Excel or OpenDocument without a password",
        ) from error
    for number, row in enumerate(sheet.iter_rows()):
        if any(cell != "" for cell in row):
            names = [_text(cell, "") for cell in row]
            columns = {name: position for position, name in reversed(list(enumerate(names))) if name}
            return _Sheet(sheet, dict(reversed(columns.items())), number + 1)
    return _Sheet(sheet, {}, 0)


def _kind(sheets: Sequence[_Sheet], column: str) -> str:
    """Return the local name of the datatype that fits all cells of a column, or an empty text."""
    kinds = {
        _KINDS.get(type(cell), "") if not isinstance(cell, float) else "integer" if cell.is_integer() else "double"
        for cell in (row[sheet.columns[column]] for sheet in sheets if column in sheet.columns for row in sheet.rows())
        if cell != ""
    }
    return next((kind for kind, fitting in _FITTING.items() if kinds and kinds <= fitting), "")


def _rows(sheets: Sequence[_Sheet], kinds: Mapping[str, str], nulls: frozenset[str]) -> Iterator[dict[str, object]]:
    number = 0
    for sheet in sheets:
        places = [(f"c{each}", sheet.columns.get(column), kind) for each, (column, kind) in enumerate(kinds.items())]
        for row in sheet.rows():
            found: dict[str, object] = {"kg_row": number}
            number += 1
            for name, position, kind in places:
                value = "" if position is None else _text(row[position], kind)
                found[name] = value if value != "" and value not in nulls else None
            yield found


def _text(cell: Any, kind: str) -> str:
    """Return the lexical form of a cell in a column of a kind."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and kind != "double" else repr(cell)
    if isinstance(cell, dt.timedelta):
        return f"PT{cell.total_seconds():g}S"
    if isinstance(cell, (dt.date, dt.time)):
        # calamine gives a date for midnight.
        return cell.isoformat() + ("T00:00:00" if kind == "dateTime" and not isinstance(cell, dt.datetime) else "")
    return str(cell)
