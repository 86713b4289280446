"""Numbers and the access log, in a process of their own: the library of Prometheus looks for its folder when it is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT

_TELLS = """
import sys
from pathlib import Path
from kg.serving.messages import Request
from kg.serving.telemetry import Telemetry
telemetry = Telemetry(Path(sys.argv[1]), sys.argv[2])
for number in range(3):
    request = Request("GET", "/sparql", "query=secret", {}, client="127.0.0.1")
    request.notes.update(kind="query", text="SELECT\\n{\\"client\\": 'x'}\\u2028" + "a" * 5000, cached=number > 0)
    telemetry.request(request, 200, 1000, 0.01)
telemetry.request(Request("", "/\\n", "", {}), 0, 0, 5.0)
telemetry.event("cache_hit")
sys.stdout.buffer.write(telemetry.exposition())
"""


def run(folder: Path, log: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", _TELLS, folder, log], check=True, cwd=ROOT, capture_output=True, timeout=60
    )


def test_the_numbers_of_several_processes_are_added(tmp_path: Path) -> None:
    run(tmp_path, "")
    lines = run(tmp_path, "").stdout.decode().splitlines()
    assert 'kg_requests_total{kind="query",status="200"} 6.0' in lines
    assert 'kg_requests_total{kind="refused",status="0"} 2.0' in lines
    assert "kg_response_bytes_total 6000.0" in lines
    assert 'kg_events_total{event="cache_hit"} 2.0' in lines
    assert 'kg_request_seconds_bucket{kind="query",le="0.02"} 6.0' in lines


def test_a_line_for_each_request(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run(tmp_path, str(log))
    assert log.stat().st_mode & 0o007 == 0, "a log tells what people ask"
    text = log.read_text("ascii")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 4
    assert (lines[0]["status"], lines[0]["bytes"], lines[0]["kind"], lines[0]["cached"]) == (200, 1000, "query", False)
    assert lines[0]["text"].startswith("SELECT\n{")
    assert len(lines[0]["text"]) == 2000
    assert lines[3]["path"] == "/\n"


def test_a_log_on_standard_error(tmp_path: Path) -> None:
    assert len(run(tmp_path, "-").stderr.splitlines()) == 4
