"""CSV and TSV files (RFC 4180, CSVW's dialects), read by DuckDB on all threads with nothing guessed: all is text, an empty field an empty text.

Rows that do not fit - too few or too many fields, broken quotes, bytes that are not UTF-8, a line over 32 MiB - are set aside in the temporary tables `kg_csv_errors` and
`kg_csv_scans` (DuckDB's rejects tables, which one view or several may fill, a scan at a time); with `strict` the first one is an error.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from kg.errors import MappingError, SourceError
from kg.mapping.readers.access import Access
from kg.mapping.readers.content import Content
from kg.mapping.readers.csv_syntax import cleaned, first_records
from kg.mapping.readers.encodings import in_utf8
from kg.mapping.readers.files import contents, file_of
from kg.mapping.readers.sql import identifier, said, text, texts
from kg.mapping.rules import Column, Dialect, LogicalSource, Table

SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_TABBED = (".tsv", ".tab")
# Longer lines take more memory for all files; DuckDB reads as many bytes at once anyway.
_LONGEST_LINE = 1 << 25
_SPACE = "' ' || chr(9) || chr(10) || chr(13)"


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a file under the names that DuckDB gets, by the names that a mapping may use, and the records before the first row."""

    columns: dict[str, str]
    names: tuple[str, ...]
    skip: int


def open_delimited(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a source of CSV; a reference is the name of a column. See `open_source`."""
    file, where = file_of(source), str(source.place)
    files = [in_utf8(content, file.encoding, access, where) for content in contents(source, SUFFIXES, access)]
    return delimited_view(con, files, source, file.dialect, references, name, numbered=numbered, access=access)


def delimited_view(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Content],
    source: LogicalSource,
    dialect: Dialect,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of files in UTF-8."""
    where = str(source.place)
    selects = []
    headers = []
    for group, own, header in _groups(files, dialect, access, where):
        headers.append(header)
        scan = _scan(group, own, header, references, source.nulls, strict=access.strict)
        selects.append(f"SELECT {_selected(references, header, own, source.nulls)} FROM {scan}")
    _check(references, headers, files, where)
    rows = " UNION ALL ".join(selects)
    if numbered:
        rows = f"SELECT *, row_number() OVER () - 1 AS kg_row FROM ({rows})"
    try:
        con.execute(f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS {rows}")
    except duckdb.Error as error:
        raise MappingError(
            "KG224",
            f"the file cannot be read so: {said(error)}",
            where=where,
            advice="correct how the source is described",
        ) from error
    return Table(name, {reference: Column(f"c{number}") for number, reference in enumerate(references)})


def _groups(
    files: Sequence[Content], dialect: Dialect, access: Access, where: str
) -> list[tuple[list[Content], Dialect, _Header]]:
    """Return files that are next to each other and have the same dialect and header together, in order."""
    found: list[tuple[list[Content], Dialect, _Header]] = []
    for content in files:
        own = replace(dialect, delimiter="\t") if content.suffix in _TABBED and dialect.delimiter == "," else dialect
        plain = cleaned(content, own, access)
        header = _header(plain, own, where)
        if header is None:
            continue
        if found and found[-1][1:] == (own, header):
            found[-1][0].append(plain)
        else:
            found.append(([plain], own, header))
    if not found:
        names = ", ".join(content.name for content in files)
        raise SourceError(
            "KG221", "the file is empty", where=f"{where}: {names}", advice="a CSV file starts with its header"
        )
    return found


def _header(content: Content, dialect: Dialect, where: str) -> _Header | None:
    """Return the columns of a file, or None where it is empty."""
    skip = dialect.skip_rows
    while True:
        records = first_records(content, dialect, skip + 1, where)
        if len(records) <= skip:
            return (
                None if dialect.header or not dialect.columns else _Header(_named(dialect.columns), dialect.columns, 0)
            )
        # Lines without anything before the header are no header.
        if records[skip] != ("",) or not dialect.header:
            break
        skip += 1
    first = records[skip]
    names = dialect.columns or (
        first if dialect.header else tuple(f"_col.{number}" for number in range(1, len(first) + 1))
    )
    if len(names) != len(first):
        raise MappingError(
            "KG224",
            f"the mapping names {len(names)} columns, and the file has {len(first)}",
            where=f"{where}: {content.name}",
            advice="name all columns of the file, in their order",
        )
    return _Header(_named(names), tuple(names), skip)


def _named(names: Sequence[str]) -> dict[str, str]:
    """Return the columns by name. The first of several with one name has it; the others, and those without any, have a name with a number."""
    own: dict[str, str] = {}
    taken: set[str] = set()
    again: dict[str, int] = {}
    columns = []
    for number, name in enumerate(names):
        column = name or f"column{number}"
        while column.lower() in taken:
            again[name] = again.get(name, 0) + 1
            column = f"{name or f'column{number}'}_{again[name]}"
        taken.add(column.lower())
        columns.append(column)
        own.setdefault(name, column)
    own.pop("", None)
    return {column: column for column in columns} | own


def _check(references: Sequence[str], headers: Sequence[_Header], files: Sequence[Content], where: str) -> None:
    for reference in references:
        if not any(reference in header.columns for header in headers):
            from kg.mapping.readers.databases.names import missing

            names = list(dict.fromkeys(name for header in headers for name in header.names))
            raise missing("KG205", "column", reference, names, ", ".join(content.name for content in files), where)


def _scan(
    files: Sequence[Content],
    dialect: Dialect,
    header: _Header,
    references: Sequence[str],
    nulls: Sequence[str],
    *,
    strict: bool,
) -> str:
    columns = list(dict.fromkeys(header.columns[name] for name in header.columns if name == header.columns[name]))
    options = [
        texts(glob.escape(str(content.path)) for content in files),
        "columns = {" + ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns) + "}",
        "auto_detect = false",
        "hive_partitioning = false",
        f"header = {str(dialect.header).lower()}",
        f"skip = {header.skip}",
        f"delim = {text(dialect.delimiter)}",
        f"quote = {text(dialect.quote)}",
        f"escape = {text('' if not dialect.quote else dialect.quote if dialect.double_quote else chr(92))}",
        f"max_line_size = {_LONGEST_LINE}",
        f"buffer_size = {_LONGEST_LINE}",
    ]
    read = list(dict.fromkeys(header.columns[reference] for reference in references if reference in header.columns))
    if nulls and not dialect.trim:
        options.append(f"nullstr = {texts(nulls)}")
    elif read:
        # What is no value is then nothing, not even an empty text.
        options.append(f"force_not_null = {texts(read)}")
    if not strict:
        options.append(
            "store_rejects = true, rejects_limit = 0, rejects_table = 'kg_csv_errors', rejects_scan = 'kg_csv_scans'"
        )
    return f"read_csv({', '.join(options)})"


def _selected(references: Sequence[str], header: _Header, dialect: Dialect, nulls: Sequence[str]) -> str:
    found = []
    for number, reference in enumerate(references):
        column = header.columns.get(reference)
        value = "NULL::VARCHAR" if column is None else identifier(column)
        if column is not None and dialect.trim:
            value = f"trim({value}, {_SPACE})"
            if nulls:
                value = f"CASE WHEN {value} NOT IN ({', '.join(map(text, nulls))}) THEN {value} END"
        found.append(f"{value} AS c{number}")
    return ", ".join(found) or "true AS kg_record"
