"""Typed columns of DuckDB's relations as the texts that RDF wants (R2RML, section 10.2), lists and structs included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from kg.mapping.readers.databases.names import Case, Identifiers, missing
from kg.mapping.readers.databases.natural import natural
from kg.mapping.readers.json_numbers import marked
from kg.mapping.readers.json_paths import written
from kg.mapping.readers.json_sql import nodes
from kg.mapping.readers.sql import identifier, text
from kg.mapping.rules import Column, Table

NAMES = Identifiers('"', Case.KEPT, Case.IGNORED)


@dataclass(frozen=True, slots=True)
class Typed:
    """The SQL of a value, and what it is; see `Column`."""

    sql: str
    datatype: str | None = None
    json: bool = False
    many: bool = False


def typed_view(
    con: duckdb.DuckDBPyConnection,
    scan: str,
    owner: str,
    references: Sequence[str],
    nulls: Sequence[str],
    name: str,
    *,
    number: str | None,
    where: str,
    kind: str = "VIEW",
) -> Table:
    """Make the view (or other `kind` of relation) of a FROM item with typed columns; `number` is the SQL of a record's number, if it is wanted.

    A reference is a column's name, as it stands or else without regard to case if that is no question, or leads into a struct (`address.city`); names may be delimited
    (`"Name"`) and are then exact. MappingError (KG205) where there is no such column; `owner` is what it should be in.
    """
    relation = con.sql(f"SELECT * FROM {scan}")
    kinds = {column: kind for column, kind in zip(relation.columns, relation.types, strict=True) if column != number}
    columns = {}
    selected = []
    for position, reference in enumerate(references):
        value = found(reference, kinds)
        if value is None:
            raise missing("KG205", "column", reference, list(kinds), owner, where)
        columns[reference] = Column(f"c{position}", value.datatype, value.json, value.many)
        selected.append(f"{_without(value, nulls)} AS c{position}")
    if number is not None:
        selected.append(f"{number} AS kg_row")
    con.execute(
        f"CREATE OR REPLACE TEMP {kind} {identifier(name)} AS SELECT {', '.join(selected) or 'true AS kg_record'} FROM {scan}"
    )
    return Table(name, columns)


def found(reference: str, kinds: dict[str, DuckDBPyType]) -> Typed | None:
    """Return the value that a reference stands for among columns, or None."""
    column = column_named(reference, list(kinds))
    if column is not None:
        return _within(identifier(column), kinds[column], (), 0)
    parts = NAMES.table(reference)
    column = column_named(identifier(parts[0].text) if parts[0].delimited else parts[0].text, list(kinds))
    if column is None or len(parts) < 2:
        return None
    return _within(identifier(column), kinds[column], tuple(part.text for part in parts[1:]), 0)


def column_named(reference: str, names: Sequence[str]) -> str | None:
    """Return the column that a name means: the very same, or else, if it is not delimited, the one that differs only in case."""
    name = NAMES.column(reference)
    if reference in names:
        return reference
    if name.text in names:
        return name.text
    alike = [other for other in names if other.lower() == name.text.lower()]
    return alike[0] if len(alike) == 1 and not name.delimited else None


def _scalar(sql: str, kind: DuckDBPyType) -> Typed:
    """Return a value that is no list, as text or JSON."""
    if str(kind) == "JSON":
        return Typed(marked(sql), json=True)
    if kind.id in ("struct", "map", "union", "variant"):
        return Typed(f"to_json({sql})", json=True)
    datatype, form = natural(str(kind))
    return Typed(form.replace("{}", sql), datatype)


def _within(sql: str, kind: DuckDBPyType, names: tuple[str, ...], depth: int) -> Typed | None:
    """Return what names lead to in a value of a type: fields of a struct, of each struct of a list, or keys of JSON."""
    if kind.id in ("list", "array"):
        return _listed(sql, kind, names, depth)
    if not names:
        return _scalar(sql, kind)
    if str(kind) == "JSON":
        value, many = nodes(marked(sql), "$" + written(names))
        return Typed(value, json=True, many=many)
    if kind.id == "struct":
        fields = {name: child for name, child in kind.children if isinstance(child, DuckDBPyType)}
        name = column_named(names[0], list(fields))
        if name is not None:
            return _within(f"struct_extract({sql}, {text(name)})", fields[name], names[1:], depth)
    return None


def _listed(sql: str, kind: DuckDBPyType, names: tuple[str, ...], depth: int) -> Typed | None:
    """Return the elements of a list, or what names lead to in each."""
    child = kind.children[0][1]
    assert isinstance(child, DuckDBPyType)  # noqa: S101 - a list's first child is the type of its elements
    element = f"e{depth}"
    inner = _within(element, child, names, depth + 1)
    if inner is None:
        return None
    listed = f"list_transform({sql}::{child}[], lambda {element}: {inner.sql})"
    return Typed(f"flatten({listed})" if inner.many else listed, inner.datatype, inner.json, many=True)


def _without(value: Typed, nulls: Sequence[str]) -> str:
    """Return the SQL of a value, NULL where it is one of the texts that mean none; a list has no such elements."""
    none = [text(null) for null in nulls]
    if value.json:
        none += [f"to_json({null})::VARCHAR" for null in none] + ["'null'"]
    if value.many:
        test = f"e IS NOT NULL AND e::VARCHAR NOT IN ({', '.join(none)})" if none else "e IS NOT NULL"
        return f"list_filter({value.sql}, lambda e: {test})"
    return f"CASE WHEN ({value.sql})::VARCHAR NOT IN ({', '.join(none)}) THEN {value.sql} END" if none else value.sql
