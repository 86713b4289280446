"""A wheel holds all that is needed, and works in an empty folder without the checkout."""

from __future__ import annotations

import configparser
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.shared import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # The first command of the README writes a release to `build`, which the making of a package has to leave free.
    free = not (ROOT / "build").exists()
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not free or not (ROOT / "build").exists()
    (found,) = folder.glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_every_file(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for kind, patterns in {
        "ontology": ("*.ttl", "*.csv", "*.jsonld"),
        "shapes": ("*.ttl",),
        "seeds": ("*.txt", "*.json"),
    }.items():
        wanted = {
            f"kg/{kind}/{path.relative_to(ROOT / kind)}"
            for pattern in patterns
            for path in (ROOT / kind).rglob(pattern)
        }
        assert wanted
        assert wanted <= held
    code = {
        str(path.relative_to(ROOT))
        for pattern in ("*.py", "*.sql", "*.rq", "py.typed")
        for path in (ROOT / "kg").rglob(pattern)
    }
    assert code
    assert code <= held
    assert not [name for name in held if name.startswith(("tests/", "docs/"))]


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder_with_no_more_than_it_asks_for(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True, system_site_packages=False)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    where = "import kg, kg.resources as r; print(kg.__file__); print(r.resource('seeds'))"
    lines = subprocess.run(
        [python, "-c", where], cwd=empty, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert all(line.startswith(str(environment)) for line in lines), lines
    for command in (
        ["build", lines[1], "-o", "out"],
        ["map", f"{lines[1]}/records/mapping.ttl", "-o", "records.nt"],
        ["query", "out", "--named", "energy-and-emissions"],
        ["validate", "out", "--fail-on", "violation"],
        ["export", "out", "-o", "graph.ttl"],
        ["export", "out", "-o", "graph.graphml"],
        ["export", "out", "-o", "csv", "--format", "csv"],
        ["export", "out", "-o", "graph.parquet"],
        ["graph", "out", "communities", "-o", "picture.svg"],
        ["diff", "out", "out"],
        ["publish", "out", "-o", "site"],
    ):
        done = subprocess.run(
            [environment / "bin" / "kg", *command], cwd=empty, capture_output=True, text=True, check=False
        )
        # The seeds have two findings that are violations.
        assert done.returncode == (1 if command[0] == "validate" else 0), f"{command} {done.stderr}"
    assert (empty / "out" / "graph.nq.zst").stat().st_size > 10_000


def test_every_package_is_listed() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(setup["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "kg").rglob("__init__.py")}
    assert len(found) > 10
    assert found | {"kg.ontology", "kg.shapes", "kg.seeds"} == listed


def test_help_does_not_wait_for_libraries() -> None:
    """`kg --help` imports click and nothing heavy; tests/bench/startup.py prints the times."""
    code = "import sys; sys.argv = ['kg', '--help']\ntry:\n  from kg.cli import main; main()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "click" in loaded
    assert not loaded & {
        "duckdb",
        "ibis",
        "rdflib",
        "pyoxigraph",
        "pyshacl",
        "networkx",
        "rich",
        "numpy",
        "pandas",
        "pyarrow",
    }
