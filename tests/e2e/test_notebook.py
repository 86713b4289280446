"""Runs the notebook of the tutorial in a kernel, as a reader does, and compares what it shows with what is stored in it.

`KG_DOCS=write` stores what the cells show, for a person to read and commit.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.shared import ROOT

NOTEBOOK = ROOT / "docs" / "tutorial" / "notebook.ipynb"


def stored() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def shown(cell: Any) -> list[dict[str, Any]]:
    """Return what the outputs of a cell show: printed text as one piece, and the data of each other output by media type."""
    printed = "".join(output["text"] for output in cell.outputs if output["output_type"] == "stream")
    data = [dict(output["data"]) for output in cell.outputs if output["output_type"] != "stream"]
    return [{"printed": printed}, *data] if printed else data


@pytest.fixture
def executed(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the notebook after a run in a folder that holds the release `build`."""
    (tmp_path / "build").symlink_to(release)
    binaries = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    notebook = stored()
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    return client.execute()


def test_the_notebook_shows_what_is_stored_in_it(executed: Any) -> None:
    cells = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert len(cells) >= 8
    assert sum(bool(shown(cell)) for cell in cells) >= 8
    if os.environ.get("KG_DOCS") == "write":
        for cell in cells:
            # When and by which process a cell was run says nothing to a reader.
            cell.metadata.clear()
        nbformat.write(executed, NOTEBOOK)  # type: ignore[no-untyped-call]
        return
    before = [cell for cell in stored().cells if cell.cell_type == "code"]
    for cell, expected in zip(cells, before, strict=True):
        assert shown(cell) == shown(expected), cell.source
