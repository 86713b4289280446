"""The pages about the graph as a whole."""

from __future__ import annotations

import json
import re

from lxml import etree

from kg.pages import Download, Site, SiteSettings
from kg.pages.editor import Asked
from kg.pages.sitemap import PART, part
from kg.query import questions
from tests.unit.pages.graph import EX, RELEASE, StoreGraph, site, sound, store, text


def test_the_home_page_tells_what_is_in_the_graph() -> None:
    settings = SiteSettings(
        title="My graph",
        description="About things.",
        downloads=(Download("N-Quads", "/graph.nq", "application/n-quads", 2048),),
    )
    html = sound(Site(StoreGraph(store(RELEASE)), settings).home())
    seen = text(html)
    for words in ("My graph", "About things.", "model 1", "in 3 named graphs", "N-Quads", "2.0 kB"):
        assert words in seen
    island = re.search(r'ld\+json">(.*?)</script>', html)
    assert island is not None
    assert json.loads(island.group(1))["@type"] == "Dataset"


def test_pages_that_have_nothing_to_show_are_not_offered() -> None:
    bare = site('ex:a rdfs:label "A" .')
    assert bare.map() is None
    assert bare.timeline() is None
    assert 'href="/map"' not in sound(bare.home())


def test_an_empty_graph_has_pages() -> None:
    empty = site("")
    for html in (empty.home(), empty.classes(), empty.ontology(), empty.search("x")):
        sound(html)


def test_a_graph_without_a_statement_says_so() -> None:
    assert "The graph is empty." in text(site("").home())
    assert "1 statement." in text(site("ex:a ex:b ex:c .").home())


def test_questions_are_offered_only_to_a_graph_that_can_answer_them() -> None:
    ours, foreign = site(), site('ex:a rdfs:label "A" .')
    first = questions()[0]
    assert "named questions" in text(ours.home())
    assert "named questions" not in text(foreign.home())
    assert first.text in text(sound(ours.query(questions())))
    assert first.text not in text(sound(foreign.query(questions())))
    assert first.text in text(sound(foreign.query(questions(), Asked(question=first.name))))


def test_compute_is_drawn_against_time_and_told_as_a_table() -> None:
    html = sound(site().timeline())
    assert "<svg" in html
    assert "Orion-7B 2024 1.2 × 10 24 FLOP" in text(html.partition("as-table")[2])


def test_facilities_are_on_the_map_by_country() -> None:
    data = (
        'ex:f a kg:Facility ; rdfs:label "F" ; kg:country ex:SGP . ex:SGP rdfs:label "Singapore" ; kg:isoAlpha3 "SGP" .'
    )
    html = sound(site(data).map())
    assert "Singapore" in html
    assert "/class/kg:Facility?f=" in html


def test_what_has_coordinates_is_on_the_map_and_is_called_no_facility() -> None:
    wgs = "http://www.w3.org/2003/01/geo/wgs84_pos#"
    html = sound(site(f'ex:a rdfs:label "The tree" ; <{wgs}lat> 52.5 ; <{wgs}long> 13.4 .').map())
    assert "What the graph gives coordinates of." in text(html)
    assert "The tree" in html
    assert "acilit" not in text(html)


def test_the_ontology_is_documented_only_where_it_is_used() -> None:
    assert 'id="Model"' in sound(site().ontology())
    own = 'ex:C a owl:Class ; rdfs:label "My class" ; rdfs:comment "Mine." . ex:p a owl:ObjectProperty ; rdfs:domain ex:C .'
    html = sound(site(own).ontology())
    assert "Mine." in html
    assert 'id="Model"' not in html


def test_the_sitemap_lists_things_and_classes_and_no_evidence() -> None:
    there = site()
    index = there.sitemap()
    first = there.sitemap(1)
    assert index is not None
    assert first is not None
    etree.fromstring(index.encode())
    etree.fromstring(first.encode())
    assert "https://kg.example/id/orion.html" in first
    assert "said" not in first
    assert there.sitemap(2) is None
    assert there.sitemap(0) is None


def test_a_sitemap_has_parts_of_the_size_that_is_allowed() -> None:
    context = site()._context
    pages = tuple(f"/p{number}" for number in range(PART + 1))
    assert (part(context, pages, 1) or "").count("<url>") == PART
    assert (part(context, pages, 2) or "").count("<url>") == 1


def test_robots_may_read_pages() -> None:
    assert "Sitemap: https://kg.example/sitemap.xml" in site().robots()


def test_errors_are_pages() -> None:
    assert "There is nothing here" in text(sound(site().not_found("/id/x")))
    assert "503" in text(sound(site().error_page(503, "Too much")))


def test_a_site_under_a_path_keeps_to_it() -> None:
    there = Site(StoreGraph(store(RELEASE)), SiteSettings(root="/kg/"))
    for html in (
        there.home(),
        there.entity(EX + "orion") or "",
        there.class_page("https://kg.example/ns#Model", {}) or "",
    ):
        assert not re.findall(r'(?:href|src|action)="/(?!kg/)', html)


def test_every_page_has_landmarks_one_heading_and_a_way_past_the_head() -> None:
    there = site()
    pages = [
        there.home(),
        there.classes(),
        there.search("x"),
        there.ontology(),
        there.not_found(),
        there.entity(EX + "run") or "",
    ]
    for html in pages:
        assert html.count("<h1") == 1
        assert html.count("<main") == html.count("<footer>") == 1
        assert '<a class="skip" href="#content">' in html
        assert '<html lang="en">' in html


def test_restrictions_and_unions_are_a_part_of_the_documentation() -> None:
    data = """ex:A a owl:Class ; rdfs:label "a" ; rdfs:subClassOf ex:B , [ a owl:Restriction ; owl:onProperty ex:eats ; owl:minCardinality 3 ] .
      ex:B a owl:Class ; rdfs:label "b" ; owl:disjointWith ex:C . ex:C a owl:Class ; rdfs:label "c" .
      ex:eats a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:label "eats" ; owl:inverseOf ex:eatenBy ; rdfs:range [ a owl:Class ; owl:unionOf ( ex:A ex:C ) ] .
      ex:eatenBy a owl:ObjectProperty ."""
    seen = text(sound(site(data).ontology())).replace(" ↗ (another site)", "")
    assert "min cardinality 3 on property eats" in seen
    assert "disjoint with c" in seen
    assert "type object property , transitive property" in seen
    assert "inverse of eatenBy" in seen
    assert "range union of a c" in seen
    assert seen.count("kind of b") == 1
    assert "sub class of b" not in seen
