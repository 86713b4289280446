"""Dates in other forms: patterns of letters, as Java and Unicode (LDML) write them, to SQL that gives XSD's form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.mapping.functions.signature import DATE, DATE_TIME, Argument, Result, quoted

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE, _SECOND, _FRACTION, _HALF, _MONTH_NAME = (
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "fraction",
    "half",
    "month name",
)
_TIMES = (_HOUR, _MINUTE, _SECOND, _FRACTION, _HALF)
_RUN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'")
# The letter, and what it stands for; how often it is repeated says how many digits there are.
_LETTERS = {
    "y": _YEAR,
    "u": _YEAR,
    "M": _MONTH,
    "L": _MONTH,
    "d": _DAY,
    "H": _HOUR,
    "h": _HOUR,
    "m": _MINUTE,
    "s": _SECOND,
    "S": _FRACTION,
    "a": _HALF,
}
_LETTERS_SHOWN = "y M d H h m s S a E"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern as a regular expression with a group for each of `fields`; `clock` is 12 where hours are counted to noon."""

    expression: str
    fields: tuple[str, ...]
    clock: int

    @property
    def has_time(self) -> bool:
        return any(field in _TIMES for field in self.fields)


def date_fault(pattern: str) -> str | None:
    """Return what is wrong with a pattern."""
    try:
        _read(pattern)
    except ValueError as error:
        return str(error)
    return None


