"""Streams text that a query makes: the values of a column lie end to end in memory as they are to be written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_ROWS = 50_000


def write_text(con: duckdb.DuckDBPyConnection, query: str, target: IO[bytes]) -> None:
    """Write the first column of a query, text without NULL, as UTF-8 with nothing between the rows, which come in the order of the query."""
    write_batches(con.sql(query).to_arrow_reader(_ROWS), target)


def write_batches(batches: Iterable[pa.RecordBatch], target: IO[bytes]) -> None:
    """Write the first column of batches as `write_text` does."""
    for batch in batches:
        column = batch.column(0)
        _, offsets, values = column.buffers()
        if len(column) and values is not None:
            # The kind of the offsets says how long texts may be together; DuckDB takes 32 bits unless it is told otherwise.
            ends = memoryview(offsets).cast("i")
            target.write(memoryview(values)[ends[column.offset] : ends[column.offset + len(column)]])
