"""Starts the processes of a server, starts those anew that end, makes states of new releases, and stops everything.

supervisor -- fronts (HTTP, look-ups, cache) -- workers (queries and pages; killed when over)
          \\-- writer (updates, if any)
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from kg.errors import ServeError
from kg.serving.allocation import environment
from kg.serving.door import Crowd, Passage
from kg.serving.front import PATIENCE
from kg.serving.settings import ServeSettings, Setup, Version, is_held, short
from kg.serving.targets import Target, open_target

_LOOK = 0.25
_SWEEP = 5.0
# A process that ends so many times before it is ready will not do better the next time.
_TIMES = 5
# So long after that it is tried again, as long as others answer.
_PAUSE = 2.0
# What the process that writes may take beside the memory of a query: the caches of the store.
_STORE = 1 << 30


def serve(target: str, settings: ServeSettings, announce: Callable[[str], None]) -> None:
    """Serve a target until SIGTERM or SIGINT; `announce` is told the address once requests are answered.

    ServeError where the target cannot be served, or the address is taken.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if settings.access_log not in ("", "-"):
        # Each front opens it for itself; that it cannot be opened is told here, once.
        Path(settings.access_log).open("ab").close()
    found = open_target(target, writable=settings.writable)
    with found.workplace() as folder, _listening(settings) as listener:
        Version(folder, create=True)
        (folder / "tag").write_text(hashlib.blake2b(os.urandom(16), digest_size=6).hexdigest(), "ascii")
        cores = os.cpu_count() or 1
        fronts = settings.fronts or min(cores, 4)
        workers = settings.workers or max(2, -(-cores // fronts))
        http = replace(settings.http, connections=max(1, settings.http.connections // fronts))
        setup = Setup(
            replace(settings, fronts=fronts, workers=workers, rate=settings.rate / fronts, http=http),
            folder,
            found.title,
        )
        _Supervisor(found, setup, listener, stop).run(lambda: announce(_address(settings, listener)))


class _Supervisor:
    """The processes of one server."""

    def __init__(self, target: Target, setup: Setup, listener: socket.socket, stop: threading.Event) -> None:
        self.target, self.setup, self.listener, self.stop = target, setup, listener, stop
        self.version = Version(setup.folder)
        self.fronts: list[_Process] = []
        self.writer: _Process | None = None
        self.pause = 0.0

    def run(self, ready: Callable[[], None]) -> None:
        """Start, look after, and stop the processes."""
        try:
            if self.setup.settings.writable:
                self.writer = _ready(self._writer)
            else:
                self.target.make(self.setup.folder / "1")
                self.version.number = 1
            places = range(self.setup.settings.fronts)
            self.crowd = Crowd(self.setup.folder, len(places), create=True)
            self.passages = [Passage.open() for _ in places]
            self.fronts = [self._front(place) for place in places]
            self.fronts = [
                front if front.is_ready() else _ready(partial(self._front, place))
                for place, front in enumerate(self.fronts)
            ]
            ready()
            swept = monotonic()
            while not self.stop.wait(_LOOK):
                self._look()
                if monotonic() - swept > _SWEEP:
                    swept = monotonic()
                    self._sweep()
        finally:
            # All at once, so that nobody waits longer than one of them may take; the writer last, as answers of the others hang on it.
            for front in self.fronts:
                front.terminate()
            for process in (*self.fronts, *([self.writer] if self.writer else [])):
                process.end()

    def _look(self) -> None:
        """Start processes anew that have ended, and make a state of a new release."""
        for place, front in enumerate(self.fronts):
            if front.ended():
                self.crowd.gone(place)
            self.fronts[place] = self._anew(front, partial(self._front, place))
        if self.writer is not None:
            self.writer = self._anew(self.writer, self._writer)
        elif self.target.changed():
            number = self.version.number + 1
            try:
                self.target.make(self.setup.folder / str(number))
            except OSError:
                # The release was swapped again, or is gone for a moment; the next look sees what is there then.
                shutil.rmtree(self.setup.folder / str(number), ignore_errors=True)
            except ServeError as error:
                # What was there before is served on until something that can be read is there again.
                shutil.rmtree(self.setup.folder / str(number), ignore_errors=True)
                self.target.pass_over()
                sys.stderr.write(f"kg: {error}; what was there before is served on\n")
            else:
                self.version.number = number

    def _anew(self, process: _Process, start: Callable[[], _Process]) -> _Process:
        """Return a process, or another where it has ended. One that cannot begin now, as on a full disk, is no reason for those that answer to end."""
        if not process.ended() or monotonic() < self.pause:
            return process
        try:
            return _ready(start)
        except ServeError as error:
            if all(front.ended() for front in self.fronts):
                raise
            sys.stderr.write(f"kg: {error}; the others go on, and it is tried again\n")
            self.pause = monotonic() + _PAUSE
            return process

    def _sweep(self) -> None:
        """Remove states that no process reads any more."""
        newest = self.version.number
        for folder in self.setup.folder.iterdir():
            if folder.name.isdecimal() and int(folder.name) < newest - 1 and not is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def _front(self, place: int) -> _Process:
        fds = (self.listener.fileno(), *(number for each in self.passages for number in each.filenos()))
        command = [sys.executable, "-c", "from kg.serving.front import main; main()", str(place), *map(str, fds)]
        process = _Process(command, fds)
        data = pickle.dumps(self.setup)
        process.tell(len(data).to_bytes(8, "big") + data)
        return process

    def _writer(self) -> _Process:
        settings = self.setup.settings
        address = self.setup.folder / "writer"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            with short(address) as name:
                listener.bind(name)
            listener.listen(64)
            command = [
                sys.executable,
                "-c",
                "from kg.serving.writer import main; main()",
                str(listener.fileno()),
                str(self.target.path),
                str(self.setup.folder),
                str(settings.memory and settings.memory + _STORE),
                "outward" if settings.services or settings.loads else "inward",
            ]
            return _Process(command, (listener.fileno(),))


class _Process:
    """A process that lives as long as its standard input is open."""

    def __init__(self, command: list[str], fds: tuple[int, ...]) -> None:
        # Ctrl-C reaches all processes of a terminal. It is for the supervisor, which has the others stop well; they inherit that it is blocked.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self.process = subprocess.Popen(  # noqa: S603 - of this package
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=fds, env=environment()
        )
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def tell(self, data: bytes) -> None:
        """Write to standard input."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            return

    def is_ready(self) -> bool:
        """Wait until the process says that it is ready; False where it ends before that, ServeError where it says why it cannot be."""
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        line = self.process.stdout.readline()
        if line.startswith(b"{"):
            raise ServeError(**json.loads(line))
        return bool(line)

    def ended(self) -> bool:
        """Return whether the process has ended by itself."""
        return self.process.poll() is not None

    def terminate(self) -> None:
        """Have the process stop well."""
        if self.process.poll() is None:
            self.process.terminate()
            if self.process.stdin is not None:
                self.process.stdin.close()

    def end(self) -> None:
        """Have the process stop well, and see to it that it does."""
        self.terminate()
        process = self.process
        try:
            process.wait(PATIENCE + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(start: Callable[[], _Process]) -> _Process:
    """Start a process and wait until it is ready; ServeError where it never is. One that ends later, by what it was asked to do, is no reason to give up."""
    for _ in range(_TIMES):
        process = start()
        try:
            if process.is_ready():
                return process
        except ServeError:
            process.end()
            raise
        process.end()
    raise ServeError(
        "KG610", "a process of the server ends as soon as it begins", advice="what it wrote to standard error says why"
    )


def _listening(settings: ServeSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise ServeError(
            "KG611",
            f"the server cannot listen there: {(error.strerror or str(error)).lower()}",
            where=f"{settings.host}:{settings.port}",
            advice="choose another --host"
            if isinstance(error, socket.gaierror)
            else "choose another --port, or 0 for any that is free",
        ) from error
    listener.listen(1024)
    return listener


def _address(settings: ServeSettings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.url or f"http://{host}:{listener.getsockname()[1]}/"
