"""What calls of functions need in a DuckDB session: macros, look-up tables, and functions in Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import MappingError
from kg.mapping.functions.calls import function_sql
from kg.mapping.functions.macros import macros
from kg.mapping.functions.own import NAMESPACE
from kg.mapping.functions.registry import FUNCTIONS
from kg.mapping.functions.signature import Functions, Result
from kg.mapping.functions.tables import looked_up, table_name
from kg.mapping.functions.user import Calls
from kg.mapping.rules import Call, Constant

if TYPE_CHECKING:
    import duckdb

# Stands around the IRI of the function whose fault an error of the session tells of.
_FAULT = re.compile(r"<kg-function (.*?)>: (.*)", re.DOTALL)


_MACRO = re.compile(r"\bkg_fn_\w+")


def define(con: duckdb.DuckDBPyConnection, calls: Iterable[Call], functions: Functions = FUNCTIONS) -> None:
    """Make what right calls, and calls in their inputs, need: macros, the tables of look-ups (beside the mapping that `call.place` names), and users' functions.

    The session has the term functions of kg.rdf.terms. Close it when you are done: what Python functions hold is freed then.
    """
    made: set[str] = set()
    for call in _all(calls):
        sql = function_sql(call, [Result("''")] * len(call.inputs), functions).sql
        for name in needed(sql):
            if name not in made:
                made.add(name)
                con.execute(_statements()[name])
        build = functions[call.function].build
        if isinstance(build, Calls) and build.name not in made:
            made.add(build.name)
            count = max(1, len(functions[call.function].parameters))
            _create(con, build.name, _told(call.function, build, count), count, listed=build.listed)
        elif call.function == NAMESPACE + "lookup":
            table, key, column = (_constant(call, NAMESPACE + name) for name in ("table", "key", "column"))
            name = table_name(table, key, column)
            if name not in made:
                made.add(name)
                look_up = looked_up(Path(call.place.file).parent / table, key, column, str(call.place))
                _create(con, name, look_up, 1, listed=False)


def function_error(error: Exception) -> MappingError | None:
    """Return the error of a user's function that an error of the session tells of; None where it is about something else."""
    match = _FAULT.search(str(error))
    if match is None:
        return None
    iri, what = match.groups()
    return MappingError("KG246", f"the function <{iri}> failed: {what}", advice="correct it in the file of --functions")


def needed(sql: str) -> list[str]:
    """Return the names of the macros that SQL calls, each after those that it needs itself."""
    names: dict[str, None] = {}
    for name in _MACRO.findall(sql):
        names |= dict.fromkeys([*needed(_statements()[name].partition(" AS ")[2]), name])
    return list(names)


@cache
def _statements() -> Mapping[str, str]:
    """Return the statements that make the macros, by name."""
    each = macros().split("CREATE OR REPLACE MACRO ")[1:]
    return {text.partition("(")[0]: f"CREATE OR REPLACE TEMP MACRO {text}" for text in each}


def look_up_tables(calls: Iterable[Call]) -> list[Path]:
    """Return the files that look-ups in calls, and in calls in their inputs, read."""
    found = [call for call in _all(calls) if call.function == NAMESPACE + "lookup"]
    return sorted({Path(call.place.file).parent / _constant(call, f"{NAMESPACE}table") for call in found})


def _all(calls: Iterable[Call]) -> Iterable[Call]:
    for call in calls:
        yield call
        yield from _all(each for _, each in call.inputs if isinstance(each, Call))


def _constant(call: Call, iri: str) -> str:
    return next((each.value for name, each in call.inputs if name == iri and isinstance(each, Constant)), "")


def _create(con: duckdb.DuckDBPyConnection, name: str, run: Callable[..., Any], count: int, *, listed: bool) -> None:
    import duckdb
    from duckdb.func import FunctionNullHandling, PythonUDFType

    text = duckdb.sqltype("VARCHAR")
    gives = duckdb.list_type(text) if listed else text
    con.create_function(
        name, run, [text] * count, gives, type=PythonUDFType.ARROW, null_handling=FunctionNullHandling.SPECIAL
    )


def _told(iri: str, build: Calls, count: int) -> Callable[..., Any]:
    """Return a function whose errors, and whose results where they are unfit, tell which one it is; its results are texts, or lists of texts."""
    import pyarrow as pa

    gives = pa.list_(pa.string()) if build.listed else pa.string()

    def told(*columns: Any) -> Any:
        try:
            made = build.run(columns)
            if isinstance(made, pa.Array | pa.ChunkedArray) and len(made) == len(columns[0]):
                return made.cast(gives)
        except Exception as error:
            raise RuntimeError(f"<kg-function {iri}>: {type(error).__name__}: {error}") from error
        what = f"{len(made)} values" if isinstance(made, pa.Array | pa.ChunkedArray) else type(made).__name__
        raise RuntimeError(f"<kg-function {iri}>: it gives {what}, not an array of pyarrow for {len(columns[0])} rows")

    # DuckDB counts the parameters by name.
    names = (f"column_{number}" for number in range(count))
    positional = inspect.Parameter.POSITIONAL_ONLY
    told.__signature__ = inspect.Signature([inspect.Parameter(name, positional) for name in names])  # type: ignore[attr-defined]
    return told
