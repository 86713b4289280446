"""Programs of npm that tests run, as a lock file beside the tests says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def installed(lock: Path, folder: Path) -> Path:
    """Install what the lock file in `lock` says into `folder`; return its node_modules. The test is skipped where npm or the network is missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, folder)
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=600)
    if done.returncode != 0 and b"network" in done.stderr:
        pytest.skip("npm has no network")
    assert done.returncode == 0, done.stderr.decode()
    return folder / "node_modules"
