"""Parquet, which DuckDB reads by itself (files, patterns, hive folders), and Arrow's own format (Feather, IPC files and streams)."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import PARQUET, Content
from kg.mapping.readers.files import contents
from kg.mapping.readers.sql import identifier, said, texts
from kg.mapping.readers.typed import typed_view
from kg.mapping.rules import LogicalSource, Table

ARROW = (".arrow", ".arrows", ".feather", ".ipc")
_FILE_MARK = b"ARROW1"


def open_columnar(
    con: duckdb.DuckDBPyConnection,
    source: LogicalSource,
    references: Sequence[str],
    name: str,
    *,
    numbered: bool,
    access: Access,
) -> Table:
    """Make the view of a source of Parquet or Arrow; a reference is the name of a column. See `open_source`."""
    where = str(source.place)
    files = contents(source, (*PARQUET, *ARROW), access)
    owner = ", ".join(content.name for content in files[:3])
    try:
        if all(content.suffix in ARROW for content in files):
            scan, number = _arrow(con, files, name, access), "row_number() OVER () - 1"
        else:
            scan, number = _parquet(files)
        return typed_view(
            con, scan, owner, references, source.nulls, name, number=number if numbered else None, where=where
        )
    except (duckdb.Error, ValueError) as error:
        raise SourceError(
            "KG221",
            f"the file cannot be read as {source.formulation}: {said(error)}",
            where=f"{where}: {owner}" if where else owner,
            advice="check the file",
        ) from error


def _parquet(files: Sequence[Content]) -> tuple[str, str]:
    paths = texts(glob.escape(str(content.path)) for content in files)
    if len(files) == 1:
        # The number that the file gives leaves all threads at work.
        return f"read_parquet({paths}, file_row_number = true)", "file_row_number"
    return f"read_parquet({paths}, union_by_name = true)", "row_number() OVER () - 1"


def _arrow(con: duckdb.DuckDBPyConnection, files: Sequence[Content], name: str, access: Access) -> str:
    from pyarrow import dataset

    paths = [str(_as_file(content, access)) for content in files]
    con.register(f"{name}_arrow", dataset.dataset(paths, format="ipc"))
    return identifier(f"{name}_arrow")


def _as_file(content: Content, access: Access) -> Path:
    """Return a file that can be scanned again and again; a stream is written as one."""
    with content.path.open("rb") as file:
        if file.read(len(_FILE_MARK)) == _FILE_MARK:
            return content.path
    return access.staged((*identity(content.path), "arrow"), ".arrow", lambda part: _rewrite(content.path, part))


def _rewrite(stream: Path, part: Path) -> None:
    import pyarrow as pa

    with (
        pa.OSFile(str(stream), "rb") as packed,
        pa.ipc.open_stream(packed) as reader,
        pa.OSFile(str(part), "wb") as plain,
        pa.ipc.new_file(plain, reader.schema) as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
