"""JSON and JSON Lines: an iterator and references are JSONPaths (RFC 9535), or keys as RML of 2014 has them.

DuckDB streams the children of an array that is the whole document, and lines. The children of one within an object are first written as lines where the document is large.
A document of which an iterator takes something else is held in memory. Numbers keep the digits that they are written with (kg.mapping.readers.json_numbers).
"""

from __future__ import annotations

import glob
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from operator import itemgetter
from pathlib import Path as FilePath

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.readers.encodings import in_utf8
from kg.mapping.readers.files import contents, file_of
from kg.mapping.readers.json_elements import write_children
from kg.mapping.readers.json_numbers import mark, marked
from kg.mapping.readers.json_paths import Path, begins_with_filter, parse_path
from kg.mapping.readers.json_sql import all_nodes, definite, duckdb_path
from kg.mapping.readers.record import RECORD, check_found
from kg.mapping.readers.rejects import watched_lines
from kg.mapping.readers.sql import identifier, said, text, texts
from kg.mapping.rules import Column, LogicalSource, Table

SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".jsonld")
_LINES = (".jsonl", ".ndjson")
_PEEKED = 1 << 20
# Larger documents are not held in memory if that can be helped.
_LARGE_DOCUMENT = 1 << 24
# What DuckDB allots for one record unless told otherwise.
_RECORD = 1 << 24


class _Layout(Enum):
    LINES = auto()
    ARRAY = auto()
    DOCUMENTS = auto()


@dataclass(frozen=True, slots=True)
class _Records:
    """How files give records: the SELECT of their JSON values, and the path from each of these. `wrapped` values are given to the path in an array of one."""

    select: str
    path: Path
    wrapped: bool = False


def open_json(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a source of JSON; a reference is a JSONPath from the record. See `open_source`."""
    encoding, where = file_of(source).encoding, str(source.place)
    _paths(source, references)
    files = [in_utf8(content, encoding, access, where) for content in contents(source, SUFFIXES, access)]
    return json_view(con, files, source, references, name, numbered=numbered, access=access)


def json_view(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Content],
    source: LogicalSource,
    asked: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of files in UTF-8, whose records are what the source's iterator finds."""
    from kg.mapping.readers.nested import define

    where = str(source.place)
    iterator, references = _paths(source, asked)
    if any(path.rest for path in (iterator, *references.values())):
        define(con)
    layouts = [(content, _layout(content, where)) for content in files]
    watch = (
        None
        if access.strict
        else watched_lines(con, name, [each for each, layout in layouts if layout is _Layout.LINES])
    )
    parts = [
        _records([content for content, _ in group], layout, iterator, watch, access, where)
        for layout, group in groupby(layouts, key=itemgetter(1))
    ]
    records = " UNION ALL ".join(_selected(part) for part in parts)
    number = ", row_number() OVER () - 1 AS kg_row" if numbered else ""
    wanted = _Wanted(source.nulls)
    columns = {reference: wanted.add(path) for reference, path in references.items()}
    rows = f"SELECT *, json_extract(json, {texts(wanted.paths or ['$'])}) AS x{number} FROM ({records})"
    selected = wanted.selected + ["kg_row"] * numbered
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT {', '.join(selected) or 'true AS kg_record'} FROM ({rows})"
        )
        if access.strict:
            check_found(con, rows, dict(zip(references, wanted.found, strict=True)), where)
    except duckdb.Error as error:
        raise SourceError(
            "KG221", f"the file cannot be read as JSON: {said(error)}", where=where, advice="correct the file"
        ) from error
    return Table(name, columns)


def _paths(source: LogicalSource, references: Sequence[str]) -> tuple[Path, dict[str, Path]]:
    where = str(source.place)
    paths = {reference: parse_path("$" if reference == RECORD else reference, where) for reference in references}
    return parse_path(source.iterator or "$", where), paths


class _Wanted:
    """The columns of references, whose keys and indexes up to the first wildcard are taken from a record at one go, as the list `x`."""

    def __init__(self, nulls: Sequence[str]) -> None:
        self.paths: list[str] = []
        self.selected: list[str] = []
        self.found: list[str] = []
        no_values = ["'null'"]
        for null in nulls:
            no_values += [f"to_json({text(null)})::VARCHAR", text(null), text(mark(null))]
        self._nothing = ", ".join(no_values)

    def add(self, path: Path) -> Column:
        name = f"c{len(self.selected)}"
        if path == Path(()):
            value = "json"
        else:
            value = self._at(duckdb_path(definite(path.steps)))
            if not path.is_single:
                value = all_nodes(value, path)
        if path.key is not None:
            key = self._at(f'$."{path.key}"')
            value = (
                f"coalesce({key}, {value})"
                if path.is_single
                else f"CASE WHEN {key} IS NULL THEN {value} ELSE [{key}] END"
            )
        if path.is_single:
            self.found.append(f"{value} IS NOT NULL")
            self.selected.append(f"CASE WHEN {value}::VARCHAR NOT IN ({self._nothing}) THEN {value} END AS {name}")
        else:
            self.found.append(f"len({value}) > 0")
            self.selected.append(f"list_filter({value}, lambda e: e::VARCHAR NOT IN ({self._nothing})) AS {name}")
        return Column(name, json=True, many=not path.is_single)

    def _at(self, path: str) -> str:
        if path not in self.paths:
            self.paths.append(path)
        return f"x[{self.paths.index(path) + 1}]"


