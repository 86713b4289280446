from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.pages.editor import Fault, Rows, Triples, Truth, fault, read_results

ROWS = b"""{"head":{"vars":["s","n"]},"results":{"bindings":[
{"s":{"type":"uri","value":"https://kg.example/id/model/a"},"n":{"type":"literal","value":"7","datatype":"http://www.w3.org/2001/XMLSchema#integer"}},
{"n":{"type":"literal","value":"x","xml:lang":"en"}}]}}"""


def test_rows_come_with_nothing_where_a_variable_is_not_bound() -> None:
    found = read_results(ROWS, "application/sparql-results+json; charset=utf-8")
    assert found == Rows(
        ("s", "n"),
        ((ox.NamedNode("https://kg.example/id/model/a"), ox.Literal(7)), (None, ox.Literal("x", language="en"))),
    )


def test_truth_and_triples_are_told_apart() -> None:
    assert read_results(b'{"head":{},"boolean":false}', "application/sparql-results+json") == Truth(holds=False)
    triple = ox.Triple(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal("o"))
    assert read_results(b'<x:s> <x:p> "o" .\n', "application/n-triples") == Triples((triple,))


def test_another_media_type_is_refused() -> None:
    with pytest.raises(ValueError, match="text/csv"):
        read_results(b"s\n", "text/csv")


def test_the_place_of_a_fault_is_read_from_the_message() -> None:
    assert fault("the query is not SPARQL: line 3, column 14: expected }") == Fault(
        "the query is not SPARQL: line 3, column 14: expected }", 3, 14
    )
    assert fault("the query takes too long") == Fault("the query takes too long")
