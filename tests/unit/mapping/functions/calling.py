"""Calls functions of mappings in a session, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import duckdb

from kg.mapping.functions import FUNCTIONS, Functions, Result, check_call, define, function_sql
from kg.mapping.functions.grel import NAMESPACE as GREL
from kg.mapping.functions.idlab import NAMESPACE as IDLAB
from kg.mapping.functions.own import NAMESPACE as OWN
from kg.mapping.rules import Call, Constant, Expression, Place, Reference
from tests.session import session

# A text is a constant; a list of texts or None a column with these values, or of lists.
Given: TypeAlias = "str | Sequence[str | None] | Sequence[Sequence[str | None]]"
_PREFIXES = {"grel": GREL, "idlab": IDLAB, "kgf": OWN}


def iri(name: str) -> str:
    """Return the IRI of `grel:escape` and the like."""
    prefix, _, local = name.partition(":")
    return _PREFIXES[prefix] + local


def call_of(name: str, *inputs: tuple[str, Expression | str], output: str | None = None, file: str = "") -> Call:
    """Return a call; a text in an input is a constant."""
    given = tuple((iri(parameter), Constant(value) if isinstance(value, str) else value) for parameter, value in inputs)
    return Call(iri(name), given, output, Place(file, 7, "<#Map>"))


def results(
    con: duckdb.DuckDBPyConnection,
    name: str,
    *inputs: tuple[str, Given],
    functions: Functions = FUNCTIONS,
    file: str = "",
) -> list[Any]:
    """Return what a function gives for each row of the inputs that are columns, or for one row where all are constants."""
    columns = [value for _, value in inputs if not isinstance(value, str)]
    given = [(parameter, value if isinstance(value, str) else Reference(parameter)) for parameter, value in inputs]
    call = call_of(name, *given, file=file)
    check_call(call, functions)
    define(con, [call], functions)
    names = iter(range(len(columns)))
    values = [_value(value, names) for _, value in inputs]
    made = function_sql(call, values, functions)
    if not columns:
        return [each for (each,) in con.execute(f"SELECT {made.sql}").fetchall()]
    unnested = ", ".join(f"unnest(${index + 1}) AS c{index}" for index in range(len(columns)))
    types = [_type(column) for column in columns]
    casts = ", ".join(f"CAST(c{index} AS {kind}) AS c{index}" for index, kind in enumerate(types))
    query = f"SELECT {made.sql} FROM (SELECT {casts}, n FROM (SELECT {unnested}, generate_subscripts($1, 1) AS n)) ORDER BY n"
    return [each for (each,) in con.execute(query, columns).fetchall()]


def one(name: str, *inputs: tuple[str, Given]) -> Any:
    """Return what a function gives for constants, and columns of one row."""
    with session() as con:
        (made,) = results(con, name, *inputs)
    return made


def _value(value: Given, names: Any) -> Result:
    if isinstance(value, str):
        return Result("'" + value.replace("'", "''") + "'")
    return Result(f"c{next(names)}", many=_type(value) == "VARCHAR[]")


def _type(column: Sequence[object]) -> str:
    return "VARCHAR[]" if any(isinstance(each, list) for each in column) else "VARCHAR"
