"""Things are found by their names."""

from __future__ import annotations

import json

import pytest

from kg.pages.search import Index
from tests.unit.pages.graph import EX, StoreGraph, site, sound, store, text

NAMES = """ex:a rdfs:label "NVIDIA A100 80GB" ; skos:altLabel "A100-80" . ex:b rdfs:label "NVIDIA A100" . ex:c rdfs:label "CLIP ViT-L/14" .
ex:d rdfs:label "Café au lait"@fr . ex:e rdfs:label "Orion" . ex:f rdfs:label "Orion Minor" . ex:g rdfs:label "The Orion Project" .
ex:h rdf:predicate ex:p ; rdfs:label "Orion the statement" . _:x rdfs:label "Orion the blank" ."""


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(StoreGraph(store(NAMES)))


def found(index: Index, words: str) -> list[str]:
    return [hit.iri.removeprefix(EX) for hit in index.search(words, 10)[0]]


@pytest.mark.parametrize(
    ("words", "things"),
    [
        ("orion", ["e", "f", "g"]),
        ("ori", ["e", "f", "g"]),
        ("nvidia a100", ["b", "a"]),
        ("A100-80", ["a"]),
        ("vit-l/14", ["c"]),
        ("cafe", ["d"]),
        ("CAFÉ", ["d"]),
        ("zebra", []),
        ("", []),
        ('"', []),
        ("orion OR zebra", []),
        ("name : orion", []),
        ("NEAR(orion minor)", []),
        ("*", []),
        ("' OR 1=1 --", []),
    ],
)
def test_words_and_their_beginnings_find_names_the_best_first(index: Index, words: str, things: list[str]) -> None:
    assert found(index, words) == things


def test_scores_fall_and_a_full_fit_has_a_hundred(index: Index) -> None:
    scores = [hit.score for hit in index.search("Orion", 10)[0]]
    assert scores[0] == 100
    assert scores == sorted(scores, reverse=True)


def test_results_come_in_pages() -> None:
    there = site(" ".join(f'ex:n{number} a ex:Thing ; rdfs:label "thing {number}" .' for number in range(60)))
    html = sound(there.search("thing", 2))
    assert "60 things called like" in text(html)
    assert 'start="26"' in html
    assert "thing" in sound(there.search("thing", 99))


def test_suggestions_have_the_classes_and_a_score() -> None:
    iri, name, classes, score = site().suggest("ori")[0]
    assert (iri, name, classes) == (EX + "orion", "Orion-7B", ("https://kg.example/ns#Model",))
    assert 80 <= score <= 84
    assert "Chip 1" in text(sound(site().search("C1")))


def test_the_search_fields_get_what_they_show() -> None:
    assert json.loads(site().suggestions("ori"))[0] == {"label": "Orion-7B", "href": "/id/orion", "types": ["model"]}
