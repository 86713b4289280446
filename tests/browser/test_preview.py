"""A preview is shown in a frame of another site, as reconciliation clients do; other pages are not."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.serving import Server

TPU = quote("https://kg.example/id/accelerator/google-tpu-v5p", safe="")


@pytest.fixture
def client(site: Server) -> Iterator[str]:
    """Serve a page of another origin with a preview and another page in frames."""
    frames = "".join(
        f'<iframe id="{name}" width="480" height="320" src="{site.url}{path}?{field}={TPU}"></iframe>'
        for name, path, field in (("small", "reconcile/preview", "id"), ("whole", "resource.html", "iri"))
    )

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><title>Client</title>{frames}".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_only_a_preview_is_shown_in_a_frame(browser: Browser, client: str) -> None:
    page = browser.new_page()
    page.goto(client)
    small = page.frame_locator("#small")
    expect(small.locator("h1")).to_have_text("TPU v5p")
    expect(small.locator("dl")).to_contain_text("Google")
    # The style of the pages is there, and nothing is wider than the frame.
    assert small.locator("body").evaluate("body => getComputedStyle(body).display") == "flex"
    assert small.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")
    expect(page.frame_locator("#whole").locator("h1", has_text="TPU v5p")).to_have_count(0)
    page.close()
