"""What can be set of a server, in one frozen value, and what its processes know of each other."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg.serving.limits import HttpLimits

_NUMBER = struct.Struct("Q")


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Settings of a server.

    `seconds`, `rows` and `memory` (bytes) are what one query may take; `services` and `loads` the beginnings of IRIs that SERVICE and LOAD may name; `base` what the IRIs
    of the data start with that are served at the root (None: found in the data); `token` is what updates must show (None: anyone may, if `writable`); `rate` the
    requests a second from one address (0: any number); `cache` the bytes of answers that each front keeps; `workers` and `fronts` are numbers of processes (0: as the
    machine has cores); `access_log` a file, `-` for standard error, or ""; `title` what the pages call the graph; `url` the address under which the
    public reaches the server, where another server stands before it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    names: tuple[str, ...] = ()
    writable: bool = False
    token: str | None = None
    seconds: float = 30.0
    rows: int = 100_000
    memory: int = 1 << 30
    services: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    base: str | None = None
    rate: float = 0.0
    cache: int = 64 << 20
    workers: int = 0
    fronts: int = 0
    access_log: str = ""
    url: str = ""
    title: str = ""
    http: HttpLimits = field(default_factory=HttpLimits)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a process of the server is told when it starts: the settings, the folder in which the server works, and what it serves."""

    settings: ServeSettings
    folder: Path
    title: str
    number: int = 0


@contextmanager
def short(path: Path) -> Iterator[str]:
    """Yield another name of a path that is short enough for a socket, however deep its folder lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Version:
    """A number that all processes of the server share; it grows with each new state of the data. One process writes it, any read it."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        path = folder / "version"
        if create:
            path.write_bytes(_NUMBER.pack(0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NUMBER.size)
        self._view = memoryview(self._map).cast("Q")

    @property
    def number(self) -> int:
        """The number of the newest state."""
        return self._view[0]

    @number.setter
    def number(self, value: int) -> None:
        self._view[0] = value


class Hold:
    """Keeps the folder of a state from being removed, as long as this object lives; any process may hold it."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def __del__(self) -> None:
        # A folder that was gone could not be opened.
        if hasattr(self, "_file"):
            os.close(self._file)


def is_held(folder: Path) -> bool:
    """Return whether any process holds the folder of a state."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
