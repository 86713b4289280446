"""XML that each parser reads, and reads as it was meant."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from kg.rdf.xml_text import fit_for_xml


def fit(data: bytes, size: int) -> bytes:
    found: list[bytes] = []
    take = fit_for_xml(found.append)
    for start in range(0, len(data), size):
        take(data[start : start + size])
    return b"".join(found)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_what_xml_has_no_place_for_is_replaced_and_all_else_kept(size: int) -> None:
    odd = "".join(
        map(
            chr,
            [
                *range(1, 32),
                0x7F,
                0x85,
                0x2028,
                0xD7FF,
                0xE000,
                0xFEFF,
                0xFFFC,
                0xFFFD,
                0xFFFE,
                0xFFFF,
                0x1F600,
                0x1FFFE,
            ],
        )
    )
    element = ET.Element("a")
    element.text = odd
    found = ET.fromstring(fit(ET.tostring(element, "utf-8").replace(b"&#13;", b"\r"), size)).text  # noqa: S314 - it is ours
    lost = {*map(chr, range(1, 32)), "\ufffe", "\uffff"} - set("\t\n\r")
    assert found == "".join("\ufffd" if sign in lost else sign for sign in odd)


def test_what_is_fit_is_passed_on_as_it_is() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("é 😀 <&> \n\t \ufffd")))
    rows, graph = store.query("SELECT * { ?s ?p ?o }"), store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(rows, ox.QuerySolutions)
    assert isinstance(graph, ox.QueryTriples)
    written = (rows.serialize(format=ox.QueryResultsFormat.XML), ox.serialize(graph, format=ox.RdfFormat.RDF_XML))
    for data in written:
        assert data
        assert fit(data, 7) == data
