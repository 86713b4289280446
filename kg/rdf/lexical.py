"""The lexical spaces of XSD's datatypes (XSD 1.1 part 2), without white space around (RDF 1.1 Concepts, section 5.1), as SQL for DuckDB."""

from __future__ import annotations

import re
from typing import Final

from kg.rdf.namespaces import XSD

_SIGNED: Final = "[+-]?[0-9]+"
_DECIMAL: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DOUBLE: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_ZONE: Final = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
_YEAR: Final = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = "(0[1-9]|1[0-2])"
_DAY: Final = "(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_DATE: Final = f"{_YEAR}-{_MONTH}-{_DAY}"
_YEARS_MONTHS: Final = "[0-9]+Y([0-9]+M)?|[0-9]+M"
_HOURS: Final = r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"

# Datatype (local name) -> the regular expression of its lexical space; no form holds a character that a literal escapes.
FORMS: Final = {
    "integer": _SIGNED,
    "long": _SIGNED,
    "int": _SIGNED,
    "short": _SIGNED,
    "byte": _SIGNED,
    "unsignedLong": _SIGNED,
    "unsignedInt": _SIGNED,
    "unsignedShort": _SIGNED,
    "unsignedByte": _SIGNED,
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "nonPositiveInteger": r"-[0-9]+|\+?0+",
    "negativeInteger": "-0*[1-9][0-9]*",
    "decimal": _DECIMAL,
    "double": _DOUBLE,
    "float": _DOUBLE,
    "boolean": "true|false|0|1",
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE}",
    "date": f"{_DATE}{_ZONE}?",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "gMonthDay": f"--({_MONTH}-(0[1-9]|[12][0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31){_ZONE}?",
    "duration": f"-?P(({_YEARS_MONTHS})([0-9]+D)?({_HOURS})?|[0-9]+D({_HOURS})?|{_HOURS})",
    "yearMonthDuration": f"-?P({_YEARS_MONTHS})",
    "dayTimeDuration": f"-?P([0-9]+D({_HOURS})?|{_HOURS})",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": "(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}
_RANGES: Final = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_DAYS: Final = ("date", "dateTime", "dateTimeStamp")
_DAY_OF: Final = re.compile(r"(-?[0-9]+)-([0-9]+)-([0-9]+)")
# The same as the forms that repeat a group, without repeating any: Java's regular expressions need stack for each repetition. `{}` is the text.
_FLAT: Final = {
    "hexBinary": "regexp_full_match({}, '[0-9a-fA-F]*') AND length({}) % 2 = 0",
    "base64Binary": (
        "regexp_full_match(replace({}, ' ', ''), '[A-Za-z0-9+/]*([AEIMQUYcgkosw048]=|[AQgw]==)?') AND length(replace({}, ' ', '')) % 4 = 0"
        " AND NOT regexp_matches({}, '^ |  |= $')"
    ),
    "language": (
        "regexp_full_match({}, '[a-zA-Z]{1,8}(-[a-zA-Z0-9-]*)?') AND NOT regexp_matches({}, '--|-$|[a-zA-Z0-9]{9}')"
    ),
}


def is_form(datatype: str, form: str) -> str | None:
    """Return SQL that says whether the text `form` is in the lexical space of a datatype (an IRI); None where it has none that is known."""
    name = datatype.removeprefix(XSD)
    if name not in FORMS or not datatype.startswith(XSD):
        return None
    if name in _FLAT:
        return "(" + _FLAT[name].replace("{}", form) + ")"
    checks = [f"regexp_full_match({form}, '{FORMS[name]}')"]
    if name in _RANGES:
        least, most = _RANGES[name]
        checks.append(f"coalesce(TRY_CAST({form} AS DECIMAL(38, 0)) BETWEEN {least} AND {most}, false)")
    if name in _DAYS:
        checks.append(real_day(form))
    return " AND ".join(checks)


def fits(datatype: str, form: str) -> bool:
    """Return whether a text is in the lexical space of a datatype (an IRI), as `is_form` says of many; True where it has none that is known."""
    name = datatype.removeprefix(XSD)
    if name not in FORMS or not datatype.startswith(XSD):
        return True
    if not re.fullmatch(FORMS[name], form):
        return False
    if name in _RANGES:
        least, most = _RANGES[name]
        # A text of so many digits is told by its length: Python reads no number of thousands of them.
        digits = form.lstrip("+-").lstrip("0") or "0"
        return len(digits) <= len(str(most)) and least <= int(form[:1].strip("+0123456789") + digits) <= most
    day = _DAY_OF.match(form) if name in _DAYS else None
    if day is None:
        return True
    from calendar import monthrange

    year, month, number = day.groups()
    # Leap years come again every 400 years, so that the last digits tell them.
    return int(number) <= monthrange(2000 + int(year[-4:]) % 400, int(month))[1]


def real_day(form: str) -> str:
    """Return SQL that says whether the day of a lexical form `year-month-day…` is one of its month."""
    return f"TRY_CAST(regexp_extract({form}, '^-?[0-9]+-[0-9]+-[0-9]+') AS DATE) IS NOT NULL"