def parsed_date(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of an xsd:date, or an xsd:dateTime where the pattern has a time; the arguments are the value and the pattern."""
    pattern = _pattern_of(arguments)
    return _date_time(arguments[0].sql, pattern) if pattern.has_time else _date(arguments[0].sql, pattern)


def parsed_day(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of an xsd:date; a time in the pattern is left out."""
    return _date(arguments[0].sql, _pattern_of(arguments))


def parsed_moment(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of an xsd:dateTime; without a time it is midnight."""
    return _date_time(arguments[0].sql, _pattern_of(arguments))


def _pattern_of(arguments: tuple[Argument, ...]) -> _Pattern:
    if arguments[1].constant is None:
        raise ValueError("a pattern of dates is a constant")
    return _read(arguments[1].constant)


def _date(value: str, pattern: _Pattern) -> Result:
    return Result(f"kg_fn_date_of({_day(value, pattern)})", DATE)


def _date_time(value: str, pattern: _Pattern) -> Result:
    day = _day(value, pattern)
    if _HOUR not in pattern.fields:
        return Result(f"kg_fn_date_of({day}) || 'T00:00:00'", DATE_TIME)
    hour = f"TRY_CAST({_group(value, pattern, _HOUR)} AS INTEGER)"
    ok = f"{hour} BETWEEN 0 AND 23"
    if pattern.clock == 12:
        ok = f"{hour} BETWEEN 1 AND 12"
        afternoon = f"lower({_group(value, pattern, _HALF)}) = 'pm'"
        hour = f"({hour} % 12 + CASE WHEN {afternoon} THEN 12 ELSE 0 END)"
    minute, second = (_two(value, pattern, field) for field in (_MINUTE, _SECOND))
    text = f"{day} || 'T' || lpad(CAST({hour} AS VARCHAR), 2, '0') || ':' || {minute} || ':' || {second}"
    if _FRACTION in pattern.fields:
        text += f" || '.' || {_group(value, pattern, _FRACTION)}"
    return Result(f"kg_fn_time_of({text}, {ok} AND {minute} < '60' AND {second} < '60')", DATE_TIME)


def _day(value: str, pattern: _Pattern) -> str:
    """Return the SQL of a date's text; NULL where the value is not as the pattern has it."""
    year = _group(value, pattern, _YEAR)
    if _MONTH_NAME in pattern.fields:
        name = f"lower(substring({_group(value, pattern, _MONTH_NAME)}, 1, 3))"
        branches = " ".join(
            f"WHEN {quoted(month[:3].lower())} THEN '{number:02}'" for number, month in enumerate(_MONTHS, 1)
        )
        month = f"CASE {name} {branches} END"
    else:
        month = _two(value, pattern, _MONTH, missing="01")
    # Years of two digits are those from 2000 on, as java.time has it.
    year = f"CASE WHEN length({year}) = 2 THEN '20' || {year} ELSE {year} END"
    return f"nullif({year}, '') || '-' || {month} || '-' || {_two(value, pattern, _DAY, missing='01')}"


def _two(value: str, pattern: _Pattern, field: str, missing: str = "00") -> str:
    """Return the SQL of a field's two digits."""
    return f"lpad({_group(value, pattern, field)}, 2, '0')" if field in pattern.fields else quoted(missing)


def _group(value: str, pattern: _Pattern, field: str) -> str:
    return f"regexp_extract({value}, {quoted(pattern.expression)}, {pattern.fields.index(field) + 1})"


@cache
def _read(pattern: str) -> _Pattern:
    """Return a pattern, read; ValueError says what is wrong with it."""
    expression, clock = "^", 24
    fields: list[str] = []
    for letter, text in _runs(pattern):
        field = _LETTERS.get(letter)
        if letter == "E":
            expression += f"(?:{_either(_DAYS)})"
        elif field is None:
            expression += re.escape(text)
        else:
            clock = 12 if letter == "h" else clock
            fields.append(_MONTH_NAME if field == _MONTH and len(text) > 2 else field)
            expression += f"({_digits(fields[-1], len(text))})"
    if wrong := _fault(set(fields), len(fields), clock):
        raise ValueError(f"the pattern {pattern!r} {wrong}")
    return _Pattern(expression + "$", tuple(fields), clock)


def _fault(fields: set[str], count: int, clock: int) -> str | None:
    """Return what is wrong with the fields of a pattern."""
    months = {_MONTH, _MONTH_NAME} & fields
    faults = {
        "has no year (`yyyy`)": _YEAR not in fields,
        "has a day without a month (`MM`)": _DAY in fields and not months,
        "has a field twice": len(fields) < count or len(months) == 2,
        "counts hours to 12 (`h`) without telling the half of the day (`a`)": clock == 12 and _HALF not in fields,
        "has a time without an hour (`HH`)": bool(set(_TIMES) & fields) and _HOUR not in fields,
        "has a half of the day (`a`) beside hours to 24 (`H`)": clock == 24 and _HALF in fields,
        "has seconds without minutes (`mm`)": bool({_SECOND, _FRACTION} & fields) and _MINUTE not in fields,
        "has a fraction without seconds (`ss`)": _FRACTION in fields and _SECOND not in fields,
    }
    return next((fault for fault, is_so in faults.items() if is_so), None)


def _runs(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the letter of each field with its run, and texts with the letter "": letters in quotes are a text."""
    for match in _RUN.finditer(pattern):
        literal, letter = match.groups()
        if letter and letter not in _LETTERS and letter != "E":
            raise ValueError(
                f"the pattern {pattern!r} has the letter {letter!r}, where {_LETTERS_SHOWN} are known; a text goes in quotes ('T')"
            )
        if match.group() == "'":
            raise ValueError(f"the pattern {pattern!r} has a quote that is not closed")
        yield letter or "", match.group() if literal is None else literal.replace("''", "'") or "'"


def _digits(field: str, count: int) -> str:
    if field == _MONTH_NAME:
        return _either(_MONTHS)
    if field == _HALF:
        return "(?i:am|pm)"
    if field == _YEAR:
        return "[0-9]{2}" if count == 2 else "[0-9]{4}"
    if field == _FRACTION:
        return "[0-9]+"
    return "[0-9]{1,2}" if count == 1 else "[0-9]{2}"


def _either(names: tuple[str, ...]) -> str:
    """Return an expression for English names, whole or of three letters, in any case."""
    return "(?i:" + "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in names) + ")"
