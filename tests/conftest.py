"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

# After so many tests all garbage is looked for, and not only what is new.
_OFTEN = 200
_finished = 0

# Results of Oxigraph may only be dropped in the thread that made them. A test that expects an error holds them in a cycle, which a collection in a thread of another test
# would come upon: here there is none but between tests.
gc.disable()


def pytest_runtest_logfinish() -> None:
    """Clear away what a test has left."""
    global _finished  # noqa: PLW0603 - pytest calls a function
    _finished += 1
    gc.collect(1 if _finished % _OFTEN else 2)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled plans in a folder of the tests' own, for the processes that they start, too."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before
