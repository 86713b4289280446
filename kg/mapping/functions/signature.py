"""What a function of mappings is: its IRIs, its parameters, its output, and how a call of it becomes SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.rdf.namespaces import XSD

STRING, BOOLEAN, INTEGER, DECIMAL, DATE, DATE_TIME = (
    XSD + name for name in ("string", "boolean", "integer", "decimal", "date", "dateTime")
)


@dataclass(frozen=True, slots=True)
class Result:
    """SQL of a value in DuckDB's dialect: a VARCHAR, or a VARCHAR[] with `many`; `datatype` is its natural datatype (None: plain text)."""

    sql: str
    datatype: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """SQL of what a parameter is given; `constant` is its text where the mapping holds it."""

    sql: str
    constant: str | None = None


# What is wrong, in words; None where nothing is.
Fault: TypeAlias = "str | None"
# Makes the SQL of a call from the arguments, in the order of the parameters; one that is not given is NULL.
Build: TypeAlias = Callable[[tuple[Argument, ...]], "str | Result"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes, known by its IRI or one of `also`.

    With `listed` it takes all values that are given for it, as a list; else the function is called for each. `check` says what is wrong with a
    constant (None: nothing).
    """

    iri: str
    datatype: str = STRING
    required: bool = True
    default: str | None = None
    listed: bool = False
    constant: bool = False  # only a constant of the mapping will do
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    check: Callable[[str], Fault] | None = None

    @property
    def name(self) -> str:
        """The part of the IRI that tells parameters apart for people."""
        return local_name(self.iri)


@dataclass(frozen=True, slots=True)
class Output:
    """What a function gives: `datatype` is natural (None: plain text), or that which the arguments named by `of` share."""

    iri: str
    datatype: str | None = None
    listed: bool = False
    of: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function of mappings; `also` are other IRIs under which mappings know it, and `check` says what is wrong with constants taken together."""

    iri: str
    label: str
    comment: str
    parameters: tuple[Parameter, ...]
    output: Output
    build: Build = field(compare=False)
    also: tuple[str, ...] = ()
    check: Callable[[tuple[Argument, ...]], Fault] | None = field(default=None, compare=False)

    def parameter(self, iri: str) -> Parameter | None:
        """Return the parameter that an IRI means."""
        return next((each for each in self.parameters if iri == each.iri or iri in each.also), None)


# Functions by IRI, each under all of its own.
Functions: TypeAlias = Mapping[str, Function]


def local_name(iri: str) -> str:
    """Return what follows the last `#` or `/`."""
    return re.split("[#/]", iri)[-1]


def macro(name: str) -> Callable[[tuple[Argument, ...]], str]:
    """Return what calls an SQL function or macro with the arguments in order."""

    def build(arguments: tuple[Argument, ...]) -> str:
        return f"{name}({', '.join(argument.sql for argument in arguments)})"

    return build


def joined(arguments: tuple[Argument, ...]) -> str:
    """Return the SQL of a list's values, those that there are, with a separator between them."""
    values, separator = arguments
    name = "kg_fn_join" if separator.constant is not None else "kg_fn_join_by"
    return f"{name}({values.sql}, {separator.sql})"


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
