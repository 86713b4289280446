"""A table in memory: columns with names, rows of Python values, and ways into Arrow, pandas and Polars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, overload

from markupsafe import Markup, escape

from kg.errors import QueryError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Row = tuple[Any, ...]

_SHOWN: Final = 20  # rows
_BROAD: Final = 48  # characters of a cell
_EXTRA: Final = "pip install 'aimodel-kg[dataframes]'"


class Table:
    """Rows of values of Python under named columns; it does not change.

    `len(table)` counts rows, iteration gives them as tuples, `table[0]` is one of them and `table["name"]` a column as a list.
    """

    def __init__(
        self, columns: Iterable[str], rows: Iterable[Row] | None = None, *, arrow: pa.Table | None = None
    ) -> None:
        """Make a table of rows, or of an Arrow table with the same columns."""
        self.columns = tuple(columns)
        self._rows = None if rows is None else tuple(rows)
        self._arrow = arrow

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        if self._rows is not None:
            return self._rows
        assert self._arrow is not None  # noqa: S101 - one of the two is there
        return tuple(zip(*(column.to_pylist() for column in self._arrow.columns), strict=True))

    def __len__(self) -> int:
        return len(self._rows) if self._rows is not None else self._arrow.num_rows  # type: ignore[union-attr]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @overload
    def __getitem__(self, key: int) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> Table: ...
    @overload
    def __getitem__(self, key: str) -> list[Any]: ...
    def __getitem__(self, key: int | slice | str) -> Row | Table | list[Any]:
        """Return a row by its number, some rows by a slice, or a column by its name (KeyError where there is none)."""
        if isinstance(key, int):
            return self.rows[key]
        if isinstance(key, slice):
            return Table(self.columns, self.rows[key])
        if key not in self.columns:
            raise KeyError(f"there is no column {key!r}; there are {', '.join(self.columns)}")
        place = self.columns.index(key)
        return [row[place] for row in self.rows]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each row as a dict by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_arrow(self) -> pa.Table:
        """Return a pyarrow Table; a column with values of several kinds becomes text."""
        if self._arrow is not None:
            return self._arrow
        import pyarrow as pa

        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.columns)
        return pa.Table.from_arrays([_array(list(values)) for values in columns], names=list(self.columns))

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame, whole numbers and truth values with room for missing ones. QueryError (KG675) where pandas is not installed."""
        return to_pandas(self.to_arrow())

    def to_polars(self) -> pl.DataFrame:
        """Return a Polars DataFrame. QueryError (KG675) where Polars is not installed."""
        return to_polars(self.to_arrow())

    def __repr__(self) -> str:
        """Show the first rows as text, in columns."""
        shown = [self.columns, *([_cell(value) for value in row] for row in self.rows[:_SHOWN])]
        widths = [max(len(row[place]) for row in shown) for place in range(len(self.columns))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown
        ]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([*lines, f"({self._counted()})"])

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook; addresses are links."""
        head = Markup().join(Markup("<th style='text-align: left'>{}</th>").format(name) for name in self.columns)
        body = Markup().join(
            Markup("<tr>{}</tr>").format(
                Markup().join(Markup("<td style='text-align: {}'>{}</td>").format(*_html(value)) for value in row)
            )
            for row in self.rows[:_SHOWN]
        )
        return str(
            Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table><p>{}</p>").format(
                head, body, self._counted()
            )
        )

    def _counted(self) -> str:
        count = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        return count if len(self) <= _SHOWN else f"{count}, the first {_SHOWN} are shown"


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a pandas DataFrame; QueryError (KG675) where pandas is not installed."""
    import pyarrow as pa

    pandas = _library("pandas")
    kinds = {pa.int64(): pandas.Int64Dtype(), pa.bool_(): pandas.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get)
    return frame


def to_polars(table: pa.Table) -> pl.DataFrame:
    """Return an Arrow table as a Polars DataFrame; QueryError (KG675) where Polars is not installed."""
    frame: pl.DataFrame = _library("polars").from_arrow(table)
    return frame


def link(iri: str, text: str) -> Markup:
    """Return a link to an address of the web, and the text alone for any other IRI."""
    if iri.startswith(("http://", "https://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(iri, text)
    return escape(text)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise QueryError("KG675", f"{name} is not installed", advice=f"pip install {name}, or {_EXTRA}") from error


def _array(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if value is None else str(value) for value in values])


def _cell(value: object) -> str:
    text = "" if value is None else "".join(each if each.isprintable() else " " for each in str(value))
    return text if len(text) <= _BROAD else text[: _BROAD - 1] + "…"


def _html(value: object) -> tuple[str, Markup]:
    """Return how a value is aligned, and how it reads."""
    if isinstance(value, str):
        return "left", link(value, value) if " " not in value else escape(value)
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return "right" if number else "left", escape("" if value is None else str(value))
