"""A process that speaks HTTP: it is given its own number and those of sockets, with a pickled Setup on standard input, which ends when the supervisor does."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import pickle
import signal
import socket
import sys
from collections.abc import Sequence

import uvloop

from kg.serving.app import App
from kg.serving.door import Crowd, Door, Passage
from kg.serving.http import Connections
from kg.serving.pool import Pool
from kg.serving.settings import Setup
from kg.serving.states import Reader, Writing
from kg.serving.telemetry import Telemetry

# So long may answers take to end that have begun when the server is stopped; docs/reference/server.md says so.
PATIENCE = 10.0


async def run(setup: Setup, listener: socket.socket, place: int, passages: Sequence[Passage]) -> None:
    """Serve until told to stop; `place` is the number of this process among those that listen, each of which has a passage."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(sys.stdin.fileno(), lambda: _hung_up(stop))
    settings = setup.settings
    telemetry = Telemetry(setup.folder, settings.access_log, loop.call_later)
    writing = Writing(setup) if settings.writable else None
    reader = Reader(setup, writing, telemetry.event)
    pool = Pool(setup, settings.workers, telemetry.event, max(1, (os.cpu_count() or 1) // settings.fronts))
    await asyncio.gather(reader.current(), pool.start())
    app = App(setup, reader, writing, pool, telemetry)
    crowd = Crowd(setup.folder, settings.fronts)
    connections = Connections(app, settings.http, telemetry.request, loop, app.repeats, crowd.counted(place))
    door = Door(listener, connections, crowd, place, passages)
    print("ready", flush=True)  # noqa: T201 - the supervisor waits for it
    try:
        await stop.wait()
    finally:
        door.close()
        await connections.stop(PATIENCE)
        await pool.stop()
        telemetry.flush()
        _reap()


def _reap() -> None:
    """Wait for the workers that were killed, so that none of them is there when this process is gone."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _hung_up(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


def main() -> None:
    """Start as the supervisor says."""
    # What stays for long, as answers in the cache do, is not looked through for cycles each time that much of it has come: all clients would wait for that.
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)
    size = int.from_bytes(_exactly(8), "big")
    setup: Setup = pickle.loads(_exactly(size))  # noqa: S301 - the supervisor is ours
    place, listener, *ends = map(int, sys.argv[1:])
    passages = [Passage.of(*pair) for pair in zip(ends[::2], ends[1::2], strict=True)]
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(run(setup, socket.socket(fileno=listener), place, passages))


def _exactly(size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            raise SystemExit(1)
        data += part
    return data
