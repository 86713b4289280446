"""What a server tells of itself: numbers for Prometheus, and a line of JSON for each request."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

from kg.serving.messages import Request

_LONGEST = 2000
# Requests are counted some at a time, at least so often in seconds: one by one takes longer.
_DELAY, _MOST = 0.1, 64


class Telemetry:
    """Counts and logs the requests of one front; `exposition` shows those of all fronts together.

    `later` calls something after so many seconds; without it, what is told is counted when `flush` is called, and before it is shown.
    """

    def __init__(
        self, folder: Path, log: str, later: Callable[[float, Callable[[], None]], object] = lambda *_: None
    ) -> None:
        metrics = folder / "metrics"
        metrics.mkdir(exist_ok=True)
        # The library looks for it when it is imported.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
        import prometheus_client as prometheus

        self._library: Any = prometheus
        self._requests = prometheus.Counter("kg_requests", "Requests that were answered.", ["kind", "status"])
        self._seconds = prometheus.Histogram(
            "kg_request_seconds",
            "Seconds from a whole request to the end of its answer.",
            ["kind"],
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60),
        )
        self._bytes = prometheus.Counter("kg_response_bytes", "Bytes of the bodies of answers.")
        self._events = prometheus.Counter(
            "kg_events", "What happened beside requests: workers, states, the cache.", ["event"]
        )
        self._known: dict[str, Any] = {}
        self._named: dict[str, Any] = {}
        self._later = later
        # Kind, status, bytes and seconds of requests that are not counted yet.
        self._told: list[tuple[str, int, int, float]] = []
        self._log = (
            None
            if not log
            else sys.stderr.fileno()
            if log == "-"
            else os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        )

    def event(self, name: str) -> None:
        """Count something that happened."""
        counter = self._named.get(name)
        if counter is None:
            counter = self._named[name] = self._events.labels(name)
        counter.inc()

    def request(self, request: Request, status: int, size: int, seconds: float) -> None:
        """Count and log a request; status 0 is one whose client went away."""
        if not self._told:
            self._later(_DELAY, self.flush)
        self._told.append((str(request.notes.get("kind", "refused")), status, size, seconds))
        if len(self._told) == _MOST:
            self.flush()
        if self._log is not None:
            self._write(request, status, size, seconds)

    def flush(self) -> None:
        """Count the requests that were told and are not counted yet."""
        told, self._told = self._told, []
        for pair, number in Counter(each[:2] for each in told).items():
            self._requests.labels(*pair).inc(number)
        for kind, _, _, seconds in told:
            histogram = self._known.get(kind)
            if histogram is None:
                histogram = self._known[kind] = self._seconds.labels(kind)
            histogram.observe(seconds)
        self._bytes.inc(sum(each[2] for each in told))

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
        self.flush()
        library = self._library
        from prometheus_client import multiprocess

        collector: Any = multiprocess.MultiProcessCollector
        registry = library.CollectorRegistry()
        collector(registry)
        text: bytes = library.generate_latest(registry)
        return text
