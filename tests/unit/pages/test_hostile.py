"""What strangers write into a graph does nothing but stand there."""

from __future__ import annotations

import json
import re

import pyoxigraph as ox
import pytest

from kg.pages import Site
from tests.unit.pages.graph import BASE, EX, StoreGraph, sound

TEXTS = [
    '"><script>alert(1)</script>',
    "<img src=x onerror=alert(1)>",
    "</script><!-- <script>",
    "' onmouseover='alert(1)",
    "{{ 7*7 }} {% raw %}",
    "\u202etxt.exe\u2066",
    "line\u2028separator\u2029",
    "nul\x00bell\x07",
    "</title></textarea></style>--><svg onload=alert(1)>",
]
P = EX + "p"


def dangerous(words: str) -> Site:
    """Return a site with the words wherever a stranger can put them."""
    store = ox.Store()
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    thing, other, class_ = ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.NamedNode(EX + "C")
    for subject in (thing, other, class_, ox.NamedNode(P)):
        store.add(ox.Quad(subject, label, ox.Literal(words)))
    store.add(ox.Quad(class_, kind, ox.NamedNode("http://www.w3.org/2002/07/owl#Class")))
    for name in ("http://www.w3.org/2000/01/rdf-schema#comment", P):
        store.add(ox.Quad(thing, ox.NamedNode(name), ox.Literal(words)))
        store.add(ox.Quad(class_, ox.NamedNode(name), ox.Literal(words, language="en")))
    for each in (thing, other):
        store.add(ox.Quad(each, kind, class_))
    store.add(ox.Quad(thing, ox.NamedNode(P), other))
    return Site(StoreGraph(store))


@pytest.mark.parametrize("words", TEXTS, ids=repr)
def test_words_of_strangers_are_only_words(words: str) -> None:
    site = dangerous(words)
    pages = [
        site.entity(EX + "a"),
        site.entity(EX + "C"),
        site.class_page(EX + "C", {"q": [words], "f": [f"{P}|<{EX}b>", words], "sort": [words], "page": [words]}),
        site.class_page(EX + "C", {"f": [f'{P}|"{words}"']}),
        site.search(words),
        site.home(),
        site.classes(),
        site.ontology(),
        site.not_found(words),
        site.error_page(400, words, words, words),
    ]
    for html in pages:
        assert "<script>" not in sound(_printable(html))
        assert "<img" not in (html or "")
        assert "<svg onload" not in (html or "")
    assert site.suggest(words) is not None


@pytest.mark.parametrize("words", TEXTS, ids=repr)
def test_the_island_holds_no_way_out_and_is_json(words: str) -> None:
    html = dangerous(words).entity(EX + "a") or ""
    island = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert island is not None
    assert not re.search("[<>&\u2028\u2029]", island.group(1))
    assert json.loads(island.group(1))["schema:name"] == words


def test_text_that_turns_is_kept_apart() -> None:
    html = dangerous("\u202etxt.exe").entity(EX + "a") or ""
    body = html.partition("<main")[2]
    for match in re.finditer("\u202etxt.exe", body):
        before = body[: match.start()]
        # In an element of its own direction, in an attribute, or in the picture, which leaves such characters out.
        assert before.rstrip().endswith(">") or '="' in before[before.rindex("<") :]
        assert before[before.rindex("<") :].startswith(("<bdi", "<a ", "<dt", "<td"))


IRIS = [
    'http://e.org/"><script>alert(1)</script>',
    "http://e.org/ x",
    "javascript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "http://e.org/\u202egpj",
    "http://e.org/a> } ; DROP ALL ; SELECT * { <x:y",
]


@pytest.mark.parametrize("iri", IRIS)
def test_a_wicked_iri_is_shown_and_never_followed_or_asked(iri: str) -> None:
    line = f"<{BASE}id/a> <{P}> <{_escaped(iri)}> .\n<{_escaped(iri)}> <{P}> <{BASE}id/a> .\n"
    store = ox.Store()
    store.extend(
        [
            ox.Quad(t.subject, t.predicate, t.object)
            for t in ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES, lenient=True)
        ]
    )
    graph = StoreGraph(store)
    site = Site(graph)
    html = sound(site.entity(EX + "a"))
    assert "<script>" not in html
    assert not re.search(r'href="(?:javascript|data|vbscript):', html)
    site.entity(iri)
    site.description(iri)
    site.description(EX + "a")
    assert not [query for query in graph.asked if "DROP ALL" in query or "<script" in query]


def test_a_huge_text_is_cut_and_said_to_be() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(P), ox.Literal("word " * 1_000_000)))
    html = sound(Site(StoreGraph(store)).entity(EX + "a"))
    assert len(html) < 300_000
    assert "show all 5,000,000 characters" in html


def _escaped(iri: str) -> str:
    return "".join(
        character if character.isascii() and character not in '<>" {}' else f"\\u{ord(character):04X}"
        for character in iri
    )


def _printable(html: str | None) -> str:
    """Leave out what no HTML may hold, which is the one fault that a page may have: the data is shown as it is."""
    return re.sub("[\x00-\x08\x0b\x0e-\x1f]", "", html or "")
