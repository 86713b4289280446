"""A preview tells a thing from others in a few words."""

from __future__ import annotations

from tests.unit.pages.graph import EX, KG, site, sound, text

DATA = """ex:a a ex:Chip ; rdfs:label "Chip <b>1</b>" ; rdfs:comment "A chip & more" ; ex:maker ex:g ; ex:size 80 ; ex:many 1, 2, 3, 4, 5 ;
ex:note "<script>alert(1)</script>" ; ex:link <javascript:alert(1)> ; ex:inner [ ex:x 1 ] . ex:g rdfs:label "Google" . ex:Chip rdfs:label "chip" ."""


def test_a_thing_is_told_by_its_names_classes_and_first_values() -> None:
    html = sound(site(DATA).preview(f"{EX}a"))
    seen = text(html)
    for words in ("Chip <b>1</b>", "chip", "A chip & more", "Google", "80", "1 , 2 , 3 and 2 more"):
        assert words in seen
    assert "<script" not in html
    assert html.count("<a ") == 1
    assert 'target="_blank"' in html


def test_long_texts_are_cut() -> None:
    there = site(f'ex:a rdfs:label "A" ; rdfs:comment "{"word " * 500}" ; ex:note "{"x" * 5000}" .')
    assert len(sound(there.preview(f"{EX}a"))) < 2500


def test_the_content_alone_is_no_page() -> None:
    html = site(DATA).preview(f"{EX}a", bare=True)
    assert html is not None
    assert "<html" not in html
    assert "<h1" not in html
    assert "&lt;b&gt;" in html


def test_a_term_of_the_vocabulary_has_one_and_what_is_not_known_has_none() -> None:
    there = site("ex:a a kg:Model .")
    assert "odel" in text(sound(there.preview(f"{KG}Model")))
    for iri in (f"{EX}none", "", "no iri", "javascript:alert(1)"):
        assert there.preview(iri) is None


def test_names_in_the_language_of_the_reader() -> None:
    there = site('ex:a rdfs:label "Water"@en , "Wasser"@de ; ex:p 1 .')
    assert '<bdi lang="de">Wasser</bdi>' in sound(there.preview(f"{EX}a", ("de", "en")))
