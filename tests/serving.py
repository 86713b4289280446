"""A server process for tests, `kg serve` or another, on a free loopback port; and HTTP in the raw, for what clients do not send."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.shared import ROOT

_PATIENCE = 60  # seconds in which a server has to start, and to end


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its process, its address (with a slash at the end), and the paths of its services."""

    process: subprocess.Popen[bytes]
    url: str
    query: str = "/sparql"
    update: str = "/sparql"
    store: str = "/store"

    @property
    def host(self) -> str:
        """The host and the port, as in the header of that name."""
        return urlsplit(self.url).netloc

    def ask(
        self,
        target: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        """Send a request with just these headers, and Host and Content-Length; `target` is sent as it stands."""
        connection = http.client.HTTPConnection(self.host, timeout=timeout)
        content = body.encode() if isinstance(body, str) else body
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if content is not None or method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(content or b"")))
            # A server that refuses a long body answers before the end of it.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.endheaders(content)
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read())
        finally:
            connection.close()

    def select(self, query: str, headers: Mapping[str, str] | None = None, timeout: float = 60, **more: str) -> Answer:
        """Send a query by GET, for results in JSON; `more` are other parameters, with `_` for `-`."""
        parameters = {"query": query} | {name.replace("_", "-"): value for name, value in more.items()}
        accept = {"Accept": "application/sparql-results+json"} | dict(headers or {})
        return self.ask(f"{self.query}?{urlencode(parameters)}", headers=accept, timeout=timeout)

    def change(self, update: str | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Send an update by POST."""
        return self.ask(
            self.update, "POST", update, {"Content-Type": "application/sparql-update"} | dict(headers or {})
        )

    def connect(self, timeout: float = 30) -> socket.socket:
        """Open a connection for bytes that no client sends."""
        address = urlsplit(self.url)
        return socket.create_connection((address.hostname or "", address.port or 80), timeout=timeout)

    def raw(self, content: bytes, timeout: float = 30) -> bytes:
        """Send bytes as they are; return all that comes back until the server closes the connection, or `timeout` seconds pass."""
        found = b""
        with self.connect(timeout) as connection, contextlib.suppress(OSError):
            connection.sendall(content)
            while part := connection.recv(65536):
                found += part
        return found

    def memory(self) -> int:
        """Return the bytes of memory that the processes of the server use, pages that they share once."""
        return sum(proportional(pid) for pid in processes(self.process.pid))


def processes(root: int) -> tuple[int, ...]:
    """Return a process and those that it started, and those that they started."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for pid in found:
        found.extend(parents.get(pid, ()))
    return tuple(found)


def proportional(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def memory_watched(server: Server) -> Iterator[list[int]]:
    """Look at the memory of a server while the block runs; the list gets the highest number of bytes."""
    highest = [server.memory()]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            highest[0] = max(highest[0], server.memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield highest
    finally:
        done.set()
        thread.join()


@contextlib.contextmanager
def kg_serve(target: Path, *options: str | Path) -> Iterator[Server]:
    """Run `kg serve` on a free port. It has to print one line, its address, and to end with 0, and all its workers with it, when it is told to."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", str(target), "--port", "0"]
    with tempfile.TemporaryFile() as said:
        process = _started([*command, *map(str, options)], stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        try:
            with _limit(process):
                line = process.stdout.readline().decode().strip()
            if not line.startswith("http://"):
                raise AssertionError(f"no address on standard output: {line!r}\n{_read(said)}")
            yield Server(process, line)
            started = processes(process.pid)
            process.send_signal(signal.SIGTERM)
            status = process.wait(_PATIENCE)
            rest = process.stdout.read()
            left = [pid for pid in started if Path(f"/proc/{pid}/cmdline").exists()]
            assert (status, rest, left) == (0, b"", []), f"{status=} {rest=} {left=}\n{_read(said)}"
        finally:
            _ended(process)


@contextlib.contextmanager
def oxigraph_serve(program: str, folder: Path, *, read_only: bool = False) -> Iterator[Server]:
    """Run the server of Oxigraph over the store in a folder, which is made if it is missing, or only for reading."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    command = [
        program,
        "serve-read-only" if read_only else "serve",
        "--location",
        str(folder),
        "--bind",
        f"127.0.0.1:{port}",
    ]
    process = _started(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(process, f"http://127.0.0.1:{port}/", "/query", "/update", "/store")
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                server.ask("/")
                break
            time.sleep(0.05)
        yield server
    finally:
        _ended(process)


def _started(command: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.Popen(command, env=environment, start_new_session=True, **pipes)


@contextlib.contextmanager
def _limit(process: subprocess.Popen[bytes]) -> Iterator[None]:
    timer = threading.Timer(_PATIENCE, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ended(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _read(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))


@dataclass(slots=True)
class Listener:
    """A place on loopback that nobody should call: it counts who does. What `answers` holds for the path is sent back."""

    port: int
    answers: dict[str, bytes]
    calls: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextlib.contextmanager
def listening(answers: Mapping[str, bytes] | None = None) -> Iterator[Listener]:
    """Listen on a free port of 127.0.0.1, and of ::1 where there is one; `answers` are whole HTTP answers by path."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        sockets, port = [first], int(first.getsockname()[1])
        with contextlib.suppress(OSError):
            sockets.append(stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6)))
        listener = Listener(port, dict(answers or {}), [])
        done = threading.Event()
        threads = [threading.Thread(target=_listen, args=(each, listener, done)) for each in sockets]
        for thread in threads:
            thread.start()
        try:
            yield listener
        finally:
            done.set()
            for thread in threads:
                thread.join()


def _listen(place: socket.socket, listener: Listener, done: threading.Event) -> None:
    place.settimeout(0.1)
    while not done.is_set():
        with contextlib.suppress(OSError):
            caller, _ = place.accept()
            with caller:
                caller.settimeout(2)
                listener.calls.append("")
                head = caller.recv(65536).decode("latin-1")
                listener.calls[-1] = head.partition("\r\n")[0]
                path = ([*head.split(" ", 2), "", ""])[1]
                caller.sendall(listener.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