def _records(
    files: Sequence[Content], layout: _Layout, iterator: Path, watch: str | None, access: Access, where: str
) -> _Records:
    """Return how the records of files are read: as a stream wherever their layout and the iterator allow it."""
    if layout is _Layout.LINES:
        if watch is None:
            return _Records(_scan(files, "newline_delimited"), iterator)
        lines = _scan(files, "newline_delimited", "ignore_errors = true")
        # A line that is no JSON is NULL; the sequence notes that there was one.
        return _Records(f"{lines} WHERE CASE WHEN json IS NULL THEN nextval({text(watch)}) < 0 ELSE true END", iterator)
    parent, children = _split(iterator)
    if children is not None:
        wrapped = children.steps == () and children.rest != ""
        if layout is _Layout.ARRAY and parent.steps == ():
            for content in files:
                _check_end(content, where)
            return _Records(_scan(files, "array"), children, wrapped)
        if any(content.path.stat().st_size > _LARGE_DOCUMENT for content in files):
            staged = [_staged(content, parent, access, where) for content in files]
            return _Records(_scan(staged, "newline_delimited"), children, wrapped)
    size = max(content.path.stat().st_size for content in files)
    return _Records(_scan(files, "unstructured", f"maximum_object_size = {max(size + 1, _RECORD)}"), iterator)


def _split(iterator: Path) -> tuple[Path, Path | None]:
    """Return the path to the array or object whose children an iterator goes through first, and the path from each of these on (None: there is no such).

    Where a filter chooses among the children, the second path is for an array of one child.
    """
    steps = definite(iterator.steps)
    if len(steps) < len(iterator.steps):
        return Path(steps), Path(iterator.steps[len(steps) + 1 :], iterator.rest)
    if begins_with_filter(iterator):
        return Path(steps), Path((), iterator.rest)
    return iterator, None


def _scan(files: Sequence[Content], layout: str, *options: str) -> str:
    paths = texts(glob.escape(str(content.path)) for content in files)
    return f"SELECT {marked('json')} AS json FROM read_json_objects({', '.join([paths, f'format = {text(layout)}', 'hive_partitioning = false', *options])})"


def _selected(records: _Records) -> str:
    """Return the SELECT of records, each in the column `json`."""
    if records.path == Path(()):
        return records.select
    value = "('[' || json || ']')::JSON" if records.wrapped else "json"
    found = f"SELECT json_extract({value}, {text(duckdb_path(definite(records.path.steps)))}) AS json FROM ({records.select})"
    if records.path.is_single:
        return f"SELECT json FROM ({found}) WHERE json IS NOT NULL"
    return f"SELECT unnest({all_nodes('json', records.path)}) AS json FROM ({found})"


def _staged(content: Content, parent: Path, access: Access, where: str) -> Content:
    def write(part: FilePath) -> None:
        try:
            write_children(content.path, parent.steps, part)
        except ValueError as error:
            raise _broken(content, str(error), where) from error

    return Content(access.staged((*identity(content.path), parent), ".jsonl", write), content.name, ".jsonl")


def _layout(content: Content, where: str) -> _Layout:
    """Return how a file is laid out, by its suffix or its start."""
    if content.suffix in _LINES:
        return _Layout.LINES
    with content.path.open(encoding="utf-8-sig", errors="replace") as file:
        start = file.read(_PEEKED).lstrip(" \t\r\n")
    if not start:
        raise _broken(content, "it is empty", where)
    try:
        _, end = json.JSONDecoder(strict=False).raw_decode(start)
    except (ValueError, RecursionError):
        end = len(start)
    if start[end:].strip():
        is_line = "\n" not in start[:end] and start[end:].lstrip(" \t\r").startswith("\n")
        return _Layout.LINES if is_line else _Layout.DOCUMENTS
    return _Layout.ARRAY if start.startswith("[") else _Layout.DOCUMENTS


def _check_end(content: Content, where: str) -> None:
    """Raise SourceError for an array that is not closed: DuckDB takes one that ends after a comma."""
    with content.path.open("rb") as file:
        file.seek(max(0, content.path.stat().st_size - _PEEKED))
        if not file.read().rstrip(b" \t\r\n").endswith(b"]"):
            raise _broken(content, "the array is not closed", where)


def _broken(content: Content, what: str, where: str) -> SourceError:
    return SourceError(
        "KG221",
        f"the file cannot be read as JSON: {what}",
        where=f"{where}: {content.name}" if where else content.name,
        advice="correct the file",
    )
