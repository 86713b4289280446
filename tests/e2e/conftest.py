"""What the end-to-end tests share: one release of the seeds, and a way to run the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.shared import ROOT

Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[bytes]"]


def kg(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run `kg` as a user does, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"} | dict(options.pop("env", {}))  # type: ignore[call-overload]
    command = [sys.executable, "-c", "from kg.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=300, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the five seeds."""
    folder = tmp_path_factory.mktemp("release") / "build"
    done = kg("build", ROOT / "seeds", "-o", folder)
    assert done.returncode == 0, done.stderr.decode()
    return folder
