"""Terms of RDF as SQL expressions for DuckDB: their parts, and whether a lexical form is well-formed.

All expressions take a term in canonical N-Triples syntax. The lexical spaces are those of XSD 1.1 part 2, without white
space around (RDF 1.1 Concepts, section 5.1).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kg.rdf.namespaces import RDF, XSD

if TYPE_CHECKING:
    import duckdb

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

# Datatype (local name) -> the regular expression of its lexical space.
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
INTEGERS: Final = tuple(
    name for name, form in FORMS.items() if name.lower().endswith(("integer", "long", "int", "short", "byte"))
)


def quoted(text: str) -> str:
    """Return an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def fill(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """Make a temporary table of rows; `columns` are its columns with their types. Lists as parameters take a tenth of the time of VALUES."""
    fields = [column.split() for column in columns.split(", ")]
    if rows:
        cells = ", ".join(f"unnest(${place}::{kind}[]) AS {field}" for place, (field, kind) in enumerate(fields, 1))
        lists = [list(column) for column in zip(*rows, strict=True)]
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", lists)
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")


def words(literal: str) -> str:
    """Return the lexical form of a literal, in Python."""
    # The escapes of a literal in canonical N-Triples are those of a string in JSON.
    form = literal.rpartition('"')[0]
    return str(json.loads(form + '"')) if "\\" in form else form[1:]


def mark(term: str) -> str:
    """Return SQL of what follows a literal's lexical form: '' (xsd:string), '@tag' or '^^<datatype>'."""
    return f"split_part({term}, '\"', -1)"


def lexical(term: str) -> str:
    """Return SQL of a literal's lexical form with its escapes left in: right for all datatypes but strings."""
    return f"substr({term}, 2, length({term}) - length({mark(term)}) - 2)"


def text(term: str) -> str:
    """Return SQL of SPARQL's STR(): the lexical form or the IRI, without escapes; NULL for a blank node."""
    # The escapes of a literal in canonical N-Triples are those of a string in JSON.
    literal = f"left({term}, length({term}) - length({mark(term)}))"
    unescaped = f"CASE WHEN contains({term}, '\\') THEN json_extract_string({literal}, '$') ELSE {lexical(term)} END"
    return f"CASE WHEN starts_with({term}, '\"') THEN {unescaped} WHEN starts_with({term}, '<') THEN substr({term}, 2, length({term}) - 2) END"


def language(term: str) -> str:
    """Return SQL of a literal's language tag in lower case; '' for any other term."""
    return f"CASE WHEN starts_with({term}, '\"') AND starts_with({mark(term)}, '@') THEN lower(substr({mark(term)}, 2)) ELSE '' END"


def well_formed(datatype: str, term: str, form: str, end: str) -> str:
    """Return SQL that says whether a term, with the lexical form and the mark in the given columns, is a well-formed literal of a datatype (an IRI)."""
    if datatype == f"{RDF}langString":
        return f"starts_with({end}, '@')"
    expected = "" if datatype == f"{XSD}string" else f"^^<{datatype}>"
    typed = f"starts_with({term}, '\"') AND {end} = {quoted(expected)}"
    name = datatype.removeprefix(XSD)
    if name not in FORMS or not datatype.startswith(XSD):
        return typed
    checks = [typed, f"regexp_full_match({form}, {quoted(FORMS[name])})"]
    if name in _RANGES:
        least, most = _RANGES[name]
        checks.append(f"coalesce(TRY_CAST({form} AS HUGEINT) BETWEEN {least}::HUGEINT AND {most}::HUGEINT, false)")
    if name in ("date", "dateTime", "dateTimeStamp"):
        checks.append(real_day(form))
    return " AND ".join(checks)


def real_day(form: str) -> str:
    """Return SQL that says whether the day of a lexical form `year-month-day…` is one of its month."""
    return f"TRY_CAST(regexp_extract({form}, '^-?[0-9]+-[0-9]+-[0-9]+') AS DATE) IS NOT NULL"
