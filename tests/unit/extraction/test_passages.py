"""The shared passages: every tag exact, and the seven slots found well enough without tags."""

from __future__ import annotations

from functools import cache

import pytest

from tests.bench.slots import DEVELOPMENT, HELD_OUT, Row, Score, inexact, passages, untagged

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.85


@cache
def _rows(part: str) -> tuple[Row, ...]:
    rows = tuple(row for row in passages() if row.part == part)
    assert rows, "no passages found"
    return rows


@cache
def _scores(part: str) -> dict[str, Score]:
    return untagged(_rows(part))


@pytest.mark.parametrize("part", [DEVELOPMENT, HELD_OUT])
def test_every_tag_with_a_value_is_exact_in_value_and_place(part: str) -> None:
    assert list(inexact(_rows(part))) == []


@pytest.mark.parametrize("part", [DEVELOPMENT, HELD_OUT])
def test_slots_are_found_without_tags(part: str) -> None:
    score = _scores(part)["all"]
    assert score.right > 0
    assert score.precision >= LEAST_PRECISION
    assert score.recall >= LEAST_RECALL
