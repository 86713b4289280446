"""How long a push takes beside the store's own upload of one file by curl: `python -m tests.bench.push FILE.nt [STORE...]`.

Each store starts empty for each row. The file has to be N-Triples; curl sends it with PUT, which is the bulk upload that the stores document for the Graph Store Protocol.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.shared import ROOT
from tests.stores import store

GRAPH = "https://g.example/bench"
_ROWS = {
    "curl, PUT of one file": None,
    "kg push": [],
    "kg push --verify none": ["--verify", "none"],
    "kg push --staged --verify none": ["--staged", "--verify", "none"],
}


def main(file: Path, kinds: list[str]) -> None:
    """Print a table."""
    for kind in kinds:
        alone = 0.0
        for row, options in _ROWS.items():
            with (
                tempfile.TemporaryDirectory(prefix="kg-bench-") as folder,
                store(kind, Path(folder) / "store") as running,
            ):
                before = time.monotonic()
                if options is None:
                    address = f"{running.url}{running.services[1]}?graph={GRAPH}"
                    command = [
                        "curl",
                        "-sf",
                        "-o",
                        "/dev/null",
                        "-X",
                        "PUT",
                        "-H",
                        "Content-Type: application/n-triples",
                        "-T",
                        str(file),
                        address,
                    ]
                else:
                    command = [sys.executable, "-c", "from kg.cli import main; main()", "push", str(file), running.url]
                    command += ["--graph", GRAPH, "--journal", str(Path(folder) / "journal"), *options]
                environment = os.environ | {"PYTHONPATH": str(ROOT)} | running.environment
                process = subprocess.Popen(command, env=environment)
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                seconds = time.monotonic() - before
                alone = alone or seconds
                count = running.count(GRAPH)
                print(
                    f"{kind:9} {row:32} {seconds:7.1f} s {seconds / alone:5.2f} {used.ru_maxrss / 1024:6,.0f} MB {count:,} triples",
                    flush=True,
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:] or ["oxigraph", "fuseki"])
