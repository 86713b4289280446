"""The way of a person through the pages by the keyboard alone, from a search to the words of a source, and from a page to a query."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, expect

from tests.browser.watching import Watched, watching
from tests.serving import Server
from tests.shared import ROOT

NS = "https://kg.example/ns#"


def test_from_a_search_to_the_words_of_the_source_and_back(watched: Watched) -> None:
    page = watched.open("/")
    watched.tab_to(page.locator("#find"))
    page.keyboard.type("TPU")
    expect(page.get_by_role("option")).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    while "TPU v5p" not in page.locator("[role=option][aria-selected=true]").inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("TPU v5p")
    # The hardware is not linked from the run itself, but from what the run was given of it.
    watched.enter(page.get_by_role("link", name=re.compile("^hardware allocation")).last)
    expect(page.locator("h1")).to_contain_text("hardware allocation")
    watched.enter(page.get_by_role("link", name="pretraining run of Sphinx-Max-70B", exact=True).first)
    expect(page.locator("h1")).to_have_text("pretraining run of Sphinx-Max-70B")

    value = page.locator(".facts > div", has=page.get_by_text("achieved throughput", exact=True)).first
    words = value.locator("mark")
    expect(words).to_be_hidden()
    watched.enter(value.locator("summary"))
    expect(words).to_be_visible()
    said = words.inner_text()
    file, start, end = re.findall(r"(\S+), characters (\d+) to (\d+)", value.locator("figcaption").inner_text())[0]
    passage = (ROOT / "seeds" / file).read_text(encoding="utf-8")
    assert said == passage[int(start) : int(end)] == "320 TFLOPs per chip"
    assert words.evaluate("mark => getComputedStyle(mark).backgroundColor") != "rgba(0, 0, 0, 0)"
    record = value.get_by_role("link", name="The record of it")
    statement = f"https://kg.example{record.get_attribute('href')}"
    asked = watched.server.select(f"SELECT ?w {{ <{statement}> <{NS}verbatim> ?w }}")
    assert [row["w"]["value"] for row in json.loads(asked.body)["results"]["bindings"]] == [said]

    before = page.url
    watched.enter(value.get_by_role("link", name=f"characters {start} to {end}"))
    expect(page.locator("h1")).to_have_text(file)
    expect(page.locator("mark:target")).to_have_text(said)
    expect(page.locator("mark:target")).to_be_in_viewport()
    assert page.locator(".passage").inner_text().strip() == passage.strip()
    # Without a window the browser has no keys of its own.
    page.go_back()
    expect(page.locator("h1")).to_have_text("pretraining run of Sphinx-Max-70B")
    assert page.url == before


def test_each_span_of_a_passage_is_marked_with_its_own_words(watched: Watched) -> None:
    page = watched.open("/class/kg:Passage")
    links = page.locator("tbody th a").evaluate_all("all => all.map((link) => link.getAttribute('href'))")
    assert len(links) == 5
    for link in links:
        page = watched.open(link)
        text = (ROOT / "seeds" / page.locator("h1").inner_text()).read_text(encoding="utf-8")
        marks = page.locator(".passage mark[id]").evaluate_all("all => all.map((mark) => [mark.id, mark.textContent])")
        assert len(marks) > 20
        for anchor, words in marks:
            # A mark that another one cuts goes on after it, in a mark without an anchor.
            start, end = map(int, anchor.removeprefix("char=").split(","))
            assert text[start:end].startswith(words)
        assert sum(text[slice(*map(int, anchor[5:].split(",")))] == words for anchor, words in marks) > len(marks) - 3
        covered = page.evaluate(
            "[...document.querySelectorAll('.passage > mark')].reduce((sum, mark) => sum + mark.textContent.length, 0)"
        )
        assert 0 < covered < 0.8 * len(text)


def test_the_iri_is_copied_and_the_theme_stays(watched: Watched) -> None:
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched.open("/id/country/SGP")
    copy = page.locator("[data-copy]")
    watched.enter(copy)
    expect(copy).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://kg.example/id/country/SGP"
    expect(copy).to_have_text("Copy")

    toggle = page.locator("[data-theme-toggle]")
    colours = []
    for theme in ("light", "dark"):
        watched.enter(toggle)
        expect(toggle).to_contain_text(theme)
        colours.append(page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor"))
    assert len(set(colours)) == 2
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    watched.enter(toggle)
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(""))


def test_a_page_leads_to_a_query_that_shows_what_it_says(watched: Watched) -> None:
    page = watched.open("/id/country/SGP")
    watched.enter(page.get_by_role("link", name="Open in SPARQL"))
    expect(page.locator("h1")).to_have_text("Query")
    assert "https://kg.example/id/country/SGP" in parse_qs(urlsplit(page.url).query)["query"][0]
    expect(page.locator("#status")).to_contain_text("rows in")
    expect(page.locator("#output")).to_contain_text("Singapore")


def test_filters_and_orders_are_turned_on_and_off(watched: Watched) -> None:
    page = watched.open("/class/kg:Model")
    expect(page.get_by_role("status")).to_have_text("5 things")
    watched.enter(page.locator(".facets a", has_text="decoder-only transformer"))
    expect(page.get_by_role("status")).to_have_text("3 things")
    expect(page.locator(".facets a[aria-current]")).to_contain_text("chosen; follow to remove")
    names = ["Cosmos-1-70B", "Sphinx-Max-70B", "Synapse-70B"]
    heading = page.get_by_role("columnheader", name="name")
    for order, expected in (("ascending", names), ("descending", names[::-1])):
        watched.enter(heading.get_by_role("link"))
        expect(heading).to_have_attribute("aria-sort", order)
        expect(page.locator("tbody th")).to_have_text(expected)
    watched.enter(page.get_by_role("list", name="Chosen filters").get_by_role("link"))
    expect(page.get_by_role("status")).to_have_text("5 things")
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_a_language_is_chosen_by_the_address_or_by_the_browser(browser: Browser, small: Server) -> None:
    country = "/id/country/c0"
    with watching(browser, small, locale="de-DE") as watched:
        expect(watched.open(country).locator("h1 [lang=de]")).to_have_text("Deutschland")
        expect(watched.open(f"{country}.html?lang=en").locator("h1 [lang=en]")).to_have_text("Germany")
        arabic = watched.open(f"{country}.html?lang=ar").locator("h1 [lang=ar]")
        expect(arabic).to_have_text("المانيا")
        assert arabic.evaluate("name => getComputedStyle(name).direction") == "rtl"


def test_a_search_is_done_by_enter_and_left_by_escape(watched: Watched) -> None:
    page = watched.open("/")
    field = page.locator("#find")
    watched.tab_to(field)
    page.keyboard.type("flam")
    expect(page.get_by_role("option")).not_to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("Search"))
    expect(page.locator(".hits")).to_contain_text("Flamingo-XL-v2")
