"""What is merely mentioned: terms that are used, things that are only values."""

from __future__ import annotations

import pytest

from kg.pages import mentions as module
from kg.pages.mentions import Mentions
from kg.pages.overview import Overview
from tests.unit.pages.graph import StoreGraph, store

_DATA = """
<http://x/doc#me> <http://v/ns#knows> <http://x/doc#you>, <http://x/card#other>, <http://x/plain> ; a <http://v/ns#Person>, <http://v/Agent> .
<http://v/ns#knows> a rdf:Property ; rdfs:label "knows" .
<http://x/plain> <http://v/flat> "1" .
"""


def mentions(*, static: bool = False) -> Mentions:
    graph = StoreGraph(store(_DATA))
    return Mentions(graph, Overview(graph), static=static)


def test_terms_that_are_merely_used() -> None:
    found = mentions()
    assert {iri: info.kind for iri, info in found.used.items()} == {
        "http://v/Agent": "class",
        "http://v/flat": "property",
        "http://v/ns#Person": "class",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "property",
        "http://www.w3.org/2000/01/rdf-schema#label": "property",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property": "class",
    }
    assert set(found.terms) == {*found.used, "http://v/ns#knows"}


def test_parts_and_values_of_documents() -> None:
    found = mentions()
    assert found.parts("http://x/doc") == ("http://x/doc#me",)
    assert found.parts("http://v/ns") == ("http://v/ns#Person", "http://v/ns#knows")
    assert found.values("http://x/card") == ("http://x/card#other",)
    # What has things of its own shows these, and a thing of a document is none.
    assert found.values("http://x/doc") == found.values("http://x/card#other") == found.values("http://x/none") == ()


def test_a_static_site_has_no_pages_for_them() -> None:
    found = mentions(static=True)
    assert (dict(found.used), found.parts("http://v/ns"), found.values("http://x/card")) == (
        {},
        ("http://v/ns#knows",),
        (),
    )


def test_a_large_graph_is_not_searched_for_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_READ", 3)
    assert mentions().values("http://x/card") == ()
