"""The query page in Chromium: with the bundled editor, with the plain one, and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import kg.pages
from tests.browser.watching import Watched, faults, watching
from tests.serving import Server

BUILT = (Path(kg.pages.__file__).parent / "static" / "editor" / "code.js").is_file()
KG = "PREFIX kg: <https://kg.example/ns#>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
COMPUTE = f"{KG}SELECT ?name ?flop WHERE {{ ?m rdfs:label ?name ; kg:flop ?flop }} ORDER BY ?flop"
GRAPH = f"{KG}CONSTRUCT {{ ?m kg:country ?c ; rdfs:label ?l }} WHERE {{ ?m kg:country ?c ; rdfs:label ?l }}"

# A query with a fault in it is refused; and where all of a text is replaced at once, Chromium itself would keep its colours in an attribute, which the policy forbids.
EXPECTED = r"400 \S+/sparql\?query=|Applying inline style violates"

editors = pytest.mark.parametrize(
    "built",
    [
        pytest.param(True, id="bundled", marks=pytest.mark.skipif(not BUILT, reason="the editor is not built")),
        pytest.param(False, id="plain"),
    ],
)


@pytest.fixture
def built() -> bool:
    """Whether the bundled editor is there, where a test does not say."""
    return BUILT


@pytest.fixture
def watched(browser: Browser, small: Server, built: bool) -> Iterator[Watched]:
    """Open pages that are watched; with the plain editor, they come as from a server on which no editor was built."""

    def without_editor(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("data-code=", "data-no-code="))

    with watching(browser, small, EXPECTED) as found:
        if not built:
            found.page.route(re.compile(r"/query(\?|$)"), without_editor)
        yield found


def ask(watched: Watched, text: str, view: str = "") -> Page:
    """Open the page with a query, and wait for its answer."""
    page = watched.open(f"/query?query={quote(text)}{view}")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#output")).not_to_be_empty()
    return page


def write(page: Page, text: str, *, built: bool) -> None:
    """Put a query into the editor, as someone who types would."""
    if built:
        page.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
    else:
        page.locator("#query").fill(text)


@editors
def test_a_query_is_run_by_the_keyboard_and_its_link_shows_the_same(watched: Watched, built: bool) -> None:
    page = watched.open("/query")
    expect(page.locator(".cm-content" if built else "#query")).to_be_visible()
    write(page, COMPUTE, built=built)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("12 rows in")
    assert parse_qs(urlsplit(page.url).query)["query"] == [COMPUTE]
    watched.open(page.url.removeprefix(watched.server.url.rstrip("/")))
    expect(page.locator("#status")).to_contain_text("12 rows in")
    expect(page.locator("tbody tr")).to_have_count(12)


@editors
def test_a_fault_is_shown_with_its_line_marked(watched: Watched, built: bool) -> None:
    page = ask(watched, "SELECT *\nWHERE { ?s ?p ) }\n# three")
    expect(page.get_by_role("alert")).to_contain_text("the query is not SPARQL")
    assert page.locator(".fault .here").inner_text().startswith("2")
    if built:
        expect(page.locator(".cm-wrong-line")).to_have_text("WHERE { ?s ?p ) }")
    else:
        assert page.evaluate("document.getElementById('query').selectionStart") == len("SELECT *\n")


@pytest.mark.skipif(not BUILT, reason="the editor is not built")
def test_classes_properties_and_prefixes_of_the_graph_are_completed(watched: Watched) -> None:
    page = watched.open("/query")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * WHERE { ?m a mod")
    first = page.locator(".cm-tooltip-autocomplete li").first
    expect(first).to_contain_text("kg:Model")
    # A list that has just opened takes no key for a moment, so that nobody chooses by accident.
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    page.keyboard.type(" ; fl")
    expect(first).to_contain_text("kg:flop")
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    page.keyboard.type(" ?f")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("12 rows")
    (asked,) = (url for url in watched.asked if urlsplit(url).path == "/sparql")
    query = parse_qs(urlsplit(asked).query)["query"][0]
    assert query.startswith("PREFIX kg: <https://kg.example/ns#>\nSELECT * WHERE { ?m a kg:Model ; kg:flop ?f")


@editors
def test_the_keyboard_leaves_the_editor(watched: Watched, built: bool) -> None:
    page = watched.open("/query")
    page.locator(".cm-content" if built else "#query").click()
    page.keyboard.press("Tab")
    expect(page.locator("[name=run]")).to_be_focused()


@editors
def test_a_term_of_the_list_goes_into_the_query_with_its_prefix(watched: Watched, built: bool) -> None:
    page = watched.open("/query")
    write(page, "SELECT * { ?s ", built=built)
    page.get_by_text("Terms of this graph").click()
    page.get_by_label("Find a class or property").fill("flop")
    page.get_by_role("button", name="kg:flop").click()
    write_end = page.locator(".cm-content").inner_text() if built else page.locator("#query").input_value()
    assert "PREFIX kg: <https://kg.example/ns#>" in write_end
    assert "SELECT * { ?s kg:flop" in write_end


def test_rows_are_sorted_as_numbers_paged_and_searched(watched: Watched) -> None:
    page = ask(watched, f"{KG}SELECT ?row ?n WHERE {{ ?row kg:number ?n }}")
    expect(page.locator("#panel .status")).to_have_text("Rows 1 to 50 of 130")
    page.get_by_role("button", name="n", exact=True).click()
    expect(page.get_by_role("columnheader", name="n", exact=True)).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr").nth(10).locator("td").nth(1)).to_have_text("10")
    page.get_by_role("button", name="n", exact=True).click()
    expect(page.locator("tbody tr").first.locator("td").nth(1)).to_have_text("129")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#panel .status")).to_have_text("Rows 51 to 100 of 130")
    page.get_by_label("Find in rows").fill("row/77")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_results_are_seen_as_chart_by_the_arrow_keys_and_the_link_remembers_it(watched: Watched) -> None:
    page = ask(watched, COMPUTE)
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Chart")).to_be_focused()
    expect(page.locator(".plot .bar")).to_have_count(12)
    assert page.url.endswith("#chart")
    # From 10^18 to 10^24 no straight scale shows anything.
    expect(page.get_by_label("logarithmic scale")).to_be_checked()
    widths = page.locator(".plot .bar rect").evaluate_all("all => all.map((bar) => Number(bar.getAttribute('width')))")
    assert widths == sorted(widths)
    page.locator("#chart-kind").select_option("points")
    page.get_by_label("by", exact=True).select_option("-1")
    expect(page.locator(".plot .dot")).to_have_count(12)
    page.reload()
    expect(page.get_by_role("tab", name="Chart")).to_have_attribute("aria-selected", "true")


def test_triples_are_seen_as_a_graph_whose_things_are_links(watched: Watched) -> None:
    page = ask(watched, GRAPH, "#graph")
    expect(page.locator(".net .edge")).to_have_count(12)
    expect(page.locator(".net a.thing")).to_have_count(15)
    link = page.get_by_role("link", name="Model 3", exact=True)
    expect(link).to_have_attribute("href", f"/resource?iri={quote('https://kg.example/id/model/m3', safe='')}")
    before = page.locator(".net").bounding_box()
    page.get_by_role("button", name="Zoom in").click()
    after = page.locator(".net").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]


def test_what_the_server_leaves_out_is_said(watched: Watched) -> None:
    page = ask(watched, f"{KG}SELECT * {{ ?a kg:number ?x . ?b kg:number ?y }}")
    expect(page.locator("#notice")).to_contain_text(
        "Truncated. There is more: the server gives no more rows than these"
    )
    expect(page.locator("#status")).to_contain_text("1,000 rows")


def test_every_format_is_a_link_that_gives_it(watched: Watched) -> None:
    page = ask(watched, COMPUTE, "#files")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "results.csv"
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("name,flop")
    labels = page.locator(".files a").all_inner_texts()
    assert labels == ["CSV", "TSV", "JSON", "XML"]


def test_a_very_long_query_is_sent_all_the_same(watched: Watched) -> None:
    page = watched.open("/query")
    write(page, f"{COMPUTE} # {'x' * 9000}", built=BUILT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("12 rows")


def test_what_a_graph_says_is_never_run(watched: Watched) -> None:
    page = ask(watched, f"{KG}SELECT ?s ?o WHERE {{ ?s kg:evil ?o }}")
    expect(page.locator("tbody tr")).to_have_count(3)
    assert page.locator("#output img").count() == 0
    assert page.locator("#output a[href^='javascript']").count() == 0
    assert page.title() == "Query · graph.ttl"
    page.get_by_role("tab", name="Raw").click()
    expect(page.locator("#panel pre")).to_contain_text("<img src=x")


def test_a_question_is_asked_by_a_link_and_an_answer_of_yes_is_said(watched: Watched) -> None:
    page = watched.open("/query")
    page.get_by_role("link", name="How many models were trained in each country?").click()
    expect(page.locator("#status")).to_contain_text("rows in")
    assert urlsplit(page.url).query == "question=models-per-country"
    page = ask(watched, "ASK { ?s ?p ?o }")
    expect(page.locator(".truth")).to_have_text("Yes")


def test_back_goes_to_the_query_before(watched: Watched) -> None:
    page = ask(watched, "ASK {}")
    write(page, COMPUTE, built=BUILT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("12 rows")
    page.go_back()
    expect(page.locator(".truth")).to_be_visible()


@editors
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_view(watched: Watched, built: bool, theme: str) -> None:
    watched.page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    # The views are the same with both editors.
    views = {"table": COMPUTE, "fault": "SELECT"} | (
        {"chart": COMPUTE, "graph": GRAPH, "raw": COMPUTE, "files": COMPUTE} if built else {}
    )
    for view, text in views.items():
        page = ask(watched, text, f"#{view}")
        page.get_by_text("Terms of this graph").click()
        page.get_by_text("Questions to start from").click()
        assert [f"{view}: {each}" for each in faults(page)] == []


@pytest.mark.parametrize("view", ["table", "chart", "graph", "raw"])
def test_a_phone_shows_all_without_moving_sideways(watched: Watched, view: str) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = ask(watched, GRAPH if view == "graph" else COMPUTE, f"#{view}")
    expect(page.get_by_role("tab", name=view.capitalize())).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_script_a_query_is_run_by_the_form(browser: Browser, small: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{small.url}query")
    page.locator("#query").fill(COMPUTE)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.locator("#query").fill("SELECT ?")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("not SPARQL")
    page.locator("#query").fill(COMPUTE)
    page.get_by_label("or get a file of").select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Get").click()
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("name,flop")
    context.close()
