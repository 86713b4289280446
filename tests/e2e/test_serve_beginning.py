"""Servers that cannot begin say so in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import kg_serve
from tests.shared import ROOT


def refused(*arguments: str | Path) -> tuple[int, str]:
    """Run `kg serve` where it cannot begin; return its status and what it says."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", *map(str, arguments), "--port", "0"]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False, timeout=60
    )
    assert done.stdout == b""
    return done.returncode, done.stderr.decode()


def test_a_store_has_one_server_that_writes(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with kg_serve(store, "--writable", "--open") as server:
        status, said = refused(store, "--writable", "--open")
        assert (status, said.count("\n")) == (3, 1)
        assert said.startswith(f"kg: {store}: another process has this store open for writing")
        assert said.endswith("[KG615]\n")
        assert server.change("INSERT DATA { <urn:a> <urn:b> <urn:c> }").status == 204
        assert server.select("ASK { <urn:a> ?p ?o }").status == 200


def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with kg_serve(store, "--writable", "--open"):
        pass
    (store / "LOCK").unlink()
    (store / "LOCK").mkdir()
    status, said = refused(store, "--writable", "--open")
    assert (status, said.count("\n")) == (3, 1)
    assert said.startswith(f"kg: {store}: the store cannot be opened for writing: ")
    assert said.endswith("[KG616]\n")


@pytest.mark.parametrize("memory", ["1KB", "1", "255MB"])
def test_memory_in_which_nothing_can_be_done(tmp_path: Path, memory: str) -> None:
    (tmp_path / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    status, said = refused(tmp_path / "a.nt", "--memory", memory)
    assert status == 2
    assert f"--memory {memory} is too little" in said
    assert "256MB" in said


def test_the_least_memory_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    with kg_serve(tmp_path / "a.nt", "--memory", "256MB") as server:
        grouped = server.select("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY ?n")
        assert (grouped.status, len(json.loads(grouped.body)["results"]["bindings"])) == (200, 1)
        assert server.ask("/query", headers={"Accept": "text/html"}).status == 200
