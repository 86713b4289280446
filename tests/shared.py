"""Where the shared corpora and suites are; tests that need them skip, and say so, where they are missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_path(*parts: str) -> Path:
    """Return a path in `$KG_SHARED` (or `../shared` beside the project); skip the test or module where it does not exist."""
    folder = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(
            f"the shared corpora are not here ({'/'.join(parts)}); set KG_SHARED to their folder",
            allow_module_level=True,
        )
    return path
