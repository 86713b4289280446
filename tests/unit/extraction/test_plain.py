"""The plain text of a passage leads back to the file as it is."""

from __future__ import annotations

import pytest

from kg.extraction.plain import cut_out
from kg.extraction.tags import read_tags
from tests.unit.extraction.reading import facts

RAW = "<model>Nova</model> has <params>7B</params> parameters"


def test_the_tags_are_gone_from_the_plain_text() -> None:
    assert cut_out(RAW, read_tags(RAW, "s").cuts).text == "Nova has 7B parameters"


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        ("Nova", "Nova"),
        ("has", "has"),
        ("Nova has", "Nova</model> has"),
        ("has 7B", "has <params>7B"),
        ("7B parameters", "7B</params> parameters"),
        ("parameters", "parameters"),
    ],
)
def test_a_plain_span_starts_after_an_opening_tag_and_ends_before_a_closing_one(words: str, raw: str) -> None:
    plain = cut_out(RAW, read_tags(RAW, "s").cuts)
    start = plain.text.index(words)
    first, last = plain.raw_span(start, start + len(words))
    assert RAW[first:last] == raw


def test_every_kept_character_goes_there_and_back() -> None:
    plain = cut_out(RAW, read_tags(RAW, "s").cuts)
    for offset, character in enumerate(plain.text):
        assert RAW[plain.raw(offset)] == character
        assert plain.plain_offset(plain.raw(offset)) == offset


@pytest.mark.parametrize("text", ["", "x", "<model></model>", "</model>", "<model>" * 3, "𝔘ni <model>𝔠ode</model> 🦜"])
def test_texts_of_little_but_tags_have_offsets_too(text: str) -> None:
    plain = cut_out(text, read_tags(text, "s").cuts)
    assert plain.raw_span(0, len(plain.text))[1] <= len(text)
    assert 0 <= plain.raw(0) <= len(text)


def test_offsets_count_code_points_carriage_returns_and_marks() -> None:
    text = "\ufeff🦜\r\nWe used <gpu_count>8</gpu_count> A100\r\nGPUs and a weight decay of 0.1.\x00"
    (fact,) = facts(text, "weightDecay")
    assert (fact.start, fact.text) == (text.index("weight"), "weight decay of 0.1")


def test_a_tag_inside_a_match_stays_in_its_words() -> None:
    text = "The peak learning <model>rate</model> of 1e-4 was kept."
    (fact,) = facts(text, "peakLearningRate")
    assert fact.text == "peak learning <model>rate</model> of 1e-4"
