"""Functions that users write in Python: they take Arrow arrays, one element a row, and give one of the same length."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from kg.errors import MappingError
from kg.mapping.functions.registry import FUNCTIONS, by_iri
from kg.mapping.functions.signature import Argument, Function, Functions, Output, Parameter

# What takes and gives pyarrow arrays.
Vectorised: TypeAlias = Callable[..., Any]
_MARK = "_kg_function"
_RESULT = "https://kg.example/functions#result"


@dataclass(frozen=True, slots=True)
class Calls:
    """The Build of a user's function: calls the Arrow function `name` of the session, which runs `run` with the tuple of columns."""

    name: str
    run: Callable[[tuple[Any, ...]], Any]
    listed: bool

    def __call__(self, arguments: tuple[Argument, ...]) -> str:
        """Return the SQL of a call."""
        # Every argument is a VARCHAR, even one that is missing; a column of them tells the number of rows.
        sql = ", ".join(f"CAST({argument.sql} AS VARCHAR)" for argument in arguments or (Argument("NULL"),))
        return f"{self.name}({sql})"


def function(
    iri: str,
    parameters: Mapping[str, str] | None = None,
    output: str = _RESULT,
    *,
    datatype: str | None = None,
    many: bool = False,
) -> Callable[[Vectorised], Vectorised]:
    """Make a Python function one that mappings can call by its IRI.

    `parameters` are the IRIs of its parameters by their names in Python, where a name with a default value is not required; `output` is the IRI of
    its result, `datatype` the datatype, and `many` says that the result is an array of lists.
    """

    def mark(run: Vectorised) -> Vectorised:
        setattr(run, _MARK, user_function(iri, run, parameters, output, datatype=datatype, many=many))
        return run

    return mark


def user_function(
    iri: str,
    run: Vectorised,
    parameters: Mapping[str, str] | None = None,
    output: str = _RESULT,
    *,
    datatype: str | None = None,
    many: bool = False,
) -> Function:
    """Return the function of mappings that a Python function is."""
    import inspect

    signature = inspect.signature(run).parameters
    named = dict(parameters or {})
    unknown = [name for name in named if name not in signature]
    missing = [name for name, each in signature.items() if name not in named and each.default is each.empty]
    if unknown or missing:
        what = f"has no parameter {unknown[0]!r}" if unknown else f"has the parameter {missing[0]!r}, which has no IRI"
        raise MappingError(
            "KG245", f"the function {run.__name__} for <{iri}> {what}", advice="name each parameter in `parameters`"
        )
    taken = tuple(
        Parameter(named[name], required=signature[name].default is signature[name].empty)
        for name in signature
        if name in named
    )
    name = "kg_user_" + hashlib.sha256(iri.encode()).hexdigest()[:16]
    comment = (inspect.getdoc(run) or "").split("\n\n")[0]
    names = tuple(name for name in signature if name in named)
    return Function(
        iri, run.__name__, comment, taken, Output(output, datatype, many), Calls(name, _Keyed(run, names), many)
    )


@dataclass(frozen=True, slots=True)
class _Keyed:
    """Calls a function by the names of its parameters, so that their order is free; the one result of one without parameters is that of all rows."""

    run: Vectorised
    names: tuple[str, ...]

    def __call__(self, columns: tuple[Any, ...]) -> Any:
        if not self.names:
            return self.run().take([0] * len(columns[0]))
        return self.run(**dict(zip(self.names, columns, strict=True)))


def load_functions(path: Path, functions: Functions = FUNCTIONS) -> Functions:
    """Return the functions with those that a Python file defines with `function`; the file is run, so name only one that you trust."""
    spec = importlib.util.spec_from_file_location(f"kg_functions_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise MappingError(
            "KG245", "the functions are in no Python file", where=str(path), advice="name a file that ends in .py"
        )
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except MappingError as error:
        raise MappingError(error.code, error.what, where=str(path), advice=error.advice) from error
    except Exception as error:
        raise MappingError(
            "KG245",
            f"the functions cannot be loaded: {type(error).__name__}: {error}",
            where=str(path),
            advice="correct the file",
        ) from error
    found = [mark for each in vars(module).values() if isinstance(mark := getattr(each, _MARK, None), Function)]
    if not found:
        raise MappingError(
            "KG245",
            "the file has no function for mappings",
            where=str(path),
            advice="put @kg.mapping.functions.function(IRI, …) before one",
        )
    return by_iri((*functions.values(), *found))
