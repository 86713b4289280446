"""Running the command line, in this process and in one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pytest

from kg.cli import main
from tests.shared import ROOT


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@contextmanager
def _signals_kept() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Runner:
    """Runs `kg` with arguments in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *arguments: object) -> Done:
        self.capture.readouterr()
        with _signals_kept(), pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = self.capture.readouterr()
        assert isinstance(stopped.value.code, int)
        return Done(stopped.value.code, out, err)


def python(program: str, stdout: int | IO[bytes] = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    """Run a program of Python in a process of its own, with the checkout first on its path."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60
    )
