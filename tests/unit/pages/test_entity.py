"""The page of a thing: labels, values with units, and what stands behind each value."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.unit.pages.graph import EX, KG, RELEASE, TEXT, site, sound, text


def page(name: str, data: str = RELEASE, languages: tuple[str, ...] = ("en",)) -> str:
    return sound(site(data).entity(EX + name, languages))


def test_the_heading_is_the_label_and_the_class_leads_to_its_page() -> None:
    html = page("orion")
    assert "<h1><bdi>Orion-7B</bdi></h1>" in html
    assert 'href="/class/kg:Model"' in html


def test_a_stated_value_has_the_words_of_its_source() -> None:
    html = page("orion")
    assert re.search(r'<data class="number" value="7000000000" title="7,000,000,000">7 B</data>', html)
    assert "<mark><bdi>7 billion parameters</bdi></mark>" in html
    assert "one.txt" in text(html)
    assert "characters 43 to 63" in text(html)
    assert "tag:params" in html


def test_the_words_stand_in_their_text_where_the_graph_has_it() -> None:
    start = TEXT.index("7 billion")
    data = RELEASE.replace('kg:fileName "one.txt"', f'kg:fileName "one.txt" ; kg:text "{TEXT}"').replace(
        "oa:start 43 ; oa:end 63", f"oa:start {start} ; oa:end {start + 20}"
    )
    html = page("orion", data)
    assert (
        '<bdi class="around">Hello. The &lt;model&gt;Orion-7B&lt;/model&gt; has </bdi><mark><bdi>7 billion parameters</bdi></mark><bdi class="around"> &amp; runs on'
        in html
    )
    assert '<mark id="char=43,63"' in page("one", data)


def test_a_text_in_which_the_words_stand_elsewhere_is_not_believed() -> None:
    data = RELEASE.replace('kg:fileName "one.txt"', f'kg:fileName "one.txt" ; kg:text "{TEXT}"').replace(
        "oa:start 43 ; oa:end 63", "oa:start 1 ; oa:end 21"
    )
    html = page("orion", data)
    assert "Hello." not in html
    assert "<mark><bdi>7 billion parameters</bdi></mark>" in html


def test_a_worked_out_value_has_its_formula_inputs_assumptions_and_cautions() -> None:
    html = page("run")
    assert '1.2<span class="power"> × 10<sup>24</sup></span>' in html
    seen = text(html)
    for words in (
        "6 × parameterCount × tokenCount",
        "dense",
        "too much",
        "does not add up",
        "≈ estimated",
        "FLOP",
        "7 billion parameters",
        "Chip 1",
    ):
        assert words in seen


def test_a_value_of_a_table_is_marked_as_such() -> None:
    assert "80 GB▤ reference" in text(page("chip")).replace("GB ▤", "GB▤")


def test_levels_are_words_and_not_colours_alone() -> None:
    assert "stated" in text(page("orion"))


def test_a_quantity_node_is_shown_in_place_as_a_number_with_its_unit() -> None:
    seen = text(page("run"))
    assert "≈ approximately 10 weeks" in seen
    assert "some 10 weeks" in seen


def test_a_node_without_a_name_is_shown_in_place() -> None:
    seen = text(page("run"))
    assert "accelerator count 128" in seen
    assert "accelerator Chip 1" in seen


def test_what_is_not_stated_is_said() -> None:
    assert "The source was read for these and does not say: year ." in text(page("orion"))


def test_what_links_here_and_where_it_is_said() -> None:
    html = page("run")
    assert "This is the value of: ← has training run 1" in text(html)
    assert 'href="/id/graph/one"' in html
    assert 'href="/id/orion"' in html


def test_a_thing_known_as_a_value_alone_has_a_page() -> None:
    html = page("nobody", 'GRAPH ex:graph\\/one { ex:a rdfs:label "A" ; rdfs:seeAlso ex:nobody }')
    assert "A" in text(html)


def test_a_named_graph_has_a_page() -> None:
    assert "derived" in text(page("graph/derived"))


def test_what_the_graph_does_not_know_has_no_page() -> None:
    assert site().entity(EX + "nothing") is None
    assert site().entity("no iri") is None


def test_evidence_has_a_page_that_begins_with_what_it_says() -> None:
    seen = text(page("worked"))
    assert "In short" in seen
    assert "training compute by operation counting of run of Orion-7B" in seen


def test_a_source_shows_what_was_read_in_it() -> None:
    html = page("one")
    assert "What was read here" in html
    assert 'id="char=43,63"' in html
    assert "Orion-7B parameter count 7 B" in text(html)


LANGUAGES = (
    'ex:a rdfs:label "colour"@en-GB , "Farbe"@de , "لون"@ar , "plain" ; rdfs:comment "Ein Wort"@de , "A word"@en .'
)


@pytest.mark.parametrize(
    ("languages", "heading"),
    [
        (("de",), '<bdi lang="de">Farbe'),
        (("ar", "de"), '<bdi lang="ar">لون'),
        (("en",), '<bdi lang="en-gb">colour'),
        (("fr",), "<bdi>plain"),
        ((), "<bdi>plain"),
    ],
)
def test_labels_are_in_the_language_of_the_reader(languages: tuple[str, ...], heading: str) -> None:
    assert f"<h1>{heading}</bdi></h1>" in page("a", LANGUAGES, languages)


BLANK = """ex:a rdfs:label "A" ; ex:knows [ rdfs:label "Mary" ; ex:knows [ ex:age 3 ] ] ; ex:likes ( "one" ( 2 ex:a ) ) ; ex:self _:loop .
_:loop ex:self _:loop ; ex:name "again" ."""


def test_names_in_other_languages_lead_to_the_page_in_these() -> None:
    data = """ex:a skos:prefLabel "vessel"@en , "Gefäß"@de , "כלי"@he ; rdfs:label "pot"@de .
      <http://x.example/b> rdfs:label "B"@en , "Be"@fr ."""
    html = page("a", data)
    assert "In other languages Gefäß de , כלי he" in text(html)
    assert '<a href="/id/a.html?lang=he" hreflang="he"><bdi lang="he">כלי</bdi></a>' in html
    assert "In other languages vessel en , כלי he" in text(page("a", data, ("de", "en")))
    elsewhere = sound(site(data).entity("http://x.example/b"))
    assert 'href="/resource.html?iri=http%3A%2F%2Fx.example%2Fb&amp;lang=fr"' in elsewhere


