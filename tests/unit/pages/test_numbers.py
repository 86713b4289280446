"""Numbers and units are written as people write them, and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.pages.numbers import measured, number, sign


@pytest.mark.parametrize(
    ("lexical", "shown"),
    [
        ("2024", "2024"),
        ("0", "0"),
        ("-3.5", "−3.5"),
        ("860160", "860,160"),
        ("467510.4", "467,510"),
        ("70400000000", "70.4 B"),
        ("999999999", "1 B"),
        ("4500000000000", "4.5 T"),
        ("1.2E24", "1.2×10^24"),
        ("990904320000000000000000", "9.909×10^23"),
        ("0.00015", "0.00015"),
        ("1e-6", "1×10^-6"),
        ("0.697167755991285", "0.6972"),
        ("176.07", "176.07"),
        ("1234.56", "1234.56"),
        ("52.5163", "52.5163"),
    ],
)
def test_a_number_for_people(lexical: str, shown: str) -> None:
    assert str(number(lexical)) == shown


@pytest.mark.parametrize("lexical", ["NaN", "INF", "-INF", "", "x", "1E999999999", "١٢x"])
def test_what_is_no_number_is_left_alone(lexical: str) -> None:
    assert number(lexical) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1E30"), max_value=Decimal("1E30")))
def test_what_is_shown_is_near_and_the_exact_value_is_kept(value: Decimal) -> None:
    shown = number(str(value))
    if shown is not None and shown.exact:
        assert Decimal(shown.exact.replace(",", "").replace("−", "-")) == value
    if shown is not None:
        names = {"T": 12, "B": 9, "M": 6}
        digits, _, name = shown.text.replace(",", "").replace("−", "-").partition(" ")
        near = Decimal(digits).scaleb((shown.exponent or 0) + names.get(name, 0))
        assert abs(near - value) <= abs(value) * Decimal("0.001")


def test_units_have_signs_and_plurals() -> None:
    assert [
        sign("GigaBYTE"),
        sign("week", "10"),
        sign("week", "1"),
        sign("NUM"),
        sign("tokens"),
        sign("TFLOP/s-day"),
    ] == ["GB", "weeks", "week", "", "tokens", "TFLOP/s-day"]


def test_a_rate_takes_the_prefixes_of_the_si() -> None:
    shown, unit = measured("320000000000000", "FLOP/s")
    assert (str(shown), unit) == ("320", "TFLOP/s")
    assert measured("400", "W")[1] == "W"
