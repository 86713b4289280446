"""Content codings: what comes out is what went in."""

from __future__ import annotations

import gzip

import pytest
import zstandard

from kg.serving.coding import WORTH, packable, packed, packer


def unpacked(data: bytes, coding: str) -> bytes:
    return gzip.decompress(data) if coding == "gzip" else zstandard.ZstdDecompressor().decompressobj().decompress(data)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_whole_body(coding: str) -> None:
    body = b"text that repeats " * 1000
    data, used = packed(body, "text/turtle; charset=utf-8", coding)
    assert (used, unpacked(data, coding)) == (coding, body)
    assert len(data) < len(body) // 10


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_body_in_pieces(coding: str) -> None:
    pack, finish = packer(coding)
    pieces = [b"piece %d" % number for number in range(1000)]
    assert unpacked(b"".join(map(pack, pieces)) + finish(), coding) == b"".join(pieces)


@pytest.mark.parametrize(
    ("body", "media", "coding"),
    [(b"a" * (WORTH - 1), "text/plain", "gzip"), (b"a" * WORTH, "image/png", "gzip"), (b"a" * WORTH, "text/plain", "")],
)
def test_what_is_not_worth_it(body: bytes, media: str, coding: str) -> None:
    assert packed(body, media, coding) == (body, "")


def test_what_shrinks() -> None:
    for media in (
        "text/html; charset=utf-8",
        "application/sparql-results+json",
        "application/n-quads",
        "image/svg+xml",
    ):
        assert packable(media)
    for media in ("application/zstd", "image/png", "font/woff2", ""):
        assert not packable(media)
