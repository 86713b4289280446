"""What Spark takes for the macros whose text in DuckDB's SQL it cannot take; the others are translated.

A regular expression of Java that repeats a group needs stack for every repetition, so that of an IRI is put otherwise here: sets of characters, and a
second look at what follows each `%`.
"""

from __future__ import annotations

from functools import cache

from kg.rdf.terms import LANGUAGE_TAG

# RFC 3987, as in kg.rdf.terms, where RE2 reads it.
_UCSCHAR = (
    r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}"
    + "".join(rf"\x{{{plane:X}0000}}-\x{{{plane:X}FFFD}}" for plane in range(0x1, 0xE))
    + r"\x{E1000}-\x{EFFFD}"
)
_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*:"
_NEVER = r'\x00-\x20"#<>\[\\\]^`{|}\x7f'
_NAME, _SEGMENT, _PATH, _QUERY = (rf"[^{ends}{_NEVER}]" for ends in ("/:?@", "/?", "?", ""))
_AUTHORITY = rf"(?:[^/?@{_NEVER}]*@)?(?:\[[0-9A-Fa-f:.]+\]|{_NAME}*)(?::[0-9]*)?"
_IRI = (
    rf"(?:{_SCHEME}(?://{_AUTHORITY}(?:/{_PATH}*)?|/?(?:{_SEGMENT}{_PATH}*)?)|[^/:?{_NEVER}]*(?:/{_PATH}*)?)"
    rf"(?:\?{_QUERY}*)?(?:#{_QUERY}*)?"
)
_BAD_PERCENT = "%(?![0-9A-Fa-f]{2})"
_NEVER_OUTSIDE_ASCII = (
    r"\x{80}-\x{9F}\x{E000}-\x{F8FF}\x{FDD0}-\x{FDEF}\x{FFF0}-\x{FFFF}\x{E0000}-\x{E0FFF}\x{F0000}-\x{10FFFF}"
    + "".join(rf"\x{{{plane:X}FFFE}}\x{{{plane:X}FFFF}}" for plane in range(0x1, 0xF))
)


@cache
def spark_macros() -> dict[str, tuple[tuple[str, ...], str]]:
    """Return parameters and text in Spark's SQL, with raw strings, by name."""
    return {
        "kg_json_quote": (
            ("x",),
            "CASE WHEN x IS NOT NULL THEN substring(to_json(named_struct('x', x)), 6, length(to_json(named_struct('x', x))) - 6) END",
        ),
        "kg_plain": (
            ("x",),
            r"""CASE WHEN x RLIKE r'[\x00-\x1f"\\\x7f\x{FFFE}\x{FFFF}]' THEN replace(replace(replace(kg_json_quote(x), '<DEL>', r'\u007F'), '<FFFE>', r'\uFFFE'), '<FFFF>', r'\uFFFF')
            ELSE '"' || x || '"' END""".replace("<DEL>", "\x7f")
            .replace("<FFFE>", "\ufffe")
            .replace("<FFFF>", "\uffff"),
        ),
        # Java encodes for forms.
        "kg_url_encode": (("x",), "replace(replace(replace(url_encode(x), '+', '%20'), '*', '%2A'), '%7E', '~')"),
        "kg_encode": (
            ("x",),
            rf"""CASE WHEN NOT x RLIKE r'[^A-Za-z0-9._~-]' THEN x WHEN octet_length(x) = length(x) THEN kg_url_encode(x)
            ELSE array_join(transform(regexp_extract_all(x, r'[{_UCSCHAR}]+|[^{_UCSCHAR}]+', 0), run ->
              CASE WHEN run RLIKE r'^[{_UCSCHAR}]' THEN run ELSE kg_url_encode(run) END), '') END""",
        ),
        "kg_iri_fault": (
            ("x", "ascii_only"),
            rf"""CASE WHEN NOT x RLIKE r'\A{_IRI}\z' OR x RLIKE r'{_BAD_PERCENT}' OR x RLIKE r'[{_NEVER_OUTSIDE_ASCII}]' THEN kg_json_quote(x) || ' is no IRI'
            WHEN ascii_only AND octet_length(x) <> length(x) THEN kg_json_quote(x) || ' is no URI' END""",
        ),
        "kg_sound_tag": (("x",), rf"CASE WHEN lower(x) RLIKE r'\A{LANGUAGE_TAG}\z' THEN lower(x) END"),
        # The digits are those of the scientific form; the point is moved by as many places as the exponent says.
        "kg_placed": (
            ("digits", "exponent"),
            """CASE WHEN exponent >= length(digits) - 1 THEN rpad(digits, exponent + 1, '0')
            WHEN exponent >= 0 THEN substring(digits, 1, exponent + 1) || trim(TRAILING '.' FROM '.' || trim(TRAILING '0' FROM substring(digits, exponent + 2)))
            ELSE trim(TRAILING '0' FROM '0.' || repeat('0', -exponent - 1) || digits) END""",
        ),
        "kg_decimal": (
            ("x",),
            r"""CASE WHEN x = 0 THEN '0' WHEN NOT isnan(x) AND abs(x) < double('infinity') THEN CASE WHEN x < 0 THEN '-' ELSE '' END || kg_placed(
            replace(regexp_extract(format_string('%.14e', abs(x)), '^[^e]*', 0), '.', ''), CAST(regexp_extract(format_string('%.14e', x), '[+-][0-9]+$', 0) AS INT)) END""",
        ),
        "kg_fn_sum": (
            ("l",),
            """get(transform(array(transform(l, sum_n -> TRY_CAST(kg_fn_decimal(sum_n) AS DECIMAL(28,9)))), sum_l ->
            CASE WHEN size(sum_l) > 0 AND size(filter(sum_l, sum_d -> sum_d IS NULL)) = 0 THEN
            kg_fn_bare(CAST(aggregate(sum_l, CAST(0 AS DECIMAL(38,9)), (sum_a, sum_b) -> CAST(sum_a + sum_b AS DECIMAL(38,9))) AS STRING)) END), 0)""",
        ),
        "kg_fn_hash": (
            ("x", "a"),
            "CASE lower(a) WHEN 'sha256' THEN sha2(x, 256) WHEN 'sha1' THEN sha1(x) WHEN 'md5' THEN md5(x) END",
        ),
        # DuckDB's JSON is text here.
        "kg_json_text": (
            ("x",),
            r"CASE WHEN x LIKE '{%' OR x LIKE '[%' OR x = 'null' THEN NULL WHEN x LIKE '\"%' THEN get_json_object('{\"x\":' || x || '}', '$.x') ELSE x END",
        ),
        "kg_json_fault": (
            ("x",),
            "CASE WHEN x LIKE '{%' OR x LIKE '[%' THEN left(x, 80) || ' is no single value' END",
        ),
        "kg_json_literal": (
            ("x",),
            r"""CASE WHEN x LIKE '{%' OR x LIKE '[%' OR x = 'null' THEN NULL WHEN x LIKE '\"%' THEN kg_plain(kg_json_text(x))
            WHEN x IN ('true', 'false') THEN '"' || x || '"^^<http://www.w3.org/2001/XMLSchema#boolean>'
            WHEN x RLIKE r'\A-?[0-9]+\z' THEN '"' || x || '"^^<http://www.w3.org/2001/XMLSchema#integer>'
            ELSE '"' || x || '"^^<http://www.w3.org/2001/XMLSchema#double>' END""",
        ),
    }