def test_blank_nodes_and_lists_stand_in_place_and_loops_end() -> None:
    html = page("a", BLANK)
    seen = text(html)
    assert "Mary" in seen
    assert "age 3" in seen
    assert html.count('<ol class="list">') == 2
    assert "again" in seen


def test_a_list_that_bites_its_tail_ends() -> None:
    data = 'ex:a rdfs:label "A" ; ex:likes _:l . _:l rdf:first 1 ; rdf:rest _:m . _:m rdf:first 2 ; rdf:rest _:l .'
    assert page("a", data).count("<li>1</li>") <= 1


def test_a_graph_of_somebody_else_is_shown_with_readable_names() -> None:
    data = 'ex:AdaLovelace a ex:Person ; ex:wasBornIn ex:London ; ex:born "1815-12-10"^^xsd:date .'
    seen = text(page("AdaLovelace", data))
    assert "was born in" in seen
    assert "10 December 1815" in seen


def test_a_term_of_the_ontology_leads_to_its_document() -> None:
    html = sound(site().entity("https://kg.example/ns"))
    assert 'id="Model"' in html
    assert f"<bdi>{KG}Model</bdi>" in html


def test_a_document_of_hash_iris_shows_all_its_things() -> None:
    data = '<https://kg.example/id/doc#a> rdfs:label "First" . <https://kg.example/id/doc#b> rdfs:label "Second" .'
    html = sound(site(data).entity("https://kg.example/id/doc"))
    assert 'id="a"' in html
    assert "Second" in text(html)


def test_a_document_that_is_described_shows_the_things_of_its_hash_iris_too() -> None:
    doc = EX + "card"
    data = f"""<{doc}> a ex:Profile ; rdfs:label "The card" ; ex:about <{doc}#me> .
      <{doc}#me> a ex:Person ; rdfs:label "Ada" ; ex:born 1815 . <{doc}#content> rdfs:label "Named as the page is" ."""
    html = sound(site(data).entity(doc))
    assert '<section id="me" class="part"' in html
    assert "Ada person born 1815" in text(html)
    assert f'href="/class?iri={quote(EX + "Person", safe="")}"' in html
    assert "Named as the page is" in text(html)
    own = sound(site(data).entity(f"{doc}#me"))
    assert "What links here" in text(own)
    assert f'href="/resource.html?iri={quote(doc + "#me", safe="")}"' in html


