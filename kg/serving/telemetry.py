"""What a server tells of itself: numbers for Prometheus, and a line of JSON for each request."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from time import time
from typing import Any

from kg.serving.messages import Request

_LONGEST = 2000
# So long may the other fronts not know what one has counted, in seconds. To write it takes as long as ten answers, which whoever asks just then waits for.
_DELAY = 1.0
_BOUNDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
# What is counted, and of what: a name, then the values of its labels.
Numbers = Counter[tuple[str | int, ...]]


class Telemetry:
    """Counts and logs the requests of one front; `exposition` shows those of all fronts together.

    Each front counts for itself, and writes now and then what it has counted into a file of its own, which stays when the front is lost. `later` calls something
    after so many seconds; without it, that is written when `flush` is called, and before it is shown.
    """

    def __init__(
        self, folder: Path, log: str, later: Callable[[float, Callable[[], None]], object] = lambda *_: None
    ) -> None:
        self._folder = folder / "metrics"
        self._folder.mkdir(exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._folder, suffix=".json")
        os.close(file)
        self._path = Path(name)
        self._numbers: Numbers = Counter()
        self._later, self._waiting = later, False
        self._log = (
            None
            if not log
            else sys.stderr.fileno()
            if log == "-"
            else os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        )

    def event(self, name: str) -> None:
        """Count something that happened."""
        self._numbers["event", name] += 1
        self._soon()

    def request(self, request: Request, status: int, size: int, seconds: float) -> None:
        """Count and log a request; status 0 is one whose client went away."""
        kind = str(request.notes.get("kind", "refused"))
        numbers = self._numbers
        numbers["request", kind, status] += 1
        numbers["within", kind, bisect_left(_BOUNDS, seconds)] += 1
        numbers["seconds", kind] += seconds  # type: ignore[assignment]
        numbers["bytes",] += size
        self._soon()
        if self._log is not None:
            self._write(request, status, size, seconds)

    def _soon(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._later(_DELAY, self.flush)

    def flush(self) -> None:
        """Let the other fronts know what was counted."""
        self._waiting = False
        new = self._path.with_suffix(".new")
        # Whoever reads it reads all of it. Where there is no room for it, requests are still answered, and counted here.
        with contextlib.suppress(OSError):
            new.write_text(json.dumps([[*each] for each in self._numbers.items()]), encoding="ascii")
            new.replace(self._path)

    def _write(self, request: Request, status: int, size: int, seconds: float) -> None:
        line = {
            "time": datetime.fromtimestamp(time(), UTC).isoformat(timespec="milliseconds"),
            "client": request.client,
            "method": request.method,
            "path": request.path[:_LONGEST],
            "status": status,
            "bytes": size,
            "seconds": round(seconds, 6),
            **{name: value[:_LONGEST] if isinstance(value, str) else value for name, value in request.notes.items()},
        }
        # One write, so that lines of several fronts do not mix. JSON escapes what would end a line.
        if self._log is not None:
            os.write(self._log, json.dumps(line).encode() + b"\n")

    def exposition(self) -> bytes:
        """Return the numbers of all fronts in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest

        numbers = self._numbers.copy()
        for path in self._folder.glob("*.json"):
            # One that has counted nothing yet has written nothing.
            for key, number in json.loads((path != self._path and path.read_text("ascii")) or "[]"):
                numbers[tuple(key)] += number
        registry = CollectorRegistry()
        registry.register(_Collector(numbers))
        text: bytes = generate_latest(registry)
        return text


class _Collector:
    """Gives the numbers to the library as it asks for them."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def _of(self, name: str) -> list[tuple[tuple[str, ...], float]]:
        found = [(tuple(map(str, key[1:])), number) for key, number in self._numbers.items() if key[0] == name]
        return sorted(found)

    def collect(self) -> Iterator[Any]:
        """Yield each number with its labels."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        requests = CounterMetricFamily("kg_requests", "Requests that were answered.", labels=["kind", "status"])
        for labels, number in self._of("request"):
            requests.add_metric(labels, number)
        yield requests
        seconds = HistogramMetricFamily(
            "kg_request_seconds", "Seconds from a whole request to the end of its answer.", labels=["kind"]
        )
        for (kind,), total in self._of("seconds"):
            within = accumulate(self._numbers["within", kind, place] for place in range(len(_BOUNDS) + 1))
            names = [*map(str, _BOUNDS), "+Inf"]
            seconds.add_metric([kind], list(zip(names, map(float, within), strict=True)), total)
        yield seconds
        yield CounterMetricFamily("kg_response_bytes", "Bytes of the bodies of answers.", self._numbers["bytes",])
        events = CounterMetricFamily(
            "kg_events", "What happened beside requests: workers, states, the cache.", labels=["event"]
        )
        for labels, number in self._of("event"):
            events.add_metric(labels, number)
        yield events
