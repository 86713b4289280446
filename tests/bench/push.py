"""How long a push takes beside the store's own upload of one file by curl: `python -m tests.bench.push FILE.nt [STORE...] [--turns N]`.

Each store starts empty for each row; the turns go through all rows, and medians are printed. The file has to be N-Triples without blank nodes. curl sends it with PUT, which the
stores document for the Graph Store Protocol, and with POST, and to Oxigraph also by its bulk loader (`no_transaction`); what is fastest is what the pushes are divided by.
CPU is user and system time, of the client and of the store.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.shared import ROOT
from tests.stores import TripleStore, store

GRAPH = "https://g.example/bench"
_CURL = {"curl, PUT of one file": ("PUT", ""), "curl, POST of one file": ("POST", "")}
_BULK = {"oxigraph": {"curl, POST, no_transaction": ("POST", "&no_transaction")}}
_PUSH = {
    "kg push": [],
    "kg push --verify none": ["--verify", "none"],
    "kg push --staged": ["--staged"],
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one row took in one turn: seconds, CPU seconds of client and store, and the most memory of the client in MiB."""

    seconds: float
    client: float
    store: float
    memory: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("stores", nargs="*", default=["oxigraph", "fuseki"])
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument(
        "--row", action="append", choices=sorted(_PUSH), help="only this one beside the uploads by curl"
    )
    given = parser.parse_args()
    file, load = given.file.resolve(), os.getloadavg()[0]
    print(f"{file.name}, {file.stat().st_size:,} bytes, {given.turns} turns, load {load:.1f} before")
    for kind in given.stores:
        rows = [*_CURL, *_BULK.get(kind, {}), *(given.row or _PUSH)]
        turns: dict[str, list[Taken]] = {row: [] for row in rows}
        for _ in range(given.turns):
            for row in rows:
                turns[row].append(_taken(kind, row, file))
        least = [min(_median(each, name) for row, each in turns.items() if row.startswith("curl")) for name in _NAMES]
        for row, each in turns.items():
            seconds, cpu = (_median(each, name) for name in _NAMES)
            memory = max(taken.memory for taken in each)
            print(
                f"{kind:9} {row:27} {seconds:7.1f} s ({seconds / least[0]:4.2f}) CPU {cpu:7.1f} s ({cpu / least[1]:4.2f}), client {_median(each, 'client'):5.1f} s {memory:6,.0f} MiB",
                flush=True,
            )


_NAMES = ("seconds", "cpu")


def _median(turns: list[Taken], name: str) -> float:
    return statistics.median(taken.client + taken.store if name == "cpu" else getattr(taken, name) for taken in turns)


def _taken(kind: str, row: str, file: Path) -> Taken:
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder, store(kind, Path(folder) / "store") as running:
        command = _curl(running, row, file) if row.startswith("curl") else _push(running, row, file, Path(folder))
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | running.environment
        before, used_before = time.monotonic(), _cpu(running.process.pid)
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds, by_store = time.monotonic() - before, _cpu(running.process.pid) - used_before
        assert process.returncode == 0, f"{kind}, {row}: {process.returncode}"
        assert running.count(GRAPH) > 0
        return Taken(seconds, used.ru_utime + used.ru_stime, by_store, used.ru_maxrss / 1024)


def _curl(running: TripleStore, row: str, file: Path) -> list[str]:
    method, parameters = (_CURL | _BULK.get(running.kind, {}))[row]
    address = f"{running.url}{running.services[1]}?graph={GRAPH}{parameters}"
    media = ["-H", "Content-Type: application/n-triples"]
    return ["curl", "-sf", "-o", "/dev/null", "-X", method, *media, "-T", str(file), address]


def _push(running: TripleStore, row: str, file: Path, folder: Path) -> list[str]:
    command = [sys.executable, "-c", "from kg.cli import main; main()", "push", str(file), running.url]
    return [*command, "--graph", GRAPH, "--journal", str(folder / "journal"), *_PUSH[row]]


def _cpu(pid: int) -> float:
    """Return the CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
