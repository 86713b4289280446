"""How processes that listen together share clients: whoever is quicker lets them in, and each goes to the first of those that have fewest."""

from __future__ import annotations

import asyncio
import mmap
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kg.serving.http import Connections

_SIZE = 4
# So many clients are let in at a time, before those that are in are answered.
_MANY = 64
# So long is waited when there are no more files to open, in seconds.
_PAUSE = 0.5
# As many clients as nobody has: a process that has so many is gone.
_GONE = (1 << 32) - 1


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

    def gone(self, place: int) -> None:
        """Tell that the process at a place is gone, until it counts again."""
        self.counts[place] = _GONE


class Passage:
    """The way of clients from the processes that let them in to the one at a place: the two ends of a stream."""

    def __init__(self, inner: socket.socket, outer: socket.socket) -> None:
        self._inner, self._outer = inner, outer
        for end in (inner, outer):
            end.setblocking(False)

    @classmethod
    def open(cls) -> Passage:
        """Return a new one."""
        return cls(*socket.socketpair())

    @classmethod
    def of(cls, inner: int, outer: int) -> Passage:
        """Return the one whose ends have these numbers."""
        return cls(socket.socket(fileno=inner), socket.socket(fileno=outer))

    def filenos(self) -> tuple[int, int]:
        """Return the numbers of the ends."""
        return self._inner.fileno(), self._outer.fileno()

    def send(self, client: socket.socket) -> bool:
        """Send a client in; False where there is no room for it."""
        try:
            socket.send_fds(self._outer, [b"."], [client.fileno()])
        except OSError:
            return False
        return True

    def receive(self) -> socket.socket | None:
        """Return a client that was sent in, if there is one."""
        try:
            # One byte brings one client.
            _, numbers, _, _ = socket.recv_fds(self._inner, 1, 1)
        except OSError:
            return None
        return socket.socket(fileno=numbers[0]) if numbers else None

    def close(self) -> None:
        """Let go of both ends."""
        self._inner.close()
        self._outer.close()


class Door:
    """Lets clients of a listening socket in, for the process at `place` in the crowd or for another: each has a passage."""

    def __init__(
        self,
        listener: socket.socket,
        connections: Connections,
        crowd: Crowd,
        place: int,
        passages: Sequence[Passage],
    ) -> None:
        self._listener, self._connections, self._crowd = listener, connections, crowd
        self._place, self._passages = place, passages
        self._loop = connections.loop
        # Clients that have come, and are no connections yet.
        self._coming: set[asyncio.Task[Any]] = set()
        self._inner = passages[place].filenos()[0]
        crowd.counts[place] = 0
        listener.setblocking(False)
        self._open()
        self._loop.add_reader(self._inner, self._enter)

    def close(self) -> None:
        """Take no more."""
        if self._listener.fileno() >= 0:
            self._loop.remove_reader(self._listener)
            self._loop.remove_reader(self._inner)
            self._listener.close()

    def _open(self) -> None:
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._come)

    def _come(self) -> None:
        """Let in those who wait outside."""
        for _ in range(_MANY):
            try:
                client, _ = self._listener.accept()
            except (BlockingIOError, ConnectionError):
                # Another process was quicker, or the client is gone.
                return
            except OSError:
                self._loop.remove_reader(self._listener)
                self._loop.call_later(_PAUSE, self._open)
                return
            # A client that comes alone meets the process that answered the one before it, and has at hand what was read for that.
            counts = self._crowd.counts
            place = min(range(len(counts)), key=counts.__getitem__)
            if place != self._place and self._passages[place].send(client):
                counts[place] += 1
                client.close()
            else:
                self._take(client)

    def _enter(self) -> None:
        """Take those whom others let in."""
        for _ in range(_MANY):
            client = self._passages[self._place].receive()
            if client is None:
                return
            self._take(client)

    def _take(self, client: socket.socket) -> None:
        client.setblocking(False)
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._connections, client))
        self._coming.add(task)
        self._crowd.counts[self._place] = len(self._connections.open) + len(self._coming)
        task.add_done_callback(self._coming.discard)
