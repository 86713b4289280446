"""Streams text that a query makes, whose values lie end to end in memory as they are to be written; arrays of numpy as those of Arrow, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

    Integers = np.ndarray[Any, np.dtype[np.int32]]

_ROWS = 50_000


def write_text(con: duckdb.DuckDBPyConnection, query: str, target: IO[bytes]) -> None:
    """Write the first column of a query, text without NULL, as UTF-8 with nothing between the rows, which come in the order of the query."""
    write_texts((batch.column(0) for batch in con.sql(query).to_arrow_reader(_ROWS)), target)


def write_texts(texts: Iterable[pa.StringArray], target: IO[bytes]) -> None:
    """Write arrays of text without NULL as `write_text` does."""
    for column in texts:
        _, offsets, values = column.buffers()
        if len(column) and values is not None:
            # The kind of the offsets says how long texts may be together; DuckDB takes 32 bits unless it is told otherwise.
            ends = memoryview(offsets).cast("i")
            target.write(memoryview(values)[ends[column.offset] : ends[column.offset + len(column)]])


def array(values: np.ndarray[Any, Any]) -> pa.Array[Any]:
    """Return whole numbers of numpy, of 32 or 64 bits, as an array of Arrow; pyarrow's own conversion would import pandas."""
    import numpy as np
    import pyarrow as pa

    kind = pa.int32() if values.dtype == np.int32 else pa.int64()
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def numbers(values: pa.Array[Any]) -> Integers:
    """Return an array of Arrow, 32-bit integers without NULL, as one of numpy."""
    import numpy as np

    return np.frombuffer(values.buffers()[1], np.int32, len(values), 4 * values.offset)
