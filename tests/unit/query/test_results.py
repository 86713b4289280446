"""Results as text: a table for people, the standard formats for programs."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query import FORMATS, render, run
from kg.rdf.namespaces import XSD

NAMES = {"x": "http://x/", "xsd": XSD}


def answer(query: str, format_: str = "table") -> str:
    found = ox.Store()
    found.extend(
        ox.Quad(ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(value))
        for value in ("b", "a", 'c,"d\n')
    )
    return render(run(found, query, NAMES), format_, NAMES).decode()


def cell(value: str) -> str:
    """Return a value as it stands in a table."""
    return answer(f"SELECT ?v {{ BIND ({value} AS ?v) }}").split("\n")[2].strip()


def test_a_table_is_aligned_with_numbers_to_the_right() -> None:
    table = answer(
        'SELECT ?name ?count ?thing { VALUES (?name ?count ?thing) { ("a" 5 x:s) ("longer" 1200 <http://y/s>) ("é" UNDEF UNDEF) } }'
    )
    assert table.split("\n") == [
        "name    count  thing",
        "──────  ─────  ────────────",
        "a           5  x:s",
        "longer   1200  <http://y/s>",
        "é",
        "(3 rows)",
        "",
    ]


def test_a_table_counts_its_rows() -> None:
    assert answer("SELECT ?s { ?s x:none ?o }").split("\n") == ["s", "─", "(no row)", ""]
    assert answer("SELECT ?s { ?s x:p 'a' }").endswith("\n(1 row)\n")


def test_a_column_without_a_value_is_no_column_of_numbers() -> None:
    assert answer("SELECT ?a ?b { VALUES (?a ?b) { (UNDEF 'long text') } }").split("\n")[2] == "   long text"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.89e24", "1.89e24"),
        ("9.9090432e23", "9.909043e23"),
        ("1e15", "1e15"),
        ("999999999999999e0", "999999999999999"),
        ("16777216e0", "16777216"),
        ("0.00015e0", "0.00015"),
        ("1e-5", "1e-5"),
        ("-2.5e30", "-2.5e30"),
        ("0e0", "0"),
        ("12218.1818181818", "12218.181818"),
        ("0.697167755991285", "0.697168"),
        ("10.50", "10.5"),
        ("100.0", "100"),
        ("0.00000001", "0.00000001"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"INF"^^xsd:double', "INF"),
        ('"NaN"^^xsd:double', "NaN"),
        ('"nonsense"^^xsd:decimal', "nonsense"),
        ("true", "true"),
        ('"1e5"', "1e5"),
        ('"2024-01-02"^^xsd:date', "2024-01-02"),
        ('"hallo"@de', "hallo"),
        ("x:s", "x:s"),
        ("<http://other/s>", "<http://other/s>"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: str, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        '"a\\u001B[31mred\\u0007\\u0000\\u009B"',
        '"a\\u001B[31m"^^xsd:double',
        '"0\\u001B[31m"^^xsd:decimal',
        '" \\n0"^^xsd:double',
        '"a\\nb\\r\\tc\\u2028\\u0085d"',
        '"a\\u202Eb\\u200F"',
    ],
)
def test_no_value_drives_the_terminal_or_tears_the_table(value: str) -> None:
    lines = answer(f"SELECT ?v ?w {{ BIND ({value} AS ?v) BIND (1 AS ?w) }}").split("\n")
    assert len(lines) == 5
    assert all(character.isprintable() for line in lines for character in line)


def test_a_blank_node_is_shown() -> None:
    assert cell("BNODE()").startswith("_:")


def test_csv_tsv_json_and_xml_are_the_standard_ones() -> None:
    query = "SELECT ?o ?s { ?s x:p ?o } ORDER BY ?o"
    assert list(csv.reader(io.StringIO(answer(query, "csv")))) == [
        ["o", "s"],
        ["a", "http://x/s"],
        ["b", "http://x/s"],
        ['c,"d\n', "http://x/s"],
    ]
    assert answer(query, "tsv").splitlines()[:2] == ["?o\t?s", '"a"\t<http://x/s>']
    found = json.loads(answer(query, "json"))
    assert found["head"]["vars"] == ["o", "s"]
    assert found["results"]["bindings"][0]["o"] == {"type": "literal", "value": "a"}
    root = ET.fromstring(answer(query, "xml"))  # noqa: S314 - our own
    assert [variable.attrib["name"] for variable in root[0]] == ["o", "s"]
    assert len(root[1]) == 3


@pytest.mark.parametrize(
    ("format_", "yes", "no"),
    [("table", "yes\n", "no\n"), ("csv", "true\n", "false\n"), ("tsv", "true\n", "false\n")],
)
def test_a_question_is_answered(format_: str, yes: str, no: str) -> None:
    assert answer("ASK { x:s x:p 'a' }", format_) == yes
    assert answer("ASK { x:s x:p 'z' }", format_) == no


def test_a_question_is_answered_in_the_standard_formats() -> None:
    assert json.loads(answer("ASK { x:s x:p 'a' }", "json"))["boolean"] is True
    assert "<boolean>true</boolean>" in answer("ASK { x:s x:p 'a' }", "xml")


def test_a_graph_is_turtle_or_n_triples_and_sorted() -> None:
    query = "CONSTRUCT { ?s x:p ?o . x:a x:p ?o } WHERE { ?s x:p ?o }"
    triples = [f"<http://x/{s}> <http://x/p> {o} ." for s in ("a", "s") for o in ('"a"', '"b"', '"c,\\"d\\n"')]
    assert answer(query, "nt").splitlines() == triples
    assert answer(query, "ttl") == answer(query)
    assert "@prefix x: <http://x/> ." in answer(query, "ttl")
    assert {str(quad.triple) for quad in ox.parse(answer(query, "ttl"), format=ox.RdfFormat.TURTLE)} == {
        line.removesuffix(" .") for line in triples
    }


def test_each_triple_of_a_graph_is_written_once() -> None:
    assert answer("CONSTRUCT { x:a x:q 1 } WHERE { ?s x:p ?o }", "nt").count("\n") == 1


def test_an_empty_graph_is_no_error() -> None:
    assert answer("CONSTRUCT { ?s x:q ?o } WHERE { ?s x:none ?o }", "nt") == ""


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_every_kind_of_query_has_a_format_or_an_error_that_names_one(query: str, format_: str) -> None:
    """No combination is a traceback."""
    is_graph = query.startswith("CONSTRUCT")
    if format_ == "table" or is_graph == (format_ in ("ttl", "nt")):
        assert answer(query, format_)
    else:
        with pytest.raises(QueryError, match=r"use --format (ttl or nt|table, csv, tsv, json or xml) \[KG505\]"):
            answer(query, format_)


def test_what_others_could_not_read_is_written_for_them() -> None:
    assert answer("SELECT ?v { VALUES ?v { <http://x/a,b> } }", "csv") == 'v\r\n"http://x/a,b"\r\n'
    assert "a\ufffd&#13;" in answer(r"SELECT ?v { VALUES ?v { 'a\u0001\r' } }", "xml")
