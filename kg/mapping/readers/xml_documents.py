"""XML: an iterator and references are XPaths (1.0). A document is read once, into rows of the values that the mapping refers to.

An iterator of plain steps (`/list/item`, `//item`) is followed while the document is read, and what lies behind is forgotten; another one, and references that look out of the
record (`../name`, not `../@id`), need the document in memory. Entities are not expanded, DTDs not loaded, and libxml2's limits of depth (256) and text (10 MB) hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from kg.errors import MappingError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content
from kg.mapping.readers.files import contents, file_of
from kg.mapping.readers.record import RECORD, nowhere
from kg.mapping.readers.rows import rows_scan, write_rows
from kg.mapping.readers.sql import identifier
from kg.mapping.readers.xml_gathering import filler
from kg.mapping.readers.xml_paths import compiled, is_node_set, is_single
from kg.mapping.readers.xml_stream import broken, records_of
from kg.mapping.rules import Column, LogicalSource, Table

SUFFIXES = (".xml",)


def open_xml(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a source of XML; a reference is an XPath from the record. See `open_source`."""
    where = str(source.place)
    _check(source, references, where)
    files, encoding = contents(source, SUFFIXES, access), file_of(source).encoding
    return xml_view(con, files, source, references, name, numbered=numbered, access=access, encoding=encoding)


def xml_view(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Content],
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
    encoding: str = "utf-8",
) -> Table:
    """Make the view of files of XML, whose records are the elements that the source's iterator finds."""
    where = str(source.place)
    columns = _columns(references, dict(source.namespaces))

    def write(part: Path) -> None:
        unseen = set(references) if access.strict else set()
        rows = _rows(files, source, columns, encoding, unseen, where)
        try:
            write_rows(rows, part)
        except ValueError as error:
            raise broken(files[-1], str(error), where) from error
        if unseen and part.stat().st_size:
            raise nowhere(min(unseen, key=list(references).index), where)

    key = (*(identity(content.path) for content in files), encoding, source.iterator, source.namespaces, source.nulls, references, access.strict)  # fmt: skip
    path = access.staged(key, ".jsonl", write)
    types = {column.name: "VARCHAR[]" if column.many else "VARCHAR" for column in columns.values()} | {
        "kg_row": "BIGINT"
    }
    selected = [column.name for column in columns.values()] + ["kg_row"] * numbered
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS SELECT {', '.join(selected) or 'true AS kg_record'} FROM {rows_scan(path, types)}"
    )
    return Table(name, columns)


def _check(source: LogicalSource, references: Sequence[str], where: str) -> None:
    namespaces = dict(source.namespaces)
    if not source.iterator:
        raise MappingError(
            "KG226", "XML has no iterator", where=where, advice="name the elements that are records, such as /list/item"
        )
    for path in (source.iterator, *references):
        if path != RECORD:
            compiled(path, namespaces, where)


def _columns(references: Sequence[str], namespaces: Mapping[str, str]) -> dict[str, Column]:
    found = {}
    for number, reference in enumerate(references):
        many = reference != RECORD and not is_single(reference) and is_node_set(compiled(reference, namespaces))
        found[reference] = Column(f"c{number}", many=many)
    return found


def _rows(
    files: Sequence[Content],
    source: LogicalSource,
    columns: Mapping[str, Column],
    encoding: str,
    unseen: set[str],
    where: str,
) -> Iterator[Mapping[str, object]]:
    """Yield the values of each record by column; references that found something leave `unseen`."""
    fill = filler(tuple(columns), dict(source.namespaces))
    places = [(column.name, column.many) for column in columns.values()]
    nulls = frozenset(source.nulls)
    number = 0
    for content in files:
        for record in records_of(content, source, tuple(columns), encoding, where):
            found: list[list[str]] = [[] for _ in places]
            fill(record, found)
            if unseen:
                unseen -= {reference for reference, values_of in zip(columns, found, strict=True) if values_of}
            row: dict[str, object] = {"kg_row": number}
            number += 1
            for (name, many), values_of in zip(places, found, strict=True):
                kept = [value for value in values_of if value not in nulls] if nulls else values_of
                row[name] = kept if many else kept[0] if kept else None
            yield row
