"""Pages about data of strangers: hash IRIs lead to their place, and what is in many languages is for readers of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.watching import PHONE, faults, overflow, watching
from tests.serving import Server, kg_serve

DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://zoo.example/> . @prefix zoo: <http://zoo.example/onto#> .
GRAPH ex:graph {
  ex:onto a owl:Ontology ; rdfs:label "Zoo" .
  zoo:Animal a owl:Class ; rdfs:label "animal"@en , "Tier"@de ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty zoo:eats ; owl:minCardinality 1 ] .
  zoo:Food a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:unionOf ( zoo:Animal zoo:Plant ) ] .
  zoo:eats a owl:ObjectProperty ; rdfs:label "eats" . zoo:leo a zoo:Animal ; rdfs:label "Leo" ; zoo:eats ex:grass ; ex:born "1815"^^xsd:gYear .
  ex:vessel a skos:Concept ; skos:prefLabel "vessel"@en , "Gefäß"@de , "כלי קיבול"@he ; skos:related [] ; ex:note "" , "many"^^xsd:integer .
}
"""
PAGES = ("/onto", "/vessel", "/vessel?lang=he", "/graph", "/born", "/ontology", "/query")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file: Path = tmp_path_factory.mktemp("zoo") / "zoo.trig"
    file.write_text(DATA, encoding="utf-8")
    with kg_serve(file) as server:
        yield server


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everyone(browser: Browser, zoo: Server, path: str) -> None:
    with watching(browser, zoo) as watched:
        page = watched.open(path)
        assert faults(page) == []
        page.set_viewport_size(PHONE)
        assert overflow(page) == 0


def test_a_hash_iri_leads_to_its_place(browser: Browser, zoo: Server) -> None:
    with watching(browser, zoo) as watched:
        for fragment, name in (("Animal", "animal"), ("eats", "eats"), ("leo", "Leo")):
            page = watched.open(f"/onto#{fragment}")
            expect(page.locator(":target")).to_contain_text(name)
            expect(page.locator(":target")).to_be_in_viewport()


def test_a_reader_comes_from_one_language_to_another(browser: Browser, zoo: Server) -> None:
    with watching(browser, zoo, locale="de-AT") as watched:
        page = watched.open("/vessel")
        expect(page.locator("h1")).to_have_text("Gefäß")
        watched.enter(page.get_by_role("link", name="כלי קיבול"))
        expect(page.locator("h1 bdi")).to_have_attribute("lang", "he")
