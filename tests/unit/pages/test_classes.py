"""The page of a class: columns and facets that fit the data, search, filters, orders and pages."""

from __future__ import annotations

import re

import pytest

from kg.pages import Site, SiteSettings
from tests.unit.pages.graph import EX, KG, RELEASE, StoreGraph, site, sound, store, text

MODELS = (
    " ".join(
        f'ex:m{number} a kg:Model ; rdfs:label "Model {number:03}" ; kg:parameterCount {number * 7 % 100} ; kg:architecture "{"odd" if number % 2 else "even"}" ; kg:evaluatedOn ex:b{number % 3} .'
        for number in range(60)
    )
    + ' ex:m60 a kg:Model ; rdfs:label "Model 060 without a count" . ex:b0 rdfs:label "Bench 0" . ex:b1 rdfs:label "Bench 1" . ex:b2 rdfs:label "Bench 2" .'
)


@pytest.fixture(scope="module")
def models() -> Site:
    return Site(StoreGraph(store(MODELS)), SiteSettings(page_size=20))


def names(models: Site, **params: str) -> list[str]:
    html = sound(models.class_page(KG + "Model", {key: [value] for key, value in params.items()}))
    return re.findall(r'<th scope="row"><a href="[^"]*"><bdi>([^<]*)', html)


def test_columns_and_facets_are_chosen_from_the_data(models: Site) -> None:
    html = sound(models.class_page(KG + "Model", {}))
    head = text(html.partition("<thead>")[2].partition("</thead>")[0])
    assert "parameter count" in head
    assert "architecture" in head
    facets = text(html.partition('class="facets"')[2].partition("</aside>")[0])
    assert "architecture even 30" in facets
    assert "evaluated on Bench 0 20" in facets


def test_a_page_holds_its_number_of_things_in_order_of_their_names(models: Site) -> None:
    assert names(models) == [f"Model {number:03}" for number in range(20)]
    assert names(models, page="4") == ["Model 060 without a count"]
    assert names(models, page="99") == ["Model 060 without a count"]


def test_numbers_are_sorted_as_numbers_and_what_has_none_comes_last(models: Site) -> None:
    counts = {f"Model {number:03}": number * 7 % 100 for number in range(60)}
    shown = [name for page in "1234" for name in names(models, sort=KG + "parameterCount", page=page)]
    assert [counts[name] for name in shown[:-1]] == sorted(counts.values())
    assert shown[-1] == "Model 060 without a count"
    downward = [name for page in "1234" for name in names(models, sort=f"-{KG}parameterCount", page=page)]
    assert [counts[name] for name in downward[:-1]] == sorted(counts.values(), reverse=True)
    assert downward[-1] == "Model 060 without a count"


def test_filters_of_iris_and_of_texts_narrow_it_down(models: Site) -> None:
    html = sound(
        models.class_page(
            KG + "Model",
            {"f": [f'{KG}architecture|"odd"^^<http://www.w3.org/2001/XMLSchema#string>', f"{KG}evaluatedOn|<{EX}b0>"]},
        )
    )
    assert "10 things" in text(html)
    assert "Remove: architecture : odd" in text(html)
    assert names(models, f=f"{KG}evaluatedOn|<{EX}b1>")[:2] == ["Model 001", "Model 004"]


def test_a_number_is_a_filter_too(models: Site) -> None:
    assert names(models, f=f'{KG}parameterCount|"7"^^<http://www.w3.org/2001/XMLSchema#integer>') == ["Model 001"]


def test_search_within_a_class(models: Site) -> None:
    assert names(models, q="model 04") == [f"Model 04{number}" for number in range(10)]
    assert "Nothing fits." in text(sound(models.class_page(KG + "Model", {"q": ["nowhere"]})))


def test_every_query_is_bounded_and_holds_no_text_of_the_reader() -> None:
    graph = StoreGraph(store(MODELS))
    there = Site(graph)
    there.home()
    graph.asked.clear()
    there.class_page(
        KG + "Model", {"q": ["Model"], "f": [f'{KG}architecture|"secret }} words"'], "sort": [KG + "parameterCount"]}
    )
    assert graph.asked
    assert not [query for query in graph.asked if "secret" in query]
    assert not [
        query for query in graph.asked if "LIMIT" not in query and "COUNT(" not in query and "VALUES" not in query
    ]


def test_a_class_that_is_not_there_has_no_page(models: Site) -> None:
    assert models.class_page(KG + "Nothing", {}) is None


def test_numbers_with_units_of_their_own_are_shown_with_them() -> None:
    data = (
        RELEASE
        + """GRAPH ex:graph\\/one { ex:run kg:globalBatchSize 2048 . ex:batch rdf:subject ex:run ; rdf:predicate kg:globalBatchSize ;
      rdf:object 2048 ; kg:unitText "sequences" ; kg:rule "r" ; kg:level "stated" ; kg:verbatim "2048 sequences" . }"""
    )
    assert "2048 sequences" in text(sound(site(data).class_page(KG + "TrainingRun", {})))


def test_a_class_without_a_prefix_has_its_address_in_the_query() -> None:
    there = site('ex:a a <http://o.org/C> ; rdfs:label "A" .')
    html = sound(there.classes())
    assert 'href="/class?iri=http%3A%2F%2Fo.org%2FC"' in html
    shown = sound(there.class_page("http://o.org/C", {}))
    assert 'href="/class?iri=http%3A%2F%2Fo.org%2FC&amp;sort=' in shown


def test_names_are_sorted_as_the_reader_sees_them() -> None:
    data = """ex:axe a ex:T ; skos:prefLabel "hand axe"@en , "Faustkeil"@de , "biface"@fr . ex:bowl a ex:T ; skos:prefLabel "bowl"@en , "Schale"@de .
      ex:z a ex:T ; <https://schema.org/name> "amphora" . ex:cup a ex:T ; <http://purl.org/dc/terms/title> "cup" , "Tasse"@de ."""
    found = site(data)

    def order(languages: tuple[str, ...], **params: list[str]) -> list[str]:
        html = sound(found.class_page(EX + "T", params, languages))
        return re.findall(r'<th scope="row"><a href="[^"]*"><bdi[^>]*>([^<]*)', html)

    assert order(("en",)) == ["amphora", "bowl", "cup", "hand axe"]
    assert order(("en",), sort=["-label"]) == ["hand axe", "cup", "bowl", "amphora"]
    assert order(("de", "en")) == ["amphora", "Faustkeil", "Schale", "Tasse"]


def test_a_facet_says_that_it_has_other_values() -> None:
    def facets(number: int) -> str:
        data = " ".join(f'ex:a{each} a ex:T ; rdfs:label "{each}" ; ex:kind "k{each % number}" .' for each in range(60))
        return text(sound(site(data).class_page(EX + "T", {})).partition('class="facets"')[2].partition("</aside>")[0])

    assert "and other values" in facets(9)
    assert "and other values" not in facets(8)


def test_classes_of_one_name_are_told_apart_by_their_vocabularies() -> None:
    there = site("ex:a a <http://xmlns.com/foaf/0.1/Person> , <https://schema.org/Person> , ex:Book .")
    for html in (there.classes(), there.home()):
        seen = text(sound(html)).casefold()
        assert "person (schema.org)" in seen
        assert "person (xmlns.com)" in seen
        assert "book (" not in seen
