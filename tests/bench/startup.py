"""How long `kg --help` and `kg build seeds` take, beside what importing their libraries takes: `python -m tests.bench.startup [RUNS]`.

The two commands of a row run in turn, so that a machine whose speed drifts slows both; the ratio is the median of the pairs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.shared import ROOT

MAIN = [sys.executable, "-c", "from kg.cli import main; main()"]


def seconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return perf_counter() - start


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            ("kg --help", [*MAIN, "--help"], "import click", 2),
            (
                "kg build seeds",
                [*MAIN, "build", "seeds", "-q", "-o", str(Path(folder) / "out")],
                "import duckdb, rdflib, pyoxigraph, pyshacl",
                # Three beside imports that had Ibis among them; it is gone, and was two fifths of their time.
                5,
            ),
        ]
        print(f"{'command':<16} {'median s':>9}   {'beside':<50} {'median s':>9} {'ratio':>6} {'limit':>6}")
        for name, command, imports, limit in rows:
            beside = [sys.executable, "-c", imports]
            seconds(command), seconds(beside)
            pairs = [(seconds(command), seconds(beside)) for _ in range(runs)]
            ours, theirs = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
            ratio = statistics.median(one / other for one, other in pairs)
            print(f"{name:<16} {ours:>9.3f}   {imports:<50} {theirs:>9.3f} {ratio:>6.2f} {limit:>6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
