"""A passage made ready for reading: its tags, its plain text, and what stands at each token."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extraction.gazetteer import Mention, gazetteer
from kg.extraction.lexer import WORD, lex, words
from kg.extraction.numerals import read_quantities
from kg.extraction.phrases import ENDS
from kg.extraction.plain import cut_out
from kg.extraction.roles import Role, read_roles
from kg.extraction.tags import read_tags
from kg.rdf.accelerators import find_accelerators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extraction.lexer import Tokens
    from kg.extraction.numerals import Quantity
    from kg.extraction.plain import Plain
    from kg.extraction.tags import Markup
    from kg.model import Passage
    from kg.rdf.accelerators import AcceleratorMention
    from kg.rdf.reference import Reference

# A passage is some thousand characters; of a book only this much is searched for accelerators, which costs most.
_TIMES = words("× by x")


@dataclass(frozen=True, slots=True)
class Document:
    """What extractors read.

    Token indices count in `tokens`; `quantities`, `mentions` and `accelerators` are found by their first token.
    `classes` says for each class of things (`number`, `accelerator`, a scheme of the gazetteer) where they start and,
    exclusive, end; `at` which classes start at a token.
    """

    passage: Passage
    reference: Reference
    markup: Markup
    plain: Plain
    tokens: Tokens
    quantities: Mapping[int, Quantity]
    mentions: Mapping[int, Mention]
    accelerators: Mapping[int, tuple[AcceleratorMention, int]]
    classes: dict[str, dict[int, int]]
    roles: dict[int, Role] = field(default_factory=dict)
    at: dict[int, list[str]] = field(default_factory=dict)

    @property
    def low(self) -> tuple[str, ...]:
        """The tokens in lower case."""
        return self.tokens.low

    @property
    def kinds(self) -> str:
        """The kinds of the tokens, a letter each."""
        return self.tokens.kinds

    def text(self, first: int, last: int) -> str:
        """Return the plain text from token `first` to before `last`."""
        return self.plain.text[self.tokens.starts[first] : self.tokens.ends[last - 1]] if first < last else ""

    def sentence(self, token: int) -> tuple[int, int]:
        """Return the first and last token (exclusive) of the sentence of a token."""
        sentences = self.tokens.sentences
        return sentences[bisect_right(sentences, (token, len(self.tokens) + 1)) - 1]

    def token_at(self, offset: int) -> int:
        """Return the first token that ends after a plain offset."""
        return bisect_right(self.tokens.ends, offset)

    def add_class(self, name: str, spans: Mapping[int, int]) -> None:
        """Make a class of things known to the patterns."""
        self.classes[name] = dict(spans)
        for first in spans:
            self.at.setdefault(first, []).append(name)


def read_document(passage: Passage, reference: Reference) -> Document:
    """Read the tags, tokens, numbers and names of a passage."""
    markup = read_tags(passage.text, passage.source)
    plain = cut_out(passage.text, markup.cuts)
    tokens = lex(plain.text)
    quantities = read_quantities(tokens, plain.text)
    mentions = {mention.first: mention for mention in gazetteer(reference).mentions(tokens, plain.text)}
    accelerators = _accelerators(plain.text, tokens, reference)
    for first, (_, last) in accelerators.items():
        for i in range(first, last):
            # The digits of a product's name (RTX 4090) count nothing.
            quantities.pop(i, None)
    document = Document(passage, reference, markup, plain, tokens, quantities, mentions, accelerators, {})
    document.add_class("number", {first: quantity.last for first, quantity in quantities.items()})
    document.add_class("compound", _compounds(tokens))
    document.add_class("accelerator", {first: last for first, (_, last) in accelerators.items()})
    document.classes["number-end"] = {quantity.last: first for first, quantity in quantities.items()}
    document.classes["modifier"] = {
        i: i + 1 for i, kind in enumerate(tokens.kinds) if kind == WORD and tokens.low[i] not in ENDS
    }
    document.add_class("resolution", _resolutions(tokens, quantities))
    schemes: dict[str, dict[int, int]] = {}
    for mention in mentions.values():
        for concept in mention.concepts:
            schemes.setdefault(concept.scheme, {})[mention.first] = mention.last
    for scheme, spans in schemes.items():
        document.add_class(scheme, spans)
    document.roles.update(read_roles(document))
    document.add_class("role", {first: role.last for first, role in document.roles.items()})
    return document


def _accelerators(text: str, tokens: Tokens, reference: Reference) -> dict[int, tuple[AcceleratorMention, int]]:
    found = {}
    for mention in find_accelerators(text, reference):
        first = bisect_right(tokens.ends, mention.start)
        found[first] = (mention, bisect_left(tokens.starts, mention.end))
    return found


def _compounds(tokens: Tokens) -> dict[int, int]:
    """Find words joined by hyphens: `sequence-length-aware`."""
    found: dict[int, int] = {}
    first = 0
    for i in range(1, len(tokens) + 1):
        if i < len(tokens) and tokens.hyphened[i]:
            continue
        if i - first > 1:
            found[first] = i
        first = i
    return found


def _resolutions(tokens: Tokens, quantities: Mapping[int, Quantity]) -> dict[int, int]:
    """Find `224x224`, `600 × 800`: two whole numbers of pixels; a third makes it something else (a torus, a volume)."""
    found: dict[int, int] = {}
    ends: set[int] = set()
    for first, quantity in quantities.items():
        second = quantities.get(quantity.last + 1)
        if second is None or tokens.low[quantity.last] not in _TIMES or first - 1 in ends:
            continue
        more = second.last < len(tokens) and tokens.low[second.last] in _TIMES and second.last + 1 in quantities
        before = first > 1 and tokens.low[first - 1] in _TIMES and tokens.kinds[first - 2] == "N"
        plausible = all(16 <= side.value <= 8192 and side.value == int(side.value) for side in (quantity, second))
        if plausible and not more and not before:
            found[first] = second.last
            ends.add(second.last)
    return found
