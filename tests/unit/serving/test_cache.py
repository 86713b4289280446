"""Answers that are kept: up to a size, of one state of the data, the least used first to go."""

from __future__ import annotations

import pytest

import kg.serving.cache as module
from kg.serving.cache import Cache, Repeats
from kg.serving.messages import Answer


def answer(size: int = 0) -> Answer:
    return Answer(200, {}, b"a" * size)


def test_an_answer_is_found_again() -> None:
    cache: Cache[Answer] = Cache(1 << 20)
    first = answer(10)
    cache.put(1, "key", first)
    assert cache.get(1, "key") is first
    assert cache.get(1, "other") is None
    second = answer(20)
    cache.put(1, "key", second)
    assert cache.get(1, "key") is second


def test_a_new_state_has_no_old_answers() -> None:
    cache: Cache[Answer] = Cache(1 << 20)
    cache.put(1, "key", answer())
    cache.put(2, "other", answer())
    assert (cache.get(1, "key"), cache.get(2, "key")) == (None, None)
    assert cache.get(2, "other") is not None
    # One that took long comes too late.
    cache.put(1, "late", answer())
    assert (cache.get(1, "late"), cache.get(2, "late")) == (None, None)
    assert cache.get(2, "other") is not None


def test_the_least_used_goes_first() -> None:
    cache: Cache[Answer] = Cache(100_000)
    for number in range(10):
        cache.put(1, number, answer(8000))
    assert cache.get(1, 0) is not None
    for number in range(10, 14):
        cache.put(1, number, answer(8000))
    assert cache.get(1, 0) is not None
    assert cache.get(1, 1) is None
    assert cache.size <= cache.limit


def test_its_size_is_kept_whatever_comes() -> None:
    cache: Cache[Answer] = Cache(100_000)
    for number in range(500):
        cache.put(1, number % 7, answer(number * 20))
        assert 0 <= cache.size <= cache.limit
    cache.put(1, "long", answer(10_000))
    assert cache.get(1, "long") is None, "more than a tenth of all is not kept"


def test_long_questions_count() -> None:
    """Else short answers to long questions would fill the memory."""
    cache: Cache[Answer] = Cache(1 << 20)
    for number in range(1000):
        cache.put(1, f"{number}" + "q" * 50_000, answer())
    assert sum(cache.get(1, f"{number}" + "q" * 50_000) is not None for number in range(1000)) < 21


def test_no_room() -> None:
    cache: Cache[Answer] = Cache(0)
    cache.put(1, "key", answer())
    assert cache.get(1, "key") is None


def test_what_is_asked_twice_is_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what came once is not remembered for ever: of two with the same place, the later one is."""
    monkeypatch.setattr(module, "_SEEN", 2)
    repeats = Repeats(1 << 20, lambda: 1, lambda _: True)
    first = b"a"
    same = next(each for each in (b"%d" % number for number in range(100)) if hash(each) % 2 == hash(first) % 2)
    other = next(each for each in (b"%d" % number for number in range(100)) if hash(each) % 2 != hash(first) % 2)
    assert [repeats.came(first) for _ in range(3)] == [False, True, True]
    assert [repeats.came(each) for each in (other, first, other)] == [False, True, True]
    assert [repeats.came(each) for each in (same, first, first, other)] == [False, False, True, True]
