"""Sources opened by their reader, for tests: what a mapping would see of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from kg.mapping.readers import Access, Rejected, open_source, rejected
from kg.mapping.readers.json_numbers import unmarked
from kg.mapping.rules import Column, Dialect, File, Formulation, LogicalSource, Place

PLACE = Place("mapping.ttl", 7)
_numbers = count()


@dataclass(frozen=True, slots=True)
class Opened:
    """The columns of a source, its rows without the record's number, and the lines that were set aside."""

    columns: Mapping[str, Column]
    rows: list[tuple[Any, ...]]
    rejects: tuple[Rejected, ...]

    @property
    def values(self) -> list[Any]:
        """The values of the only reference."""
        return [row[0] for row in self.rows]


@contextmanager
def session(threads: int = 2) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a session whose scans come in any order, as those of a mapping do."""
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as con:
        yield con


def opened(
    source: LogicalSource,
    references: Sequence[str],
    *,
    access: Access | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Opened:
    """Open a source and read all of it, in the order of its records."""
    with TemporaryDirectory() as folder, session() as own:
        used = con or own
        name = f"kg_source_{next(_numbers)}"
        table = open_source(
            used, source, references, name, numbered=True, access=access or Access(folder=Path(folder) / "staged")
        )
        columns = [table.columns[reference].name for reference in references]
        rows = used.execute(f"SELECT {', '.join([*columns, 'kg_row'])} FROM {name} ORDER BY kg_row").fetchall()
        assert [row[-1] for row in rows] == list(range(len(rows)))
        return Opened(table.columns, [tuple(map(_as_written, row[:-1])) for row in rows], rejected(used))


def _as_written(value: Any) -> Any:
    """Return a value with the numbers of its JSON as they are written."""
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    return unmarked(value) if isinstance(value, str) else value


def file_source(
    formulation: Formulation,
    path: Path | str,
    iterator: str = "",
    *,
    encoding: str = "utf-8",
    compression: str = "",
    dialect: Dialect | None = None,
    nulls: Sequence[str] = (),
    namespaces: Mapping[str, str] | None = None,
) -> LogicalSource:
    """Return the source that a file is."""
    file = File(str(path), encoding, compression, dialect or Dialect())
    return LogicalSource(formulation, file, iterator, tuple(nulls), tuple((namespaces or {}).items()), PLACE)


def strict(folder: Path) -> Access:
    """Return an access that sets nothing aside."""
    return Access(strict=True, folder=folder / "strict")
