"""How fast `kg diff` is, and how much memory it takes, beside `sort` and `comm` on the same lines, which know nothing of RDF.

`python -m tests.bench.diff [--triples N] [--rounds N]` prints a table: seconds of the clock and of the processors, and the most memory. Both graphs are shuffled N-Triples; one
triple of a thousand is gone, and another one has another value. What both find is compared. The two take turns, so that what else the machine does spoils the ratio little.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Half of the memory that kg may take for each of two sorts, one after the other.
_SORT = "sort -S 350M {old} > {old}.sorted && sort -S 350M {new} > {new}.sorted && comm -3 {old}.sorted {new}.sorted | wc -l"
_KG = [sys.executable, "-c", "from kg.cli import main; main()"]


def main() -> None:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
        folder = Path(name)
        old, new = _graphs(folder, options.triples)
        programs = {
            "sort, comm": ["bash", "-c", _SORT.format(old=old, new=new)],
            "kg diff": [*_KG, "diff", str(old), str(new), "--format", "patch"],
        }
        runs: dict[str, list[tuple[float, float, int]]] = {program: [] for program in programs}
        for _ in range(options.rounds):
            found = set()
            for program, command in programs.items():
                lines, *figures = _run(command, folder)
                runs[program].append((figures[0], figures[1], int(figures[2])))
                found.add(lines)
            if len(found) != 1:
                raise SystemExit(f"they differ: {found}")
    print(f"{options.triples:,} triples a side, median of {options.rounds} rounds")
    print(f"{'':12}{'seconds':>10}{'processor':>11}{'MB':>7}")
    for program, figures_of in runs.items():
        seconds, processor, memory = (statistics.median(column) for column in zip(*figures_of, strict=True))
        print(f"{program:12}{seconds:>10.1f}{processor:>11.1f}{memory:>7.0f}")


def _graphs(folder: Path, triples: int) -> tuple[Path, Path]:
    chance = random.Random(0)
    numbers = list(range(triples))
    paths = folder / "old.nt", folder / "new.nt"
    for side, path in enumerate(paths):
        chance.shuffle(numbers)
        with path.open("w", encoding="utf-8") as stream:
            for number in numbers:
                if side and number % 1000 == 0:
                    continue
                value = f"new {number}" if side and number % 1000 == 1 else f"value number {number}"
                stream.write(
                    f'<https://data.example.org/thing/{number // 10}> <https://data.example.org/ns#property{number % 10}> "{value}" .\n'
                )
    return paths


def _run(command: list[str], folder: Path) -> tuple[int, float, float, int]:
    """Return the number of quads found, seconds, seconds of the processors, and megabytes."""
    with (folder / "output").open("wb") as output:
        start, before = time.monotonic(), _processor()
        process = subprocess.Popen(command, stdout=output, env=os.environ | {"LC_ALL": "C"})
        most = 0
        while process.poll() is None:
            most = max(most, _memory(process.pid))
            time.sleep(0.02)
        seconds, processor = time.monotonic() - start, _processor() - before
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    text = (folder / "output").read_text(encoding="utf-8")
    marks = sum(line[:2] in ("A ", "D ") for line in text.splitlines())
    return marks or int(text), seconds, processor, most >> 20


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(process: int) -> int:
    """Return the bytes that a process and its children hold."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        held = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
    return held + sum(_memory(int(child)) for child in children)


if __name__ == "__main__":
    main()
