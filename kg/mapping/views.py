"""Logical views (RML-LV) to relations: a row for each combination of the records and values that a view's fields hold.

A field that holds nothing gives one row with NULL, so that a missing field does not take its siblings along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from kg.mapping.plan.values import Catalog, Scope, Value, name, quoted, raw_value, references, value
from kg.mapping.readers import RECORD
from kg.mapping.readers.json_sql import nodes
from kg.mapping.rules import Column, Constant, Expression, Field, Formulation, LogicalSource, Source, Table, View
from kg.rdf.namespaces import XSD

if TYPE_CHECKING:
    from kg.mapping.functions import Functions

# Opens a source: its references, and whether it is numbered.
Opener = Callable[[Source, Sequence[str], bool], Table]
_INTEGER = f"{XSD}integer"


def open_view(
    con: duckdb.DuckDBPyConnection,
    view: View,
    wanted: Sequence[str],
    relation: str,
    opener: Opener,
    functions: Functions | None,
    *,
    numbered: bool,
) -> Table:
    """Make the relation of a view, with a column for each of the references that are wanted; the reader of the view's own source is `opener`."""
    rows = _Rows(view, opener, Catalog(functions=functions))
    for field in view.fields:
        rows.add(field)
    for number, join in enumerate(view.joins):
        there = tuple(name for _, expression in join.conditions for name in references(expression))
        inner = [name for field in join.fields for name in _named(field)]
        parent = opener(join.parent, tuple(dict.fromkeys((*there, *inner))), True)
        rows.join(parent, join.conditions, join.fields, f"j{number}", inner=join.inner)
    columns = {}
    selected = []
    for number, reference in enumerate(wanted):
        column = rows.columns[reference]
        columns[reference] = Column(f"c{number}", column.datatype, column.json)
        selected.append(f"{name(column.name)} AS c{number}")
    if numbered:
        selected.append("row_number() OVER () - 1 AS kg_row")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {name(relation)} AS SELECT {', '.join(selected) or '1 AS one'} FROM ({rows.sql}) AS r"
    )
    return Table(relation, columns)


@dataclass(frozen=True, slots=True)
class _Parent:
    """What a field's expressions read: the view's source, or a record that an iterable field holds, of which `sql` is a column."""

    formulation: Formulation | None
    sql: str | None = None


