"""Expressions to SQL: how the text of a value is made from the columns of a row.

A value is one VARCHAR, or a VARCHAR[] where a reference has several values; those multiply, as RML-Core wants of templates with several references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from kg.mapping.rules import (
    Call,
    Column,
    Constant,
    Expression,
    Reference,
    Source,
    Table,
    Template,
    TermMap,
    TermType,
)

if TYPE_CHECKING:
    from kg.mapping.functions import Functions


@dataclass(frozen=True, slots=True)
class Catalog:
    """What is known when SQL is made: the sources that are open, the functions, and whether triple terms are written as `<< s p o >>`, as before RDF 1.2."""

    tables: Mapping[Source, Table] = field(default_factory=dict)
    functions: Functions | None = None  # None: those that come with the program
    legacy: bool = False


class References(Protocol):
    """What gives references and functions a meaning."""

    @property
    def catalog(self) -> Catalog:
        """What is known beside the record."""

    def raw(self, reference: str) -> Value:
        """Return the value that a reference stands for, as the source has it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The columns of a relation, by reference; `alias` is its name in the query."""

    columns: Mapping[str, Column]
    catalog: Catalog
    alias: str = "r"

    def raw(self, reference: str) -> Value:
        """Return the column that stands for a reference."""
        column = self.columns[reference]
        return Value(f"{self.alias}.{name(column.name)}", column.many, column.datatype, column.json)


@dataclass(frozen=True, slots=True)
class Value:
    """SQL of a VARCHAR, or of a list with `many`; `datatype` is the natural one. With `json` the SQL is of JSON, whose values have their datatypes each."""

    sql: str
    many: bool = False
    datatype: str | None = None
    json: bool = False

    @property
    def text(self) -> Value:
        """The same as text."""
        if not self.json:
            return self
        return product((self,), lambda one: f"kg_json_text({one[0]})")


_Encoder = Callable[[str], str]
_ENCODERS: dict[TermType, _Encoder] = {
    TermType.IRI: lambda value: f"kg_encode({value})",
    TermType.URI: lambda value: f"kg_encode_uri({value})",
}
_VARIABLE = re.compile(r"\bv(\d+)\b")
# What costs nothing to look at twice.
_COLUMN = re.compile(r'v\d+|\w+\."(?:[^"]|"")*"')


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name(identifier: str) -> str:
    """Return an SQL identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def raw_value(expression: Expression, scope: References) -> Value:
    """Return the value of an expression; that of a reference to JSON as it is."""
    if isinstance(expression, Constant):
        return Value(quoted(expression.value))
    if isinstance(expression, Reference):
        return scope.raw(expression.name)
    if isinstance(expression, Template):
        return _template(expression, scope, None)
    return _call(expression, scope)


def value(expression: Expression, scope: References, term_type: TermType = TermType.LITERAL) -> Value:
    """Return the text of an expression; in a template for an IRI or URI, references are made safe."""
    if isinstance(expression, Template):
        return _template(expression, scope, _ENCODERS.get(term_type))
    return raw_value(expression, scope).text


def product(values: Sequence[Value], build: Callable[[list[str]], str], *, listed: bool = False) -> Value:
    """Return what `build` makes of values' SQL, for each combination of those that are many; `listed` says that it makes a list."""
    many = [index for index, each in enumerate(values) if each.many]
    pieces = [each.sql for each in values]
    # A variable's number is one that no lambda within has.
    taken = [int(number) for piece in pieces for number in _VARIABLE.findall(piece)]
    first = max(taken, default=-1) + 1
    for offset, index in enumerate(many):
        pieces[index] = f"v{first + offset}"
    sql = build(pieces)
    for offset, index in reversed(list(enumerate(many))):
        sql = f"list_transform({values[index].sql}, lambda v{first + offset}: {sql})"
        if listed or offset < len(many) - 1:
            sql = f"flatten({sql})"
    return Value(sql, many=listed or bool(many))


def references(expression: Expression | None) -> tuple[str, ...]:
    """Return the references in an expression, each once."""
    return tuple(dict.fromkeys(each.name for each in read_by(expression)))


def read_by(expression: Expression | None) -> Iterator[Reference]:
    """Yield the references in an expression, with their places."""
    if isinstance(expression, Reference):
        yield expression
    elif isinstance(expression, Template):
        yield from (part for part in expression.parts if isinstance(part, Reference))
    elif isinstance(expression, Call):
        for _, inner in expression.inputs:
            yield from read_by(inner)


def expressions(made: TermMap) -> Iterator[Expression]:
    """Yield the expressions of a term map: its own, its conditions, and those of its datatype and language."""
    if made.expression is not None:
        yield made.expression
    yield from made.conditions
    for inner in (made.datatype, made.language):
        if isinstance(inner, TermMap):
            yield from expressions(inner)


def _template(template: Template, scope: References, encode: _Encoder | None) -> Value:
    names = references(template)
    values = [raw_value(Reference(each), scope).text for each in names]

    def joined(pieces: list[str]) -> str:
        parts: list[str] = []
        for is_text, run in groupby(template.parts, lambda part: isinstance(part, str)):
            if is_text:
                parts.append(quoted("".join(map(str, run))))
                continue
            found = [pieces[names.index(part.name)] for part in run if isinstance(part, Reference)]
            parts += [encode(piece) if encode else piece for piece in found]
        if len(parts) > 2 and pieces and all(map(_COLUMN.fullmatch, pieces)):
            # One call makes one text, where each || would copy what stands before; but to it NULL is nothing.
            known = " AND ".join(f"{piece} IS NOT NULL" for piece in pieces)
            return f"CASE WHEN {known} THEN concat({', '.join(parts)}) END"
        return "(" + " || ".join(parts) + ")"

    return product(values, joined)


def _call(call: Call, scope: References) -> Value:
    # Few mappings call functions, and the registry takes its time to load.
    from kg.mapping.functions import FUNCTIONS, Result, function_sql

    inputs = [value(inner, scope) for _, inner in call.inputs]
    results = [Result(each.sql, each.datatype, each.many) for each in inputs]
    made = function_sql(call, results, scope.catalog.functions or FUNCTIONS)
    return Value(made.sql, made.many, made.datatype)
