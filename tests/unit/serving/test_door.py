"""Clients that come together are shared by the processes that listen."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Coroutine, Iterable
from pathlib import Path

import pytest

from kg.serving.door import Crowd, Door, Passage
from kg.serving.http import Connections
from kg.serving.limits import HttpLimits
from kg.serving.messages import Answer, Request
from tests.unit.serving.wire import LOOPS, get


def _hello(_: Request) -> Answer:
    return Answer(200, {"content-type": "text/plain"}, b"hello")


@contextlib.asynccontextmanager
async def _doors(folder: Path, number: int) -> AsyncIterator[tuple[int, list[Connections], list[Door], Crowd]]:
    """Yield the port of a socket that so many listen to, in one loop, and what they have."""
    loop = asyncio.get_running_loop()
    crowd = Crowd(folder, number, create=True)
    passages = [Passage.open() for _ in range(number)]
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        connections = [
            Connections(_hello, HttpLimits(), lambda *_: None, loop, counted=crowd.counted(place))
            for place in range(number)
        ]
        doors = [Door(listener.dup(), each, crowd, place, passages) for place, each in enumerate(connections)]
        try:
            yield port, connections, doors, crowd
        finally:
            for door, each in zip(doors, connections, strict=True):
                door.close()
                await each.stop(0)
            for passage in passages:
                passage.close()


async def _asked(port: int) -> asyncio.StreamWriter:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(get("/"))
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    return writer


async def _end(writers: Iterable[asyncio.StreamWriter]) -> None:
    for writer in writers:
        writer.close()
        await writer.wait_closed()


def _run(loop: str, main: Coroutine[None, None, None]) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(main)


@pytest.mark.parametrize("loop", LOOPS)
def test_clients_are_shared_evenly(tmp_path: Path, loop: str) -> None:
    async def main() -> None:
        async with _doors(tmp_path, 3) as (port, connections, _, crowd):
            writers = await asyncio.gather(*(_asked(port) for _ in range(12)))
            assert [len(each.open) for each in connections] == [4, 4, 4]
            assert list(crowd.counts) == [4, 4, 4]
            await _end(writers)
            async with asyncio.timeout(10):
                while any(crowd.counts):
                    await asyncio.sleep(0.01)

    _run(loop, main())


@pytest.mark.parametrize("loop", LOOPS)
def test_clients_that_come_alone_meet_the_same_process(tmp_path: Path, loop: str) -> None:
    async def main() -> None:
        async with _doors(tmp_path, 3) as (port, connections, _, crowd):
            for _ in range(8):
                writer = await _asked(port)
                assert [len(each.open) for each in connections] == [1, 0, 0]
                await _end([writer])
                async with asyncio.timeout(10):
                    while any(crowd.counts):
                        await asyncio.sleep(0.001)

    _run(loop, main())


@pytest.mark.parametrize("loop", LOOPS)
def test_many_are_let_in_before_one_is_answered(tmp_path: Path, loop: str) -> None:
    async def main() -> None:
        async with _doors(tmp_path, 2) as (port, connections, doors, _):
            # The other one is busy.
            asyncio.get_running_loop().remove_reader(doors[1]._listener)
            with contextlib.ExitStack() as stack:
                for _ in range(40):
                    stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                for _ in range(10):
                    await asyncio.sleep(0)
                await asyncio.sleep(0.01)
                assert [len(each.open) for each in connections] == [20, 20]

    _run(loop, main())


@pytest.mark.parametrize("loop", LOOPS)
def test_one_that_is_gone_is_sent_nobody(tmp_path: Path, loop: str) -> None:
    async def main() -> None:
        async with _doors(tmp_path, 2) as (port, connections, doors, crowd):
            doors[1].close()
            crowd.gone(1)
            writers = await asyncio.gather(*(_asked(port) for _ in range(6)))
            assert [len(each.open) for each in connections] == [6, 0]
            await _end(writers)

    _run(loop, main())


@pytest.mark.parametrize("loop", LOOPS)
def test_whoever_waits_in_a_passage_is_met_by_the_next(tmp_path: Path, loop: str) -> None:
    async def main() -> None:
        async with _doors(tmp_path, 2) as (port, connections, doors, crowd):
            doors[1].close()
            crowd.counts[0] = 7
            asked = asyncio.create_task(_asked(port))
            async with asyncio.timeout(10):
                while not crowd.counts[1]:
                    await asyncio.sleep(0.001)
            with socket.create_server(("127.0.0.1", 0)) as listener:
                door = Door(listener, connections[1], crowd, 1, doors[0]._passages)
                await _end([await asked])
                assert [len(each.open) for each in connections] == [0, 1]
                door.close()

    _run(loop, main())


def test_a_passage_without_room_takes_nobody() -> None:
    passage = Passage.open()
    sent = 0
    ours, theirs = socket.socketpair()
    with ours, theirs:
        while passage.send(ours):
            sent += 1
        assert sent > 60
        received = 0
        while (client := passage.receive()) is not None:
            client.close()
            received += 1
        assert received == sent
        passage.close()
        assert not passage.send(ours)
        assert passage.receive() is None
