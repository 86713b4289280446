"""Measures `kg export` beside other tools: a table of processor seconds, wall seconds, peak memory and size.

    python -m tests.bench.export RELEASE [FORMAT...]

RELEASE is one of `kg build`, or any folder with a graph.nq.zst (canonical, sorted) and a manifest.json. The others read the same quads as plain lines, which
spares them the unpacking: pyoxigraph from parser to writer, which neither sorts nor chooses prefixes, and, where Debian's raptor2-utils and serdi are installed, rapper and serdi. rapper
holds the whole graph for formats other than N-Triples: it runs for that one only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.shared import ROOT

FORMATS = {"nq": "N_QUADS", "nt": "N_TRIPLES", "ttl": "TURTLE", "trig": "TRIG", "rdf": "RDF_XML", "jsonld": "JSON_LD"}
_CONVERT = """
import sys, pyoxigraph as ox
source, target, format_ = sys.argv[1:]
quads = ox.parse(path=source, format=ox.RdfFormat.N_QUADS)
kept = format_ in ("N_QUADS", "TRIG", "JSON_LD")
ox.serialize(quads if kept else (quad.triple for quad in quads), target, getattr(ox.RdfFormat, format_))
"""


def measured(command: list[str], output: Path | None = None) -> tuple[float, float, float]:
    """Run a command, its output to a file if one is given; return its processor seconds, wall seconds and peak memory in MB."""
    start = time.perf_counter()
    with (output or Path(os.devnull)).open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, env=os.environ | {"PYTHONPATH": str(ROOT)})
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024


def tools(release: Path, lines: Path, output: Path, format_: str) -> dict[str, tuple[list[str], Path | None]]:
    """Return the command of each tool, and the file for its standard output if it writes there."""
    python = [sys.executable, "-c"]
    found: dict[str, tuple[list[str], Path | None]] = {
        "kg": ([*python, "from kg.cli import main; main()", "export", str(release), "-o", str(output)], None),
        "pyoxigraph": ([*python, _CONVERT, str(lines), str(output), FORMATS[format_]], None),
    }
    if format_ == "nt" and shutil.which("rapper"):
        found["rapper"] = (["rapper", "-q", "-i", "nquads", "-o", "ntriples", str(lines)], output)
    if format_ in ("nt", "ttl", "nq", "trig") and shutil.which("serdi"):
        syntax = {"nt": "ntriples", "ttl": "turtle", "nq": "nquads", "trig": "trig"}[format_]
        found["serdi"] = (["serdi", "-i", "nquads", "-o", syntax, str(lines)], output)
    return found


def main(release: Path, formats: list[str]) -> None:
    """Print the table."""
    import zstandard

    print(f"{'format':8}{'tool':12}{'cpu s':>8}{'wall s':>8}{'MB':>8}{'size MB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines.nq"
        with (release / "graph.nq.zst").open("rb") as packed, lines.open("wb") as plain:
            zstandard.ZstdDecompressor().copy_stream(packed, plain)
        for format_ in formats or FORMATS:
            output = Path(folder) / f"out.{format_}"
            for tool, (command, to) in tools(release, lines, output, format_).items():
                cpu, wall, memory = measured(command, to)
                size = output.stat().st_size / 1e6
                print(f"{format_:8}{tool:12}{cpu:8.1f}{wall:8.1f}{memory:8.0f}{size:10.1f}", flush=True)
                output.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
