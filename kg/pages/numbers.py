"""Numbers and units as people write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

_DIGITS = 4
# So few digits are read at a glance: a price or a coordinate is not rounded.
_READ = 6
# From here on digits no longer help, and a power of ten does.
_LARGE = Decimal(10) ** 15
_SMALL = Decimal(10) ** -4
# From here on what stands after the point tells nobody anything.
_WHOLE = 1000
_NAMED = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"))
# Units as they are written after a number, by our words and by the names of QUDT.
_SIGNS = {
    "1": "",
    "UNITLESS": "",
    "NUM": "",
    "SEC": "s",
    "MIN": "min",
    "HR": "h",
    "hour": "h",
    "DAY": "days",
    "WK": "weeks",
    "YR": "years",
    "MO_MeanGREGORIAN": "months",
    "GigaBYTE": "GB",
    "TeraBYTE": "TB",
    "PetaBYTE": "PB",
    "KiloW": "kW",
    "MegaW": "MW",
    "KiloW-HR": "kWh",
    "MegaW-HR": "MWh",
    "GigaW-HR": "GWh",
    "TONNE": "t",
    "tonne": "t",
    "FLOPS": "FLOP/s",
    "FRAME-PER-SEC": "frames/s",
    "FRAME": "frames",
    "PIXEL_COUNT": "pixels",
    "PERCENT": "%",
    "KiloGM": "kg",
    "GM": "g",
    "M": "m",
    "KiloM": "km",
    "DEG_C": "°C",
    "K": "K",
}
# Units that take the prefixes of the SI.
_SI_UNITS = ("FLOP/s", "W", "B", "OP/s")
_SI = ((18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k"))
_COUNTED = re.compile(r"[a-z][a-z -]*[a-z]")


class Number(NamedTuple):
    """A number for people: `70.4 B`, or `1.42` with the exponent 24; `exact` has all digits in groups, and is empty where nothing was rounded away."""

    text: str
    exponent: int | None = None
    exact: str = ""

    def __str__(self) -> str:
        return self.text if self.exponent is None else f"{self.text}×10^{self.exponent}"


def number(lexical: str) -> Number | None:
    """Return a number of any numeric datatype for people; None for what is no number (`NaN`, `INF`, a text)."""
    try:
        value = Decimal(lexical.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 400:
        return None
    size = abs(value)
    if value == 0:
        return Number("0")
    if size >= _LARGE or size < _SMALL:
        rounded = _rounded(value)
        exponent = rounded.adjusted()
        return Number(_plain(rounded.scaleb(-exponent)), exponent, _grouped(value))
    near = _rounded(value)
    if size >= _NAMED[-1][0]:
        # By the rounded number: 999.96 million is called a billion.
        unit, name = next(each for each in _NAMED if abs(near) >= each[0])
        return Number(f"{_plain(near / unit)} {name}", None, _grouped(value))
    if value == value.to_integral_value() or len(value.normalize().as_tuple().digits) <= _READ:
        shown = value
    else:
        shown = near if size < _WHOLE else round(value, 0)
    return Number(_grouped(shown), None, "" if shown == value else _grouped(value))


@lru_cache(4096)
def measured(lexical: str, unit: str) -> tuple[Number | None, str]:
    """Return a number and the sign of its unit for people, with a prefix of the SI where the unit takes one: 3.2e14 FLOP/s as `320`, `TFLOP/s`."""
    shown = number(lexical)
    if shown is None or unit not in _SI_UNITS or not (shown.exact or "," in shown.text):
        return shown, unit
    value = Decimal(lexical.strip())
    for power, prefix in _SI:
        scaled = value.scaleb(-power)
        if 1 <= abs(scaled) < _WHOLE * 10:
            return Number(_grouped(_rounded(scaled)), None, _grouped(value)), prefix + unit
    return shown, unit


def sign(unit: str, value: str = "") -> str:
    """Return how a unit is written after a number; a word in the plural unless the number is 1."""
    known = _SIGNS.get(unit)
    if known is not None:
        return known
    if _COUNTED.fullmatch(unit) and not unit.endswith("s") and value != "1":
        return unit + "s"
    return unit


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(value.adjusted() - _DIGITS + 1)) if value else value


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grouped(value: Decimal) -> str:
    """Return all digits, in groups of three from five digits on: a year stays a year."""
    text = _plain(value)
    whole, point, rest = text.lstrip("-").partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}"
    return f"{'-' if text.startswith('-') else ''}{whole}{point}{rest}".replace("-", "−", 1)
