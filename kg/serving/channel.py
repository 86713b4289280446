"""How the processes of the server talk: frames over a socket pair, a kind and its bytes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import cast

_HEAD = struct.Struct(">cI")
_LEAST, _MUCH = 1 << 16, 1 << 20


class Line:
    """The end of a channel in a process that does one thing at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        # What has come, and not been asked for.
        self._ahead = b""

    def send(self, kind: bytes, data: bytes = b"") -> None:
        """Send a frame; wait while the other end does not read."""
        self._socket.sendall(_HEAD.pack(kind, len(data)) + data)

    def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; EOFError where the other end is gone."""
        kind, size = _HEAD.unpack(self._exactly(_HEAD.size))
        return kind, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        parts, had = [self._ahead], len(self._ahead)
        while had < size:
            part = self._socket.recv(min(max(size - had, _LEAST), _MUCH))
            if not part:
                raise EOFError
            parts.append(part)
            had += len(part)
        data = b"".join(parts)
        self._ahead = data[size:]
        return data[:size]


class Channel(asyncio.Protocol):
    """The end of a channel in a process with an event loop."""

    def __init__(self) -> None:
        self._transport = cast("asyncio.Transport", None)
        self._buffer = bytearray()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell who waits that nothing more comes."""
        self.lost = True
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Take frames apart; reading pauses while many of them wait."""
        buffer = self._buffer
        buffer += data
        place = 0
        while len(buffer) - place >= _HEAD.size:
            kind, size = _HEAD.unpack_from(buffer, place)
            end = place + _HEAD.size + size
            if len(buffer) < end:
                break
            self._frames.append((kind, bytes(buffer[place + _HEAD.size : end])))
            self._size += size
            place = end
        del buffer[:place]
        if self._frames:
            self._wake()
            if self._size > _MUCH:
                self._transport.pause_reading()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def send(self, kind: bytes, data: bytes = b"") -> None:
        """Send a frame; where the other end is gone, `receive` tells."""
        if not self._transport.is_closing():
            self._transport.write(_HEAD.pack(kind, len(data)) + data)

    async def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; EOFError where the other end is gone."""
        while not self._frames:
            if self.lost:
                raise EOFError
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        kind, data = self._frames.popleft()
        self._size -= len(data)
        if self._size <= _MUCH:
            self._transport.resume_reading()
        return kind, data

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


async def connect(sock: socket.socket) -> Channel:
    """Return the channel of a connected socket."""
    _, channel = await asyncio.get_running_loop().create_connection(Channel, sock=sock)
    return channel
