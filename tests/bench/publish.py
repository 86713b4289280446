"""How long `kg publish` takes, and how much memory: a first run, the same again, and a run after a change.

`python -m tests.bench.publish [--rows N] [--jobs N] [--files N] [--folder DIR]` prints a table: seconds of the clock and of the processor (all processes), milliseconds of the processor for each
document, the greatest memory (all processes, pages that they share once), and how many files were written. The graph holds the models of the mapping benchmark, 10 triples a row; datasets, organizations
and accelerators have documents, too, some 100,000 in all for the 62,000 rows that it has by itself. Files are written below DIR, a temporary folder if it is not given: a file system in memory shows the work without the disk.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.serving import make_store
from tests.serving import processes, proportional


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: seconds of the clock and of the processor, bytes of memory, and what the command said."""

    clock: float
    processor: float
    memory: int
    documents: int
    files: int
    written: int


def publish(graph: Path, site: Path, jobs: int, most: int) -> Run:
    """Publish a graph and measure it."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "publish", str(graph), "-o", str(site)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command += ["--jobs", str(jobs), "--files", str(most), "--title", "models"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    highest, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            highest[0] = max(highest[0], sum(map(proportional, processes(process.pid))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, said = process.communicate()
    clock = time.perf_counter() - start
    done.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(said)
    documents, files, written = (
        int(number.replace(",", "")) for number in re.findall(r"([\d,]+) (?:documents|files|written)", said)
    )
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(clock, used, highest[0], documents, files, written)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=62_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--files", type=int, default=320_000)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-", dir=chosen.folder) as name:
        folder = Path(name)
        make_store(folder, chosen.rows)
        graph, site = folder / "data.nt", folder / "site"
        print("| run | documents | files | written | s | CPU s | CPU ms a document | MB |")
        print("|---|--:|--:|--:|--:|--:|--:|--:|")
        for about in ("first", "the same again", "one name changed"):
            if about == "one name changed":
                graph.write_text(graph.read_text("utf-8").replace('"Accel 0 SXM"', '"Accel Zero"'), "utf-8")
            run = publish(graph, site, chosen.jobs, chosen.files)
            each = run.processor / run.documents * 1e3
            print(
                f"| {about} | {run.documents:,} | {run.files:,} | {run.written:,} | {run.clock:.1f} | {run.processor:.1f} | {each:.2f} | {run.memory / 1e6:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
