"""RDF terms as text: the canonical N-Triples syntax, in Python and as DuckDB macros.

A relation of quads holds its terms in this form (`<iri>`, `"lexical"`, `"lexical"^^<datatype>`, `"lexical"@tag`), so that equal terms are
equal strings and a line of N-Quads is a concatenation. Escapes are those of canonical N-Triples (RDF 1.2 N-Triples, section 3.1).
"""

from __future__ import annotations

import re

_XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_STRING = f"{_XSD}string"

_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
# Controls, and what is no character of XML 1.1.
_ESCAPED = re.compile('[\x00-\x1f\x7f"\\\\\ufffe\uffff]')
# Characters that an IRIREF of N-Triples may not hold.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def iri(value: str) -> str:
    """Return `<value>`; ValueError for characters that no IRI may hold."""
    bad = _NOT_IN_IRI.search(value)
    if bad:
        raise ValueError(f"an IRI may not hold {bad.group()!r}: {value!r}")
    return f"<{value}>"


def literal(lexical: str, datatype: str | None = None, language: str | None = None) -> str:
    """Return a literal; a datatype of xsd:string is left out and a language tag written in lower case, as the canonical form wants."""
    quoted = f'"{_ESCAPED.sub(_escape, lexical)}"'
    if language:
        return f"{quoted}@{language.lower()}"
    return quoted if datatype in (None, XSD_STRING) else f"{quoted}^^<{datatype}>"


