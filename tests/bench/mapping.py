"""How fast mappings run, beside other engines and beside SQL written by hand, all in one run.

`python -m tests.bench.mapping [CASE...] [--rows N] [--runs N] [--peers PYTHON]` prints a table: wall and processor seconds (medians), the peak of resident
memory, the ratio to `kg`, and microseconds of wall for each triple. CASE is one of those that `--list` shows; without any, all run. PYTHON is an interpreter in whose
environment morph-kgc and maplib are installed; without it only `kg` and the hand-written SQL run. Every run is a process of its own, start included; engines take turns. The sets of triples that engines write for
the case `models` are compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.mapping_cases import CASES, Case
from tests.conformance.servers import SERVERS, NotHereError

_HAND = "import sys; sys.path.insert(0, sys.argv[3]); from tests.bench.mapping_cases import by_hand; by_hand(*sys.argv[1:3])"
_ROOT = str(Path(__file__).parents[2])
_FIRST = "kg, plain"


@dataclass(slots=True)
class Runs:
    """What the runs of one engine took: seconds of wall and processor, and the most kilobytes that one of its processes held."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)


def run(command: list[str], folder: Path) -> tuple[float, float, int]:
    """Run a command in a folder; return seconds of wall and processor, and kilobytes of resident memory."""
    log = folder / "log.txt"
    with log.open("wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text(errors='replace')[-2000:]}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss


def engines(case: Case, folder: Path, peers: str | None) -> dict[str, tuple[list[str], Path]]:
    """Return the commands of a case by engine, with the file that each writes."""
    kg = [str(Path(sys.executable).with_name("kg")), "map", str(folder / case.mapping)]
    found = {
        "kg, plain": ([*kg, "-o", "kg.nt"], folder / "kg.nt"),
        "kg, zstd": ([*kg, "-o", "kg.nt.zst"], folder / "kg.nt.zst"),
    }
    if case.hand:
        for name, suffix in (("SQL by hand, plain", ""), ("SQL by hand, zstd", ".zst")):
            target = folder / f"hand.nt{suffix}"
            found[name] = ([sys.executable, "-c", _HAND, str(folder), str(target), _ROOT], target)
    if peers and case.peers:
        (folder / "morph.ini").write_text(
            f"[CONFIGURATION]\noutput_file: morph.nt\nnumber_of_processes: 2\nlogging_level: ERROR\n[D]\nmappings: {case.mapping}\n"
        )
        if case.hand:
            script = Path(__file__).with_name("peer_maplib.py")
            found["maplib"] = ([peers, str(script), str(folder), "maplib.nt"], folder / "maplib.nt")
        found["Morph-KGC, 2 processes"] = ([peers, "-m", "morph_kgc", "morph.ini"], folder / "morph.nt")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help="which cases")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", help="a Python with morph-kgc and maplib")
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    if chosen.list:
        for name, case in CASES.items():
            print(f"{name:12} {case.about}")
        return
    print(
        f"| case | engine | wall s | CPU s | peak MB | wall / {_FIRST} | µs / triple |\n|---|---|--:|--:|--:|--:|--:|"
    )
    try:
        for name in chosen.cases or CASES:
            measure(name, chosen.rows, chosen.runs, chosen.peers)
    finally:
        SERVERS.stop()


def measure(name: str, rows: int, runs: int, peers: str | None) -> None:
    """Run a case with every engine in turn and print its rows."""
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as path:
        folder = Path(path)
        try:
            case.make(folder, rows)
        except NotHereError as error:
            print(f"{name} is left out: {error}")
            return
        commands = engines(case, folder, peers)
        found: dict[str, Runs] = {engine: Runs() for engine in commands}
        sets: dict[str, str] = {}
        triples = 0
        for turn in range(runs):
            for engine, (command, target) in commands.items():
                wall, cpu, peak = run(command, folder)
                for values, value in ((found[engine].wall, wall), (found[engine].cpu, cpu)):
                    values.append(value)
                found[engine].peak.append(peak)
                if turn == 0 and case.compared and engine != "maplib":
                    sets[engine] = digest(target)
                if engine == _FIRST:
                    with target.open("rb") as lines:
                        triples = sum(1 for _ in lines)
                target.unlink()
        first = statistics.median(found[_FIRST].wall)
        for engine, each in found.items():
            wall, cpu = statistics.median(each.wall), statistics.median(each.cpu)
            print(
                f"| {name} | {engine} | {wall:.2f} | {cpu:.2f} | {max(each.peak) // 1024} | {wall / first:.2f} | {wall / triples * 1e6:.2f} |",
                flush=True,
            )
        if len(set(sets.values())) > 1:
            print(f"the sets of triples of {name} differ: {sets}")


def digest(target: Path) -> str:
    """Return the number and the checksum of the distinct lines of a file, whatever their order."""
    read = ["zstd", "-dc", str(target)] if target.suffix == ".zst" else ["cat", str(target)]
    with subprocess.Popen(read, stdout=subprocess.PIPE) as source:
        lines = subprocess.run(  # noqa: S602 - no input in it
            "LC_ALL=C sed 's/[[:space:]]*$//' | LC_ALL=C sort -u | tee >(wc -l >&2) | sha256sum",
            shell=True,
            executable="/bin/bash",
            stdin=source.stdout,
            capture_output=True,
            text=True,
            check=True,
        )
    return f"{lines.stderr.strip()} lines, {lines.stdout.split()[0][:12]}"


if __name__ == "__main__":
    main()
