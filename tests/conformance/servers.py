"""PostgreSQL and MariaDB for tests: Debian's packages, started on a free loopback port over a data directory of their own, and stopped at the end.

Missing packages are installed where that is possible (root, apt-get); else the tests that need them skip, and say so.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_PATIENCE = 60  # seconds in which a server has to answer
_LOCK = Path(tempfile.gettempdir()) / "kg-tests-apt.lock"


@dataclass(frozen=True, slots=True)
class Server:
    """A running database server: its address, and the account that may do everything and needs no password."""

    scheme: str  # as in a URL: postgresql or mysql
    port: int
    user: str
    database: str
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """The URL without the account."""
        return f"{self.scheme}://{self.host}:{self.port}/{self.database}"

    def run(self, sql: str) -> None:
        """Run a script of SQL through the server's own client, in a database that is empty; ScriptError where a statement fails."""
        address = [f"--host={self.host}", f"--port={self.port}"]
        if self.scheme == "postgresql":
            client = [str(_program("psql", "postgresql")), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
            client += [*address, f"--username={self.user}", f"--dbname={self.database}"]
            sql = f"SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n{sql}"
        else:
            client = [str(_program("mariadb", "mariadb-server")), "--no-defaults", *address]
            client += [f"--user={self.user}", "--default-character-set=utf8mb4", "--binary-mode"]
            sql = (
                f"DROP DATABASE IF EXISTS {self.database}; CREATE DATABASE {self.database}; USE {self.database};\n{sql}"
            )
        done = subprocess.run(client, input=sql.encode(), capture_output=True, check=False)
        if done.returncode != 0:
            raise ScriptError(done.stderr.decode(errors="replace").strip())


class ScriptError(Exception):
    """A script of SQL failed; the text is what the client says."""


class NotHereError(Exception):
    """A server cannot be had on this machine; the text says why."""


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """Run a PostgreSQL server of this process's own."""
    postgres = _program("postgres", "postgresql")
    owner = _owner("postgres")
    with _folder("kg-postgresql-", owner) as folder:
        data = folder / "data"
        initdb = [str(_program("initdb", "postgresql")), "--pgdata", str(data), "--username=postgres", "--auth=trust"]
        _run([*initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], owner, folder)

        def command(port: int) -> list[str]:
            settings = {
                "port": port,
                "listen_addresses": "127.0.0.1",
                "unix_socket_directories": folder,
                "fsync": "off",
                "shared_buffers": "32MB",
                "max_connections": 20,
            }
            return [str(postgres), "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]

        # SIGINT does not wait for clients, as SIGTERM would.
        with _running(command, _postgresql_answers, owner, folder, signal.SIGINT) as port:
            yield Server("postgresql", port, "postgres", "postgres")


@contextlib.contextmanager
def mariadb() -> Iterator[Server]:
    """Run a MariaDB server of this process's own, with an empty database `test`."""
    mariadbd = _program("mariadbd", "mariadb-server")
    owner = _owner("mysql")
    with _folder("kg-mariadb-", owner) as folder:
        data = folder / "data"
        install = [str(_program("mariadb-install-db", "mariadb-server")), "--no-defaults", f"--datadir={data}"]
        _run([*install, "--auth-root-authentication-method=normal", "--skip-test-db"], owner, folder)

        def command(port: int) -> list[str]:
            settings = {
                "datadir": data,
                "port": port,
                "bind-address": "127.0.0.1",
                "socket": folder / "socket",
                "pid-file": folder / "pid",
                "character-set-server": "utf8mb4",
                "innodb-flush-log-at-trx-commit": 0,
                "innodb-buffer-pool-size": "32M",
                "log-error": folder / "errors",
            }
            return [str(mariadbd), "--no-defaults", *(f"--{name}={value}" for name, value in settings.items())]

        with _running(command, _mariadb_answers, owner, folder, signal.SIGTERM) as port:
            yield Server("mysql", port, "root", "test")


def _postgresql_answers(port: int) -> bool:
    import adbc_driver_postgresql.dbapi as driver

    try:
        driver.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close()
    except driver.Error:
        return False
    return True


def _mariadb_answers(port: int) -> bool:
    import pymysql

    try:
        pymysql.connect(host="127.0.0.1", port=port, user="root").close()
    except pymysql.err.OperationalError:
        return False
    return True


@functools.cache
def _program(name: str, package: str) -> Path:
    """Return a server's program, whose package is installed if need be; NotHereError where it cannot be."""
    found = _found(name)
    if found is None:
        # Workers of one test run must not call apt-get at the same time.
        with _LOCK.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = _found(name) or _installed(name, package)
    return found


def _found(name: str) -> Path | None:
    folders = [*os.environ.get("PATH", "").split(os.pathsep), "/usr/sbin"]
    # Debian keeps PostgreSQL's programs out of the path, one folder a version.
    folders += [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    return Path(found) if found else None


def _installed(name: str, package: str) -> Path:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NotHereError(f"{name} is not installed, and only root can: apt-get install {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", package]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = _found(name)
    if found is None:
        raise NotHereError(f"{name} is not installed, and apt-get cannot: {(done.stderr or done.stdout)[-300:]}")
    return found


def _owner(name: str) -> str | None:
    """Return the account that a server is to run under: none of our own choice, unless we are root, whom servers refuse."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return name if name in names else "nobody"


def _account(owner: str | None) -> dict[str, Any]:
    return {} if owner is None else {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _folder(prefix: str, owner: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner is not None:
            shutil.chown(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str], owner: str | None, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_account(owner))
    if done.returncode != 0:
        raise NotHereError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout)[-1000:]}")


@contextlib.contextmanager
def _running(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    owner: str | None,
    folder: Path,
    stop: signal.Signals,
) -> Iterator[int]:
    """Run a server and give its port; another port is tried where one was taken between our look and the server's."""
    log = folder / "log"
    for _ in range(5):
        port = _free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(port), cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **_account(owner)
            )
        try:
            if _answered(process, port, answers):
                yield port
                return
        finally:
            _stop(process, stop)
    raise NotHereError(f"the server does not start: {log.read_text(errors='replace')[-1000:]}")


def _answered(process: subprocess.Popen[bytes], port: int, answers: Callable[[int], bool]) -> bool:
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        if answers(port):
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    for last in (stop, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(last)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Servers:
    """The servers of this process, each started when it is first asked for."""

    def __init__(self) -> None:
        self._running: dict[str, Server | NotHereError] = {}
        self._stack = contextlib.ExitStack()

    def get(self, system: str) -> Server:
        """Return the server of a system (postgresql, mysql); NotHereError where it cannot be had."""
        if system not in self._running:
            start = {"postgresql": postgresql, "mysql": mariadb}[system]
            try:
                self._running[system] = self._stack.enter_context(start())
            except NotHereError as error:
                self._running[system] = error
        found = self._running[system]
        if isinstance(found, NotHereError):
            raise found
        return found

    def stop(self) -> None:
        """Stop all servers."""
        self._running.clear()
        self._stack.close()


SERVERS = Servers()


def server(system: str, config: pytest.Config) -> Server:
    """Return a server that runs until the test session ends; skip the test that asks for it where there is none, and say why."""
    config.add_cleanup(SERVERS.stop)
    try:
        return SERVERS.get(system)
    except NotHereError as error:
        pytest.skip(str(error))
