"""The rules for web servers: the form that they choose is the one that `kg serve` chooses, for any header."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kg.pages import StaticAddresses
from kg.publishing.redirects import Rules, accepted, files
from kg.serving.negotiation import choose

MEDIA = {".html": "text/html", ".ttl": "text/turtle", ".jsonld": "application/ld+json"}
RULES = [(re.compile(pattern, re.IGNORECASE), suffix) for pattern, suffix in accepted()]
ranges = st.sampled_from(
    [*MEDIA.values(), "text/*", "application/*", "*/*", "image/png", "text/html5", "application/ld+jsonx"]
)
weights = st.sampled_from(
    ["", ";q=1", "; q=1.0", ";q=0.9", ";q=0.8", ";Q=0.5", ";q=0.05", ";q=0", ";q=0.0", ";charset=utf-8", ";v=1;q=0.7"]
)


@st.composite
def headers(draw: st.DrawFn) -> str:
    """Return an Accept header in which no range comes twice."""
    kinds = draw(st.lists(ranges, max_size=5, unique=True))
    return draw(st.sampled_from([",", ", ", " , "])).join(f"{kind}{draw(weights)}" for kind in kinds)


@given(headers())
def test_the_rules_choose_as_the_server_does(accept: str) -> None:
    found = next((suffix for rule, suffix in RULES if rule.search(accept)), None)
    assert (MEDIA[found] if found else None) == choose(accept, tuple(MEDIA.values()))


def test_a_path_in_a_rule_is_that_path_alone() -> None:
    addresses = StaticAddresses("https://kg.example/", "/project/")
    moved = (("id/a.b(c)+%20", "resource/aa/bb"),)
    rules = dict(files(Rules(addresses, "https://x.example/project/", ("ns",), moved, "id/void")))
    for name, line in ((".htaccess", r'"\^(/project/.*)\$"'), ("redirects/nginx-http.conf", r'"~\^(/project/id.*)\$"')):
        patterns = [each for each in re.findall(line, rules[name].decode()) if "void" not in each and "/ns" not in each]
        assert len(patterns) == 1
        assert re.fullmatch(patterns[0], "/project/id/a.b(c)+%20")
        assert not re.fullmatch(patterns[0], "/project/id/aXb(c)+%20")
    assert set(rules) == {
        ".htaccess",
        "redirects/nginx-http.conf",
        "redirects/nginx-server.conf",
        "redirects/w3id.htaccess",
    }
    assert b"https://x.example/project/" in rules["redirects/w3id.htaccess"]
