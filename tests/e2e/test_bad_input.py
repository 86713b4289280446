"""Bad input gives one clear message and status 3, or a finding with its place; never a traceback, never half a release."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import kg
from tests.shared import ROOT

GOOD = "We trained <model>Orion-7B</model> with <params>7 billion parameters</params> on <gpu_count>64</gpu_count> <hardware>NVIDIA H100 80GB GPUs</hardware>."


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a release that stands where the next one is to be written."""
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    target = tmp_path / "out"
    assert kg("build", tmp_path / "good.txt", "-o", target).returncode == 0
    return target


def refused(done: subprocess.CompletedProcess[bytes], code: str, *words: str) -> None:
    message = done.stderr.decode()
    assert done.returncode == 3, message
    assert "Traceback" not in message
    assert f"[{code}]" in message
    assert all(word in message for word in words), message
    assert done.stdout == b""


FAULTS: dict[str, tuple[bytes | None, str, tuple[str, ...]]] = {
    "missing.txt": (None, "KG101", ("missing.txt", "no such file")),
    "binary.txt": (b"\x7fELF\x00\x01\x02", "KG104", ("binary.txt", "NUL")),
    "latin.txt": ("Das Modell kostet f\u00fcnf".encode("latin-1"), "KG104", ("latin.txt", "UTF-8", "line 1")),
    "empty.txt": (b" \n", "KG104", ("empty.txt", "empty")),
    "table.csv": (b"a,b\n1,2\n", "KG103", ("table.csv",)),
    "broken.jsonl": (b'{"id": 1, "text": \n', "KG104", ("broken.jsonl:1", "JSON")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_source_that_cannot_be_read(name: str, older: Path, tmp_path: Path) -> None:
    data, code, words = FAULTS[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    before = contents(older)
    refused(kg("build", tmp_path / name, "-o", older), code, *words)
    assert contents(older) == before
    refused(kg("extract", tmp_path / name), code, *words)


def test_a_folder_without_passages(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(kg("build", tmp_path / "empty", "-o", tmp_path / "out"), "KG102", "empty")
    assert not (tmp_path / "out").exists()


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    (folder / "latin.txt").write_bytes(b"caf\xe9 on line one")
    (folder / "again.txt").write_text(GOOD, encoding="utf-8")
    (folder / "nothing.txt").write_text("", encoding="utf-8")
    done = kg("build", folder, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    codes = {each["code"] for each in report["findings"]}
    assert {"invalid-utf8", "duplicate-passage", "empty-passage"} <= codes
    assert kg("build", folder, "-o", tmp_path / "out", "--fail-on", "violation").returncode == 1


TAGS = {
    "unclosed-tag": "We trained <model>Orion-7B with 7 billion parameters.",
    "unknown-tag": "We trained <model>Orion-7B</model> in <city>Paris</city>.",
    "stray-closing-tag": "We trained Orion-7B</model> here.",
    "empty-tag": "We trained <model></model> with care.",
}


@pytest.mark.parametrize("code", TAGS)
def test_a_bad_tag_is_a_finding_with_its_place(code: str, tmp_path: Path) -> None:
    (tmp_path / "passage.txt").write_text(TAGS[code], encoding="utf-8")
    done = kg("build", tmp_path / "passage.txt", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    found = [each for each in report["findings"] if each["code"] == code]
    assert found, [each["code"] for each in report["findings"]]
    assert TAGS[code][found[0]["start"] : found[0]["end"]] == found[0]["text"]


def test_markup_that_is_text_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "passage.txt").write_text(GOOD + " It uses 10<sup>24</sup> FLOP, and a < b.", encoding="utf-8")
    done = kg("extract", tmp_path / "passage.txt")
    assert done.returncode == 0
    assert "-tag" not in done.stderr.decode().replace("unknown-tag", "").replace("missing-tag", "")
    facts = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert {fact["slot"]: fact["value"] for fact in facts if fact["slot"]}["params"] == 7_000_000_000


def test_a_target_that_is_no_release_is_let_alone(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    refused(kg("build", tmp_path / "good.txt", "-o", mine), "KG402", "mine")
    assert contents(mine) == {"thesis.txt": b"years of work"}
    refused(kg("build", tmp_path / "good.txt", "-o", tmp_path / "good.txt"), "KG401")


def test_a_read_only_target(older: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/kg-release")
    else:
        locked = tmp_path / "locked"
        locked.mkdir()
        locked.chmod(0o500)
        target = locked / "out"
    refused(kg("build", tmp_path / "good.txt", "-o", target), "KG403")


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk(older: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the system refuses the write in the same way."""
    before = contents(older)
    done = kg("build", ROOT / "seeds", "-o", older, preexec_fn=_small_files)
    refused(done, "KG403")
    assert contents(older) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped(stop: signal.Signals, older: Path, tmp_path: Path) -> None:
    before = contents(older)
    corpus = tmp_path / "many.jsonl"
    corpus.write_text(
        "".join(json.dumps({"id": f"p{number}", "text": f"{GOOD} {number}"}) + "\n" for number in range(4000)),
        encoding="utf-8",
    )
    command = [sys.executable, "-c", "from kg.cli import main; main()", "build", str(corpus), "-o", str(older)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    deadline = time.monotonic() + 60
    while not any(path.name.startswith(".out.kg-") for path in tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(stop)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 3, message.decode()
    assert "KG001" in message.decode()
    assert "Traceback" not in message.decode()
    assert contents(older) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "arguments",
    [["build"], ["query"], ["query", "x"], ["explain", "x"], ["build", "x", "-o", "y", "--base", "nonsense"], ["nope"]],
    ids=" ".join,
)
def test_wrong_usage_has_status_2(arguments: list[str]) -> None:
    done = kg(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--access-log", "no/such/folder/log"], 3, "no such file or directory [KG003]"),
        (["--base", "no iri"], 2, "it must start with http or https and end in /"),
        (["--host", "nowhere.invalid"], 3, "choose another --host [KG611]"),
        (["--writable", "--open"], 3, "a release never changes"),
        (["--writable", "--token-file", "missing"], 3, "the token cannot be read: no such file or directory"),
    ],
)
def test_a_server_that_cannot_be_started_says_why_in_one_message(
    release: Path, options: list[str], status: int, said: str
) -> None:
    done = kg("serve", release, "--port", "0", *options)
    assert (done.returncode, done.stdout) == (status, b"")
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_ctrl_c_ends_a_server_well_at_any_time(release: Path) -> None:
    # A terminal sends it to all processes of a server.
    for wait in (True, False):
        command = [sys.executable, "-c", "from kg.cli import main; main()", "serve", str(release), "--port", "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        ) as server:
            assert server.stdout is not None
            assert server.stderr is not None
            if wait:
                assert server.stdout.readline().startswith(b"http://")
            else:
                while not list(release.parent.glob(f".{release.name}.kg-serve-{server.pid}-*/1/.tag")):
                    time.sleep(0.01)
            os.killpg(server.pid, signal.SIGINT)
            assert server.wait(60) == 0
            assert server.stderr.read() == b""
        assert not list(release.parent.glob(".*kg-serve*"))
