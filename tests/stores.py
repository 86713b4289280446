"""Triple stores of others for tests, each with its data in a folder and a free loopback port: Oxigraph, Fuseki, RDF4J, Virtuoso, and ours.

Oxigraph comes from PyPI, Virtuoso from Debian, Fuseki and RDF4J (in Jetty) from Maven Central, kept in the user's cache folder. What cannot be had skips the test,
and says why. A store that is started again over the same folder has the data that it had.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.serving import Server
from tests.shared import ROOT

_PATIENCE = 90  # seconds in which a store has to start
_JARS = {
    "fuseki": "org.apache.jena:jena-fuseki-server:5.2.0:jar",
    "rdf4j": "org.eclipse.rdf4j:rdf4j-http-server:3.7.7:war",
    "jetty": "org.eclipse.jetty:jetty-runner:9.4.54.v20240208:jar",
}
_REPOSITORY = b"""@prefix rep: <http://www.openrdf.org/config/repository#> .
@prefix sr: <http://www.openrdf.org/config/repository/sail#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .
[] a rep:Repository ; rep:repositoryID "test" ;
  rep:repositoryImpl [ rep:repositoryType "openrdf:SailRepository" ; sr:sailImpl [ sail:sailType "openrdf:NativeStore" ] ] .
"""
_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{other}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
[SPARQL]
ResultSetMaxRows = 10000
"""
KINDS = ("oxigraph", "fuseki", "rdf4j", "virtuoso")
TOKEN = "a token of tests only".replace(" ", "-")


@dataclass(slots=True)
class TripleStore:
    """A store that runs, or ran: `url` is what `kg push` is given, `environment` the credentials; `process` changes when it is started again."""

    kind: str
    folder: Path
    port: int
    command: list[str]
    process: subprocess.Popen[bytes]
    path: str = ""
    services: tuple[str, str] = ("/query", "/store")
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def server(self) -> Server:
        """The store as a server that one asks."""
        return Server(
            self.process,
            f"http://127.0.0.1:{self.port}/",
            self.path + self.services[0],
            "",
            self.path + self.services[1],
        )

    def count(self, graph: str) -> int:
        """Count the triples of a graph."""
        answer = self.server.select(
            f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", {"Accept": "text/csv"}
        )
        assert answer.status == 200, answer.text
        return int(answer.text.split()[-1].strip('"'))

    def graphs(self) -> set[str]:
        """Return the names of the graphs that hold something, but for those that a store brings along."""
        answer = self.server.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", {"Accept": "text/csv"})
        names = {line.strip().strip('"') for line in answer.text.splitlines()[1:]}
        return {name for name in names if name.startswith(("https://g.example/", "urn:kg:"))}

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start it again over the same folder."""
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)
        self.process = _process(self.command, self.folder)
        _wait(self)


@contextlib.contextmanager
def store(kind: str, folder: Path, *, wrap: Sequence[str] = ()) -> Iterator[TripleStore]:
    """Run a store of KINDS over a folder; `wrap` is a command that runs it, such as one that sets limits. Skip where it cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    made = {"oxigraph": _oxigraph, "fuseki": _fuseki, "rdf4j": _rdf4j, "virtuoso": _virtuoso}[kind](folder, port)
    command = [*wrap, *made.command]
    running = TripleStore(
        kind, folder, port, command, _process(command, folder), made.path, made.services, dict(made.environment)
    )
    try:
        _wait(running)
        if kind == "rdf4j":
            _ask(running, "PUT", "/rdf4j-server/repositories/test", _REPOSITORY, "text/turtle")
        yield running
    finally:
        running.kill()


@dataclass(frozen=True, slots=True)
class _Made:
    command: list[str]
    path: str = ""
    services: tuple[str, str] = ("/query", "/store")
    environment: tuple[tuple[str, str], ...] = ()


def _oxigraph(folder: Path, port: int) -> _Made:
    program = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the server of Oxigraph is not installed (pip install oxigraph)")
    return _Made([program, "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"])


def _fuseki(folder: Path, port: int) -> _Made:
    command = [_program("java"), "-Xmx1g", "-jar", str(_jar("fuseki")), "--port", str(port), "--localhost", "--update"]
    (folder / "data").mkdir(exist_ok=True)
    return _Made([*command, "--tdb2", f"--loc={folder / 'data'}", "/ds"], "/ds", ("/query", "/data"))


def _rdf4j(folder: Path, port: int) -> _Made:
    command = [
        _program("java"),
        "-Xmx1g",
        f"-Dorg.eclipse.rdf4j.appdata.basedir={folder}",
        f"-Djava.io.tmpdir={folder}",
    ]
    command += ["-jar", str(_jar("jetty")), "--host", "127.0.0.1", "--port", str(port), "--path", "/rdf4j-server"]
    return _Made([*command, str(_jar("rdf4j"))], "/rdf4j-server/repositories/test", ("", "/rdf-graphs/service"))


def _virtuoso(folder: Path, port: int) -> _Made:
    program = _program("virtuoso-t")
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, port=port, other=free_port()))
    account = (("KG_PUSH_USER", "dba"), ("KG_PUSH_PASSWORD", "dba"))
    return _Made([program, "+foreground", "+configfile", str(ini)], "", ("/sparql", "/sparql-graph-crud"), account)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        packages = {"java": "default-jre-headless", "virtuoso-t": "virtuoso-opensource-7", "mvn": "maven"}
        pytest.skip(f"{name} is not installed (apt-get install --no-install-recommends {packages[name]})")
    return found


def _jar(name: str) -> Path:
    """Return a program of Maven Central, fetched once."""
    artifact = _JARS[name]
    group, title, version, kind = artifact.split(":")
    # Not XDG_CACHE_HOME: the tests set it to a folder of their own.
    folder = Path.home() / ".cache" / "kg-tests"
    found = folder / f"{title}-{version}.{kind}"
    if not found.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fetch = [_program("mvn"), "-q", "-B", "dependency:copy", f"-Dartifact={group}:{title}:{version}:{kind}"]
        done = subprocess.run(
            [*fetch, f"-DoutputDirectory={folder}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=folder,
        )
        if not found.is_file():
            pytest.skip(f"Maven cannot fetch {artifact}: {(done.stdout + done.stderr)[-200:]}")
    return found


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


def _process(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)


def _wait(running: TripleStore) -> None:
    until(
        # A store that wants a password runs, too.
        lambda: running.server.select("ASK {}").status in (200, 401) if running.kind != "rdf4j" else _speaks(running),
        running,
    )


def _speaks(running: TripleStore) -> bool:
    return running.server.ask("/rdf4j-server/protocol").status == 200


def until(done: Callable[[], bool], running: TripleStore) -> None:
    """Wait until something is so; AssertionError where the store ends before, or it takes too long."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and running.process.poll() is None:
        with contextlib.suppress(OSError):
            if done():
                return
        time.sleep(0.05)
    raise AssertionError((running.folder / "log").read_text(errors="replace")[-2000:])


def _ask(running: TripleStore, method: str, path: str, body: bytes, media: str) -> None:
    answer = running.server.ask(path, method, body, {"Content-Type": media})
    assert answer.status < 300, answer.text
