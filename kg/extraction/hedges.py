"""Words before a number that say it is not exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extraction.lexer import words

if TYPE_CHECKING:
    from kg.extraction.lexer import Tokens

_HEDGES = words(
    "approximately approximate approx about around roughly nearly almost circa ca estimated exceeding ~ ≈ ∼ ≃ ≳ ≲ > "
    "< sim surpassing"
)
_PHRASES = (
    ("more", "than"), ("less", "than"), ("fewer", "than"), ("up", "to"), ("at", "least"), ("at", "most"), ("close", "to"),
    ("just", "over"), ("just", "under"), ("well", "over"), ("upwards", "of"), ("excess", "of"), ("order", "of"),
    ("a", "little", "over"), ("slightly", "over"), ("slightly", "more", "than"), ("slightly", "less", "than"),
    ("period", "of", "about"), ("approx", "."), ("ca", "."), ("estimated", "at"), ("estimated", "to"), ("estimated", "to", "be"),
)  # fmt: skip
# "over 3 months" is a hedge where the verb or preposition before it takes a measure: "trained over 3 months" is none.
_MEASURING = words(
    "took take takes taking spanned spanning spans lasted lasting required requiring requires consumed consuming "
    "consumes of for in with and to has have had comprising comprises containing contains totaling totalling "
    "totaled exceeding after than needed uses using used utilizing features featuring boasting on costing generated "
    "processed"
)
_SPANS = words("period total duration span time")


def hedge_before(tokens: Tokens, i: int) -> int | None:
    """Return the first token of the hedge that ends right before token i, or None."""
    low = tokens.low
    if i == 0:
        return None
    before = low[i - 1]
    if before == ":" or before == "(":
        return None
    if before in _HEDGES:
        return i - 1
    if before in ("over", "under", "some") and (i < 2 or low[i - 2] in _MEASURING):
        return i - 1
    for phrase in _PHRASES:
        if low[max(0, i - len(phrase)) : i] == phrase:
            return i - len(phrase)
    # "an approximate period of 10 weeks"
    if i > 2 and before == "of" and low[i - 2] in _SPANS and low[i - 3] in _HEDGES:
        return i - 3
    return None
