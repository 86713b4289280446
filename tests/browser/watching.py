"""A page in the browser that is watched, and what must be true of any page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, ViewportSize

from tests.serving import Server

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
DESKTOP = ViewportSize(width=1200, height=900)
PHONE = ViewportSize(width=320, height=640)
_MOST_STEPS = 300


@dataclass
class Watched:
    """A page, and what it did: whom it asked for what, and what went wrong."""

    page: Page
    server: Server
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.asked if not url.startswith(("data:", "blob:"))}

    def open(self, address: str) -> Page:
        """Open an address of the server."""
        self.page.goto(self.server.url.rstrip("/") + address)
        return self.page

    def tab_to(self, place: Locator) -> None:
        """Press Tab until the focus is on an element."""
        wanted = place.element_handle()
        for _ in range(_MOST_STEPS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {place}")

    def enter(self, place: Locator) -> None:
        """Go to an element with the Tab key, and press Enter there."""
        self.tab_to(place)
        self.page.keyboard.press("Enter")

    def on_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.errors.append(f"{response.status} {response.url}")

    def on_console(self, message: ConsoleMessage) -> None:
        # The browser tells of a page that is an error page, too; of what a page loads `on_response` tells.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)


@contextmanager
def watching(browser: Browser, server: Server, expected: str = r"(?!)", **options: Any) -> Iterator[Watched]:
    """Open a page; at the end it has asked nobody but the server, and no script, no file and no rule of it has failed but as `expected` (a regular expression)."""
    context = browser.new_context(**({"viewport": DESKTOP} | options))
    found = Watched(context.new_page(), server)
    context.on("request", found.on_request)
    context.on("response", found.on_response)
    context.on("console", found.on_console)
    context.on("weberror", lambda error: found.errors.append(str(error.error)))
    try:
        yield found
    finally:
        context.close()
    errors = [error for error in found.errors if not re.match(expected, error)]
    assert not errors, errors
    assert found.hosts == {server.host}, found.hosts


def faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds wrong on a page, by some of its rules or by all of WCAG 2.0 to 2.2, A and AA."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else WCAG
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is broader than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
