"""A process stays awake for quick clients, and for no others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from kg.serving.linger import Linger


class Process:
    """A loop, a clock that stands until it is moved, and who is connected."""

    def __init__(self, processors: int = 2) -> None:
        self.loop = asyncio.new_event_loop()
        self.now = 100.0
        self.clients = [1]
        self.turns = 0
        self.linger = Linger(self.loop, self.clients, lambda: self.now, processors)

    def ask(self, after: float, taken: float = 0.01) -> None:
        """Have a request come so long after the last answer, and answered."""
        self.now += after
        came = self.now
        self.now += taken
        self.linger.answered(came)

    def turn(self) -> bool:
        """Run the loop once; return whether it is awake then."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        return self.linger.awake


@pytest.fixture
def process() -> Iterator[Process]:
    found = Process()
    yield found
    found.loop.close()


def test_it_is_awake_for_a_moment_after_each_of_quick_requests(process: Process) -> None:
    process.ask(after=50)
    assert not process.turn(), "nobody knows yet that the client is quick"
    for _ in range(3):
        process.ask(after=0.0001)
        assert [process.turn() for _ in range(3)] == [True] * 3
    process.now += 0.0003
    assert not process.turn()
    assert not process.turn()


def test_it_sleeps_between_slow_requests(process: Process) -> None:
    for _ in range(3):
        process.ask(after=0.001, taken=0.0)
        assert not process.turn()


def test_it_sleeps_where_many_are_connected(process: Process) -> None:
    process.clients += [2, 3]
    for _ in range(3):
        process.ask(after=0.0001)
        assert not process.turn()
    process.clients.pop()
    process.ask(after=0.0001)
    assert process.turn()


def test_it_leaves_the_only_processor_to_its_clients() -> None:
    process = Process(processors=1)
    for _ in range(3):
        process.ask(after=0.0001)
        assert not process.turn()
    process.loop.close()
