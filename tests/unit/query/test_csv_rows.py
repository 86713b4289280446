"""Rows as CSV, which others take apart into the same fields."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest

from kg.query import csv_lines


def lines(query: str) -> list[bytes]:
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    return list(csv_lines(found))


@pytest.mark.parametrize(
    ("term", "field"),
    [
        ("'plain'", "plain"),
        ("'a,b'", "a,b"),
        ("'say \"a\"'", 'say "a"'),
        (r"'a\nb'", "a\nb"),
        (r"'a\rb'", "a\rb"),
        (r"'\t'", "\t"),
        ("' '", " "),
        ("''", ""),
        ("'é'@fr", "é"),
        ("1.5", "1.5"),
        ("<http://x/Austin,_Texas>", "http://x/Austin,_Texas"),
        ("<<( <http://x/a,b> <http://x/p> <<( <http://x/s> <http://x/p> 'a,\"b\"' )>> )>>", 'http://x/a,b http://x/p http://x/s http://x/p a,"b"'),
        ("UNDEF", ""),
    ],
)  # fmt: skip
def test_a_field_is_read_as_it_was_meant(term: str, field: str) -> None:
    found = lines(f"SELECT ?x ?y ?z {{ VALUES (?x ?y ?z) {{ (1 {term} 2) }} }}")
    assert found[0] == b"x,y,z\r\n"
    assert list(csv.reader(io.StringIO(b"".join(found).decode(), newline=""), strict=True))[1] == ["1", field, "2"]


def test_what_needs_no_quotes_has_none() -> None:
    assert lines("SELECT * { VALUES (?a ?b) { ('x' <urn:x>) (UNDEF UNDEF) } }") == [
        b"a,b\r\n",
        b"x,urn:x\r\n",
        b",\r\n",
    ]
    assert lines("SELECT ?a ?b { VALUES (?a ?b) { ('x' 'y,z') } }") == [b"a,b\r\n", b'x,"y,z"\r\n']


def test_a_blank_node_and_rows_without_variables() -> None:
    assert lines("SELECT (BNODE() AS ?b) {}")[1].startswith(b"_:")
    assert lines("SELECT * { {} UNION {} }") == [b"\r\n"] * 3
