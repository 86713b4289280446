"""What the processes of a server know of each other."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from kg.serving.settings import Hold, Version, is_held
from tests.shared import ROOT

_HOLDS = """
import sys
from pathlib import Path
from kg.serving.settings import Hold, Version
hold = Hold(Path(sys.argv[1]) / "1")
version = Version(Path(sys.argv[1]))
for line in sys.stdin:
    print(version.number, flush=True)
"""


def child(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HOLDS, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def number(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1").mkdir()
    Version(tmp_path, create=True)
    return tmp_path


def test_a_folder_is_held_as_long_as_anybody_holds_it(folder: Path) -> None:
    state = folder / "1"
    assert not is_held(state)
    first, second = Hold(state), Hold(state)
    del first
    gc.collect()
    assert is_held(state)
    del second
    gc.collect()
    assert not is_held(state)
    with pytest.raises(FileNotFoundError):
        Hold(folder / "2")


def test_processes_see_a_version_and_holds(folder: Path) -> None:
    version = Version(folder)
    with child(folder) as one, child(folder) as other:
        assert (number(one), number(other)) == (0, 0)
        assert is_held(folder / "1")
        version.number = 7
        assert (number(one), number(other)) == (7, 7)
        version.number += 1 << 40
        assert number(one) == 7 + (1 << 40)
        one.kill()
        one.wait()
        assert is_held(folder / "1"), "another process holds it"
        other.kill()
        other.wait()
        assert not is_held(folder / "1"), "a killed process holds nothing"


def test_a_version_begins_at_zero(folder: Path) -> None:
    Version(folder).number = 3
    assert Version(folder).number == 3
    assert Version(folder, create=True).number == 0
