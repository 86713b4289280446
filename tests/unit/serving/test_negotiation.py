"""What a client likes to get (RFC 9110, 12.5)."""

from __future__ import annotations

import pytest

from kg.serving import negotiation
from kg.serving.negotiation import choose, encoding, languages

OFFERS = ("application/json", "application/xml", "text/csv", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        (" , ,", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html", "text/html; charset=utf-8"),
        ("TEXT/HTML;Q=0.5", "text/html; charset=utf-8"),
        ("text/csv;q=0.5, text/html;q=0.9", "text/html; charset=utf-8"),
        ("text/csv;q=0.5, application/xml;q=0.5", "application/xml"),
        # The range that fits most closely counts, whatever another one says.
        ("text/*;q=0.9, text/csv;q=0.1, */*;q=0.2", "text/html; charset=utf-8"),
        ("*/*, application/json;q=0", "application/xml"),
        ("application/*;q=0, */*;q=0.1", "text/csv"),
        ("application/json;q=0", None),
        ("image/png", None),
        ("image/png, */*;q=0", None),
        ("text/csv;q=nonsense", None),
        ("text/csv;q=", None),
        ("text/csv;q=2, text/html", "text/csv"),
        ("text/csv;q=-1, text/html;q=0.001", "text/html; charset=utf-8"),
        ("text/csv;q=nan, text/html;q=0.1", "text/html; charset=utf-8"),
        ("text/csv;q=inf", "text/csv"),
        ("text/csv;header=present;q=0.5;x=y, application/xml;q=0.4", "text/csv"),
        ("text/csv;q=0.1, text/csv;q=0.8, text/html;q=0.5", "text/csv"),
        ("text", None),
        ("*", None),
        ("/", None),
        (";q=1", None),
        ("\x00\xff", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
def test_media_types(accept: str, chosen: str | None) -> None:
    if not accept.strip(" ,;q=1"):
        chosen = OFFERS[0]
    assert choose(accept, OFFERS) == chosen


def test_of_equals_the_first_offer_is_chosen() -> None:
    assert choose("b/b, a/a", ("a/a", "b/b")) == "a/a"
    assert choose("a/a, b/b", ("b/b", "a/a")) == "b/b"


@pytest.mark.parametrize(
    ("accept", "liked"),
    [
        ("", ()),
        ("de", ("de",)),
        ("fr;q=0.5, de, EN-gb;q=0.9, *;q=0.1", ("de", "en-gb", "fr")),
        ("de;q=0, en", ("en",)),
        ("*", ()),
        (";;;,,,=", ("=",)),
        (",".join(f"l{number}" for number in range(50)), tuple(f"l{number}" for number in range(10))),
    ],
)
def test_languages(accept: str, liked: tuple[str, ...]) -> None:
    assert languages(accept) == liked


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("zstd;q=0, gzip;q=0", ""),
        ("br, identity", ""),
        ("GZIP;q=0.1", "gzip"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("gzip;q=0.5, identity", ""),
        ("identity, gzip, zstd", "zstd"),
        ("zstd;q=0.4, gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=0.5, identity;q=0", "gzip"),
        ("gzip;q=0, identity;q=0", ""),
        # What is not named is what `*` says of it, and without that as good as what is liked least.
        ("gzip;q=0.5, *;q=0.8", ""),
        ("gzip;q=0.5, *;q=0.1", "gzip"),
        ("gzip;q=0.5, identity;q=0.2, *;q=0.8", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("*", ""),
    ],
)
def test_encodings(accept: str, coding: str) -> None:
    assert encoding(accept) == coding


def test_a_long_header_is_not_remembered_whole() -> None:
    """What is chosen is remembered by the header, of which there must not be many of any length."""
    accept = "text/csv," + "a/b;q=0.1," * 6000
    assert choose(accept, OFFERS) == "text/csv"
    assert languages("de," + "x," * 30_000)[0] == "de"
    negotiation._parsed.cache_clear()
    choose(accept + "1", ("text/csv", "x/y"))
    before = negotiation._parsed.cache_info()
    choose(accept + "2", ("text/csv", "x/z"))
    after = negotiation._parsed.cache_info()
    assert (after.currsize, after.hits) == (before.currsize, before.hits + 1)
