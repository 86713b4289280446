"""Finds the names of the reference tables in a text, with one scan of its tokens.

Spaces and hyphens do not count (`Flash Attention 2` is `FlashAttention-2`), letters and digits count all. Nothing is
compared by likeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.extraction.lexer import Tokens
    from kg.rdf.reference import Concept, Reference

# The longest name, in tokens and in characters without spaces.
_MOST_TOKENS = 10
_MOST_CHARACTERS = 60
_HEAD = 3
# Single words up to this length that are written with a capital are names only with it (`MATH`, `Lion`).
_SHORT = 5
# Names of these are written with a capital whatever their length: QuALITY is a benchmark, quality is not.
_PROPER = ("benchmark", "dataset")
# What the lexer leaves out between the tokens of a name.
_JOINED = str.maketrans(dict.fromkeys(" \u00a0-‐‑–_\\${}"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of the tables in a text: the tokens from `first` to before `last`, and the concepts that have the name.

    `ambiguous` is true for a name that is also an ordinary word: it needs a cue that the thing is meant.
    """

    first: int
    last: int
    concepts: tuple[Concept, ...]
    ambiguous: bool

    def of(self, *schemes: str) -> Concept | None:
        """Return the concept in one of the schemes, if there is one."""
        return next((concept for concept in self.concepts if concept.scheme in schemes), None)


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling of a concept's name; `cased` ones count only where the text has a capital letter where they have one."""

    written: str
    concept: Concept
    ambiguous: bool
    cased: bool


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names by their tokens joined, and how such a joined name can start."""

    names: Mapping[str, tuple[_Name, ...]]
    heads: frozenset[str]

    def mentions(self, tokens: Tokens, text: str) -> Iterator[Mention]:
        """Yield the names in the text, the longest at each place, without overlap."""
        low, heads, names, size = tokens.low, self.heads, self.names, len(tokens)
        i = 0
        while i < size:
            found: Mention | None = None
            if low[i][:_HEAD] in heads:
                joined = ""
                for j in range(i, min(i + _MOST_TOKENS, size)):
                    joined += low[j]
                    if len(joined) > _MOST_CHARACTERS:
                        break
                    if joined in names:
                        found = self._mention(names[joined], i, j + 1, tokens, text) or found
            if found is None:
                i += 1
            else:
                yield found
                i = found.last

    def _mention(self, names: tuple[_Name, ...], first: int, last: int, tokens: Tokens, text: str) -> Mention | None:
        written = text[tokens.starts[first] : tokens.ends[last - 1]]
        fitting = [name for name in names if _fits(name, written)]
        if not fitting or _inside_longer_name(tokens, text, first, last):
            return None
        concepts = tuple(dict.fromkeys(name.concept for name in fitting))
        return Mention(first, last, concepts, all(name.ambiguous for name in fitting))


def _inside_longer_name(tokens: Tokens, text: str, first: int, last: int) -> bool:
    """Whether a name is part of another one: `Pathways` in `Pathways-Universal-Base`, `LLaVA` in `Video-LLaVA-7B`."""
    if last < len(tokens) and tokens.kinds[last] in "WN":
        following = text[tokens.starts[last]]
        if tokens.glued[last] or (tokens.hyphened[last] and (following.isupper() or following.isdigit())):
            return True
    return (
        first > 0
        and tokens.hyphened[first]
        and text[tokens.starts[first - 1]].isupper()
        and text[tokens.starts[first]].isupper()
    )


def _fits(name: _Name, written: str) -> bool:
    if name.ambiguous:
        return "".join(written.split()) == "".join(name.written.split())
    return not name.cased or any(character.isupper() or character.isdigit() for character in written)


@lru_cache(maxsize=8)
def gazetteer(reference: Reference) -> Gazetteer:
    """Return the gazetteer of all concepts; made once a reference."""
    names: dict[str, list[_Name]] = {}
    for concepts in reference.concepts.values():
        for concept in concepts:
            for ambiguous, labels in ((False, (concept.label, *concept.alternatives)), (True, concept.ambiguous)):
                for label in labels:
                    if label in concept.ambiguous and not ambiguous:
                        continue
                    joined = label.lower().translate(_JOINED)
                    capital = any(character.isupper() for character in label)
                    cased = capital and " " not in label and (len(label) <= _SHORT or concept.scheme in _PROPER)
                    names.setdefault(joined, []).append(_Name(label, concept, ambiguous, cased))
    heads = frozenset(joined[:size] for joined in names for size in range(1, _HEAD + 1))
    return Gazetteer({joined: tuple(found) for joined, found in names.items()}, heads)
