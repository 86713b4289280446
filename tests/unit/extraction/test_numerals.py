"""Numbers are read as authors write them, and exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.extraction.numerals import exact, numbers_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2,048", ["2048"]),
        ("vocabulary of 64,000, and 32,000.", ["64000", "32000"]),
        ("1\u2009830\u2009000", ["1830000"]),
        ("8.03 billion", ["8030000000"]),
        ("70.4B", ["70400000000"]),
        ("128k tokens", ["128000"]),
        ("138 k tokens", ["138000"]),
        ("4.5-trillion", ["4500000000000"]),
        ("1.5e-4", ["0.00015"]),
        ("2e−4", ["0.0002"]),
        ("1.5 × 10⁻⁴", ["0.00015"]),
        ("$3 \\times 10^{-4}$", ["0.0003"]),
        ("3*10^22", ["3e22"]),
        ("10⁶", ["1000000"]),
        ("$10^{-6}$", ["0.000001"]),
        ("eleven weeks", ["11"]),
        ("twenty-four", ["24"]),
        ("one hundred and twenty-eight", ["128"]),
        ("two million", ["2000000"]),
        ("two and a half", ["2.5"]),
        ("1, 830 hours", ["1830"]),
        ("on 4, 128 and 256 chips", ["4", "128", "256"]),
        ("0.9,0.95", ["0.9", "0.95"]),
        ("40-45 days", ["40", "45"]),
        ("4×4×8", ["4", "4", "8"]),
        ("80GB", ["80"]),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == tuple(Decimal(number) for number in numbers)


@pytest.mark.parametrize(
    "text", ["ViT-22B", "LLaMA-2-13B-Chat", "v0.2", "H100", "TPU v3-256", "ViT-L/14", "ZeRO-3", "1" * 50]
)
def test_the_digits_of_names_are_no_numbers(text: str) -> None:
    assert numbers_in(text) == ()


def test_whole_numbers_become_integers_without_a_float_in_between() -> None:
    assert exact(Decimal("8.03") * 10**9) == 8_030_000_000
    assert isinstance(exact(Decimal("4E+12")), int)
    assert exact(Decimal("2.5")) == Decimal("2.5")
