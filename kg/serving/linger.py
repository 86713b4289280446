"""Stays awake for a moment where requests follow each other quickly: to fall asleep and to be woken again takes as long as a look-up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sized
from time import monotonic

# Who asks again within so many seconds is waited for awake; who asks seldom costs no time of a processor.
_MOMENT = 0.0002
# Of more clients than these, one or the other wakes the process soon enough.
_FEW = 2


class Linger:
    """Has a loop look for requests again and again, instead of waiting for them, for a moment after each answer to one of few quick clients.

    With one processor it never does, as the clients would wait for that.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        clients: Sized,
        clock: Callable[[], float] = monotonic,
        processors: int = os.cpu_count() or 1,
    ) -> None:
        self._loop, self._clients, self._clock, self._spare = loop, clients, clock, processors > 1
        self._answered = -_MOMENT
        self.awake = False

    def answered(self, came: float) -> None:
        """Note that a request was answered that came at a time."""
        soon = came - self._answered < _MOMENT
        self._answered = self._clock()
        if soon and self._spare and not self.awake and len(self._clients) <= _FEW:
            self.awake = True
            self._loop.call_soon(self._stay)

    def _stay(self) -> None:
        self.awake = self._clock() - self._answered < _MOMENT
        if self.awake:
            self._loop.call_soon(self._stay)
