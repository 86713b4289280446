"""What all tests of the server share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _garbage_stays_with_its_thread() -> Iterator[None]:
    """Keep threads of a test from clearing away what tests before it left behind: results of Oxigraph may only be dropped by the thread that made them."""
    gc.freeze()
    yield
    gc.unfreeze()
