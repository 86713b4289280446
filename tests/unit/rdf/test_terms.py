"""Terms as text: the canonical forms, and the values that are refused."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from kg.rdf.namespaces import XSD
from kg.rdf.terms import iri, literal
from tests.session import session


def value(expression: str, *parameters: object) -> Any:
    with session() as con:
        ((result,),) = con.execute(f"SELECT {expression}", list(parameters)).fetchall()
        return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ("Côte d'Ivoire", '"Côte d\'Ivoire"'),
        ('v2 \\ "beta"', r'"v2 \\ \"beta\""'),
        ("a\r\nb\tc\b\f", r'"a\r\nb\tc\b\f"'),
        ("\x00\x01\x1f\x7f", r'"\u0000\u0001\u001F\u007F"'),
        ("a\ufffe\uffff", r'"a\uFFFE\uFFFF"'),
        ("\x80\u2028é葉\U0001f600", '"\x80\u2028é葉\U0001f600"'),
    ],
)
def test_a_literal_has_the_escapes_of_canonical_n_triples(text: str, expected: str) -> None:
    assert literal(text) == expected
    assert value("kg_plain($1)", text) == expected
    assert value("kg_lexical($1)", expected) == text


def test_a_datatype_is_written_unless_it_is_that_of_every_text() -> None:
    assert literal("5", XSD + "integer") == f'"5"^^<{XSD}integer>' == value("kg_typed('5', $1)", XSD + "integer")
    assert literal("5", XSD + "string") == '"5"' == value("kg_typed('5', $1)", XSD + "string")


def test_a_language_tag_is_in_lower_case() -> None:
    """As pyoxigraph writes it: else one literal would have two spellings in the relation of quads."""
    assert literal("colour", language="en-GB") == '"colour"@en-gb' == str(ox.Literal("colour", language="en-GB"))
    assert value("kg_tagged('colour', kg_sound_tag('en-GB'))") == '"colour"@en-gb'


def test_what_is_null_makes_no_term() -> None:
    for expression in (
        *("kg_iri(NULL)", "kg_blank(NULL)", "kg_plain(NULL)", "kg_typed(NULL, 'x:t')", "kg_typed('a', NULL)"),
        *("kg_tagged(NULL, 'en')", "kg_tagged('a', NULL)", "kg_encode(NULL)", "kg_sound_iri(NULL, 'x:', false)"),
        *("kg_sound_tag(NULL)", "kg_lexical(NULL)", "kg_datatype(NULL)", "kg_double(NULL)", "kg_decimal(NULL)"),
    ):
        assert value(expression) is None, expression


def test_only_a_literal_has_a_lexical_form_and_a_datatype() -> None:
    assert value("kg_lexical('<http://x>')") == ""
    assert value("kg_datatype('<http://x>')") == ""
    assert value("kg_datatype($1)", literal('"^^<http://no>', language="en")) == ""
    assert value("kg_datatype($1)", literal('"^^<http://no>', "http://yes")) == "http://yes"


@pytest.mark.parametrize(
    "text", ["a b", "a<b", "a>b", 'a"b', "a{b", "a}b", "a|b", "a^b", "a`b", "a\\b", "a\nb", "a\x00b"]
)
def test_an_iri_refuses_what_none_may_hold(text: str) -> None:
    with pytest.raises(ValueError, match="an IRI may not hold"):
        iri(f"http://x/{text}")
    assert value("kg_sound_iri($1, 'http://base/', false)", f"http://x/{text}") is None
    assert "is no IRI" in str(value("kg_iri_fault($1, false)", f"http://x/{text}"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "http://example.org/",
            "https://user:pw@example.org:8080/a/b?c=d&e#f",
            "http://[2001:db8::7]/",
            "urn:isbn:0451450523",
        ),
        *(
            "mailto:a@b.org",
            "http://x/%C3%A9",
            "http://例え.jp/葉篤正",
            "tag:a,2024:b",
            "file:///etc/hosts",
            "x:",
            "http://x?q",
            "http://x#f",
        ),
    ],
)
def test_an_iri_by_reference_is_taken_as_it_is(text: str) -> None:
    assert value("kg_sound_iri($1, 'http://base/', false)", text) == text
    assert value("kg_iri_fault($1, false)", text) is None


def test_a_relative_iri_follows_its_base() -> None:
    assert value("kg_sound_iri('model/a', 'http://base/', false)") == "http://base/model/a"
    assert value("kg_sound_iri('', 'http://base/', false)") == "http://base/"


@pytest.mark.parametrize(
    "text",
    ["http://x/%", "http://x/%4", "http://x/%zz", "http://x/[", "http://x/#a#b", "http://x/\ufffd", "http://x/\ue000"],
)
def test_an_iri_that_a_parser_would_refuse_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="IRI"):
        ox.NamedNode(text)
    assert value("kg_sound_iri($1, 'http://base/', false)", text) is None
    assert "is no IRI" in str(value("kg_iri_fault($1, false)", text))


@pytest.mark.parametrize("tag", ["", "e n", "en-", "-en", "englisches", "en_GB", "é", "en\n"])
def test_a_language_tag_has_the_form_of_one(tag: str) -> None:
    assert value("kg_sound_tag($1)", tag) is None
    assert "is no language tag" in str(value("kg_tag_fault($1)", tag))


def test_a_uri_is_of_ascii_only() -> None:
    assert value("kg_encode_uri($1)", "葉 a/b") == "%E8%91%89%20a%2Fb"
    assert value("kg_sound_iri($1, 'http://base/', true)", "http://x/é") is None
    assert "is no URI" in str(value("kg_iri_fault($1, true)", "http://x/é"))
    assert value("kg_sound_iri($1, 'http://base/', true)", "http://x/e") == "http://x/e"


@pytest.mark.parametrize(
    ("json", "text", "term"),
    [
        (r'"a\n\"é"', 'a\n"é', r'"a\n\"é"'),
        ("21000000000000000000000000", "21000000000000000000000000", f'"21000000000000000000000000"^^<{XSD}integer>'),
        ("9007199254740993", "9007199254740993", f'"9007199254740993"^^<{XSD}integer>'),
        ("-1.5", "-1.5", f'"-1.5"^^<{XSD}double>'),
        ("true", "true", f'"true"^^<{XSD}boolean>'),
        ("null", None, None),
        ("[1]", None, None),
        ('{"a": 1}', None, None),
    ],
)
def test_values_of_json_have_their_natural_datatypes(json: str, text: str | None, term: str | None) -> None:
    assert value("kg_json_text($1::JSON)", json) == text
    assert value("kg_json_literal($1::JSON)", json) == term
    fault = value("kg_json_fault($1::JSON)", json)
    assert (fault is not None) == (json[0] in "[{")


def test_percent_encoding_keeps_letters_and_is_upper_case() -> None:
    assert value("kg_encode($1)", "葉篤正") == "葉篤正"
    assert value("kg_encode($1)", "a b/ö%2F ß+") == "a%20b%2Fö%252F%20ß%2B"
    assert value("kg_encode($1)", "a-._~Z0") == "a-._~Z0"
    assert value("kg_encode($1)", "\ue000é\x80") == "%EE%80%80é%C2%80"


@pytest.mark.parametrize(
    ("number", "double", "decimal"),
    [
        ("0", "0.0E0", "0"),
        ("1", "1.0E0", "1"),
        ("100", "1.0E2", "100"),
        ("-12.5", "-1.25E1", "-12.5"),
        ("0.1 + 0.2", "3.0E-1", "0.3"),
        ("1.89e24", "1.89E24", "1890000000000000000000000"),
        ("5.2510768128e23", "5.2510768128E23", "525107681280000000000000"),
        ("12218.181818181818", "1.22181818181818E4", "12218.1818181818"),
        ("1e-17", "1.0E-17", "0.00000000000000001"),
        ("187.00416", "1.8700416E2", "187.00416"),
    ],
)
def test_numbers_have_their_canonical_form(number: str, double: str, decimal: str) -> None:
    assert value(f"kg_double(({number})::DOUBLE)") == double
    assert value(f"kg_decimal(({number})::DOUBLE)") == decimal


def test_a_number_without_end_is_a_double_and_no_decimal() -> None:
    for number, double in (("inf", "INF"), ("-inf", "-INF"), ("nan", "NaN")):
        assert value("kg_double($1::DOUBLE)", number) == double
        assert value("kg_decimal($1::DOUBLE)", number) is None
