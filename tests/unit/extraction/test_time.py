"""Reading takes time in proportion to the text, whatever the text."""

from __future__ import annotations

from time import perf_counter

import pytest

from tests.unit.extraction.reading import read

UNITS = (
    "a ", "1,", "<", "(", "A1-", "<model>", "</model>", "<model>x</model>", "<foo>", "<params>7B", "224x224 ", "late 2023 ",
    "<gpu_count>8</gpu_count> <hardware>TPU v4</hardware>. ", "2023 8 GPUs 3 weeks ", "dataset of 15 million pairs, ", "designed for ",
    "GPT-3 was good; while BERT used ", "a decoder-only transformer with ", "(CLIP ViT-L/14) image encoder ", "LAION-5B and ",
)  # fmt: skip


def _seconds(text: str) -> float:
    started = perf_counter()
    read(text)
    return perf_counter() - started


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    """A bound of four, and some milliseconds, leave room for a busy machine; quadratic time would show by more tries."""
    count = 1500
    _seconds(unit)
    once = min(_seconds(unit * count) for _ in range(2))
    assert any(_seconds(unit * 2 * count) < 4 * once + 0.05 for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["a " * 500_000, "1," * 300_000, "<" * 100_000, "1" * 1_000_000], ids=lambda text: text[:2]
)
def test_a_megabyte_of_anything_is_read_in_bounded_time(text: str) -> None:
    assert _seconds(text) < 120
