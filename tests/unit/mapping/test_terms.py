"""What term maps make of a row: constants, references and templates, in every position and of every type."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import MappingError
from kg.rdf.lexical import FORMS, fits, is_form
from kg.rdf.namespaces import RDF
from tests.unit.mapping.mappings import BASE, XSD, mapped, objects, table, triples_map

ONE_ROW = "CREATE TABLE t AS SELECT 1 AS id, 'a' AS a, 'b c' AS b, NULL::VARCHAR AS none, '' AS empty"


ILL_TYPED = [
    ("integer", "abc"),
    ("integer", "1.0"),
    ("integer", ""),
    ("integer", " 1"),
    ("decimal", "1e3"),
    ("double", "inf"),
    ("float", "1,5"),
    ("boolean", "TRUE"),
    ("byte", "128"),
    ("unsignedLong", "18446744073709551616"),
    ("positiveInteger", "0"),
    ("date", "2023-02-29"),
    ("date", "31.12.2023"),
    ("dateTime", "2023-01-01 10:00:00"),
    ("time", "10:00"),
    ("gYear", "99"),
    ("duration", "1 day"),
    ("hexBinary", "abc"),
    ("base64Binary", "aGVsbG8"),
    ("base64Binary", "aGVs  bG8="),
    ("base64Binary", "aGVsbH9="),
    ("language", "en_GB"),
    ("language", "englishes-x"),
]


# Texts that are often almost a number, a day, bytes or a language tag.
_ALMOST = st.text(st.sampled_from("0123456789") | st.sampled_from("+-.:TZAQEgaefGyzPYMD= "), max_size=14) | st.sampled_from(
    ["2024-02-29", "2023-02-29", "1900-02-29", "-0004-02-29T10:00:00", "128", "-128", "+0127", "18446744073709551616", "aQ==", "aQ= =", "en-GB", "en--a", "abcdefghi", "0" * 5000]
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(_ALMOST, min_size=50, max_size=200))
def test_constants_are_checked_as_rows_are(values: list[str]) -> None:
    with duckdb.connect() as con:
        for name in FORMS:
            kind = XSD + name
            told = con.execute(f"SELECT x, {is_form(kind, 'x')} FROM (SELECT unnest(?) AS x)", [values]).fetchall()
            assert [(x, fits(kind, x)) for x, _ in told] == told, name


def made(folder: Path, *said: str, row: str = ONE_ROW) -> list[str]:
    return objects(mapped(folder, triples_map(*said, source=table("t")), row))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ('rml:constant "a \\"b\\""', r'"a \"b\""'),
        ("rml:constant 5", f'"5"^^<{XSD}integer>'),
        ('rml:constant "colour"@en-GB', '"colour"@en-gb'),
        ("rml:constant ex:thing", "<http://example.org/thing>"),
        ("rml:constant <relative>", f"<{BASE}relative>"),
        ('rml:reference "a"', '"a"'),
        ('rml:reference "empty"', '""'),
        ('rml:reference "id"', f'"1"^^<{XSD}integer>'),
        ('rml:reference "a" ; rml:datatype xsd:token', f'"a"^^<{XSD}token>'),
        ('rml:reference "a" ; rml:datatype xsd:string', '"a"'),
        ('rml:reference "id" ; rml:datatype xsd:string', '"1"'),
        ('rml:reference "a" ; rml:language "en-GB"', '"a"@en-gb'),
        ('rml:reference "a" ; rml:termType rml:IRI', f"<{BASE}a>"),
        ('rml:reference "b" ; rml:termType rml:Literal', '"b c"'),
        ('rml:template "http://x/{a}/{b}"', "<http://x/a/b%20c>"),
        ('rml:template "{a}/{b}"', f"<{BASE}a/b%20c>"),
        ('rml:template "{a}{a}"', f"<{BASE}aa>"),
        ('rml:template "{a} and {b}" ; rml:termType rml:Literal', '"a and b c"'),
        ('rml:template "{a} and {b}" ; rml:language "en"', '"a and b c"@en'),
        ('rml:template "{a}{id}" ; rml:datatype xsd:token', f'"a1"^^<{XSD}token>'),
        ('rml:template "{a}-{b}" ; rml:termType rml:BlankNode', "_:ba-b_20c"),
        ('rml:reference "a" ; rml:termType rml:BlankNode', "_:ba"),
        ('rml:template "\\\\{{a}\\\\}\\\\\\\\" ; rml:termType rml:Literal', r'"{a}\\"'),
    ],
)
def test_a_term_map_makes_its_term(tmp_path: Path, term: str, expected: str) -> None:
    assert made(tmp_path, term) == [expected]


def test_braces_of_a_column_name_are_escaped_in_a_template(tmp_path: Path) -> None:
    row = """CREATE TABLE t AS SELECT 1 AS id, 'x' AS "a{b}", 'y' AS "c\\d" """
    assert made(tmp_path, r'rml:template "{a\\{b\\}}{c\\\\d}" ; rml:termType rml:Literal', row=row) == ['"xy"']


@pytest.mark.parametrize(
    "term",
    [
        'rml:reference "none"',
        'rml:reference "none" ; rml:datatype xsd:integer',
        'rml:reference "none" ; rml:termType rml:IRI',
        'rml:reference "none" ; rml:termType rml:BlankNode',
        'rml:template "http://x/{a}/{none}"',
        'rml:template "{a}{none}" ; rml:termType rml:Literal',
        'rml:reference "a" ; rml:languageMap [ rml:reference "none" ]',
        'rml:reference "a" ; rml:datatypeMap [ rml:reference "none" ]',
        'rml:reference "a" ; rml:datatypeMap [ rml:template "http://x/{none}" ]',
    ],
)
def test_a_null_drops_the_triple_and_no_other(tmp_path: Path, term: str) -> None:
    assert made(tmp_path, term, 'rml:reference "a"') == ['"a"']


@pytest.mark.parametrize(
    "subject",
    ['rml:template "http://x/{none}"', 'rml:reference "none"', 'rml:reference "none" ; rml:termType rml:BlankNode'],
)
def test_a_null_subject_drops_all_that_is_said_of_it(tmp_path: Path, subject: str) -> None:
    mapping = triples_map('rml:reference "a"', source=table("t"), subject=f"{subject} ; rml:class ex:C")
    other = triples_map('rml:reference "b"', source=table("t"), name="Other")
    assert objects(mapped(tmp_path, mapping + other, ONE_ROW)) == ['"b c"']


def test_a_null_predicate_drops_the_triple(tmp_path: Path) -> None:
    said = 'rml:predicateMap [ rml:template "http://x/{none}" ] ; rml:objectMap [ rml:reference "a" ]'
    assert made(tmp_path, said, 'rml:reference "b"') == ['"b c"']


def test_datatypes_and_languages_may_differ_from_row_to_row(tmp_path: Path) -> None:
    rows = "CREATE TABLE t AS SELECT * FROM (VALUES (1, '7', 'en', 'integer'), (2, 'y', 'PT-br', 'string')) AS t(id, a, tag, kind)"
    tagged = 'rml:reference "a" ; rml:languageMap [ rml:reference "tag" ]'
    typed = f'rml:reference "a" ; rml:datatypeMap [ rml:template "{XSD}{{kind}}" ]'
    assert made(tmp_path, tagged, row=rows) == ['"7"@en', '"y"@pt-br']
    assert made(tmp_path, typed, row=rows) == [f'"7"^^<{XSD}integer>', '"y"']
    referred = 'rml:reference "a" ; rml:datatypeMap [ rml:reference "kind" ]'
    assert made(tmp_path, referred, row=rows) == [f'"7"^^<{BASE}integer>', f'"y"^^<{BASE}string>']


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "+007"),
        ("integer", "21000000000000000000000000"),
        ("decimal", "131.70"),
        ("double", "-1.5E-3"),
        ("float", "INF"),
        ("boolean", "0"),
        ("byte", "-128"),
        ("date", "2024-02-29"),
        ("dateTime", "2023-01-01T10:00:00.5+01:00"),
        ("gYear", "-0044"),
        ("anyURI", "no IRI at all"),
        ("normalizedString", "a b"),
    ],
)
def test_a_text_that_fits_its_datatype_stays_as_it_is(tmp_path: Path, kind: str, text: str) -> None:
    row = f"CREATE TABLE t AS SELECT 1 AS id, '{text}' AS a, NULL::VARCHAR AS none"
    expected = [f'"{text}"^^<{XSD}{kind}>']
    assert made(tmp_path, f'rml:reference "a" ; rml:datatype xsd:{kind}', row=row) == expected
    assert made(tmp_path, f'rml:reference "a" ; rml:datatypeMap [ rml:template "{XSD}{kind}" ]', row=row) == expected
    assert made(tmp_path, f'rml:reference "none" ; rml:datatype xsd:{kind}', row=row) == []


def test_fractions_in_json_keep_their_digits_wherever_they_go(tmp_path: Path) -> None:
    row = """CREATE TABLE t AS SELECT 1 AS id, '{"a": 131.70, "l": [1e3, "x"], "o": {"b": 2.50}}'::JSON AS j"""
    assert made(tmp_path, 'rml:reference "j.a"', row=row) == [f'"131.70"^^<{XSD}double>']
    assert made(tmp_path, 'rml:reference "j.a" ; rml:datatype xsd:decimal', row=row) == [f'"131.70"^^<{XSD}decimal>']
    assert made(tmp_path, 'rml:template "http://x/{j.a}"', row=row) == ["<http://x/131.70>"]
    assert made(tmp_path, 'rml:reference "j.o.b"', row=row) == [f'"2.50"^^<{XSD}double>']
    with pytest.raises(MappingError, match=r'\{"b":2\.50\} is no single value'):
        made(tmp_path, 'rml:reference "j.o"', row=row)


def test_constant_datatype_and_language_maps_are_spelt_out_shortcuts(tmp_path: Path) -> None:
    assert made(tmp_path, 'rml:reference "a" ; rml:languageMap [ rml:constant "en" ]') == ['"a"@en']
    assert made(tmp_path, 'rml:reference "a" ; rml:datatypeMap [ rml:constant xsd:token ]') == [f'"a"^^<{XSD}token>']


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ('rml:reference "a" ; rml:termType rml:IRI', "a b"),
        ('rml:reference "a" ; rml:termType rml:IRI', "x> <y> <z"),
        ('rml:reference "a" ; rml:termType rml:IRI', "http://x/\n<s> <p> <o> ."),
        ('rml:reference "a" ; rml:languageMap [ rml:reference "a" ]', "en> ."),
        ('rml:reference "a" ; rml:datatypeMap [ rml:reference "a" ]', "x> . <y"),
        *((f'rml:reference "a" ; rml:datatype xsd:{kind}', text) for kind, text in ILL_TYPED),
        *((f'rml:reference "a" ; rml:datatypeMap [ rml:template "{XSD}{kind}" ]', text) for kind, text in ILL_TYPED),
    ],
)
def test_a_value_that_would_tear_the_graph_is_an_error_of_its_row(tmp_path: Path, term: str, value: str) -> None:
    with pytest.raises(MappingError, match=r"a row cannot be mapped: .* is no (IRI|language tag|xsd:\w+).*\[KG207\]"):
        made(tmp_path, term, row=f"CREATE TABLE t AS SELECT 1 AS id, '{value}' AS a")


@pytest.mark.parametrize("value", ["", "a b", "é", "_", "-", ".", "a.", "0", "%", "a:b", "\n"])
def test_a_blank_node_has_a_legal_label_of_its_own(tmp_path: Path, value: str) -> None:
    row = f"CREATE TABLE t AS SELECT 1 AS id, '{value}' AS a"
    (label,) = made(tmp_path, 'rml:reference "a" ; rml:termType rml:BlankNode', row=row)
    (quad,) = ox.parse(f"<x:s> <x:p> {label} .", format=ox.RdfFormat.N_TRIPLES)
    assert str(quad.object) == label


@pytest.mark.parametrize(
    "value",
    [
        'say "hi" it\'s',
        "a\nb\r\nc\td",
        "back\\slash",
        "\x00\x01\x02\x1f\x7f",
        "Côte d'Ivoire 葉篤正 \U0001f600",
        "{a} %20 $1 ?",
        " padded ",
        "NULL",
    ],
)
def test_a_literal_and_a_template_keep_every_character(tmp_path: Path, value: str) -> None:
    row = f"CREATE TABLE t AS SELECT 1 AS id, '{value.replace(chr(39), chr(39) * 2)}' AS a"
    said = (
        'rml:reference "a"',
        'rml:template "http://x/{a}"',
        'rml:reference "a" ; rml:language "en"',
        'rml:template "{a}!" ; rml:termType rml:Literal',
    )
    lines = "".join(f"<x:s> <x:p> {term} .\n" for term in made(tmp_path, *said, row=row))
    found = [quad.object for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]
    assert {term.value for term in found if isinstance(term, ox.Literal)} == {value, value + "!"}
    assert [unquote(term.value.removeprefix("http://x/")) for term in found if isinstance(term, ox.NamedNode)] == [
        value
    ]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("true", f'"true"^^<{XSD}boolean>'),
        ("5", f'"5"^^<{XSD}integer>'),
        ("9007199254740993::BIGINT", f'"9007199254740993"^^<{XSD}integer>'),
        ("18446744073709551615::UBIGINT", f'"18446744073709551615"^^<{XSD}integer>'),
        ("(SELECT sum(x) FROM (VALUES (9007199254740992), (1)) AS v(x))", f'"9007199254740993"^^<{XSD}integer>'),
        ("131.70::DECIMAL(9, 2)", f'"131.70"^^<{XSD}decimal>'),
        ("1.5::DOUBLE", f'"1.5"^^<{XSD}double>'),
        ("DATE '2024-02-29'", f'"2024-02-29"^^<{XSD}date>'),
        ("TIME '03:04:05'", f'"03:04:05"^^<{XSD}time>'),
        ("TIMESTAMP '2024-02-29 03:04:05'", f'"2024-02-29T03:04:05"^^<{XSD}dateTime>'),
        ("'x'", '"x"'),
        ("'x'::ENUM('x', 'y')", '"x"'),
    ],
)
def test_a_typed_column_has_its_natural_datatype(tmp_path: Path, column: str, expected: str) -> None:
    assert made(tmp_path, 'rml:reference "a"', row=f"CREATE TABLE t AS SELECT 1 AS id, {column} AS a") == [expected]


def test_a_text_that_looks_like_a_number_stays_a_text(tmp_path: Path) -> None:
    assert made(tmp_path, 'rml:reference "a"', row="CREATE TABLE t AS SELECT 1 AS id, '007' AS a") == ['"007"']


def test_a_number_in_a_template_passes_through_no_float(tmp_path: Path) -> None:
    row = "CREATE TABLE t AS SELECT 9007199254740993 AS id, 123456789012345678901234567890::HUGEINT AS a"
    assert made(tmp_path, 'rml:template "http://x/{id}/{a}"', row=row) == [
        "<http://x/9007199254740993/123456789012345678901234567890>"
    ]


def test_classes_predicates_and_objects_are_multiplied_out(tmp_path: Path) -> None:
    said = 'rml:predicate ex:p , ex:q ; rml:predicateMap [ rml:template "http://x/{a}" ] ; rml:object "one" ; rml:objectMap [ rml:reference "a" ] , [ rml:reference "b" ]'
    mapping = triples_map(said, source=table("t"), subject='rml:template "http://x/{id}" ; rml:class ex:C , ex:D')
    quads = mapped(tmp_path, mapping, ONE_ROW)
    types = {(f"<{RDF}type>", "<http://example.org/C>"), (f"<{RDF}type>", "<http://example.org/D>")}
    expected = {
        (p, o)
        for p in ("<http://example.org/p>", "<http://example.org/q>", "<http://x/a>")
        for o in ('"one"', '"a"', '"b c"')
    }
    assert {(p, o) for _, p, o, _ in quads} == types | expected
    assert {(s, g) for s, _, _, g in quads} == {("<http://x/1>", None)}


@pytest.mark.parametrize(
    ("subject", "said", "expected"),
    [
        ("", "", {None}),
        ("rml:graph ex:g", "", {"<http://example.org/g>"}),
        ("rml:graph ex:g , ex:h", "", {"<http://example.org/g>", "<http://example.org/h>"}),
        ('rml:graphMap [ rml:template "http://x/{a}" ]', "", {"<http://x/a>"}),
        ("", "rml:graph ex:g", {"<http://example.org/g>"}),
        ("rml:graph ex:g", "rml:graph ex:h", {"<http://example.org/g>", "<http://example.org/h>"}),
        ("rml:graph ex:g", "rml:graph ex:g", {"<http://example.org/g>"}),
        ("rml:graph rml:defaultGraph", "", {None}),
        ("rml:graph rml:defaultGraph , ex:g", "", {None, "<http://example.org/g>"}),
        ("rml:graph ex:g", "rml:graph rml:defaultGraph", {None, "<http://example.org/g>"}),
        ("", 'rml:graphMap [ rml:reference "a" ]', {f"<{BASE}a>"}),
    ],
)
def test_graphs_of_subject_and_of_predicate_and_object_add_up(
    tmp_path: Path, subject: str, said: str, expected: set[str | None]
) -> None:
    mapping = triples_map(
        f"rml:predicate ex:p ; rml:object ex:o{f' ; {said}' if said else ''}",
        source=table("t"),
        subject=f'rml:template "http://x/{{id}}"{f" ; {subject}" if subject else ""}',
    )
    quads = mapped(tmp_path, mapping, ONE_ROW)
    assert {g for _, _, _, g in quads} == expected
    assert len(quads) == len(expected)


def test_the_graphs_of_a_predicate_and_object_are_not_those_of_the_class(tmp_path: Path) -> None:
    mapping = triples_map(
        "rml:predicate ex:p ; rml:object ex:o ; rml:graph ex:g",
        source=table("t"),
        subject='rml:template "http://x/{id}" ; rml:class ex:C',
    )
    assert {(o, g) for _, _, o, g in mapped(tmp_path, mapping, ONE_ROW)} == {
        ("<http://example.org/C>", None),
        ("<http://example.org/o>", "<http://example.org/g>"),
    }
