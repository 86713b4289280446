"""Progress on a terminal; silence in a pipe."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

import click


class Talk:
    """Shows on standard error which step runs and how far it is: a bar on a terminal, elsewhere lines, if `always`, or nothing."""

    def __init__(self, *, always: bool = False) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._always = always
        self._told = ""

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
        elif self._always:
            # In tenths: a log is no terminal.
            line = f"{step}: {10 * (10 * done // total)} %" if total else step
            if line != self._told:
                self._told = line
                click.echo(line, err=True)
