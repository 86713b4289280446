"""Numbers as people write them, and units of measure."""

from __future__ import annotations

import re
from fractions import Fraction

from kg.mapping.functions.signature import DECIMAL, Argument, Result, quoted
from kg.rdf.units import Unit, load_units


def written_number(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of the number in a text with a decimal and a thousands separator, which are constants.

    Groups are of three digits (of two before the last, as in India), so that 1.5 is not taken for 15; for a space, every kind of space will do.
    """
    value, point, group = arguments[0].sql, arguments[1].constant or ".", arguments[2].constant or ""
    thousands = r"[ \x{A0}\x{2009}\x{202F}]" if group.isspace() else re.escape(group)
    whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{thousands}[0-9]{{2,3}})*{thousands}[0-9]{{3}})" if group else "[0-9]+"
    decimal = re.escape(point)
    form = rf"^[+-]?(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?$"
    bare = f"regexp_replace(kg_fn_trim({value}), {quoted(thousands)}, '', 'g')" if group else f"kg_fn_trim({value})"
    plain = f"replace({bare}, {quoted(point)}, '.')"
    return Result(
        f"CASE WHEN regexp_matches(kg_fn_trim({value}), {quoted(form)}) THEN kg_fn_decimal({plain}) END", DECIMAL
    )


def separator_fault(text: str) -> str | None:
    """Return what is wrong with a separator in numbers."""
    return None if len(text) <= 1 and not text.isalnum() and text not in "+-" else f"{text!r} does not separate digits"


def unit_fault(word: str) -> str | None:
    """Return what is wrong with a unit."""
    unit = find_unit(word)
    if unit is None:
        return f"the unit {word!r} is not known"
    return None if unit.factor is not None else f"the unit {word!r} cannot be converted"


def find_unit(word: str) -> Unit | None:
    """Return the unit that a word, a label or a QUDT IRI means."""
    units = load_units()
    return units.get(word) or next((unit for unit in units.values() if word in (unit.label, unit.iri)), None)


def converted(arguments: tuple[Argument, ...]) -> Result:
    """Return the SQL of a value in another unit; the arguments are the value, the unit that it is in, and the one that is wanted, a constant."""
    value, source, target = arguments
    wanted = find_unit(target.constant or "")
    if source.constant is not None:
        return Result(_converted(value.sql, find_unit(source.constant), wanted), DECIMAL)
    branches = " ".join(
        f"WHEN {quoted(word)} THEN {_converted(value.sql, unit, wanted)}"
        for unit in load_units().values()
        if wanted is not None and unit.factor is not None and unit.base == wanted.base
        for word in dict.fromkeys(name for name in (unit.word, unit.label, unit.iri) if name)
    )
    return Result(f"CASE {source.sql} {branches} END" if branches else "CAST(NULL AS VARCHAR)", DECIMAL)


def conversion_fault(arguments: tuple[Argument, ...]) -> str | None:
    """Return why a unit cannot become the other one: they are of different kinds."""
    source, target = arguments[1].constant, arguments[2].constant
    if source is None or target is None:
        return None
    one, other = find_unit(source), find_unit(target)
    if one is None or other is None or one.base == other.base:
        return None
    return f"{source} is measured in {one.base}, {target} in {other.base}: one cannot become the other"


def _converted(value: str, source: Unit | None, target: Unit | None) -> str:
    """Return the SQL of a value times the factor between two units: exact for whole numbers, else to 15 significant digits."""
    if source is None or target is None or source.factor is None or target.factor is None:
        return "CAST(NULL AS VARCHAR)"
    factor = Fraction(source.factor) / Fraction(target.factor)
    if factor == 1:
        return f"kg_fn_decimal({value})"
    rounded = (
        f"kg_decimal(kg_fn_real({value}) * CAST({factor.numerator} AS DOUBLE) / CAST({factor.denominator} AS DOUBLE))"
    )
    if factor.denominator != 1:
        return rounded
    room = 37 - len(str(factor.numerator))
    whole = f"TRY_CAST(kg_fn_decimal({value}) AS DECIMAL({room},0))"
    exact = f"CAST(CAST({whole} AS DECIMAL(38,0)) * CAST({factor.numerator} AS DECIMAL(38,0)) AS VARCHAR)"
    return f"CASE WHEN NOT regexp_matches(kg_fn_decimal({value}), '[.]') AND {whole} IS NOT NULL THEN {exact} ELSE {rounded} END"
