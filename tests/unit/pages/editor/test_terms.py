from __future__ import annotations

import json

import pyoxigraph as ox

from kg.pages.editor import terms
from kg.pages.vocabulary import Vocabulary
from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE
from tests.unit.pages.graph import StoreGraph

NAMES = prefixes(DEFAULT_BASE)
DATA = """@prefix kg: <https://kg.example/ns#> . @prefix ex: <http://elsewhere.example/> .
<x:1> a kg:Model ; kg:parameterCount 7 ; ex:p 1 , 2 , 3 , 4 , 5 . <x:2> a kg:Model , ex:Thing .
"""


def graph(turtle: str = DATA) -> StoreGraph:
    store = ox.Store()
    store.load(turtle.encode(), format=ox.RdfFormat.TURTLE)
    return StoreGraph(store)


def test_terms_come_with_the_most_used_first_and_with_what_the_ontology_says_of_them() -> None:
    found = json.loads(json.dumps(terms(graph(), NAMES)))
    assert [(term["name"], term["count"]) for term in found["classes"]] == [
        ("kg:Model", 2),
        ("<http://elsewhere.example/Thing>", 1),
    ]
    assert [term["name"] for term in found["properties"]] == [
        "<http://elsewhere.example/p>",
        "rdf:type",
        "kg:parameterCount",
    ]
    [model, _] = found["classes"]
    assert model["label"] == "model"
    assert model["about"]
    assert found["prefixes"]["kg"] == "https://kg.example/ns#"


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert json.dumps(terms(graph(), NAMES)) == json.dumps(terms(graph(), dict(reversed(NAMES.items()))))


def test_a_graph_of_very_many_terms_gives_only_the_most_used() -> None:
    many = graph("".join(f"<x:s{n}> <x:p{n}> <x:o> .\n" for n in range(1500)) + "<x:a> <x:p7> <x:b> .")
    found = terms(many, NAMES, Vocabulary())["properties"]
    assert isinstance(found, list)
    assert len(found) == 1000
    assert found[0] == {"iri": "x:p7", "name": "<x:p7>", "count": 2}


def test_an_english_label_is_taken_before_others_and_long_texts_are_cut() -> None:
    own = graph(
        """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        <x:T> a owl:Class ; rdfs:label "Ding"@de , "thing"@en ; rdfs:comment \""""
        + "long " * 100
        + """\" . <x:1> a <x:T> ."""
    )
    [term] = [term for term in terms(own, NAMES)["classes"] if term["iri"] == "x:T"]  # type: ignore[attr-defined]
    assert term["label"] == "thing"
    assert len(term["about"]) == 200
    assert term["about"].endswith("…")
