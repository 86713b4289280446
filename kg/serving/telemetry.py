"""What a server tells of itself: numbers for Prometheus, and a line of JSON for each request."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

from kg.serving.messages import Request

_LONGEST = 2000


class Telemetry:
    """Counts and logs the requests of one front; `exposition` shows those of all fronts together."""

    def __init__(self, folder: Path, log: str) -> None:
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
        self._known: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._named: dict[str, Any] = {}
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
        kind = str(request.notes.get("kind", "refused"))
        pair = self._known.get((kind, status))
        if pair is None:
            pair = self._known[kind, status] = (self._requests.labels(kind, status), self._seconds.labels(kind))
        pair[0].inc()
        pair[1].observe(seconds)
        self._bytes.inc(size)
        if self._log is not None:
            self._write(request, status, size, seconds)

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
        library = self._library
        from prometheus_client import multiprocess

        collector: Any = multiprocess.MultiProcessCollector
        registry = library.CollectorRegistry()
        collector(registry)
        text: bytes = library.generate_latest(registry)
        return text
