"""The page of `kg diff` in a browser: a file that stands alone, in light and dark, on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.watching import PHONE, faults, overflow, watching
from tests.e2e.conftest import kg
from tests.web_servers import nginx

_OLD = """
@prefix kg: <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://kg.example/id/model/> .
:a a kg:Model ; rdfs:label "Model A" ; kg:parameters 7 ; kg:note "gone"@en , "<img src=x onerror=document.title=1>" ; kg:part [ kg:number 1 ] .
:b a kg:Model ; rdfs:label "Model B" .
"""
_NEW = """
@prefix kg: <https://kg.example/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://kg.example/id/model/> .
:a a kg:Model ; rdfs:label "Model A, a name that is longer than any line of a telephone can be" ; kg:parameters 8 ; kg:list ( 1 2 3 ) ; kg:part [ kg:number 2 ] .
:c a kg:Model ; rdfs:label "Model C" ; kg:address <javascript:alert(1)> .
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_of_changes_has_no_faults_and_fits_a_phone(browser: Browser, tmp_path: Path, theme: str) -> None:
    (tmp_path / "old.ttl").write_text(_OLD)
    (tmp_path / "new.ttl").write_text(_NEW)
    site = tmp_path / "site"
    (site / "redirects").mkdir(parents=True)
    (site / "redirects/nginx-http.conf").write_text("types { text/html html; }")
    (site / "redirects/nginx-server.conf").write_text("")
    done = kg("diff", tmp_path / "old.ttl", tmp_path / "new.ttl", "-o", site / "changes.html")
    assert done.returncode == 1, done.stderr.decode()
    with nginx(site, site) as server, watching(browser, server, viewport=PHONE, color_scheme=theme) as found:
        page = found.open("/changes.html")
        text = page.locator("body").inner_text()
        assert "Model C" in text
        assert "onerror" in text, "what looks like markup is shown"
        assert page.locator("img").count() == 0
        assert page.locator("a[href^=javascript]").count() == 0
        assert faults(page) == []
        assert overflow(page) <= 0