class _Rows:
    """The relation as it grows: its SELECT, and the column of each field's path."""

    def __init__(self, view: View, opener: Opener, catalog: Catalog) -> None:
        self.view, self.catalog = view, catalog
        base = view.on
        names = [name for field in view.fields for name in _read(field, base)]
        names += [
            name
            for join in view.joins
            for here, _ in join.conditions
            for name in references(here)
            if isinstance(base, View) and not _is_field(name, view)
        ]
        self.base = opener(base, tuple(dict.fromkeys(names)), True)
        self.formulation = base.formulation if isinstance(base, LogicalSource) else None
        self.sql = f"SELECT *, r.kg_row::VARCHAR AS kg_index FROM {name(self.base.name)} AS r"
        self.columns: dict[str, Column] = {"#": Column("kg_index", _INTEGER)}
        self.count = 0

    def add(self, field: Field, parent: _Parent | None = None, path: str = "") -> None:
        """Add a field and those within it."""
        parent = parent or _Parent(self.formulation)
        whole = path + field.name
        if field.iterator is not None or field.expression is None:
            records, formulation = self._records(field, parent)
            column = self._unnest(whole, records)
            for inner in field.fields:
                self.add(inner, _Parent(formulation, column), f"{whole}.")
            return
        column = self._unnest(whole, self._value(field.expression, parent))
        kept = self.columns[whole]
        for inner in field.fields:
            text = f"kg_json_text({column})" if kept.json else column
            self.add(inner, _Parent(field.formulation, text), f"{whole}.")

    def join(
        self,
        parent: Table,
        conditions: tuple[tuple[Expression, Expression], ...],
        fields: tuple[Field, ...],
        alias: str,
        *,
        inner: bool,
    ) -> None:
        """Add the fields of the rows of another view that fit."""
        ours = Scope(self.columns, self.catalog)
        theirs = Scope(parent.columns, self.catalog, alias)
        tests = [f"{value(here, ours).sql} = {value(there, theirs).sql}" for here, there in conditions]
        added = []
        for field in fields:
            made = raw_value(field.expression or Constant(""), theirs)
            column, index = f"f{self.count}", f"i{self.count}"
            self.count += 1
            added += [
                f"{made.sql} AS {column}",
                f"CASE WHEN {alias}.kg_row IS NOT NULL THEN (row_number() OVER (PARTITION BY r.kg_at ORDER BY {alias}.kg_row) - 1)::VARCHAR END AS {index}",
            ]
            self.columns[field.name] = Column(column, made.datatype, made.json)
            self.columns[f"{field.name}.#"] = Column(index, _INTEGER)
        how = "INNER" if inner else "LEFT"
        self.sql = f"SELECT r.* EXCLUDE (kg_at), {', '.join(added) or '1 AS one'} FROM (SELECT *, row_number() OVER () AS kg_at FROM ({self.sql})) AS r {how} JOIN {name(parent.name)} AS {alias} ON {' AND '.join(tests) or 'true'}"

    def _unnest(self, path: str, made: Value) -> str:
        """Add the column of a path with one row for each of its values, and the column of their index; return the first one's SQL."""
        column, index = f"f{self.count}", f"i{self.count}"
        self.count += 1
        if made.many:
            # Nothing is one NULL; the index tells the values of one record apart.
            pairs = f"list_transform({made.sql}, lambda v, i: {{'v': v, 'i': i - 1}})"
            nothing = "[{'v': NULL, 'i': NULL}]"
            listed = f"CASE WHEN len({made.sql}) > 0 THEN {pairs} ELSE {nothing} END"
            self.sql = f"SELECT * EXCLUDE (u), u.v AS {column}, u.i::VARCHAR AS {index} FROM (SELECT r.*, unnest({listed}) AS u FROM ({self.sql}) AS r)"
        else:
            self.sql = f"SELECT r.*, {made.sql} AS {column}, '0' AS {index} FROM ({self.sql}) AS r"
        self.columns[path] = Column(column, made.datatype, made.json)
        self.columns[f"{path}.#"] = Column(index, _INTEGER)
        return f"r.{column}"

    def _value(self, expression: Expression, parent: _Parent) -> Value:
        if parent.sql is None:
            return raw_value(expression, Scope(self.base.columns, self.catalog))
        return raw_value(expression, _Within(parent.sql, parent.formulation, self.catalog))

    def _records(self, field: Field, parent: _Parent) -> tuple[Value, Formulation | None]:
        formulation = field.formulation or parent.formulation
        record = parent.sql
        if record is None:
            read = _records_of(field, self.formulation)
            column = self.base.columns[read]
            if read != RECORD:
                return Value(f"r.{name(column.name)}", column.many, None, column.json), formulation
            record = f"r.{name(column.name)}"
        if formulation is Formulation.XML:
            return Value(f"kg_xml_records({record}, {quoted(field.iterator or '.')})", many=True), formulation
        if formulation is Formulation.CSV:
            return Value(f"kg_csv_records({record})", many=True, json=True), formulation
        sql, many = nodes(f"TRY_CAST({record} AS JSON)", field.iterator or "$")
        return Value(sql, many, json=True), formulation


@dataclass(frozen=True, slots=True)
class _Within:
    """References within a record that a column holds."""

    record: str
    formulation: Formulation | None
    catalog: Catalog

    def raw(self, reference: str) -> Value:
        if self.formulation is Formulation.XML:
            return Value(f"kg_xml_all({self.record}, {quoted(reference)})", many=True)
        if self.formulation is Formulation.CSV:
            # A row of CSV is an object by column.
            reference = "$['" + reference.replace("\\", "\\\\").replace("'", "\\'") + "']"
        sql, many = nodes(f"TRY_CAST({self.record} AS JSON)", reference)
        return Value(sql, many, json=True)


def _read(field: Field, base: Source) -> Iterator[str]:
    """Yield the references that a field reads of the view's source."""
    if field.expression is not None:
        yield from references(field.expression)
    elif isinstance(base, LogicalSource):
        yield _records_of(field, base.formulation)


def _records_of(field: Field, formulation: Formulation | None) -> str:
    """Return the reference that gives the records of an iterable field of a source: its iterator where that gives records, else the whole record."""
    if formulation is Formulation.JSON and field.formulation in (None, formulation) and field.iterator is not None:
        return field.iterator
    return RECORD


def _named(field: Field) -> tuple[str, ...]:
    return references(field.expression)


def _is_field(reference: str, view: View) -> bool:
    return (
        any(reference == field.name or reference.startswith(f"{field.name}.") for field in view.fields)
        or reference == "#"
    )
