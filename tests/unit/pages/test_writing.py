"""The data of documents, in all syntaxes."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from kg.pages.writing import forms, written

SYNTAXES = (ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML)


def said(text: str) -> list[ox.Triple]:
    return [ox.Triple(ox.NamedNode("http://x/s"), ox.NamedNode("http://x/p"), ox.Literal(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\rb\r\nc\n\td", "a\rb\r\nc\n\td"),
        ("\x01 \x1f \ufffe \uffff \x7f", "\ufffd \ufffd \ufffd \ufffd \x7f"),
        ("é 😀 <&> \ufffd", "é 😀 <&> \ufffd"),
    ],
    ids=ascii,
)
def test_rdf_xml_is_read_by_others_and_as_it_was_meant(text: str, found: str) -> None:
    for data in (written(said(text), ox.RdfFormat.RDF_XML, {}), forms(said(text), SYNTAXES, {"x": "http://x/"})[-1]):
        assert ET.fromstring(data)[0][0].text == found  # noqa: S314 - it is ours


def test_all_other_syntaxes_have_what_xml_has_not() -> None:
    text = "\x01 \ufffe \r"
    for syntax, data in zip(SYNTAXES[:-1], forms(said(text), SYNTAXES[:-1], {}), strict=True):
        assert [quad.object.value for quad in ox.parse(data, format=syntax) if isinstance(quad.object, ox.Literal)] == [
            text
        ]
