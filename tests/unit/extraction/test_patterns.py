"""The language of the patterns."""

from __future__ import annotations

import pytest

from kg.extraction.document import read_document
from kg.extraction.patterns import Index, Match, Pattern
from kg.model import Passage
from kg.rdf.reference import load_reference


def matched(pattern: str, text: str) -> list[str]:
    """Return the words of the spans that a pattern finds."""
    document = read_document(Passage("s", "s", text, ""), load_reference())
    index: Index[None] = Index(iter([(Pattern(pattern), None)]))
    found: list[Match] = [match for match, _ in index.matches(document, 0, len(document.tokens))]
    return [document.text(match.first, match.last) for match in found]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("weight decay", "A Weight-Decay term.", ["Weight-Decay"]),
        ("step(s)", "a step and steps", ["step", "steps"]),
        ("(big|very large) batch", "a big batch, a very large batch", ["big batch", "very large batch"]),
        ("[peak] rate", "a peak rate, a rate", ["peak rate", "rate"]),
        ("rate of {x:number}", "rate of 1e-4", ["rate of 1e-4"]),
        ("rate of < {x:number} >", "rate of 1e-4", ["1e-4"]),
        ("warm ~2 over", "warm up slowly over it, warm up very slowly over it", ["warm up slowly over"]),
        ("rate \\( {x:number} \\)", "rate (0.1)", ["rate (0.1)"]),
        ("a|b", "a b", ["a", "b"]),
        ("[x|y] [z] end", "y z end", ["y z end"]),
    ],
)
def test_what_a_pattern_matches(pattern: str, text: str, found: list[str]) -> None:
    assert matched(pattern, text) == found


def test_a_gap_does_not_cross_signs() -> None:
    assert matched("warm ~3 over", "warm, up over") == []


def test_matches_of_a_pattern_do_not_overlap() -> None:
    assert matched("[global] batch size", "global batch size") == ["global batch size"]


@pytest.mark.parametrize("pattern", ["[maybe]", "~2 x", "(open", "close)", "", "< >"])
def test_a_faulty_pattern_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|missing|closes"):
        Pattern(pattern)
