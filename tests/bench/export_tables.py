"""What exports as tables and networks cost: `python -m tests.bench.export_tables GRAPH.nt [FORMAT...]`.

Each row is a process of its own, with its time and peak memory, the reading of the graph left out of the time. Beside ours stand what people would use: rdflib and
networkx for GraphML and GEXF, rdflib and pandas for CSV and Parquet. They hold the graph in Python objects, so they get the first 200,000 lines only, as does ours for the comparison.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

FEW = 200_000
FORMATS = ("graphml", "gexf", "quads.parquet", "parquet", "csv", "neo4j", "duckdb")

OURS = """
import duckdb, resource, sys, tempfile
from pathlib import Path
from time import perf_counter
from kg.export.tabular import write_file, write_folder
from kg.rdf.prefixes import prefixes
from kg.rdf.quads import columns_of, read_lines
from kg.rdf.terms import macros
lines, format_, out = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
    con.execute(macros())
    con.execute("SET enable_progress_bar = false; SET memory_limit = '2GB'")
    con.execute(f"SET temp_directory = '{folder}/spilled'")
    con.execute(f"ATTACH '{folder}/read' AS read; CREATE TABLE read.quads AS {columns_of(read_lines(Path(lines)))}")
    con.execute("CREATE VIEW quads AS FROM read.quads")
    names = prefixes("https://kg.example/id/")
    start = perf_counter()
    if format_ in ("parquet", "csv", "neo4j"):
        (Path(out) / "tables").mkdir()
        write_folder(con, Path(out) / "tables", format_, names, "https://kg.example/id/")
    else:
        with open(f"{out}/file", "wb") as stream:
            write_file(con, stream, Path(folder), format_.removeprefix("quads."), names)
    print(perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""

THEIRS = """
import resource, sys
from collections import defaultdict
from time import perf_counter
import networkx, pandas, rdflib
lines, format_, out = sys.argv[1:]
graph = rdflib.Graph().parse(lines, format="nt")
start = perf_counter()
if format_ in ("graphml", "gexf"):
    network = networkx.MultiDiGraph()
    for s, p, o in graph:
        if isinstance(o, rdflib.Literal):
            network.add_node(str(s), **{p.rsplit("#", 1)[-1]: str(o)})
        else:
            network.add_edge(str(s), str(o), property=str(p))
    getattr(networkx, f"write_{format_}")(network, f"{out}/file")
else:
    for class_ in set(graph.objects(None, rdflib.RDF.type)):
        rows = defaultdict(dict)
        for s in graph.subjects(rdflib.RDF.type, class_):
            for p, o in graph.predicate_objects(s):
                rows[str(s)][str(p)] = o.toPython() if format_ == "parquet" else str(o)
        table = pandas.DataFrame.from_dict(rows, orient="index").astype("string")
        name = f"{out}/{abs(hash(class_))}"
        table.to_parquet(name) if format_ == "parquet" else table.to_csv(name)
print(perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def measured(code: str, lines: Path, format_: str) -> tuple[float, float]:
    """Return the seconds, and the gigabytes at the peak."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, str(lines), format_, folder]
        seconds, memory = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
        return seconds, memory


def main(graph: Path, formats: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.nt"
        with graph.open(encoding="utf-8") as stream, few.open("w", encoding="utf-8") as target:
            target.writelines(itertools.islice(stream, FEW))
        print(
            f"{'format':<14} {graph.name:>10} s {'GB':>5}   {FEW:>8} lines s {'GB':>5}   {'others s':>8} {'GB':>5} {'times':>6}"
        )
        for format_ in formats:
            whole, part = measured(OURS, graph, format_), measured(OURS, few, format_)
            row = f"{format_:<14} {whole[0]:>12.1f} {whole[1]:>5.2f}   {part[0]:>16.2f} {part[1]:>5.2f}"
            if format_ in ("graphml", "gexf", "parquet", "csv"):
                theirs = measured(THEIRS, few, format_)
                row += f"   {theirs[0]:>8.2f} {theirs[1]:>5.2f} {theirs[0] / part[0]:>6.1f}"
            print(row, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or FORMATS)
