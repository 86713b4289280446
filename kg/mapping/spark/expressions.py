"""Regular expressions of RE2, which DuckDB reads, as Java reads them, which Spark does."""

from __future__ import annotations

import re
from functools import cache

_SPACE = r"\t\n\f\r "
_PIECE = re.compile(
    r"""(?P<quoted>\\Q.*?(?:\\E|\Z))|(?P<property>\\[pP](?:\{\^?\w+\}|\w))|(?P<escape>\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|.))
    |(?P<posix>\[:\^?\w+:\])|(?P<named>\(\?P<)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class NotPortableError(ValueError):
    """An expression that Java reads otherwise and that cannot be put otherwise."""


def java_expression(pattern: str) -> str:
    """Return the expression that matches in Java what the pattern matches in RE2: of classes and anchors, each means the same characters."""
    made: list[str] = []
    in_class = fresh = False
    for match in _PIECE.finditer(pattern):
        kind, text = match.lastgroup, match.group()
        if kind == "posix" and in_class:
            raise NotPortableError(f"{text} in the regular expression {pattern!r}")
        if kind == "posix":
            raise NotPortableError(f"the regular expression {pattern!r}")
        if kind == "property":
            made.append(_property(text, in_class=in_class))
        elif kind == "escape":
            made.append(_escape(text, in_class=in_class))
        elif kind == "named":
            made.append("(?<")
        elif kind == "quoted":
            made.append(re.sub(r"([^\w\s])", r"\\\1", text[2:].removesuffix("\\E")))
        elif in_class:
            made.append("\\" + text if text in "[&" or (text == "]" and fresh) else text)
            if text == "]" and not fresh:
                in_class = False
        else:
            made.append({"$": r"\z", "^": r"\A", ".": r"[^\n]"}.get(text, text))
            in_class = text == "["
        # A `]` that opens a class is one of its characters.
        fresh = in_class and (made[-1] == "[" or (fresh and text == "^"))
    return "".join(made)


def java_replacement(text: str) -> str:
    """Return a replacement of RE2 (`\\1`) as Java's (`$1`)."""
    return re.sub(
        r"\\(\d)|\\\\|([\\$])",
        lambda match: f"${match[1]}" if match[1] else "\\\\" if match[2] is None else "\\" + match[2],
        text,
    )


def _escape(text: str, *, in_class: bool) -> str:
    letter = text[1]
    if letter == "s":
        return _SPACE if in_class else f"[{_SPACE}]"
    if letter == "S":
        if in_class:
            raise NotPortableError(r"\S in a class")
        return f"[^{_SPACE}]"
    if letter in "dDwWbBtnfrAzx" or not letter.isalnum():
        return text
    if letter in "va":
        return {"v": r"\x0b", "a": r"\x07"}[letter]
    raise NotPortableError(text)


def _property(text: str, *, in_class: bool) -> str:
    """Return the characters of a property as DuckDB's version of Unicode has them."""
    if text[1] == "P" or "^" in text:
        raise NotPortableError(text)
    ranges = property_ranges(text)
    return ranges if in_class else f"[{ranges}]"


@cache
def property_ranges(text: str) -> str:
    """Return the ranges of characters that a property of RE2 stands for."""
    import duckdb

    with duckdb.connect() as con:
        found = con.execute(
            "SELECT min(i), max(i) FROM (SELECT i, i - row_number() OVER (ORDER BY i) AS g FROM range(1114112) t(i) WHERE"
            # Surrogates are no characters.
            " regexp_matches(chr(CASE WHEN i BETWEEN 55296 AND 57343 THEN 0 ELSE i END::INTEGER), $1)) GROUP BY g ORDER BY 1",
            [f"^{text}"],
        ).fetchall()
    return "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in found)
