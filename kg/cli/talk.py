"""Progress on a terminal; silence in a pipe."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self


class Talk:
    """Shows on standard error which step runs and how far it is, if that is a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

            self._bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("start", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def progress(self, step: str, done: int, total: int) -> None:
        """Show a step; `total` is 0 where it is not known."""
        if self._bar is not None:
            self._bar.update(self._task, description=step, completed=done, total=total or None)
