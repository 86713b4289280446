"""How processes that listen together share clients: each is taken by the first of those that have fewest, or by who is left when that one is busy."""

from __future__ import annotations

import asyncio
import mmap
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.serving.http import Connections

_SIZE = 4
# So long may another process take to come to the door, in seconds; and so long is waited when there are no more files to open.
_TURN, _PAUSE = 0.002, 0.5


class Crowd:
    """How many clients each process has; all see it."""

    def __init__(self, folder: Path, processes: int, *, create: bool = False) -> None:
        path = folder / "clients"
        if create:
            path.write_bytes(bytes(_SIZE * processes))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _SIZE * processes)
        self.counts = memoryview(self._map).cast("I")

    def counted(self, place: int) -> Callable[[int], None]:
        """Return what tells how many clients the process at a place has."""

        def count(number: int) -> None:
            self.counts[place] = number

        return count


class Door:
    """Takes the clients of a listening socket one at a time for one of the processes that have it, `place` in the crowd."""

    def __init__(self, listener: socket.socket, connections: Connections, crowd: Crowd, place: int) -> None:
        self._listener, self._connections, self._crowd, self._place = listener, connections, crowd, place
        self._loop = connections.loop
        # Clients that have come, and are no connections yet.
        self._coming: set[asyncio.Task[Any]] = set()
        listener.setblocking(False)
        self._open()

    def close(self) -> None:
        """Take no more."""
        if self._listener.fileno() >= 0:
            self._loop.remove_reader(self._listener)
            self._listener.close()

    def _open(self) -> None:
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._come)

    def _rest(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listener)
        self._loop.call_later(seconds, then)

    def _come(self) -> None:
        """Take a client if it is this process's turn; else leave it to the others for a moment."""
        # A client that comes alone meets the process that answered the one before it, and has at hand what was read for that.
        counts = enumerate(self._crowd.counts)
        turn = min((self._mine if place == self._place else count, place) for place, count in counts)
        if turn[1] == self._place:
            self._take()
        else:
            self._rest(_TURN, self._come_late)

    def _come_late(self) -> None:
        """Take a client that nobody else has taken."""
        if self._listener.fileno() >= 0:
            self._open()
            self._take()

    @property
    def _mine(self) -> int:
        return len(self._connections.open) + len(self._coming)

    def _take(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            # Another process was quicker, or the client is gone.
            return
        except OSError:
            self._rest(_PAUSE, self._open)
            return
        self._crowd.counts[self._place] = self._mine + 1
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._connections, client))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)
