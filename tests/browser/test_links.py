"""What pages give to machines: JSON-LD that says what the graph says, links that answer with what they promise, and no link that leads nowhere."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest

from tests.browser.test_pages import FIXED, THINGS, address
from tests.serving import Server

MOST = 250  # addresses that are followed
_HREF = re.compile(r'<(a|link|form|script|img)\b[^>]*?\b(?:href|src|action)="([^"]*)"')
_LINK = re.compile(r"<link ([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_ISLAND = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
SCHEMA = "https://schema.org/"


@pytest.fixture(scope="module")
def triples(site: Server) -> frozenset[str]:
    """Return all that the graph says, as the server has it."""
    answer = site.select("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", {"Accept": "application/n-triples"})
    assert (answer.status, answer.media) == (200, "application/n-triples")
    return frozenset(str(quad.triple) for quad in ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES))


def page(site: Server, path: str) -> str:
    """Return the page that a person gets at an address."""
    answer = site.ask(path, headers={"Accept": "text/html"})
    if answer.status == 303:
        answer = site.ask(local(site, path, answer.headers["Location"]), headers={"Accept": "text/html"})
    assert (answer.status, answer.media) == (200, "text/html"), path
    return answer.text


def local(site: Server, path: str, link: str) -> str:
    """Return the path, with its query, to which a link on a page of the site leads; empty for one that leads away."""
    parts = urlsplit(urljoin(urljoin(site.url, path), unescape(link)))
    return (f"{parts.path}?{parts.query}" if parts.query else parts.path) if parts.netloc == site.host else ""


@pytest.mark.parametrize("name", [*THINGS])
def test_the_json_of_a_page_says_what_the_graph_says(site: Server, triples: frozenset[str], name: str) -> None:
    path = address(site, name)
    (island,) = _ISLAND.findall(page(site, path))
    document = json.loads(island)
    assert document["@id"] == f"https://kg.example{path}"
    said = [str(quad.triple) for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)]
    ours = [each for each in said if SCHEMA not in each]
    assert len(ours) > 3
    assert [each for each in ours if each not in triples] == []
    # What it says in the words of schema.org it says of the same thing.
    assert len(ours) < len(said)
    assert all(each.startswith(f"<{document['@id']}>") for each in said)


def test_the_json_of_the_home_page_describes_the_data_set(site: Server) -> None:
    (island,) = _ISLAND.findall(page(site, "/"))
    document = json.loads(island)
    assert (document["@context"], document["@type"]) == ("https://schema.org/", "Dataset")
    assert document["distribution"]
    for file in document["distribution"]:
        answer = site.ask(local(site, "/", file["contentUrl"]))
        # Of a compressed file the description tells what is in it.
        media = "application/zstd" if file["name"].endswith(".zst") else file["encodingFormat"]
        assert (answer.status, answer.media) == (200, media)


@pytest.mark.parametrize("name", [*THINGS, "namespace", "home", "class"])
def test_links_to_other_forms_answer_with_the_type_that_they_promise(site: Server, name: str) -> None:
    path = address(site, name)
    links = [dict(_ATTRIBUTE.findall(link)) for link in _LINK.findall(page(site, path))]
    (canonical,) = [link["href"] for link in links if link["rel"] == "canonical"]
    assert page(site, local(site, path, canonical)) == page(site, path)
    alternates = {link["type"]: local(site, path, link["href"]) for link in links if link["rel"] == "alternate"}
    if name not in ("home", "class"):
        assert len(alternates) == 5
        forms = {"text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"}
        assert set(alternates) == {"text/html", *forms}
        graphs = [read(site, alternates[media], media) for media in sorted(forms)]
        assert all(graph == graphs[0] for graph in graphs)
        assert graphs[0]
    for link in (link for link in links if "type" in link and link["rel"] != "alternate"):
        answer = site.ask(local(site, path, link["href"]), headers={"Accept": link["type"]})
        assert (answer.status, answer.media) == (200, link["type"]), link


def read(site: Server, path: str, media: str) -> frozenset[str]:
    """Return the statements of a document, blank nodes without their names."""
    answer = site.ask(path)
    assert (answer.status, answer.media) == (200, media)
    format_ = ox.RdfFormat.from_media_type(media)
    return frozenset(re.sub(r"_:\w+", "_:", str(quad.triple)) for quad in ox.parse(answer.body, format=format_))


def test_no_link_of_the_main_pages_leads_nowhere(site: Server) -> None:
    starts = [address(site, name) for name in (*FIXED, *THINGS) if name != "missing"]
    # First what the main pages link to, then what these link to, as far as the number goes.
    waiting, seen, wrong = deque((path, "") for path in starts), set(starts), []
    followed = 0
    while waiting and followed < MOST:
        path, found_on = waiting.popleft()
        followed += 1
        answer = site.ask(path, headers={"Accept": "text/html, */*;q=0.5"})
        if answer.status == 303:
            path = local(site, path, answer.headers["Location"])
            answer = site.ask(path, headers={"Accept": "text/html, */*;q=0.5"})
        if answer.status != 200:
            wrong.append(f"{answer.status} {path} (on {found_on})")
        elif answer.media == "text/html":
            for link in links_of(site, path, answer.text):
                if link not in seen:
                    seen.add(link)
                    waiting.append((link, path))
    assert followed == MOST
    assert wrong == []


def links_of(site: Server, path: str, html: str) -> Iterator[str]:
    """Give the addresses of the site that stand on a page; a form's is asked without an answer to it, but for the endpoint, which wants a query."""
    ids = set(re.findall(r'\bid="([^"]*)"', html))
    for element, link in _HREF.findall(html):
        if link.startswith("#"):
            assert unescape(link[1:]) in ids, f"{link} on {path}"
        elif (place := local(site, path, link)) and (element, place) != ("form", "/sparql"):
            yield place
