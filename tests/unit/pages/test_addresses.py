"""Every IRI has a path that leads back to exactly it, and no path leads anywhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.pages.addresses import SUFFIXES, Addresses, is_iri, outward

BASE = "https://kg.example/"
HERE = Addresses(BASE)
BELOW = Addresses(BASE, "/kg/")
# Whatever could be in a path, with what goes wrong in one more often than chance has it.
PIECES = st.one_of(
    st.sampled_from(
        [
            "/",
            ".",
            "..",
            "%2F",
            "%2e%2e",
            "%41",
            "%25",
            "%C3%A9",
            "%c3%a9",
            "é",
            "?",
            "#",
            "//",
            "search",
            "x.ttl",
            ":",
            "@",
            "&",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
)


@st.composite
def iris(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from([BASE, BASE + "id/", "http://elsewhere.org/", "urn:x:", "javascript:"]))
    iri = start + "".join(draw(st.lists(PIECES, max_size=6)))
    try:
        ox.NamedNode(iri)
    except ValueError:
        return BASE + "id/x"
    return iri if is_iri(iri) else BASE + "id/x"


@given(iris())
@example(BASE)
@example(BASE + "ns#")
@example(BASE + "ns#%2F")
@example(BASE + "ns#%C3%A9")
@example(BASE + "ns#%FF")
@example(BASE + "id/..%2f..%2fetc")
def test_the_path_of_an_iri_leads_back_to_it(iri: str) -> None:
    for addresses in (HERE, BELOW):
        assert addresses.iri(addresses.url(iri)) == iri


@given(iris(), st.sampled_from(SUFFIXES))
def test_the_path_of_a_document_leads_back_to_its_thing_and_form(iri: str, suffix: str) -> None:
    path = HERE.document(iri, suffix)
    assert HERE.thing(path) == (iri if path.startswith("/resource.") else iri.partition("#")[0], suffix)


@given(iris())
def test_a_path_never_leaves_the_root(iri: str) -> None:
    for path in (BELOW.url(iri), BELOW.document(iri, "ttl")):
        assert path.startswith("/kg/")
        assert path.isascii()
        assert path.isprintable()
        joined = urlsplit(urljoin("https://host.example/kg/page", path))
        assert joined.netloc == "host.example"
        assert joined.path.startswith("/kg/")
        assert not {".", ".."} & set(joined.path.split("/"))


@given(st.text(max_size=40))
def test_any_path_is_read_without_an_error(path: str) -> None:
    for address in ("/" + path, "/resource?iri=" + path, path):
        found = HERE.iri(address)
        assert found is None or is_iri(found) or "resource" not in address


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("https://kg.example/id/model/x", "/id/model/x"),
        ("https://kg.example/ns#Model", "/ns#Model"),
        ("https://kg.example/id/passage/1#char=1,2", "/id/passage/1#char=1,2"),
        ("https://kg.example/id/é", "/id/%C3%A9"),
        ("https://kg.example/id/a%20b", "/id/a%20b"),
        ("https://kg.example/search", "/resource?iri=https%3A%2F%2Fkg.example%2Fsearch"),
        ("https://kg.example/sitemap-1.xml", "/resource?iri=https%3A%2F%2Fkg.example%2Fsitemap-1.xml"),
        ("https://kg.example/a%2Fb", "/resource?iri=https%3A%2F%2Fkg.example%2Fa%252Fb"),
        ("https://kg.example/x.html", "/resource?iri=https%3A%2F%2Fkg.example%2Fx.html"),
        ("https://kg.example/a//b", "/resource?iri=https%3A%2F%2Fkg.example%2Fa%2F%2Fb"),
        ("https://kg.example/a?b", "/resource?iri=https%3A%2F%2Fkg.example%2Fa%3Fb"),
        ("https://kg.example.evil/a", "/resource?iri=https%3A%2F%2Fkg.example.evil%2Fa"),
        ("urn:x:y", "/resource?iri=urn%3Ax%3Ay"),
    ],
)
def test_the_paths_that_are_promised(iri: str, path: str) -> None:
    assert HERE.url(iri) == path


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/static/site.css",
        "/.well-known/void",
        "/../x",
        "/%2e%2e/x",
        "/a%00b",
        "/a//b",
        "/%FF",
        "//host/x",
        "/resource?iri=x&iri=y",
        "/resource?iri=a%20b",
        "/resource?x=urn:y",
    ],
)
def test_a_path_of_the_site_or_of_nothing_is_no_thing(path: str) -> None:
    assert HERE.iri(path) is None


def test_the_path_of_a_document_is_not_that_of_a_thing() -> None:
    assert HERE.iri("/id/model/x.ttl") is None
    assert HERE.thing("/id/model/x.ttl") == ("https://kg.example/id/model/x", "ttl")
    assert HERE.thing("/resource.ttl?iri=urn%3Ax") == ("urn:x", "ttl")


def test_an_unknown_form_is_an_error() -> None:
    with pytest.raises(ValueError, match="exe"):
        HERE.document(BASE + "id/x", "exe")


@pytest.mark.parametrize(
    ("iri", "known"),
    [
        ("http://a.org/", True),
        ("https://a.org/x", True),
        ("mailto:a@b.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("ftp://a.org/", False),
        ("file:///etc/passwd", False),
        ("http:///x", False),
        ('http://a.org/"><script>', False),
        ("http://a.org/\u202etxt", False),
        ("http://a.org/\r\nx: y", False),
        ("http://[", False),
    ],
)
def test_only_web_and_mail_addresses_become_links(iri: str, known: bool) -> None:
    assert (outward(iri) == iri) is known


def test_a_class_is_named_by_its_prefix() -> None:
    prefixes = {"kg": "https://kg.example/ns#"}
    assert HERE.class_page("https://kg.example/ns#Model", prefixes) == "/class/kg:Model"
    assert HERE.class_of("kg:Model", prefixes) == "https://kg.example/ns#Model"
    assert HERE.class_page("http://o.org/C", prefixes) == "/class?iri=http%3A%2F%2Fo.org%2FC"
    assert [HERE.class_of(name, prefixes) for name in ("x:Model", "kg:a%20b", "kg:%FF", "Model", "kg:a/../b")] == [
        None
    ] * 5
