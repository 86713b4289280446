"""Frames between two processes, here between a thread and an event loop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from kg.serving.channel import Channel, Line, connect
from tests.unit.serving.wire import LOOPS


@pytest.fixture(params=list(LOOPS))
def run(
    request: pytest.FixtureRequest,
) -> Callable[[Callable[[Channel, Line, socket.socket], Coroutine[Any, Any, None]]], None]:
    """Return what runs a test with both ends of a channel."""

    def runs(test: Callable[[Channel, Line, socket.socket], Coroutine[Any, Any, None]]) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)

        async def main() -> None:
            channel = await connect(ours)
            await asyncio.wait_for(test(channel, Line(theirs), theirs), 20)
            channel.close()

        with theirs, asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            runner.run(main())

    return runs


FRAMES = [(b"A", b""), (b"B", b"x"), (b"C", bytes(range(256)) * 40_000), (b"D", b"end")]


def test_frames_arrive_as_they_were_sent(run: Any) -> None:
    async def test(channel: Channel, line: Line, _: socket.socket) -> None:
        def echo() -> None:
            for _ in FRAMES:
                line.send(*line.receive())

        thread = threading.Thread(target=echo)
        thread.start()
        for frame in FRAMES:
            channel.send(*frame)
        assert [await channel.receive() for _ in FRAMES] == FRAMES
        thread.join()

    run(test)


def test_many_frames_wait_in_the_socket(run: Any) -> None:
    async def test(channel: Channel, line: Line, _: socket.socket) -> None:
        sent = [0]

        def send() -> None:
            for number in range(200):
                line.send(b"P", bytes([number]) * 100_000)
                sent[0] += 1

        thread = threading.Thread(target=send)
        thread.start()
        await channel.receive()
        await asyncio.sleep(0.2)
        assert sent[0] < 100, "what is sent is taken without end"
        assert [(await channel.receive())[1][0] for _ in range(199)] == list(range(1, 200))
        thread.join()

    run(test)


def test_frames_of_one_who_is_gone_can_still_be_had(run: Any) -> None:
    async def test(channel: Channel, line: Line, theirs: socket.socket) -> None:
        line.send(b"A", b"a" * 10_000)
        line.send(b"B", b"b")
        theirs.close()
        await asyncio.sleep(0.05)
        assert (await channel.receive())[0] == b"A"
        assert await channel.receive() == (b"B", b"b")
        for _ in range(2):
            with pytest.raises(EOFError):
                await channel.receive()
        channel.send(b"C", b"to nobody")

    run(test)


def test_a_frame_that_breaks_off(run: Any) -> None:
    async def test(channel: Channel, _: Line, theirs: socket.socket) -> None:
        theirs.sendall(b"A\x00\x00\x00\x05abc")
        theirs.close()
        with pytest.raises(EOFError):
            await channel.receive()

    run(test)


def test_one_who_waits_may_stop(run: Any) -> None:
    async def test(channel: Channel, line: Line, _: socket.socket) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.receive(), 0.02)
        line.send(b"A", b"later")
        assert await channel.receive() == (b"A", b"later")

    run(test)


def test_the_other_end_is_told(run: Any) -> None:
    async def test(channel: Channel, line: Line, _: socket.socket) -> None:
        channel.close()
        await asyncio.sleep(0.02)
        with pytest.raises(EOFError):
            line.receive()

    run(test)
