"""The regular expressions of XPath in the syntax of RE2."""

from __future__ import annotations

import duckdb
import pytest

from kg.validation.patterns import to_re2

CASES = [
    # pattern, flags, a text that it finds, a text that it does not find
    ("^[2-8][0-9]*$", "", "42", "92"),
    (r"^\d{3}-\d{2}$", "", "123-45", "123-4"),
    (r"^\d+$", "", "١٢", "x"),
    (r"^\S(.*\S)?$", "s", "a\nb", " a"),
    ("^a.c$", "", "abc", "a\nc"),
    ("^a.c$", "s", "a\nc", "ac"),
    ("b$", "", "ab", "ab\n"),
    ("^b$", "m", "a\nb\nc", "abc"),
    ("joh", "i", "JOHN", "Jane"),
    ("a b [ c]", "x", "abc", "a b c"),
    ("a.c", "q", "xa.cx", "abc"),
    ("a.C", "qi", "A.c", "abc"),
    (r"^\w+$", "", "snake_case", "kebab-case"),
    (r"^[\w.]+$", "", "é.1", "é!"),
    (r"^\p{Lu}\P{Lu}+$", "", "Abc", "ABC"),
    (r"^[^\d\s]+$", "", "ab", "a1"),
    (r"a{2,3}?b", "", "aab", "ab"),
    (r"(?:ab|c)+d", "", "abcd", "abe"),
    (r"\.\^\$\[\]\\\-", "", r"x.^$[]\-x", "x"),
    (r"^[\]^-]+$", "", "]^-", "a"),
    (r"a\tb", "", "a\tb", "atb"),
]


@pytest.mark.parametrize(("pattern", "flags", "yes", "no"), CASES)
def test_a_translated_pattern_finds_the_same(pattern: str, flags: str, yes: str, no: str) -> None:
    translated = to_re2(pattern, flags)
    assert translated is not None
    query = "SELECT regexp_matches($1, $2)"
    assert duckdb.execute(query, [yes, translated]).fetchone() == (True,)
    assert duckdb.execute(query, [no, translated]).fetchone() == (False,)


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        (r"(a)\1", ""),  # a back reference
        ("a(?=b)", ""),  # look-ahead
        ("(?i)a", ""),
        (r"\bword\b", ""),
        ("[a-z-[aeiou]]", ""),  # class subtraction
        (r"\p{IsBasicLatin}", ""),
        (r"[^\S]", ""),
        (r"[\W]", ""),
        ("a{2000}", ""),
        ("a**", ""),
        ("a++", ""),
        ("*a", ""),
        ("(a", ""),
        ("a]", ""),
        ("[a", ""),
        ("a\\", ""),
        ("a", "z"),
    ],
)
def test_what_re2_cannot_say_is_left_to_the_reference_validator(pattern: str, flags: str) -> None:
    assert to_re2(pattern, flags) is None
