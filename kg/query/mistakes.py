"""Tells what people often take for SPARQL, from the token that cannot stand where it does and those around it."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]\w*")
_TERM = re.compile(r"""[?$]\w|<.|["'\d\[\]]|[\w.-]*:|(?:true|false)$""")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ESCAPE = re.compile(r"""\\(?![tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})""")
# So much of a token is told.
_SHOWN = 50
_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u0060\u00b4"
_KEYWORDS = frozenset(
    (
        *("ASK", "BASE", "BIND", "BY", "CONSTRUCT", "DATA", "DELETE", "DESCRIBE", "DISTINCT", "EXISTS"),
        *("FILTER", "FROM", "GRAPH", "IN", "INSERT", "INTO", "MINUS", "NAMED", "NOT", "OPTIONAL"),
        *("PREFIX", "REDUCED", "SELECT", "SERVICE", "SILENT", "UNDEF", "USING", "VALUES", "WHERE", "WITH"),
    )
)
_SELECTS = ("SELECT", "DISTINCT", "REDUCED")
_COMPARISONS = ("=", "!=", ">", "<=", ">=", "&&", "||")
_ORDERED = "GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET stand in this order, behind the } of the pattern"
_VARIABLE = "a variable is written ?{0}, and any other name has a prefix or stands in < >"
_NAMED = "an expression in SELECT stands in parentheses and has a name, as in (COUNT(*) AS ?n)"
# What cannot stand there, and what SPARQL has instead.
_INSTEAD = {
    "LIKE": "SPARQL has no LIKE; CONTAINS, STRSTARTS and REGEX look into texts",
    "AND": "SPARQL has no AND; write && between conditions, and . between triples",
    "OR": "SPARQL has no OR; write || between conditions, and UNION between groups in braces",
    "NULL": "SPARQL has no NULL; BOUND(?x) tells whether a variable has a value",
    "BETWEEN": "SPARQL has no BETWEEN; write ?x >= 1 && ?x <= 9",
    "TOP": "SPARQL has no TOP; LIMIT stands at the end",
    "UNION": "UNION stands between two groups, within the braces of the pattern: { { ... } UNION { ... } }",
    "TRUE": "true is written in small letters",
    "FALSE": "false is written in small letters",
    "DESC": "DESC stands behind ORDER BY and before what it sorts by, which is in parentheses: DESC(?x)",
    "ASC": "ASC stands behind ORDER BY and before what it sorts by, which is in parentheses: ASC(?x)",
    **dict.fromkeys(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"), _ORDERED),
    "@PREFIX": "a query declares a prefix with PREFIX x: <...>, without @ and .",
    "<>": "unequal is written !=",
    ",": "commas stand between values of one property and between arguments; leave it out",
    "?": "a variable has a name, as ?x",
    "$": "a variable has a name, as ?x",
    **dict.fromkeys(_QUOTES, "a text stands in straight quotes, \" or '"),
}
# What stands behind a word.
_BEHIND = {
    "PREFIX": "a prefix ends with a colon, as in PREFIX x: <...>",
    "FILTER": "the condition of FILTER stands in parentheses: FILTER (...)",
    "HAVING": "the condition of HAVING stands in parentheses: HAVING (...)",
    "ORDER": "BY is missing behind ORDER",
    "GROUP": "BY is missing behind GROUP",
    "NOT": "NOT stands before IN and EXISTS alone; elsewhere it is written !",
    "LIMIT": "a whole number stands behind LIMIT",
    "OFFSET": "a whole number stands behind OFFSET",
    "DESC": _INSTEAD["DESC"],
    "ASC": _INSTEAD["ASC"],
}
_FUNCTIONS = {
    **dict.fromkeys(("LENGTH", "LEN"), "STRLEN"),
    **dict.fromkeys(("LOWER", "TOLOWER"), "LCASE"),
    **dict.fromkeys(("UPPER", "TOUPPER"), "UCASE"),
    **dict.fromkeys(("IFNULL", "NVL"), "COALESCE"),
    "ISNULL": "BOUND",
    "SUBSTRING": "SUBSTR",
    "AVERAGE": "AVG",
    "STARTSWITH": "STRSTARTS",
    "ENDSWITH": "STRENDS",
    "MATCHES": "REGEX",
}


class Spot(NamedTuple):
    """The token `here` cannot stand where it does (the end is none); those `before`, `earlier` and `after`, and whether it is `glued` to the one before.

    `inside` is the bracket that is open there, `opener` the token before that, `clause` the last keyword of a clause, or brace, and `missing` the one sign that is wanted.
    """

    here: str
    before: str
    earlier: str
    after: str
    glued: bool
    inside: str
    opener: str
    clause: str
    missing: str


def shown(token: str) -> str:
    """Return so much of a token as tells which it is; of a sign that cannot be seen, its name."""
    if len(token) == 1 and not " " < token < "\x7f" and not token.isalnum():
        return f"U+{ord(token):04X} {unicodedata.name(token, '')}".strip()
    return "".join(sign if sign.isprintable() else " " for sign in token[:_SHOWN])


def mistake(spot: Spot) -> str:
    """Return what is wrong, where it is what many people write; nothing else."""
    return _signs(spot) or _function(spot) or _selected(spot) or _instead(spot) or _missing(spot) or _pattern(spot)


def _signs(spot: Spot) -> str:
    here, before = spot.here, spot.before
    if before == "=" and here in ("=", ">") and spot.glued:
        return "equal is written =" if here == "=" else "greater or equal is written >="
    if here in ("&", "|") and spot.inside == "(":
        return f"{'and' if here == '&' else 'or'} is written {here * 2}"
    if here == "/" and "/" in (before, spot.after):
        return "a comment begins with #"
    if here == "," and spot.clause == "LIMIT":
        return "LIMIT has one number; OFFSET tells how many rows are passed over"
    if here == "^" and before[:1] in ("'", '"'):
        return "a datatype stands behind ^^"
    if _DATE.fullmatch(here):
        return 'a date is written "2024-01-31"^^xsd:date'
    if spot.glued and "-" in (here, before) and (before if here == "-" else spot.earlier)[:1] in ("?", "$"):
        return "a variable has no - in its name"
    if spot.glued and before[:1] in ("'", '"') and _WORD.match(here):
        return f"the text ends before {shown(here)}; within it, {before[0]} is written \\{before[0]}"
    if here[:1] in ("'", '"') and _ESCAPE.search(here):
        return "a \\ in a text begins an escape, as \\n does; by itself it is written \\\\"
    return ""


def _function(spot: Spot) -> str:
    """Unknown functions: a known one is refused no earlier than at its arguments."""
    valued = spot.inside == "(" or spot.before.upper() in ("FILTER", "HAVING", "BY")
    if not (spot.after == "(" and valued and _WORD.fullmatch(spot.here)) or spot.here.upper() in _INSTEAD:
        return ""
    name = _FUNCTIONS.get(spot.here.upper(), "")
    return f"{shown(spot.here)} is no function that can stand here" + (f"; SPARQL has {name}" if name else "")


def _selected(spot: Spot) -> str:
    here = spot.here
    if spot.opener.upper() == "BIND" and here == ")":
        return "BIND gives a value a name, as in BIND (?x + 1 AS ?y)"
    if spot.clause != "SELECT" or here.upper() in ("TOP", ","):
        return ""
    if spot.inside == "(":
        whole = here in (")", "") or here[0] in "?$"
        return _NAMED if whole and (spot.opener.upper() in _SELECTS or not _WORD.match(spot.opener)) else ""
    if here == "{":
        return "SELECT names variables before the {, or * for all of them"
    if spot.after == "(" or here.upper() == "AS":
        return _NAMED
    return f"{_VARIABLE.format(shown(here))}; WHERE {{ begins the pattern" if _WORD.fullmatch(here) else ""


def _instead(spot: Spot) -> str:
    word = "NULL" if spot.here.upper() == "IS" and spot.after.upper() in ("NULL", "NOT") else spot.here.upper()
    return _INSTEAD.get(word) or _BEHIND.get(spot.before.upper()) or ""


def _missing(spot: Spot) -> str:
    if not spot.missing:
        return ""
    return f"{spot.missing} is missing {'before ' + shown(spot.here) if spot.here else 'at the end'}"


def _pattern(spot: Spot) -> str:
    here, before = spot.here, spot.before
    behind = bool(_TERM.match(before)) and before != "["
    if here == "}" and (behind or before == ","):
        return "something is missing before }: a triple has a subject, a property and a value"
    if here == ")" and (behind or before == ")") and _WORD.fullmatch(spot.opener):
        return f"{shown(spot.opener)} has too few arguments"
    if _WORD.fullmatch(here) and not behind and spot.after != "(" and here.upper() not in _KEYWORDS:
        return f"{shown(here)} cannot stand here: {_VARIABLE.format(shown(here))}"
    if here in _COMPARISONS and spot.inside != "(":
        return "a condition stands in parentheses, as in FILTER (?x > 3)"
    if not behind or not _TERM.match(here) or here == "]":
        return ""
    if spot.inside == "(":
        return f"a comma or an operator is missing between {shown(before)} and {shown(here)}"
    if spot.inside not in ("{", "[") or spot.clause not in ("{", "}"):
        return ""
    return f"{shown(here)} cannot follow {shown(before)}: a triple has a subject, a property and a value, and a . stands before the next"
