"""`kg export` as tables and networks: what the tools for them read of a release, the same bytes each time, and folders replaced whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import networkx as nx
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from csvw import CSVW

from tests.e2e.conftest import kg
from tests.shared import ROOT

FOLDERS = ("parquet", "csv", "neo4j", "croissant")
FILES = ("graph.parquet", "graph.gexf", "graph.graphml")


def done(*arguments: str | Path) -> bytes:
    finished = kg(*arguments)
    assert finished.returncode == 0, finished.stderr.decode()
    assert finished.stderr == b""
    return finished.stdout


@pytest.fixture(scope="module")
def exports(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every export of the release."""
    folder = tmp_path_factory.mktemp("exports")
    for format_ in FOLDERS:
        assert done("export", release, "-o", folder / format_, "--format", format_) == b""
    for name in (*FILES, "graph.duckdb"):
        assert done("export", release, "-o", folder / name) == b""
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_second_run_gives_the_same_bytes_but_for_duckdb(release: Path, exports: Path, tmp_path: Path) -> None:
    for format_ in FOLDERS:
        done("export", release, "-o", tmp_path / format_, "--format", format_)
    for name in FILES:
        done("export", release, "-o", tmp_path / name)
    before = digests(exports)
    before.pop("graph.duckdb")
    assert len(before) > 100
    assert digests(tmp_path) == before


def test_pandas_and_polars_read_a_table_with_its_types(exports: Path) -> None:
    path = exports / "parquet" / "Model.parquet"
    models = pd.read_parquet(path).set_index("id")
    assert len(models) == 5
    assert models["parameterCount"].dtype.kind in "if"
    assert pq.read_schema(path).field("parameterCount").type == "int64"
    assert isinstance(models["hasComponent"].dropna().iloc[0][0], str)
    assert pl.read_parquet(path).height == 5


def test_the_quads_file_counts_what_the_release_counts(release: Path, exports: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert pq.read_metadata(exports / "graph.parquet").num_rows == manifest["quads"]


def test_duckdb_opens_the_file_in_another_process(release: Path, exports: Path) -> None:
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True); print(con.execute('SELECT count(*), max(parameterCount) FROM Model').fetchone(), con.execute('SELECT count(*) FROM statements').fetchone())"
    printed = subprocess.run(
        [sys.executable, "-c", code, str(exports / "graph.duckdb")], capture_output=True, text=True, check=True
    ).stdout
    quads = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["quads"]
    assert printed.startswith("(5, ")
    assert printed.endswith(f"({quads},)\n")


def test_csv_on_the_web_is_valid(exports: Path) -> None:
    read = CSVW(str(exports / "csv" / "csv-metadata.json"), validate=True)
    assert read.is_valid
    assert len(read.tables) > 20


def test_both_networks_have_the_same_nodes_and_links(exports: Path) -> None:
    one, two = nx.read_graphml(exports / "graph.graphml"), nx.read_gexf(exports / "graph.gexf")
    assert len(one) > 500
    assert set(one) == set(two)
    assert set(one.edges) == set(two.edges)


@pytest.mark.parametrize("format_", FOLDERS)
def test_a_folder_is_replaced_whole_if_it_is_such_an_export_and_refused_if_not(
    release: Path, exports: Path, tmp_path: Path, format_: str
) -> None:
    shutil.copytree(exports / format_, tmp_path / "out")
    (tmp_path / "out" / "left.csv").touch()
    done("export", release, "-o", tmp_path / "out", "--format", format_)
    assert digests(tmp_path / "out") == digests(exports / format_)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("mine")
    refused = kg("export", release, "-o", tmp_path / "foreign", "--format", format_)
    assert refused.returncode == 3
    assert b"KG402" in refused.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"out", "foreign"}
    assert digests(tmp_path / "foreign").keys() == {"thesis.txt"}


def test_a_folder_does_not_go_to_standard_output(release: Path) -> None:
    refused = kg("export", release, "--format", "csv")
    assert (refused.returncode, refused.stdout) == (3, b"")
    assert b"csv is a folder of files; name the folder with -o [KG530]" in refused.stderr


def test_a_network_goes_to_standard_output(release: Path, exports: Path) -> None:
    assert done("export", release, "-o", "-", "--format", "graphml") == (exports / "graph.graphml").read_bytes()


