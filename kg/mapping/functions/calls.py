"""Calls of functions: whether they are right, and what they are in SQL."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from kg.errors import MappingError
from kg.mapping.functions.registry import FUNCTIONS, REFUSED
from kg.mapping.functions.signature import Argument, Fault, Function, Functions, Parameter, Result, local_name, quoted
from kg.mapping.rules import Call, Constant, Expression


def function_sql(call: Call, inputs: Mapping[str, str] | Sequence[Result], functions: Functions = FUNCTIONS) -> Result:
    """Return the SQL of a call that is right, from that of its inputs: in the order of `call.inputs`, or by parameter where each is one text.

    Where an input has several values and its parameter takes one, the function is called for each, or each combination.
    """
    function = functions[call.function]
    if isinstance(inputs, Mapping):
        inputs = [Result(inputs[iri]) for iri, _ in call.inputs]
    given = list(zip(call.inputs, inputs, strict=True))
    arguments: list[Argument] = []
    several: list[int] = []
    for position, parameter in enumerate(function.parameters):
        mine = [(expression, result) for (iri, expression), result in given if function.parameter(iri) == parameter]
        if parameter.listed:
            arguments.append(Argument(_list([result for _, result in mine])))
        elif not mine:
            arguments.append(_default(parameter))
        else:
            expression, result = mine[0]
            arguments.append(Argument(result.sql, _constant(expression)))
            if result.many:
                several.append(position)
    made = _built(function, arguments)
    sql = _for_each(arguments, several, lambda each: _built(function, each).sql, listed=made.many)
    shared = {
        result.datatype
        for (iri, _), result in given
        if (found := function.parameter(iri)) and found.name in function.output.of
    }
    datatype = shared.pop() if len(shared) == 1 else made.datatype
    return Result(sql, datatype, made.many or bool(several))


def check_call(call: Call, functions: Functions = FUNCTIONS) -> None:
    """Raise a MappingError where a call, or one in its inputs, is wrong: function, parameter, output, missing or unfit input."""
    for _, expression in call.inputs:
        if isinstance(expression, Call):
            check_call(expression, functions)
    function = _known(call, functions)
    for iri, expression in call.inputs:
        parameter = function.parameter(iri)
        if parameter is None:
            names = [each for parameter in function.parameters for each in (parameter.iri, *parameter.also)]
            takes = ", ".join(parameter.name for parameter in function.parameters) or "no parameters"
            raise _error(
                call, "KG241", f"{function.label} has no parameter <{iri}>", f"{_meant(iri, names)}it takes {takes}"
            )
        if fault := _input_fault(parameter, expression):
            raise _error(call, "KG243", f"{parameter.name} of {function.label} is wrong: {fault}", "correct the input")
    _check_given(call, function)
    if call.output is not None and call.output not in (function.output.iri, *function.output.also):
        names = [function.output.iri, *function.output.also]
        raise _error(
            call,
            "KG244",
            f"{function.label} does not return <{call.output}>",
            f"{_meant(call.output, names)}it returns {local_name(function.output.iri)}",
        )


def _known(call: Call, functions: Functions) -> Function:
    if call.function in functions:
        return functions[call.function]
    if reason := REFUSED.get(call.function):
        raise _error(
            call,
            "KG240",
            f"the function {local_name(call.function)} is not offered: {reason}",
            "leave it out, or write your own and name its file with --functions",
        )
    raise _error(
        call,
        "KG240",
        f"the function <{call.function}> is not known",
        f"{_meant(call.function, list(functions))}write your own and name its file with --functions",
    )


def _check_given(call: Call, function: Function) -> None:
    """Raise an error where a parameter is missing or given twice, or constants do not go together."""
    arguments = []
    for parameter in function.parameters:
        mine = [expression for iri, expression in call.inputs if function.parameter(iri) == parameter]
        if parameter.required and not mine:
            raise _error(
                call,
                "KG242",
                f"{function.label} lacks its parameter {parameter.name}",
                f"add an input with <{parameter.iri}>",
            )
        if len(mine) > 1 and not parameter.listed:
            raise _error(call, "KG242", f"{function.label} is given {parameter.name} {len(mine)} times", "give it once")
        arguments.append(_default(parameter) if not mine else Argument("", _constant(mine[0])))
    if function.check and (fault := function.check(tuple(arguments))):
        raise _error(call, "KG243", f"{function.label} cannot be called so: {fault}", "correct the inputs")


def _input_fault(parameter: Parameter, expression: Expression) -> Fault:
    if not isinstance(expression, Constant):
        return "it has to be a constant (rml:inputValue)" if parameter.constant else None
    if parameter.choices and expression.value not in parameter.choices:
        return f"{expression.value!r} is none of {', '.join(parameter.choices)}"
    return parameter.check(expression.value) if parameter.check else None


def _meant(iri: str, known: Sequence[str]) -> str:
    """Return "did you mean …? " for the most similar IRI, or nothing."""
    names = difflib.get_close_matches(
        local_name(iri).lower(), {local_name(each).lower() for each in known}, cutoff=0.75
    )
    close = difflib.get_close_matches(iri, [each for each in known if local_name(each).lower() in names], n=1, cutoff=0)
    return f"did you mean <{close[0]}>? Else " if close else ""


def _error(call: Call, code: str, what: str, advice: str) -> MappingError:
    return MappingError(code, what, where=str(call.place), advice=advice)


def _built(function: Function, arguments: Sequence[Argument]) -> Result:
    made = function.build(tuple(arguments))
    if isinstance(made, str):
        made = Result(made, function.output.datatype)
    return replace(made, many=function.output.listed)


def _constant(expression: Expression) -> str | None:
    return expression.value if isinstance(expression, Constant) else None


def _default(parameter: Parameter) -> Argument:
    if parameter.default is None:
        return Argument("NULL")
    return Argument(quoted(parameter.default), parameter.default)


def _list(results: Sequence[Result]) -> str:
    """Return the SQL of all values of some inputs."""
    if len(results) == 1 and results[0].many:
        return results[0].sql
    if all(not result.many for result in results):
        return f"CAST([{', '.join(result.sql for result in results)}] AS VARCHAR[])"
    lists = (result.sql if result.many else f"CAST([{result.sql}] AS VARCHAR[])" for result in results)
    return f"flatten([{', '.join(lists)}])"


def _for_each(
    arguments: list[Argument], several: list[int], build: Callable[[list[Argument]], str], *, listed: bool
) -> str:
    """Return the SQL of a list of what `build` makes for each combination of the values of those arguments that are lists."""
    names = _unused(arguments, len(several))
    pieces = list(arguments)
    for index, name in zip(several, names, strict=True):
        pieces[index] = Argument(name)
    sql = build(pieces)
    for depth, (index, name) in enumerate(reversed(list(zip(several, names, strict=True)))):
        sql = f"list_transform({arguments[index].sql}, lambda {name}: {sql})"
        sql = f"flatten({sql})" if listed or depth else sql
    return sql


def _unused(arguments: Sequence[Argument], count: int) -> list[str]:
    """Return names of variables that are in none of the arguments."""
    names: Iterator[str] = (
        name for number in range(1_000_000) if not any((name := f"kg_v{number}") in each.sql for each in arguments)
    )
    return [next(names) for _ in range(count)]
