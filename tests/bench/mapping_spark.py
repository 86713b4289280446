"""Time against rows, on DuckDB and on Spark, both on this machine: where they cross, if they do.

`python -m tests.bench.mapping_spark [ROWS...]` runs the case `models` of the mapping benchmark for each number of rows, start included, and prints a table. The table is
split into files of 250,000 rows, since Spark reads a file of CSV in one task.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path

from tests.bench.mapping import run
from tests.bench.mapping_cases import CASES

_PART = 250_000


def split(folder: Path) -> None:
    """Put the rows of models.csv into files of a folder, and let the mapping read that."""
    source = folder / "models.csv"
    parts = folder / "models"
    parts.mkdir()
    with source.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        number = 0
        while some := list(islice(rows, _PART)):
            with (parts / f"part-{number:04}.csv").open("w", encoding="utf-8", newline="") as part:
                writer = csv.writer(part)
                writer.writerow(header)
                writer.writerows(some)
            number += 1
    source.unlink()
    mapping = folder / "mapping.rml.ttl"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace('"models.csv"', '"models"'), encoding="utf-8")


def main(sizes: list[int]) -> None:
    """Measure and print."""
    kg = str(Path(sys.executable).with_name("kg"))
    print("| rows | triples | DuckDB, s | Spark, s | Spark / DuckDB |\n|--:|--:|--:|--:|--:|")
    for rows in sizes:
        with tempfile.TemporaryDirectory(prefix="kg-bench-") as path:
            folder = Path(path)
            CASES["models"].make(folder, rows)
            split(folder)
            command = [kg, "map", "mapping.rml.ttl", "-o"]
            duckdb, _, _ = run([*command, "duckdb.nt.zst"], folder)
            spark, _, _ = run([*command, "spark.nt.zst", "--engine", "spark", "--memory", "4GB"], folder)
            shutil.rmtree(folder / "spark.nt.zst")
            print(
                f"| {rows:,} | {rows * 10 + 6000:,} | {duckdb:.1f} | {spark:.1f} | {spark / duckdb:.1f} |", flush=True
            )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1_000, 10_000, 100_000, 1_000_000])
