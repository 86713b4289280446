"""YASGUI, which nobody here wrote, asks `kg serve` from a page of another origin."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.npm import installed
from tests.serving import Server

QUERY = "PREFIX kg: <https://kg.example/ns#>\nSELECT ?model ?n WHERE { ?model a kg:Model ; kg:parameterCount ?n } ORDER BY ?n"
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>YASGUI</title><link rel="stylesheet" href="yasgui.min.css"><div id="yasgui"></div>
<script src="yasgui.min.js"></script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Install YASGUI by its lock file, and serve a page with it on an address of its own."""
    modules = installed(Path(__file__).parent / "yasgui", tmp_path_factory.mktemp("yasgui"))
    built = modules / "@zazuko" / "yasgui" / "build"
    (built / "index.html").write_text(PAGE, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built))) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/"
        http.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_yasgui_shows_the_rows_of_another_origin(browser: Browser, site: Server, elsewhere: str, method: str) -> None:
    def only_local(route: Route) -> None:
        # It asks a service on the web for prefixes, which is not what is tested here.
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            route.abort()

    context = browser.new_context()
    page = context.new_page()
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.url.partition("?")[0])))
    page.route("**/*", only_local)
    page.goto(elsewhere)
    endpoint = f"{site.url}sparql"
    page.evaluate(
        """async ([endpoint, method, query]) => {
          const config = { endpoint, method };
          const yasgui = new Yasgui(document.getElementById("yasgui"), { requestConfig: config, copyEndpointOnNewTab: false, yasqe: { value: query } });
          const tab = yasgui.getTab();
          tab.setEndpoint(endpoint);
          tab.setRequestConfig({ method });
          tab.setQuery(query);
        }""",
        [endpoint, method, QUERY],
    )
    page.locator(".yasqe_queryButton").click()
    expect(page.locator(".yasr table tbody tr")).to_have_count(5, timeout=20_000)
    expect(page.locator(".yasr")).to_contain_text("sphinx-max-70b")
    assert (method, endpoint) in asked
    assert urlsplit(elsewhere).netloc != site.host
    context.close()
