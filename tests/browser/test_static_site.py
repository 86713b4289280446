"""A static site in a browser, as nginx serves it: the search without a server, links, and what axe finds wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.watching import PHONE, Watched, faults, overflow, watching
from tests.e2e.conftest import kg
from tests.serving import Server
from tests.web_servers import nginx

PAGES = (
    "",
    "class.html",
    "class/kg-Model.html",
    "search.html",
    "ontology.html",
    "map.html",
    "timeline.html",
    "release.html",
    "404.html",
)


@pytest.fixture(scope="module")
def folder(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the top of a host that has a site of the seeds at /project/."""
    top = tmp_path_factory.mktemp("static")
    done = kg("publish", release, "-o", top / "project", "--url", "https://someone.example/project/")
    assert done.returncode == 0, done.stderr.decode()
    return top


@pytest.fixture(scope="module")
def static(folder: Path) -> Iterator[Server]:
    """Serve it."""
    with nginx(folder, folder / "project") as server:
        yield server


@pytest.fixture
def opened(browser: Browser, static: Server) -> Iterator[Watched]:
    with watching(browser, static) as found:
        yield found


def model(folder: Path) -> str:
    """Return the path of the page of a model."""
    return f"/{min((folder / 'project/id/model').glob('*.html')).relative_to(folder)}"


def test_pages_have_no_faults_and_fit_a_phone(browser: Browser, static: Server, folder: Path) -> None:
    with watching(browser, static, viewport=PHONE) as found:
        release = min((folder / "project/release").glob("*.html")).relative_to(folder)
        names = min((folder / "project/search").glob("names-*.html")).relative_to(folder)
        for address in (*(f"/project/{name}" for name in PAGES), f"/{release}", f"/{names}", model(folder)):
            page = found.open(address)
            assert faults(page) == [], address
            assert overflow(page) <= 0, address


def test_a_page_that_things_share_has_no_faults(browser: Browser, release: Path, tmp_path: Path) -> None:
    done = kg("publish", release, "-o", tmp_path / "site", "--files", "100")
    assert done.returncode == 0, done.stderr.decode()
    with nginx(tmp_path / "site", tmp_path / "site") as server, watching(browser, server, viewport=PHONE) as found:
        for file in sorted((tmp_path / "site/bundle").glob("*.html"))[:3]:
            page = found.open(f"/bundle/{file.name}")
            assert faults(page) == [], file.name
            assert overflow(page) <= 0, file.name
        # The IRI of a thing leads to its section.
        iri = page.locator("div.bundled").last.get_attribute("id")
        page = found.open(f"/{iri}")
        assert page.url.endswith(f"#{iri}")
        expect(page.locator("div.bundled").last).to_be_in_viewport()


def test_the_iri_of_a_thing_leads_to_its_page(opened: Watched, folder: Path) -> None:
    path = model(folder)
    page = opened.open(path.removesuffix(".html"))
    assert page.url.endswith(path)
    expect(page.locator("h1")).to_be_visible()
    page.locator(".types a").first.click()
    assert "/project/class/kg-Model.html" in page.url
    page.locator("tbody th a").first.click()
    assert "/project/id/model/" in page.url


def test_a_search_suggests_and_finds_without_a_server(opened: Watched) -> None:
    page = opened.open("/project/")
    field = page.get_by_role("combobox", name="Search by name").first
    field.press_sequentially("synap")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Synapse-70B")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/project/id/**")
    expect(page.locator("h1")).to_contain_text("Synapse-70B")
    field = page.get_by_role("combobox", name="Search by name").first
    field.fill("A100 nvid")
    field.press("Enter")
    page.wait_for_url("**/project/search.html?q=*")
    hits = page.locator("#hits a")
    expect(hits.first).to_contain_text("A100")
    assert all("A100" in text for text in hits.all_inner_texts())
    page.goto(f"{opened.server.url}project/search.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.locator("#found")).to_contain_text("Nothing is called like <img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0


def test_all_names_are_found_without_scripts(browser: Browser, static: Server) -> None:
    with watching(browser, static, java_script_enabled=False) as found:
        page = found.open("/project/search.html")
        page.locator("nav[aria-label=Names] a").first.click()
        page.get_by_role("link", name="Synapse-70B").first.click()
        expect(page.locator("h1")).to_contain_text("Synapse-70B")


def test_an_address_that_nothing_is_at_shows_the_way_back(opened: Watched) -> None:
    page = opened.open("/project/id/model/none")
    expect(page.locator("h1")).to_have_text("There is nothing here")
    page.get_by_role("link", name="home", exact=True).click()
    assert page.url.endswith("/project/")
