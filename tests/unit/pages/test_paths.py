"""The names of the files of a static site: safe for any IRI, and never two IRIs with one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.pages import StaticAddresses
from kg.pages.addresses import is_iri
from kg.pages.paths import SUFFIXES, twins_of

BASE = "https://kg.example/"
ADDRESSES = StaticAddresses(BASE, "/project/")
rests = st.text(st.sampled_from("abAB./%0e2fF#?é\u0301 :~-_\\'\u202e日"), max_size=12)


def test_a_plain_iri_keeps_its_name() -> None:
    assert ADDRESSES.place(f"{BASE}id/model/x-1.5_b") == "id/model/x-1.5_b"
    assert ADDRESSES.url(f"{BASE}id/passage/x#char=0,5") == "/project/id/passage/x.html#char=0,5"
    assert ADDRESSES.document(f"{BASE}ns#Model", "ttl") == "/project/ns.ttl"
    assert ADDRESSES.place(f"{BASE}id/日本") == "id/日本"
    assert ADDRESSES.document(f"{BASE}id/日本", "html") == "/project/id/%E6%97%A5%E6%9C%AC.html"


@pytest.mark.parametrize(
    "rest",
    [
        *(
            "..",
            "../up",
            "id/../up",
            "id/%2e%2e/up",
            "id/a%2Fb",
            "%00",
            "id/.hidden",
            ".git/config",
            ".htaccess",
            ".kg-site",
            "id/x.ttl/y",
            "",
        ),
        *(
            "index",
            "404",
            "void",
            "redirects/x",
            "static/site.css",
            "STATIC/x",
            "id/nul",
            "id/COM1.txt",
            "x" * 300,
            "id/" * 400,
            "id/end.",
            "id/a//b",
        ),
        *("id/e\u0301", "search/index", "release/1", "id/x\\y", "id/%22"),
    ],
)
def test_an_unsafe_name_is_a_digest(rest: str) -> None:
    place = ADDRESSES.place(BASE + rest)
    assert place.startswith("resource/")
    assert len(place) < 60


@given(rests)
@example("%2e%2e/%2e%2e/etc/passwd")
@example("a/%5c..%5c..%5cb")
def test_no_name_leads_out_or_is_hidden(rest: str) -> None:
    for suffix in SUFFIXES:
        name = ADDRESSES.file(ADDRESSES.document(BASE + rest, suffix))
        parts = name.split("/")
        assert all(
            part and not part.startswith(".") and not part.endswith(" ") and len(part.encode()) <= 255 for part in parts
        )
        assert not set(name) & set('\0\\:*?"<>|')
        assert parts[-1].endswith(f".{suffix}")


@given(rests, rests)
def test_no_two_documents_share_a_file(one: str, other: str) -> None:
    documents = [f"{BASE}{rest}".partition("#")[0] for rest in (one, other)]
    if documents[0] == documents[1] or not all(map(is_iri, documents)):
        return
    natural = [name for each in documents if (name := ADDRESSES.natural(each))]
    addresses = StaticAddresses(BASE, "/project/", twins_of(natural))
    names = [addresses.file(addresses.document(each, suffix)).casefold() for each in documents for suffix in SUFFIXES]
    assert len(set(names)) == len(names)


def test_pages_of_classes_and_lists_have_names_of_their_own() -> None:
    prefixes = {"kg": f"{BASE}ns#", "x-y": "https://x.example/"}
    names = {
        ADDRESSES.class_page(iri, prefixes, number)
        for iri in (
            f"{BASE}ns#Model",
            f"{BASE}ns#model-2",
            f"{BASE}ns#Model-2",
            "https://x.example/A",
            "https://y.example/A",
        )
        for number in (1, 2)
    }
    assert len(names) == 10
    assert "/project/class/kg-Model-2.html" in names
    assert (
        len({ADDRESSES.listing(BASE, key, prop, n) for key in ("in", "of") for prop in ("a:p", "a:q") for n in (1, 2)})
        == 8
    )


def test_what_is_absent_has_no_page() -> None:
    addresses = StaticAddresses(BASE, absent=frozenset((f"{BASE}ns",)))
    assert not addresses.holds(f"{BASE}ns#Model")
    assert addresses.holds(f"{BASE}id/x")


def test_a_form_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="only html, ttl, jsonld"):
        ADDRESSES.document(f"{BASE}x", "nt")
