"""The parts of terms, well-formed literals, and the order of values, as DuckDB computes them."""

from __future__ import annotations

import duckdb
import pytest

from kg.rdf.namespaces import RDF, XSD
from kg.validation.ordering import kind_of, order_relation, sign
from kg.validation.sql import language, lexical, mark, quoted, text, well_formed, words


def value(expression: str) -> object:
    (found,) = duckdb.execute(f"SELECT {expression}").fetchone() or (None,)
    return found


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ('"abc"', "abc"),
        ('""', ""),
        ('"a\\"b\\\\n\\n\\u0007é"', 'a"b\\n\n\x07é'),
        ('"12"^^<http://www.w3.org/2001/XMLSchema#integer>', "12"),
        ('"say \\"@en\\""@en', 'say "@en"'),
        ("<http://example.org/é>", "http://example.org/é"),
        ("_:b0", None),
    ],
)
def test_the_text_of_a_term(term: str, expected: str | None) -> None:
    assert value(text(quoted(term))) == expected
    if expected is not None and term.startswith('"'):
        assert words(term) == expected


@pytest.mark.parametrize(("term", "tag"), [('"a"@en', "en"), ('"a"@de-AT', "de-at"), ('"a@en"', ""), ("<a@en>", "")])
def test_the_language_of_a_term(term: str, tag: str) -> None:
    assert value(language(quoted(term))) == tag


GOOD = {
    "integer": ["0", "-0", "+5", "005", "1" * 60],
    "decimal": ["1", "1.", ".5", "-1.50"],
    "double": ["1.89E24", "1e-6", "INF", "+INF", "-INF", "NaN", "1"],
    "boolean": ["true", "false", "0", "1"],
    "byte": ["-128", "127", "+5"],
    "unsignedByte": ["255", "-0"],
    "long": ["9223372036854775807"],
    "nonNegativeInteger": ["0", "-0", "+7"],
    "positiveInteger": ["1", "+01"],
    "negativeInteger": ["-1", "-01"],
    "nonPositiveInteger": ["0", "+0", "-3"],
    "date": ["2024-02-29", "2000-02-29", "0001-01-01", "12024-01-31", "2024-05-14Z", "2024-05-14-05:00"],
    "dateTime": ["2024-02-29T24:00:00", "2024-02-28T23:59:59.123456789Z", "2024-01-01T00:00:00+14:00"],
    "dateTimeStamp": ["2024-01-01T00:00:00Z"],
    "time": ["23:59:59", "24:00:00", "00:00:00.5Z"],
    "gYear": ["2024", "-0044", "2024Z"],
    "gYearMonth": ["2024-12"],
    "gMonthDay": ["--02-29", "--12-31"],
    "duration": ["P10W".replace("W", "D"), "P2Y6M", "PT36H", "P1DT12H30M5.5S", "-P1D"],
    "yearMonthDuration": ["P1Y", "-P3M"],
    "dayTimeDuration": ["P3D", "PT5M"],
    "hexBinary": ["", "0aFF"],
    "base64Binary": ["", "YWJj", "YWI=", "YQ=="],
    "language": ["en", "de-AT"],
    "string": ["", "anything"],
}
BAD = {
    "integer": ["", "1.0", "1_000", " 5", "five", "5 ", "٥"],
    "decimal": ["", ".", "1e5", "1,5", "INF"],
    "double": ["", "inf", "nan", "1e", "Infinity"],
    "boolean": ["TRUE", "yes", ""],
    "byte": ["128", "-129", "c"],
    "unsignedByte": ["256", "-1"],
    "long": ["9223372036854775808"],
    "nonNegativeInteger": ["-1"],
    "positiveInteger": ["0", "-1"],
    "negativeInteger": ["0", "1"],
    "nonPositiveInteger": ["1"],
    "date": [
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-04-31",
        "24-01-01",
        "2024-1-1",
        "2024-01-01T00:00:00",
        "02024-01-01",
    ],
    "dateTime": ["2024-01-01", "2024-01-01T24:00:01", "2024-02-30T00:00:00", "2024-01-01T00:00:00+15:00"],
    "dateTimeStamp": ["2024-01-01T00:00:00"],
    "time": ["24:00:01", "7:00:00"],
    "gYear": ["24", "02024"],
    "gYearMonth": ["2024-13"],
    "gMonthDay": ["--02-30", "--04-31"],
    "duration": ["P", "PT", "P2.5M", "P10W", "P1H", "P1DT"],
    "yearMonthDuration": ["P1D"],
    "dayTimeDuration": ["P1M"],
    "hexBinary": ["0", "0g"],
    "base64Binary": ["Y", "YQ=", "YR=="],
    "language": ["", "english_gb", "toolonglanguage"],
}
FORMS = [(name, form, True) for name, forms in GOOD.items() for form in forms]
FORMS += [(name, form, False) for name, forms in BAD.items() for form in forms]


