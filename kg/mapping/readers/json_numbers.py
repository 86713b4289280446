"""Fractions of JSON as they are written: DuckDB's parser takes them for doubles, and writes `131.70` as `131.7`.

Where a record holds a number that it would write otherwise, all its fractions are marked before DuckDB parses it: each becomes a text that starts with two characters
which no data is likely to hold. The macros of kg.rdf.terms, and `unmarked`, give the numbers back.
"""

from __future__ import annotations

import re
from typing import Final

from kg.rdf.terms import JSON_NUMBER

# Zeros at the end, exponents, small numbers, and more digits than a double is sure to keep.
_REWRITTEN: Final = r"\.[0-9]+0(?:[^0-9]|$)|[0-9][eE][-+0-9]|\.000000|[0-9.]{17}"
FRACTION: Final = r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"
_MARKED: Final = re.compile(f'"{re.escape(JSON_NUMBER)}({FRACTION})"')


def marked(json: str) -> str:
    """Return SQL of a JSON text, as JSON, whose numbers DuckDB's parser leaves as they are."""
    # JSON has no controls but escaped ones, so they can stand for escapes; what is then between quotes is the inside of a string at every second place.
    number = mark("").replace("\\", "\\\\")[:-1] + '\\0"'
    outside = f"regexp_replace(part, '{FRACTION}', '{number}', 'g')"
    parts = f"string_split(replace(replace({json}, '\\\\', chr(1)), '\\\"', chr(2)), '\"')"
    joined = f"array_to_string(list_transform({parts}, lambda part, i: CASE WHEN i % 2 = 1 THEN {outside} ELSE part END), '\"')"
    whole = f"replace(replace({joined}, chr(2), '\\\"'), chr(1), '\\\\')"
    return f"CASE WHEN regexp_matches({json}, '{_REWRITTEN}') THEN ({whole})::JSON ELSE {json} END"


def unmarked(json: str) -> str:
    """Return a JSON text with its numbers as they are written."""
    return _MARKED.sub(r"\1", json) if JSON_NUMBER in json else json


def mark(number: str) -> str:
    """Return the text that stands for a number."""
    return f'"{JSON_NUMBER}{number}"'
