"""Content codings: what is worth to be compressed, and by what."""

from __future__ import annotations

import zlib
from collections.abc import Callable

WORTH = 1000
_PACKABLE = (
    "text/",
    "image/svg",
    *(
        f"application/{each}"
        for each in ("json", "javascript", "xml", "sparql", "rdf", "ld+json", "n-", "trig", "problem")
    ),
)


def packable(media: str) -> bool:
    """Return whether bytes of a media type shrink."""
    return media.startswith(_PACKABLE)


def packer(coding: str) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    """Return what compresses pieces, and what ends them, for zstd or gzip."""
    if coding == "zstd":
        import zstandard

        zstd = zstandard.ZstdCompressor(level=3).compressobj()
        return zstd.compress, zstd.flush
    gzip = zlib.compressobj(5, zlib.DEFLATED, 31)
    return gzip.compress, gzip.flush


def packed(body: bytes, media: str, coding: str) -> tuple[bytes, str]:
    """Return a body and its coding, compressed where that is worth it."""
    if not coding or len(body) < WORTH or not packable(media):
        return body, ""
    pack, finish = packer(coding)
    return pack(body) + finish(), coding