@pytest.mark.parametrize(("name", "form", "expected"), FORMS)
def test_whether_a_literal_is_well_formed(name: str, form: str, expected: bool) -> None:
    term = quoted(f'"{form}"' + ("" if name == "string" else f"^^<{XSD}{name}>"))
    assert value(well_formed(f"{XSD}{name}", term, lexical(term), mark(term))) is expected


def test_a_datatype_without_a_known_lexical_space_goes_by_its_name() -> None:
    term = quoted('"x"^^<http://example.org/dt>')
    assert value(well_formed("http://example.org/dt", term, lexical(term), mark(term))) is True
    assert value(well_formed("http://example.org/other", term, lexical(term), mark(term))) is False
    tagged = quoted('"x"@en')
    assert value(well_formed(f"{RDF}langString", tagged, lexical(tagged), mark(tagged))) is True


def literal(form: str) -> str:
    """Return `5 integer` as a literal of xsd:integer, and a bare form as a string."""
    lexical_form, _, name = form.rpartition(" ")
    return f'"{lexical_form}"^^<{XSD}{name}>' if lexical_form else f'"{form}"'


def compared(left: str, right: str) -> object:
    kinds = {kind for kind in (kind_of(left), kind_of(right)) if kind}
    with duckdb.connect() as con:
        con.execute("CREATE TABLE terms AS SELECT unnest($1) AS term", [[left, right]])
        con.execute(f"CREATE TABLE marked AS SELECT term, {mark('term')} AS mark FROM terms")
        con.execute(f"CREATE TABLE ordered AS {order_relation('marked', kinds)}")
        (found,) = con.execute(
            f"SELECT {sign('a', 'b')} FROM (SELECT 1) LEFT JOIN ordered a ON a.term = $1 LEFT JOIN ordered b ON b.term = $2",
            [left, right],
        ).fetchone() or (None,)
    return found


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("9 integer", "10 integer"),
        ("-10 integer", "-9 integer"),
        ("-1.55 decimal", "-1.5 decimal"),
        ("-0.1 decimal", "0 integer"),
        ("1.5 decimal", "1.55 decimal"),
        ("123456789012345678901234567890123456789012 integer", "123456789012345678901234567890123456789013 integer"),
        ("0.1 decimal", "0.10000000000000000000000000000000000000001 decimal"),
        ("9007199254740992 integer", "9007199254740993 integer"),
        ("1 integer", "1.89E24 double"),
        ("-INF double", "-5 integer"),
        ("1e300 double", "INF double"),
        ("false boolean", "1 boolean"),
        ("abc", "abd"),
        ("2023-12-31 date", "2024-01-01 date"),
        ("2024-01-01T10:00:00Z dateTime", "2024-01-01T10:00:00-05:00 dateTime"),
        ("2024-01-01T23:59:59.5 dateTime", "2024-01-01T24:00:00 dateTime"),
        ("-0044-03-15 date", "0014-08-19 date"),
    ],
)
def test_the_order_of_two_values(less: str, more: str) -> None:
    assert compared(literal(less), literal(more)) == -1
    assert compared(literal(more), literal(less)) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("5 integer", "5.0 decimal"),
        ("005 integer", "5 integer"),
        ("-0 integer", "0 decimal"),
        ("0.1 decimal", "0.1 double"),
        ("1 boolean", "true boolean"),
        ("2024-01-01T24:00:00 dateTime", "2024-01-02T00:00:00 dateTime"),
        ("2024-01-01T12:00:00Z dateTime", "2024-01-01T13:00:00+01:00 dateTime"),
    ],
)
def test_equal_values_of_different_forms(left: str, right: str) -> None:
    assert compared(literal(left), literal(right)) == 0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("5 integer", "abc"),
        ("five integer", "5 integer"),
        ("NaN double", "1 integer"),
        ("1 boolean", "1 integer"),
        ("2024-01-01 date", "2024-01-01T00:00:00 dateTime"),
        ("2024-01-01T00:00:00 dateTime", "2024-01-01T00:00:00Z dateTime"),
        ("2024 gYear", "2025 gYear"),
        ("2024-02-30 date", "2024-03-01 date"),
    ],
)
def test_what_has_no_order(left: str, right: str) -> None:
    assert compared(literal(left), literal(right)) is None
    assert compared(literal(right), literal(left)) is None


def test_a_value_that_does_not_compare_with_itself() -> None:
    assert compared(literal("NaN double"), literal("NaN double")) is None
    assert compared("<http://example.org/a>", "<http://example.org/a>") is None
