"""Settings of the property tests here: those of tests/property."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, settings

from tests.session import session

settings.register_profile(
    "functions", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("functions")


@pytest.fixture(scope="package")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a session with the term functions."""
    with session() as opened:
        yield opened
