"""What a client likes to get, chosen from what there is (RFC 9110, 12.5)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

# So much of a header is looked at; what is chosen is remembered, so that a longer one would cost memory.
_LONGEST = 1000


@lru_cache(maxsize=1024)
def _parsed(accept: str) -> tuple[tuple[str, float], ...]:
    """Return the ranges of an Accept header with their weights; a part that is none is left out."""
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = min(1.0, max(0.0, float(value)))
                except ValueError:
                    weight = 0.0
        if name:
            found.append((name.lower(), weight))
    return tuple(found)


def choose(accept: str, offers: tuple[str, ...]) -> str | None:
    """Return the media type of `offers` (best first) that an Accept header likes most, or None; no header likes all the same."""
    return _chosen(accept[:_LONGEST], offers)


@lru_cache(maxsize=4096)
def _chosen(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = _parsed(accept)
    if not ranges:
        return offers[0]
    best, chosen = 0.0, None
    for offer in offers:
        weight = _weight(offer, ranges)
        if weight > best:
            best, chosen = weight, offer
    return chosen


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the range that fits most closely."""
    media = offer.partition(";")[0]
    kind = media.partition("/")[0]
    for wanted in (media, f"{kind}/*", "*/*"):
        weights = [weight for name, weight in ranges if name == wanted]
        if weights:
            return max(weights)
    return 0.0


def languages(accept: str) -> tuple[str, ...]:
    """Return the languages of an Accept-Language header, liked most first."""
    ranked = sorted(
        (each for each in _parsed(accept[:_LONGEST]) if each[1] > 0 and each[0] != "*"), key=lambda each: -each[1]
    )
    return tuple(name for name, _ in ranked[:10])


def encoding(accept: str) -> str:
    """Return the content coding for an Accept-Encoding header: zstd, gzip or none (""), which is chosen only where it is liked more.

    `*` means no coding here but `identity`: few that send it could read zstd.
    """
    weights = dict(_parsed(accept[:_LONGEST]))
    best = max(("zstd", "gzip"), key=lambda name: weights.get(name, 0.0))
    liked = weights.get(best, 0.0)
    return best if liked > 0 and liked >= weights.get("identity", weights.get("*", 0.0)) else ""
