"""Calculating with dates in XSD's form: parts, differences, and what is so much later."""

from __future__ import annotations

from kg.mapping.functions.signature import DATE, DATE_TIME, INTEGER, STRING, Argument, Result

_DAYS = "['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']"
# What mappings call the units, and DuckDB's word.
UNITS = {
    word: unit
    for unit, words in {
        "year": ("years", "year"),
        "month": ("months", "month"),
        "week": ("weeks", "week", "w"),
        "day": ("days", "day", "d"),
        "hour": ("hours", "hour", "h"),
        "minute": ("minutes", "minute", "min"),
        "second": ("seconds", "sec", "s"),
    }.items()
    for word in words
}
PARTS = (*(word for word, unit in UNITS.items() if unit != "week"), "weekday")


def date_part(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of a part of a date: a number, or the English name of the weekday."""
    moment, part = f"kg_fn_moment({arguments[0].sql})", arguments[1].constant or ""
    if part == "weekday":
        return Result(f"{_DAYS}[CAST(date_part('isodow', {moment}) AS INTEGER)]", STRING)
    return Result(f"CAST(date_part('{UNITS[part]}', {moment}) AS VARCHAR)", INTEGER)


def date_difference(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of how many whole units lie between two dates, whichever is the earlier."""
    one, other = (f"kg_fn_moment({argument.sql})" for argument in arguments[:2])
    return Result(f"CAST(abs(date_sub('{UNITS[arguments[2].constant or '']}', {one}, {other})) AS VARCHAR)", INTEGER)


def later_date(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of a date and so many units, in the form of the date; a time makes it an xsd:dateTime."""
    value, count, unit = arguments[0].sql, arguments[1].sql, UNITS[arguments[2].constant or ""]
    # Within 100,000 years nothing overflows.
    number = f"CASE WHEN abs(kg_fn_int({count})) <= 100000 THEN kg_fn_int({count}) END"
    made = f"kg_fn_inc({value}, kg_fn_moment({value}) + to_{unit}s({number}))"
    return Result(made, DATE if unit in ("year", "month", "week", "day") else DATE_TIME)
