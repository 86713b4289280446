"""Finds the organizations that a passage names as the makers of its model."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extraction.lexer import lex, words
from kg.extraction.rules import claim_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.extraction.claims import Claim
    from kg.extraction.context import Context
    from kg.extraction.document import Document
    from kg.rdf.reference import Reference

_MADE = words("developed trained built created released introduced designed conducted carried proposed led")


def maker_claims(document: Document, context: Context) -> Iterator[Claim]:
    """Yield `developed by the Meta AI research team`: the organization after `by`, once each."""
    low, told = document.low, set[str]()
    names = _names(document.reference)
    for i, word in enumerate(low[:-1]):
        if word != "by" or i in context.foreign:
            continue
        start, _ = document.sentence(i)
        first = i + 2 if low[i + 1] in ("the", "our") else i + 1
        if not _MADE & set(low[max(start, i - 6) : i]):
            continue
        for parts, label in names.get(low[first] if first < len(low) else "", ()):
            last = first + len(parts)
            if low[first:last] == parts and document.text(first, last)[0].isupper() and label not in told:
                told.add(label)
                yield claim_at(document, first, last, context.model, "developedBy", label, "gazetteer:organization")
                break


@lru_cache(maxsize=8)
def _names(reference: Reference) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the names by first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for organization in reference.organizations.values():
        for name in dict.fromkeys((organization.label, *organization.aliases)):
            parts = lex(name).low
            if parts:
                found.setdefault(parts[0], []).append((parts, organization.label))
    return {
        word: tuple(sorted(entries, key=lambda entry: (-len(entry[0]), entry[1]))) for word, entries in found.items()
    }
