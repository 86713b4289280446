"""Data of strangers, with IRIs as they come: each is found where its address says, in every form."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from tests.serving import Server, kg_serve

BASE = "http://people.example/"
DATA = f"""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <{BASE}> .
ex:card a ex:Profile ; rdfs:label "The card" . <{BASE}card#me> rdfs:label "Ada" ; ex:knows <{BASE}bob#me> .
ex:Case rdfs:label "upper" . ex:case rdfs:label "lower" .
<{BASE}slash/> rdfs:label "with a slash" . ex:slash rdfs:label "without" .
<{BASE}find?x=1&y=2> rdfs:label "asked" . <{BASE}with%20space> rdfs:label "space" . <{BASE}\u00fcn> rdfs:label "umlaut" .
<{BASE}%E6%97%A5> rdfs:label "written as in an address" .
<{BASE}file.html> rdfs:label "a file" . <urn:isbn:0451450523> rdfs:label "a book" .
<{BASE}> rdfs:label "the base itself" .
"""
# By their labels the things, and the address at which each is asked for.
ADDRESSES = {
    "The card": "/card",
    "upper": "/Case",
    "lower": "/case",
    "with a slash": "/slash/",
    "without": "/slash",
    "asked": "/find?x=1&y=2",
    "space": "/with%20space",
    "umlaut": "/%C3%BCn",
    "written as in an address": "/%E6%97%A5",
    "a file": f"/resource?iri={quote(BASE + 'file.html', safe='')}",
    "a book": "/resource?iri=urn%3Aisbn%3A0451450523",
}
FORMS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("strangers") / "people.ttl"
    file.write_text(DATA, encoding="utf-8")
    with kg_serve(file) as server:
        yield server


@pytest.mark.parametrize("label", ADDRESSES)
def test_an_address_leads_to_the_thing_that_is_called_so(strangers: Server, label: str) -> None:
    there = strangers.ask(ADDRESSES[label], headers={"Accept": "text/html"})
    assert there.status == 303
    assert "Accept" in there.headers["Vary"]
    page = strangers.ask(there.headers["Location"])
    assert page.media == "text/html"
    assert f">{label}<" in page.text
    for media, syntax in FORMS.items():
        there = strangers.ask(ADDRESSES[label], headers={"Accept": media})
        data = strangers.ask(there.headers["Location"])
        assert (there.status, data.status, data.media) == (303, 200, media)
        assert label in {
            quad.object.value for quad in ox.parse(data.body, format=syntax) if hasattr(quad.object, "value")
        }


def test_what_is_merely_used_is_found(strangers: Server) -> None:
    for path in ("/knows", "/Profile"):
        there = strangers.ask(path, headers={"Accept": "text/turtle"})
        data = strangers.ask(urlsplit(there.headers["Location"]).path)
        assert f"<{BASE}card" in data.text


@pytest.mark.parametrize("path", ["/nothing/", "/slash/?x=1%00", "/sparql/", "/find?x=2", "/%ff/", "//card", "/card/"])
def test_nothing_is_found_where_nothing_is(strangers: Server, path: str) -> None:
    there = strangers.ask(path, headers={"Accept": "text/html"})
    assert there.status == (303 if path.startswith("/slash/") else 404)


def test_the_language_that_is_asked_for_goes_along(strangers: Server) -> None:
    html = {"Accept": "text/html"}
    assert strangers.ask("/card?lang=he", headers=html).headers["Location"] == "/card.html?lang=he"
    odd = strangers.ask("/card?lang=%0D%0Ax:%20y%26z", headers=html)
    assert odd.headers["Location"] == "/card.html?lang=%0D%0Ax%3A%20y%26z"
    assert strangers.ask("/card?lang=he", headers={"Accept": "text/turtle"}).headers["Location"] == "/card.ttl"


def test_the_base_can_be_a_thing_itself(strangers: Server) -> None:
    there = strangers.ask("/", headers={"Accept": "text/turtle"})
    assert there.status == 303
    assert "the base itself" in strangers.ask(there.headers["Location"]).text
    home = strangers.ask("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (home.status, home.media) == (200, "text/html")
    assert ">the base itself<" in home.text
    assert strangers.ask("/", headers={"Accept": "*/*"}).media == "text/html"


def test_who_likes_nothing_but_pages_is_sent_from_the_description_to_one(strangers: Server) -> None:
    there = strangers.ask("/.well-known/void", headers={"Accept": "text/html"})
    assert (there.status, there.headers["Location"]) == (303, "/")
    assert strangers.ask("/.well-known/void", headers={"Accept": "text/html, */*;q=0.8"}).media == "text/turtle"
    assert strangers.ask("/.well-known/void", headers={"Accept": "image/png"}).status == 406