def test_each_thing_of_a_document_has_its_place_however_many_there_are() -> None:
    data = " ".join(f'<{EX}doc#t{number:04}> rdfs:label "Thing {number}" .' for number in range(1000))
    html = sound(site(data).entity(EX + "doc"))
    assert html.count(' id="t') == 1000
    assert "And 800 more" in text(html)
    assert f'<li id="t0999"><a href="/resource.html?iri={quote(EX + "doc#t0999", safe="")}"' in html


def test_a_document_of_things_that_are_nothing_but_values_is_found() -> None:
    known = site(f"ex:a ex:kind <{EX}kinds#one> .")
    assert known.kind(EX + "kinds") == "document"
    assert 'id="one"' in sound(known.entity(EX + "kinds"))
    assert f"{EX}a" in "".join(map(str, known.description(EX + "kinds")))
    assert known.kind(EX + "kind-of") is None


def test_an_ontology_that_is_described_documents_its_terms() -> None:
    doc = EX + "zoo"
    data = f"""<{doc}> a owl:Ontology ; rdfs:label "Zoo" . <{doc}#Animal> a owl:Class ; rdfs:label "animal" .
      <{doc}#eats> a owl:ObjectProperty ; rdfs:label "eats" . <{doc}#leo> a <{doc}#Animal> ; rdfs:label "Leo" ; <{doc}#eats> ex:grass ."""
    html = sound(site(data).entity(doc))
    for anchor in ("Animal", "eats", "leo"):
        assert f'id="{anchor}"' in html
    assert "eats 1 use " in text(html)
    assert "1 in the graph" in text(html)


@pytest.mark.parametrize("prop", [EX + "weighs", EX + "def#weighs", "http://elsewhere.example/weighs"])
def test_a_property_that_is_merely_used_has_a_page_and_data(prop: str) -> None:
    known = site(f"ex:a <{prop}> 7 .")
    document = prop.partition("#")[0]
    assert known.kind(document) == ("document" if "#" in prop else "thing")
    html = sound(known.entity(document))
    assert "weighs" in text(html)
    assert "1 use" in text(html)
    assert '"7"^^<http://www.w3.org/2001/XMLSchema#integer>' in "".join(map(str, known.description(document)))


def test_what_is_merely_used_is_described_by_what_uses_it() -> None:
    known = site("GRAPH ex:g { ex:a a ex:C } ex:b ex:p ex:c .")
    for name in ("C", "g"):
        assert f"{EX}a" in "".join(map(str, known.description(EX + name))), name
    assert known.description(EX + "unknown") == []


def test_a_named_graph_tells_what_it_holds() -> None:
    html = sound(site('GRAPH ex:g { ex:a ex:p 1 , 2 . ex:a rdfs:label "First" }').entity(EX + "g"))
    assert "This is a named graph of 3 statements" in text(html)
    assert 'href="/id/a"' in html
    assert quote(f"GRAPH <{EX}g> {{ ?thing ?property ?value }}", safe="") in html
    assert "called after the end of its IRI" in text(html)


def test_many_values_are_cut_with_their_count_and_are_to_be_had_in_pages() -> None:
    data = 'ex:a rdfs:label "A" . ' + " ".join(f"ex:a ex:part ex:p{number} ." for number in range(10_000))
    hub = site(data)
    html = sound(hub.entity(EX + "a"))
    assert "All 10,000 values" in html
    assert len(html) < 100_000
    second = sound(hub.entity(EX + "a", ("en",), {"of": [EX + "part"], "page": ["2"]}))
    assert "10,000 in all, page 2 of 200" in text(second)


def test_many_links_to_a_thing_come_in_pages() -> None:
    data = 'ex:a rdfs:label "A" . ' + " ".join(f"ex:p{number} ex:of ex:a ." for number in range(1000))
    hub = site(data)
    assert "All 1,000" in sound(hub.entity(EX + "a"))
    pages = [sound(hub.entity(EX + "a", ("en",), {"in": [EX + "of"], "page": [str(number)]})) for number in (1, 2)]
    assert pages[0] != pages[1]
    assert "page 2 of 20" in text(pages[1])


@pytest.mark.parametrize(
    "params", [{"in": ["nonsense"]}, {"of": [EX + "none"], "page": ["x"]}, {"page": ["-1"]}, {"in": [KG + "x> } #"]}]
)
def test_nonsense_in_the_address_is_ignored(params: dict[str, list[str]]) -> None:
    there = site()
    assert there.entity(EX + "orion", ("en",), params) == there.entity(EX + "orion")


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert [page(name) for name in ("orion", "run", "one")] == [page(name) for name in ("orion", "run", "one")]