def test_class_names_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    classes = (
        "https://x.example/../../evil",
        "https://x.example/a/EVIL",
        "https://x.example/con",
        "urn:x:" + "y" * 300,
    )
    (tmp_path / "in.nt").write_text(
        "".join(
            f"<https://x.example/{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{c}> .\n"
            for n, c in enumerate(classes)
        )
    )
    for format_ in FOLDERS:
        done("export", tmp_path / "in.nt", "-o", tmp_path / "out" / format_, "--format", format_)
        names = [path.name for path in (tmp_path / "out" / format_).rglob("*.*")]
        assert sum("evil" in name.casefold() for name in names) == 2
        assert len({name.casefold() for name in names}) == len(names)
    assert {path.name for path in tmp_path.iterdir()} == {"in.nt", "out"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FOLDERS)


@pytest.mark.slow
def test_mlcroissant_validates_the_description_and_loads_the_records(exports: Path, tmp_path: Path) -> None:
    """The library brings fifteen others, so it has an environment of its own."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "mlcroissant>=1.1,<2", "pyarrow"]
    installed = subprocess.run(install, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"mlcroissant cannot be installed: {installed.stderr.splitlines()[-1]}")
    code = """
import sys
import mlcroissant
dataset = mlcroissant.Dataset(sys.argv[1])
for records in dataset.metadata.record_sets:
    print(records.name, sum(1 for _ in dataset.records(record_set=records.uuid)))
"""
    path = exports / "croissant" / "croissant.json"
    read = subprocess.run([python, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    counts = dict(line.split() for line in read.stdout.splitlines())
    tables = json.loads((exports / "parquet" / "tables.json").read_text(encoding="utf-8"))["tables"]
    assert {table["file"].removesuffix(".parquet"): str(table["rows"]) for table in tables} == {
        name: count for name, count in counts.items() if name != "quads"
    }


@pytest.mark.slow
def test_neo4j_imports_the_files_and_answers_with_what_the_graph_says(
    release: Path, exports: Path, tmp_path: Path
) -> None:
    library = _neo4j(tmp_path)
    (tmp_path / "bin").mkdir()
    admin = tmp_path / "bin" / "neo4j-admin"
    admin.write_text(f'#!/bin/sh\nexec java -cp "{library}/*" org.neo4j.cli.AdminTool "$@"\n')
    admin.chmod(0o755)
    home = tmp_path / "home"
    (home / "conf").mkdir(parents=True)
    environment = os.environ | {
        "PATH": f"{admin.parent}{os.pathsep}{os.environ['PATH']}",
        "NEO4J_HOME": str(home),
        "NEO4J_CONF": str(home / "conf"),
    }
    script = exports / "neo4j" / "import.sh"
    imported = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, check=False)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    graph = nx.read_graphml(exports / "graph.graphml")
    assert f"{len(graph)} nodes" in imported.stdout
    queries = [
        "MATCH (n) RETURN count(n) AS answer",
        "MATCH (m:Model) RETURN coalesce(m.label, 'None') + ' ' + coalesce(m.parameterCount, 0) AS answer ORDER BY answer",
        "MATCH (:Model)-[:hasComponent]->(c:ModelComponent) RETURN count(DISTINCT c) AS answer",
    ]
    ask = ["java", "-cp", f"{library}/*", str(ROOT / "tests" / "e2e" / "neo4j" / "Ask.java"), str(home), *queries]
    answered = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert answered.returncode == 0, answered.stderr
    answers = [line.removeprefix("row ") for line in answered.stdout.splitlines() if line.startswith("row ")]
    models = pq.read_table(exports / "parquet" / "Model.parquet").to_pylist()
    components = {each for model in models for each in model["hasComponent"] or ()}
    assert answers == [
        str(len(graph)),
        *sorted(f"{model['label']} {model['parameterCount'] or 0}" for model in models),
        str(len(components)),
    ]


def _neo4j(folder: Path) -> Path:
    """Return a folder with the jars of Neo4j; the test is skipped where Java, Maven or the network is missing."""
    if not (shutil.which("mvn") and shutil.which("java")):
        pytest.skip("Maven or Java is not installed")
    shutil.copy(ROOT / "tests" / "e2e" / "neo4j" / "pom.xml", folder)
    library = folder / "lib"
    copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={library}"]
    copied = subprocess.run(copy, cwd=folder, capture_output=True, text=True, check=False)
    if copied.returncode != 0:
        pytest.skip(f"Maven cannot have Neo4j: {copied.stdout[-300:]}")
    return library
