"""Finds names of countries: exact names and aliases only, never by likeness or by adjective."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extraction.lexer import lex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.extraction.lexer import Tokens
    from kg.rdf.reference import Reference

_Names = dict[str, list[tuple[tuple[str, ...], str, str, bool]]]


def countries_in(
    tokens: Tokens, text: str, reference: Reference, *, tagged: bool = False
) -> Iterator[tuple[int, int, str]]:
    """Yield first token, end (exclusive) and alpha-3 code of each country named.

    A name that means other things too (Georgia, Jordan) counts only where `tagged` says that a place is meant.
    """
    names = _names(reference)
    i = 0
    while i < len(tokens):
        found = None
        for parts, written, alpha3, ambiguous in names.get(tokens.low[i], ()):
            last = i + len(parts)
            if (
                tokens.low[i:last] == parts
                and (tagged or not ambiguous)
                and _written_as(written, text, tokens, i, last)
            ):
                found = (i, last, alpha3)
                break
        if found:
            yield found
            i = found[1]
        else:
            i += 1


def _written_as(name: str, text: str, tokens: Tokens, first: int, last: int) -> bool:
    """Whether the text has capitals where names of countries have them: `US` is a country, `us` is not."""
    written = text[tokens.starts[first] : tokens.ends[last - 1]]
    if name.replace(".", "").isupper():
        return written.isupper()
    return written[:1].isupper()


@lru_cache(maxsize=8)
def _names(reference: Reference) -> Mapping[str, tuple[tuple[tuple[str, ...], str, str, bool], ...]]:
    found: _Names = {}
    for country in reference.countries.values():
        for name in dict.fromkeys((country.name, *country.aliases, *country.ambiguous)):
            parts = lex(name).low
            found.setdefault(parts[0], []).append((parts, name, country.alpha3, name in country.ambiguous))
    return {word: tuple(sorted(entries, key=lambda entry: -len(entry[0]))) for word, entries in found.items()}
