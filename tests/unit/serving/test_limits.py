"""How often a client may ask, by a clock that the test turns."""

from __future__ import annotations

import pytest

from kg.serving import limits
from kg.serving.limits import Rate


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(limits, "monotonic", found)
    return found


def test_a_burst_and_then_so_many_a_second(clock: Clock) -> None:
    rate = Rate(2.0)
    assert [rate.wait("a") for _ in range(10)] == [0.0] * 10
    assert rate.wait("a") == pytest.approx(0.5)
    clock.now += 0.4
    assert rate.wait("a") == pytest.approx(0.1)
    clock.now += 0.11
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0
    clock.now += 1.0
    assert [rate.wait("a") for _ in range(3)][:2] == [0.0, 0.0]
    clock.now += 1e6
    assert [rate.wait("a") > 0 for _ in range(11)] == [False] * 10 + [True]


def test_each_client_has_its_own(clock: Clock) -> None:
    rate = Rate(1.0)
    while not rate.wait("a"):
        pass
    assert rate.wait("b") == 0.0


def test_one_who_asks_in_vain_does_not_wait_longer(clock: Clock) -> None:
    rate = Rate(1.0)
    while not rate.wait("a"):
        pass
    for _ in range(100):
        clock.now += 0.009
        assert rate.wait("a") > 0
    clock.now += 0.11
    assert rate.wait("a") == 0.0


def test_a_rate_below_one_a_burst(clock: Clock) -> None:
    rate = Rate(0.1)
    assert rate.wait("a") == 0.0
    assert rate.wait("a") == pytest.approx(10.0)


def test_no_limit(clock: Clock) -> None:
    rate = Rate(0.0)
    assert {rate.wait("a") for _ in range(1000)} == {0.0}


def test_many_clients_are_not_all_remembered(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_KNOWN", 10)
    rate = Rate(0.2)
    for number in range(1000):
        rate.wait(str(number))
    assert len(rate._buckets) == 10
    assert rate.wait("999") > 0
