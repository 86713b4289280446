"""Each kind of page of `kg serve` over a release: sound, for everyone, by day and by night, on a desk and on a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watching import DESKTOP, PHONE, Watched, faults, overflow, watching
from tests.serving import Server

NS = "https://kg.example/ns#"
# The pages of the site itself by their paths, and those of things by their classes: of each the one that most leads to.
FIXED = {
    "home": "/",
    "browse": "/class",
    "class": "/class/kg:ExtractedStatement",
    "search": "/search?q=tpu",
    "ontology": "/ontology",
    "namespace": "/ns",
    "map": "/map",
    "timeline": "/timeline",
    "query": "/query",
    "missing": "/id/nothing/here",
}
THINGS = {
    "model": "Model",
    "run": "TrainingRun",
    "accelerator": "Accelerator",
    "facility": "Facility",
    "dataset": "Dataset",
    "country": "Country",
    "statement": "ExtractedStatement",
    "derived": "DerivedQuantity",
    "passage": "Passage",
}
# The documentation of all terms is long, and axe takes half a minute over it: it looks at the first few, and at all of them when there is time.
LONG = ("ontology", "namespace")
SHORTEN = "() => document.querySelectorAll('.term:nth-of-type(n+8), .index li:nth-child(n+8)').forEach((each) => each.remove())"
# A theme and a narrow window change no more than what these rules look at.
OF_THEME = ("color-contrast", "link-in-text-block")
OF_WIDTH = ("target-size", "scrollable-region-focusable", "aria-hidden-focus", "th-has-data-cells")
# The pages of these things are made as those of the others are.
ALIKE = ("facility", "dataset", "country", "derived")
every_page = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else ()) for name in (*FIXED, *THINGS)]
)

# Moves the focus over all that takes it, as the keyboard does, and returns what does not show that it has it.
UNSEEN_FOCUS = """() => {
  const strokes = (element) => [...element.querySelectorAll("rect, circle, path")].map((each) => getComputedStyle(each).strokeWidth).join();
  const missing = [];
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  for (const element of all.filter((each) => each.checkVisibility() && each.tabIndex >= 0)) {
    document.activeElement.blur();
    const before = strokes(element);
    element.focus({ preventScroll: true });
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (!outlined && strokes(element) === before) missing.push(element.outerHTML.slice(0, 200));
  }
  return [all.length, missing];
}"""


def address(site: Server, name: str) -> str:
    """Return the path of a page."""
    if name in FIXED:
        return FIXED[name]
    query = f"SELECT ?s (COUNT(?p) AS ?n) {{ ?s a <{NS}{THINGS[name]}> OPTIONAL {{ ?o ?p ?s }} }} GROUP BY ?s ORDER BY DESC(?n) STR(?s) LIMIT 1"
    (row,) = json.loads(site.select(query).body)["results"]["bindings"]
    return urlsplit(str(row["s"]["value"])).path


def picture(page: Page, name: str, tmp_path: Path) -> None:
    """Keep how a page looks; `KG_SCREENSHOTS` names a folder for all of them."""
    folder = Path(os.environ.get("KG_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    full = name.partition("-")[0] not in LONG
    page.screenshot(path=folder / f"{name}.png", full_page=full)


@every_page
def test_a_page_is_sound_and_for_everyone(watched: Watched, name: str, tmp_path: Path) -> None:
    page = watched.open(address(watched.server, name))
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("h1")).to_have_count(1)
    heading = page.locator("h1").inner_text().strip()
    assert heading
    assert heading.casefold() in page.title().casefold()
    for role in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Site")).to_have_count(1)
    expect(page.get_by_role("search").first).to_be_visible()
    picture(page, f"{name}-light", tmp_path)
    page.emulate_media(color_scheme="dark")
    picture(page, f"{name}-dark", tmp_path)
    if name in LONG:
        page.evaluate(SHORTEN)
    assert faults(page, OF_THEME) == []
    page.emulate_media(color_scheme="light")
    assert faults(page) == []
    the_keyboard_shows_where_it_is(page)


@every_page
def test_a_page_fits_a_phone(watched: Watched, name: str, tmp_path: Path) -> None:
    watched.page.set_viewport_size(PHONE)
    page = watched.open(address(watched.server, name))
    picture(page, f"{name}-phone", tmp_path)
    assert overflow(page) == 0
    # What is folded is as broad as the rest.
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert overflow(page) == 0
    if name not in LONG:
        assert faults(page, OF_WIDTH) == []


@pytest.mark.slow
def test_the_documentation_of_all_terms_is_for_everyone(watched: Watched) -> None:
    page = watched.open("/ns")
    assert page.locator(".term").count() > 100
    assert faults(page) == []


def the_keyboard_shows_where_it_is(page: Page) -> None:
    """See that the first key leads to a way past the head of the page, and that all that takes the focus shows it."""
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') !== null")
    number, unseen = page.evaluate(UNSEEN_FOCUS)
    assert number > 5
    assert unseen == []


@pytest.fixture(scope="module")
def scripted(browser: Browser, site: Server) -> Iterator[Watched]:
    with watching(browser, site) as watched:
        yield watched


@pytest.fixture(scope="module")
def unscripted(browser: Browser, site: Server) -> Iterator[Watched]:
    with watching(browser, site, java_script_enabled=False) as watched:
        yield watched


@every_page
def test_a_page_says_the_same_without_a_script(scripted: Watched, unscripted: Watched, name: str) -> None:
    path = address(unscripted.server, name)
    page = unscripted.open(path)
    # What only a script can serve stands on no page without one.
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.locator("[data-theme-toggle]")).to_be_hidden()
    if name == "query":
        expect(page.get_by_label("Your query")).to_be_visible()
    else:
        texts = ["".join(each.open(path).locator("main").inner_text().split()) for each in (unscripted, scripted)]
        assert texts[0] == texts[1].replace("Copy", "") != ""


def test_without_a_script_one_searches_filters_sorts_turns_pages_and_unfolds(browser: Browser, site: Server) -> None:
    with watching(browser, site, java_script_enabled=False) as watched:
        page = watched.open("/")
        page.get_by_label("Search by name").last.fill("flamingo")
        page.get_by_role("button", name="Search").last.click()
        page.get_by_role("link", name="Flamingo-XL-v2", exact=True).first.click()
        expect(page.locator("h1")).to_have_text("Flamingo-XL-v2")
        fold = page.locator("details.why").first
        expect(fold.locator("mark")).to_be_hidden()
        fold.locator("summary").click()
        expect(fold.locator("mark")).to_be_visible()

        page = watched.open("/class/kg:ExtractedStatement")
        expect(page.get_by_role("status")).to_have_text("249 things, page 1 of 10")
        page.get_by_role("navigation", name="Pages of the table").get_by_role("link", name="2").click()
        expect(page.get_by_role("status")).to_have_text("249 things, page 2 of 10")
        page.locator(".facets a", has_text="tag:hardware").click()
        expect(page.get_by_role("status")).to_have_text("13 things")
        expect(page.locator("tbody tr")).to_have_count(13)
        page.get_by_role("columnheader", name="verbatim").get_by_role("link").click()
        expect(page.get_by_role("columnheader", name="verbatim")).to_have_attribute("aria-sort", "ascending")
        words = page.locator("td[data-label=verbatim]").all_inner_texts()
        assert words == sorted(words, key=str.casefold)
        assert len(set(words)) > 1
        page.get_by_label("Search within").fill("name")
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_role("list", name="Chosen filters").get_by_role("listitem")).to_have_count(2)


def test_without_a_script_a_query_is_run_by_its_form(browser: Browser, site: Server) -> None:
    query = f"SELECT ?m {{ ?m a <{NS}Model> }}"
    with watching(browser, site, java_script_enabled=False) as watched:
        page = watched.open("/query")
        page.get_by_label("Your query").fill(query)
        page.get_by_role("button", name="Run").click()
        expect(page.locator("tbody tr")).to_have_count(5)
        assert urlencode({"query": query}) in page.url
        page.get_by_text("Questions to start from").click()
        page.get_by_role("link", name="How many models were trained in each country?").click()
        page.get_by_role("button", name="Run").click()
        expect(page.locator("tbody")).to_contain_text("Singapore")


def test_a_phone_shows_first_what_a_picture_is_about(watched: Watched) -> None:
    watched.page.set_viewport_size(PHONE)
    for path, subject in (("/timeline", "a .mark"), ("/map", "a circle")):
        page = watched.open(path)
        assert page.locator(".picture-frame").evaluate("frame => frame.scrollWidth > frame.clientWidth")
        inside = "(shape) => { const at = shape.getBoundingClientRect(); return 0 < at.right && at.left < innerWidth; }"
        assert page.locator(f".picture-frame {subject}").first.evaluate(inside)


def test_a_table_fits_any_window(watched: Watched) -> None:
    page = watched.open("/class/kg:ExtractedStatement")
    for width in (1600, DESKTOP["width"], 900, 736, 600, 480, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, width


def test_no_text_of_a_picture_runs_out_of_its_box(watched: Watched) -> None:
    broad = """() => [...document.querySelectorAll(".neighbourhood .node")].filter((node) => node.checkVisibility()).flatMap((node) => {
      const frame = node.querySelector("rect").getBoundingClientRect();
      return [...node.querySelectorAll("text")].filter((text) => text.getBoundingClientRect().right > frame.right - 2).map((text) => text.textContent);
    })"""
    seen = 0
    for name in THINGS:
        page = watched.open(address(watched.server, name))
        seen += page.locator(".neighbourhood .node:visible").count()
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.evaluate(broad) == [], name
    assert seen > len(THINGS)


def test_the_whole_neighbourhood_is_seen_on_a_phone(unscripted: Watched, scripted: Watched) -> None:
    """All of it lies within its frame, and the frame has nothing to be pushed."""
    outside = """() => {
      const frame = document.querySelector(".picture-frame");
      const box = frame.getBoundingClientRect();
      const parts = [...frame.querySelectorAll("rect, text, path")].filter((part) => part.checkVisibility());
      const beyond = parts.filter((part) => {
        const at = part.getBoundingClientRect();
        return at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom;
      });
      return [parts.length, beyond.map((part) => part.outerHTML), frame.scrollWidth - frame.clientWidth, frame.scrollHeight - frame.clientHeight];
    }"""
    for watched, script in ((unscripted, False), (scripted, True)):
        for name in ("model", "run", "accelerator", "country"):
            for width in (390, 320):
                watched.page.set_viewport_size({"width": width, "height": 844})
                page = watched.open(address(watched.server, name))
                pictures = page.get_by_role("group", name="is connected with")
                expect(pictures).to_have_count(1)
                links = pictures.get_by_role("link")
                assert links.count() > 2
                if script:
                    parts, *rest = page.evaluate(outside)
                    assert parts > 10
                    assert rest == [[], 0, 0], name
        watched.page.set_viewport_size(DESKTOP)
