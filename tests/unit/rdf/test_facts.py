"""Facts as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from kg.model import Fact, Level, Slot, Value
from kg.rdf.facts import fact_line

FACT = Fact(
    "a.txt",
    Slot.PARAMS,
    "model:X",
    "parameterCount",
    70_400_000_000,
    None,
    False,
    Level.STATED,
    "70.4 billion",
    3,
    15,
    "tag:params",
)


def test_a_line_has_the_fields_in_their_order() -> None:
    assert fact_line(FACT) == (
        '{"source": "a.txt", "slot": "params", "subject": "model:X", "property": "parameterCount", "value": 70400000000, "unit": null, '
        '"approximate": false, "level": "stated", "text": "70.4 billion", "start": 3, "end": 15, "rule": "tag:params"}'
    )
    assert list(json.loads(fact_line(FACT))) == [field.name for field in fields(Fact)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10**30, "1" + "0" * 30),
        (Decimal("0.00015"), "0.00015"),
        (Decimal("2.5"), "2.5"),
        (Decimal("131.70"), "131.7"),
        (Decimal("0.1"), "0.1"),
        (True, "true"),
        ("1e5", '"1e5"'),
        (("a", "b"), '["a", "b"]'),
        (None, "null"),
    ],
)
def test_a_value_keeps_its_digits(value: Value, expected: str) -> None:
    assert f'"value": {expected}, ' in fact_line(replace(FACT, value=value))


def test_a_line_is_one_line_whatever_the_text() -> None:
    text = 'a\r\n\u2028\x85\x00"\\葉\U0001f600'
    line = fact_line(replace(FACT, slot=None, text=text))
    assert "\n" not in line
    assert "\r" not in line
    assert "葉" in line
    assert json.loads(line)["text"] == text
    assert json.loads(line)["slot"] is None
