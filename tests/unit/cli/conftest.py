"""Fixtures of the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.release import write_quads
from tests.facts import graph_of
from tests.session import session
from tests.unit.cli.running import Runner
from tests.unit.query.graph import PASSAGES


@pytest.fixture
def kg(capfd: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capfd)


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of N-Quads with the graph of hand-made facts."""
    with session() as con:
        graph_of(con, PASSAGES)
        return write_quads(con, tmp_path_factory.mktemp("graph"))
