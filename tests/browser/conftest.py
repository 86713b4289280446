"""What the tests in a browser share: the Chromium of the system, and `kg serve` over a release of the seeds and over a small graph with hostile things."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.watching import Watched, watching
from tests.e2e.conftest import kg
from tests.serving import Server, kg_serve
from tests.shared import ROOT


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium")
    started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    yield started
    started.close()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the five seeds."""
    folder = tmp_path_factory.mktemp("release") / "seeds"
    done = kg("build", ROOT / "seeds", "-o", folder)
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.fixture(scope="session")
def site(release: Path) -> Iterator[Server]:
    """Serve the release."""
    with kg_serve(release) as server:
        yield server


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a graph of models, some of them hostile, with answers of at most 1000 rows."""
    lines = [
        "@prefix kg: <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        '<https://kg.example/id/country/c0> rdfs:label "Germany"@en , "Deutschland"@de , "المانيا"@ar .',
    ]
    lines += [
        f'<https://kg.example/id/model/m{n}> a kg:Model ; rdfs:label "Model {n}" ; kg:flop {10.0**18 * 3**n:E} ;'
        f" kg:country <https://kg.example/id/country/c{n % 3}> ."
        for n in range(12)
    ]
    lines += [f"<https://kg.example/id/row/{n}> kg:number {n} ." for n in range(130)]
    lines.append(
        '<https://kg.example/id/evil> kg:evil "<img src=x onerror=document.title=1>" , <javascript:alert(1)> , "\\u202Eabc" .'
    )
    file = tmp_path_factory.mktemp("small") / "graph.ttl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with kg_serve(file, "--rows", "1000") as server:
        yield server


@pytest.fixture
def watched(browser: Browser, site: Server) -> Iterator[Watched]:
    """Open a page of the release that is watched: at the end it has asked nobody else, and nothing of it has failed."""
    with watching(browser, site) as found:
        yield found
