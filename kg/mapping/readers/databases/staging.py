"""What comes from a database, put into a Parquet file of the run batch by batch, so that memory does not grow with the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb

from kg.errors import SourceError
from kg.mapping.readers.access import Access
from kg.mapping.readers.sql import identifier, said, text

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_BYTES = 16 << 20
_BATCH_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Staging:
    """A view to be, with the columns c0, c1, … and, if `numbered`, kg_row; a text of `nulls` is no value."""

    con: duckdb.DuckDBPyConnection
    name: str
    nulls: tuple[str, ...]
    numbered: bool
    access: Access
    where: str

    def fill(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], forms: Sequence[str]) -> None:
        """Make the view of what batches hold; column n becomes what the SQL expression `forms[n]` makes of it, where `{}` stands for the column."""
        import pyarrow as pa

        fields = [pa.field(f"c{number}", field.type) for number, field in enumerate(schema)]
        # A relation has a column, even where only the number of its rows is wanted.
        if self.numbered or not forms:
            fields.append(pa.field("kg_row", pa.int64()))
        rows = pa.schema(fields)
        values = [self._value(form.replace("{}", f"c{number}")) for number, form in enumerate(forms)]
        selected = [f"{value} AS c{number}" for number, value in enumerate(values)]
        if len(fields) > len(schema):
            selected.append("kg_row")
        faults: list[Exception] = []
        self.con.register("kg_rows", pa.RecordBatchReader.from_batches(rows, _numbered(rows, batches, faults)))
        try:
            self.stage(self.con, f"SELECT {', '.join(selected)} FROM kg_rows")
        except SourceError as error:
            raise (faults[0] if faults else error) from error
        finally:
            self.con.unregister("kg_rows")

    def stage(self, con: duckdb.DuckDBPyConnection, query: str, casts: str = "*") -> None:
        """Make the view of what a connection's query gives, of which the view selects `casts`."""
        try:
            path = self.access.staged((uuid4().hex,), ".parquet", lambda path: _copy(con, query, path))
            self.con.execute(
                f"CREATE OR REPLACE TEMP VIEW {identifier(self.name)} AS SELECT {casts} FROM read_parquet({text(str(path))})"
            )
        except duckdb.Error as error:
            raise SourceError(
                "KG236",
                f"reading the database broke off: {said(error)}",
                where=self.where,
                advice="see the reason: the connection, space for temporary files, a value that is no text",
            ) from error

    def _value(self, form: str) -> str:
        if not self.nulls:
            return form
        return f"CASE WHEN {form} IN ({', '.join(map(text, self.nulls))}) THEN NULL ELSE {form} END"


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    con.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION snappy)")


def _numbered(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], faults: list[Exception]
) -> Iterator[pa.RecordBatch]:
    """Yield batches, with the numbers of their rows where the schema has one column more; DuckDB would hide an error's kind, so it is noted."""
    import pyarrow as pa

    done = 0
    try:
        for batch in batches:
            columns = batch.columns
            if len(columns) < len(schema):
                columns.append(pa.array(range(done, done + batch.num_rows), pa.int64()))
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
            done += batch.num_rows
    except Exception as error:
        faults.append(error)
        raise


class Rows:
    """Rows of Python, as their drivers give them, to batches of text; `kinds` are the types that each column's values had."""

    def __init__(self, columns: Sequence[int]) -> None:
        """Take the columns at these places of each row, in this order."""
        import pyarrow as pa

        self.columns = columns
        self.kinds: list[set[type]] = [set() for _ in columns]
        fields = [pa.field(f"c{number}", pa.string()) for number in range(len(columns))]
        # Without columns, only the number of rows counts.
        self.schema: pa.Schema = pa.schema(fields or [pa.field("c0", pa.null())])

    def batches(self, fetch: Callable[[int], Sequence[Sequence[Any]]]) -> Iterator[pa.RecordBatch]:
        """Yield batches of what `fetch`, given a number of rows, returns until it returns none; each of about the same size in memory."""
        import pyarrow as pa

        wanted = 100
        while rows := fetch(wanted):
            values = list(zip(*rows, strict=True))
            arrays = [self._array(number, values[place]) for number, place in enumerate(self.columns)]
            yield pa.RecordBatch.from_arrays(arrays or [pa.nulls(len(rows))], schema=self.schema)
            size = sum(array.nbytes for array in arrays)
            wanted = max(1, min(_BATCH_ROWS, wanted * _BATCH_BYTES // max(size, 1)))

    def _array(self, number: int, values: Sequence[Any]) -> pa.Array:
        import pyarrow as pa

        kinds = set(map(type, values)) - {type(None)}
        self.kinds[number] |= kinds
        if kinds <= {str}:
            return pa.array(values, pa.string())
        if kinds == {int}:
            return pa.array(values, pa.int64()).cast(pa.string())
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: object) -> str | None:
    """Return a value in its lexical form: bytes in hexadecimal, a float in the shortest form that is still the same number."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.hex().upper()
    return str(value).replace("inf", "INF") if isinstance(value, float) else str(value)
