"""What a connection may cost, and how often one client may ask."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

_KNOWN = 10_000
_BURST = 5.0  # seconds' worth of requests


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a connection may cost: sizes in bytes, times in seconds."""

    target: int = 1 << 16
    headers: int = 1 << 16
    header_count: int = 100
    body: int = 64 << 20
    header_time: float = 10.0
    body_time: float = 60.0
    idle_time: float = 60.0
    # A client that takes not a byte for so long is dropped.
    write_time: float = 20.0
    # At a time; half of them from one address, if it is not of this machine.
    connections: int = 1000


class Rate:
    """A bucket of tokens for each client: so many requests a second, with a burst."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._full = max(1.0, rate * _BURST)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take a token; return 0, or the seconds after which there is one."""
        if not self.rate:
            return 0.0
        now = monotonic()
        left, since = self._buckets.pop(client, (self._full, now))
        left = min(self._full, left + (now - since) * self.rate)
        short = left < 1.0
        self._buckets[client] = (left if short else left - 1.0, now)
        if len(self._buckets) > _KNOWN:
            self._buckets.popitem(last=False)
        return (1.0 - left) / self.rate if short else 0.0
