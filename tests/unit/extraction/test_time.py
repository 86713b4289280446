"""Reading takes work in proportion to the text, whatever the text."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tests.unit.extraction.reading import read

UNITS = (
    "a ", "1,", "<", "(", "A1-", "<model>", "</model>", "<model>x</model>", "<foo>", "<params>7B", "224x224 ", "late 2023 ",
    "<gpu_count>8</gpu_count> <hardware>TPU v4</hardware>. ", "2023 8 GPUs 3 weeks ", "dataset of 15 million pairs, ", "designed for ",
    "GPT-3 was good; while BERT used ", "a decoder-only transformer with ", "(CLIP ViT-L/14) image encoder ", "LAION-5B and ",
)  # fmt: skip


def lines_run(text: str) -> int:
    """Return how many lines of Python reading a text runs: a measure of work that no busy machine changes."""
    count = 0

    def line(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_about_twice_the_work(unit: str) -> None:
    read(unit * 300)
    once, twice = lines_run(unit * 300), lines_run(unit * 600)
    assert once > 1000
    assert twice < 2.3 * once


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["a " * 500_000, "1," * 300_000, "<" * 100_000, "1" * 1_000_000], ids=lambda text: text[:2]
)
def test_a_megabyte_of_anything_is_read(text: str) -> None:
    """What runs in C takes work that no line shows; a pattern that backtracks would not end here."""
    assert all(not fact.text or fact.text in text for fact in read(text).facts)