# RFC 3987, as RE2 reads it: what an IRI may hold outside ASCII without percent-encoding.
_UCSCHAR = (
    r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}"
    + "".join(rf"\x{{{plane:X}0000}}-\x{{{plane:X}FFFD}}" for plane in range(0x1, 0xE))
    + r"\x{E1000}-\x{EFFFD}"
)
# An IRI or relative one. Of ASCII it says what may stand where; what may not outside ASCII is told apart, which makes for a smaller automaton.
_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*:"
_NEVER = r'\x00-\x20"#%<>\[\\\]^`{|}\x7f'
_NAME, _SEGMENT, _PATH, _QUERY = (rf"(?:[^{ends}{_NEVER}]|%[0-9A-Fa-f][0-9A-Fa-f])" for ends in ("/:?@", "/?", "?", ""))
_AUTHORITY = rf"(?:(?:{_NAME}|:)*@)?(?:\[[0-9A-Fa-f:.]+\]|{_NAME}*)(?::[0-9]*)?"
_IRI = rf"(?:{_SCHEME}(?://{_AUTHORITY}(?:/{_PATH}*)?|/?(?:{_SEGMENT}{_PATH}*)?)|(?:{_NAME}|@)*(?:/{_PATH}*)?)(?:\?{_QUERY}*)?(?:#{_QUERY}*)?"
_NEVER_OUTSIDE_ASCII = (
    r"\x{80}-\x{9F}\x{E000}-\x{F8FF}\x{FDD0}-\x{FDEF}\x{FFF0}-\x{FFFF}\x{E0000}-\x{E0FFF}\x{F0000}-\x{10FFFF}"
    + "".join(rf"\x{{{plane:X}FFFE}}\x{{{plane:X}FFFF}}" for plane in range(0x1, 0xF))
)
# A well-formed language tag in lower case (BCP 47, section 2.1): language, script, region, variants, extensions, private use.
LANGUAGE_TAG = (
    "(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    "(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|en-gb-oed"
    "|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:be-fr|be-nl|ch-de))"
)


# A text of JSON that starts so stands for the number that follows, with the digits that it is written with.
JSON_NUMBER = r"\u0001\u0002"
_NUMBER = r'"\\u0001\\u0002(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"'


def macros() -> str:
    """Return the SQL that defines the term functions on a DuckDB connection.

    `kg_iri(x)`, `kg_blank(x)`, `kg_plain(x)`, `kg_typed(x, datatype)` and `kg_tagged(x, tag)` make terms. `kg_encode(x)` makes a value IRI-safe (R2RML
    7.3: all but the unreserved characters of RFC 3987 is percent-encoded, upper-case hexadecimal), `kg_encode_uri(x)` outside ASCII too.
    `kg_sound_iri(x, base, ascii_only)` returns a value that is an IRI, or one relative to `base`, and `kg_sound_tag(x)` one that is a language tag, in lower case: both are
    NULL else, and `kg_iri_fault(x, ascii_only)` and `kg_tag_fault(x)` say why. `kg_json_text(x)`, `kg_json_literal(x)` and `kg_json_fault(x)` are for values of JSON.
    `kg_lexical(term)` and `kg_datatype(term)` take a literal apart, and give '' for what is none. `kg_double(x)` and `kg_decimal(x)` give a
    number's canonical lexical form to 15 significant digits, so that the last bits of a product do not show.
    """
    # The escapes of JSON are those of canonical N-Triples but for U+007F, U+FFFE and U+FFFF, and DuckDB makes and reads them faster than replacements; its
    # percent-encoding is right for what an IRI may not hold: where all that is not ASCII may stand in an IRI, that is decoded again. A label of a blank node holds fewer characters: `_` takes the place of `%`.
    return rf"""
    CREATE OR REPLACE MACRO kg_plain(x) AS CASE
      WHEN NOT contains(x, chr(127)) AND (strlen(x) = length(x) OR NOT contains(x, chr(65534)) AND NOT contains(x, chr(65535))) THEN json_quote(x)::VARCHAR
      ELSE replace(replace(replace(json_quote(x)::VARCHAR, chr(127), '\u007F'), chr(65534), '\uFFFE'), chr(65535), '\uFFFF') END;
    CREATE OR REPLACE MACRO kg_typed(x, datatype) AS kg_plain(x) || CASE WHEN datatype = '{XSD_STRING}' THEN '' ELSE '^^<' || datatype || '>' END;
    CREATE OR REPLACE MACRO kg_tagged(x, tag) AS kg_plain(x) || '@' || tag;
    CREATE OR REPLACE MACRO kg_encode(x) AS CASE
      WHEN strlen(x) = length(x) THEN url_encode(x)
      WHEN NOT regexp_matches(x, '[^\x00-\x7F{_UCSCHAR}]') THEN url_decode(regexp_replace(url_encode(x), '%([0-7])', '%25\1', 'g'))
      ELSE array_to_string(list_transform(regexp_extract_all(x, '[{_UCSCHAR}]+|[^{_UCSCHAR}]+'), lambda run:
        CASE WHEN regexp_matches(run, '^[{_UCSCHAR}]') THEN run ELSE url_encode(run) END), '') END;
    CREATE OR REPLACE MACRO kg_blank(x) AS
      '_:b' || replace(replace(replace(replace(url_encode(x), '_', '%5F'), '~', '%7E'), '.', '%2E'), '%', '_');
    CREATE OR REPLACE MACRO kg_iri(x) AS '<' || x || '>';
    CREATE OR REPLACE MACRO kg_encode_uri(x) AS url_encode(x);
    CREATE OR REPLACE MACRO kg_iri_fault(x, ascii_only) AS CASE
      WHEN NOT regexp_full_match(x, '{_IRI}') OR regexp_matches(x, '[{_NEVER_OUTSIDE_ASCII}]') THEN json_quote(x)::VARCHAR || ' is no IRI'
      WHEN ascii_only AND strlen(x) <> length(x) THEN json_quote(x)::VARCHAR || ' is no URI' END;
    CREATE OR REPLACE MACRO kg_sound_iri(x, base, ascii_only) AS CASE
      WHEN kg_iri_fault(x, ascii_only) IS NOT NULL THEN NULL WHEN regexp_matches(x, '^{_SCHEME}') THEN x ELSE base || x END;
    CREATE OR REPLACE MACRO kg_tag_fault(x) AS CASE WHEN NOT regexp_full_match(lower(x), '{LANGUAGE_TAG}') THEN json_quote(x)::VARCHAR || ' is no language tag' END;
    CREATE OR REPLACE MACRO kg_sound_tag(x) AS CASE WHEN regexp_full_match(lower(x), '{LANGUAGE_TAG}') THEN lower(x) END;
    CREATE OR REPLACE MACRO kg_json_number(x) AS CASE WHEN starts_with(x::VARCHAR, '"{JSON_NUMBER}') THEN nullif(regexp_extract(x::VARCHAR, '^{_NUMBER}$', 1), '') END;
    CREATE OR REPLACE MACRO kg_json_text(x) AS CASE WHEN json_type(x) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE coalesce(kg_json_number(x), json_extract_string(x, '$')) END;
    CREATE OR REPLACE MACRO kg_json_fault(x) AS CASE WHEN json_type(x) IN ('OBJECT', 'ARRAY') THEN left(regexp_replace(x::VARCHAR, '{_NUMBER}', '\1', 'g'), 80) || ' is no single value' END;
    CREATE OR REPLACE MACRO kg_json_literal(x) AS CASE json_type(x)
      WHEN 'VARCHAR' THEN CASE WHEN kg_json_number(x) IS NULL THEN kg_plain(json_extract_string(x, '$')) ELSE kg_typed(kg_json_number(x), '{_XSD}double') END WHEN 'BOOLEAN' THEN kg_typed(x::VARCHAR, '{_XSD}boolean')
      WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL
      ELSE kg_typed(x::VARCHAR, CASE WHEN regexp_full_match(x::VARCHAR, '-?[0-9]+') THEN '{_XSD}integer' ELSE '{_XSD}double' END) END;
    CREATE OR REPLACE MACRO kg_lexical(term) AS CASE
      WHEN starts_with(term, '"') THEN json_extract_string(regexp_extract(term, '^"(?s:.*)"'), '$') WHEN term IS NOT NULL THEN '' END;
    CREATE OR REPLACE MACRO kg_datatype(term) AS regexp_extract(term, '^"(?s:.*)"\^\^<([^>]*)>$', 1);
    CREATE OR REPLACE MACRO kg_double(x) AS CASE WHEN isfinite(x) THEN
      regexp_replace(regexp_extract(format('{{:.14e}}', x), '^[^e]*'), '(\.\d)?(\d*?)0*$', '\1\2')
      || 'E' || TRY_CAST(regexp_extract(format('{{:.14e}}', x), '[+-]\d+$') AS INTEGER)
      WHEN isnan(x) THEN 'NaN' WHEN x > 0 THEN 'INF' WHEN x < 0 THEN '-INF' END;
    -- The digits are those of the scientific form; the point is moved by as many places as the exponent says.
    CREATE OR REPLACE MACRO kg_placed(digits, exponent) AS CASE
      WHEN exponent >= length(digits) - 1 THEN rpad(digits, exponent + 1, '0')
      WHEN exponent >= 0 THEN digits[:exponent + 1] || rtrim('.' || rtrim(digits[exponent + 2:], '0'), '.')
      ELSE rtrim('0.' || repeat('0', -exponent - 1) || digits, '0') END;
    CREATE OR REPLACE MACRO kg_decimal(x) AS CASE WHEN x = 0 THEN '0' WHEN isfinite(x) THEN CASE WHEN x < 0 THEN '-' ELSE '' END || kg_placed(
      replace(regexp_extract(format('{{:.14e}}', abs(x)), '^[^e]*'), '.', ''), TRY_CAST(regexp_extract(format('{{:.14e}}', x), '[+-]\d+$') AS INTEGER)) END;
    """
