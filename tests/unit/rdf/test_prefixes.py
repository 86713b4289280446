"""Prefixes for people."""

from __future__ import annotations

import pytest

from kg.rdf.prefixes import prefixes, shortened

BASE = "https://data.example.org/id/"
NAMES = prefixes(BASE)


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://kg.example/ns#Model", "kg:Model"),
        (f"{BASE}model/002_7e82.flamingo-xl-v2", "model:002_7e82.flamingo-xl-v2"),
        (f"{BASE}statement/002.1-5.name", "statement:002.1-5.name"),
        (f"{BASE}model/葉篤正", "model:葉篤正"),
        ("http://www.w3.org/2001/XMLSchema#integer", "xsd:integer"),
        # What a prefixed name cannot hold without an escape stays whole.
        (f"{BASE}model/-", f"<{BASE}model/->"),
        (f"{BASE}model/a.", f"<{BASE}model/a.>"),
        (f"{BASE}model/.a", f"<{BASE}model/.a>"),
        (f"{BASE}model/", f"<{BASE}model/>"),
        (f"{BASE}model/a/b", f"<{BASE}model/a/b>"),
        (f"{BASE}passage/a#char=1,2", f"<{BASE}passage/a#char=1,2>"),
        ("http://elsewhere.example/x", "<http://elsewhere.example/x>"),
    ],
)
def test_a_name_is_short_where_a_prefix_fits(iri: str, expected: str) -> None:
    assert shortened(iri, NAMES) == expected


def test_the_longest_namespace_wins() -> None:
    assert shortened("http://x/a/b", {"x": "http://x/", "a": "http://x/a/"}) == "a:b"


def test_without_prefixes_an_iri_stays_whole() -> None:
    assert shortened("http://x/a", {}) == "<http://x/a>"


def test_the_kinds_of_things_are_under_the_base() -> None:
    assert NAMES["accelerator"] == f"{BASE}accelerator/"
    assert {name for name, namespace in NAMES.items() if namespace.startswith(BASE)} >= {
        "model",
        "run",
        "passage",
        "derived",
    }
