"""Numbers and the access log, of processes as a server has them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.serving.messages import Request
from kg.serving.telemetry import Telemetry
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
telemetry.flush()
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
    for bound, number in (("0.005", 0), ("0.02", 6), ("60.0", 6), ("+Inf", 6)):
        assert f'kg_request_seconds_bucket{{kind="query",le="{bound}"}} {number}.0' in lines
    assert 'kg_request_seconds_count{kind="query"} 6.0' in lines
    (seconds,) = (line.split()[1] for line in lines if line.startswith('kg_request_seconds_sum{kind="query"}'))
    assert float(seconds) == pytest.approx(0.06)


def test_the_bounds_of_times_are_within(tmp_path: Path) -> None:
    telemetry = Telemetry(tmp_path, "")
    for seconds in (0.001, 0.0011, 61.0):
        telemetry.request(Request("GET", "/", "", {}), 200, 0, seconds)
    lines = telemetry.exposition().decode().splitlines()
    found = [line.split()[1] for line in lines if line.startswith("kg_request_seconds_bucket")]
    assert found == ["1.0", "2.0", "2.0", "2.0", "2.0", "2.0", "2.0", "2.0", "3.0"]


def test_what_is_counted_is_written_some_time_later_and_once(tmp_path: Path) -> None:
    waiting: list[Callable[[], None]] = []
    telemetry = Telemetry(tmp_path, "", lambda _, flush: waiting.append(flush))
    telemetry.event("cache_hit")
    telemetry.event("cache_hit")
    assert len(waiting) == 1
    other = Telemetry(tmp_path, "")
    assert b'{event="cache_hit"}' not in other.exposition()
    waiting[0]()
    assert b'kg_events_total{event="cache_hit"} 2.0' in other.exposition()
    telemetry.event("cache_hit")
    assert len(waiting) == 2


def test_where_nothing_can_be_written_the_own_numbers_are_shown(tmp_path: Path) -> None:
    telemetry = Telemetry(tmp_path, "")
    shutil.rmtree(tmp_path / "metrics")
    telemetry.event("state_opened")
    telemetry.flush()
    assert b'kg_events_total{event="state_opened"} 1.0' in telemetry.exposition()


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
