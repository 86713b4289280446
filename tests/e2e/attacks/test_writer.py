"""The disk is full, the process that writes is killed, or its lock is taken: nothing is lost, and readers go on."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.e2e.attacks.conftest import counted, refused
from tests.serving import Server, kg_serve, processes


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Callable[[str], None]]:
    """Make a folder a disk of its own, and yield what makes it larger; only root may do so."""

    def mount(*options: str) -> None:
        done = subprocess.run(["mount", *options, folder], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("this user may not mount a disk")

    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "none")
    try:
        yield lambda larger: mount("-o", f"remount,size={larger}")
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def settled(server: Server, update: str) -> None:
    """Send an update until it is done."""
    end = time.monotonic() + 60
    while (answer := server.change(update)).status != 204:
        assert answer.status == 503, answer.text
        assert time.monotonic() < end, "updates are taken no more"


def things(server: Server) -> set[str]:
    """Return what has been said anything of."""
    answer = server.select("SELECT ?s { ?s <urn:p> ?o }")
    assert answer.status == 200, answer.text
    return {row["s"]["value"] for row in json.loads(answer.body)["results"]["bindings"]}


@pytest.mark.slow
@pytest.mark.parametrize("size", ["10m", "24m"])
def test_a_full_disk_loses_nothing_and_stops_no_reader(tmp_path: Path, size: str) -> None:
    with (
        small_disk(tmp_path / "disk", size) as enlarge,
        kg_serve(tmp_path / "disk" / "store", "--writable", "--open") as server,
    ):
        # What became of each update: done, certainly not kept, or not known.
        told: dict[str, str] = {}

        def change(length: int) -> str:
            name = f"urn:{len(told)}"
            answer = server.change(f'INSERT DATA {{ <{name}> <urn:p> "{"x" * length}" }}')
            if answer.status != 204:
                refused(answer, 503)
                assert str(tmp_path) not in answer.text
            told[name] = "done" if answer.status == 204 else json.loads(answer.body)["code"]
            return told[name]

        while change(200_000) == "done":
            assert counted(server) == len(told)
        # Some may have room.
        kept = set()
        for length in (200_000, 10) * 5:
            change(length)
            kept = things(server)
            assert kept >= {name for name, what in told.items() if what == "done"}
        assert set(told.values()) <= {"done", "KG606", "KG608"}
        assert server.ask("/health").status == 200
        enlarge("200m")
        settled(server, "INSERT DATA { <urn:last> <urn:p> 1 }")
        after = things(server)
        assert after >= kept | {"urn:last"}
        assert after.isdisjoint(name for name, what in told.items() if what == "KG608")


@pytest.mark.slow
def test_readers_go_on_while_no_writer_can_begin(tmp_path: Path) -> None:
    with kg_serve(tmp_path / "store", "--writable", "--open", "--fronts", "1") as server:
        settled(server, "INSERT DATA { <urn:a> <urn:p> 1 }")
        assert counted(server) == 1
        with (tmp_path / "store" / "LOCK").open("r+b") as lock:
            began = writers(server)
            os.kill(began.pop(), signal.SIGKILL)
            locked(lock)
            # So often that the server might give up.
            end = time.monotonic() + 60
            while len(began) < 8:
                assert time.monotonic() < end, "no writer is started any more"
                before = len(began)
                while len(began) == before and time.monotonic() < end:
                    # Each is there for a moment only.
                    began |= writers(server)
                    time.sleep(0.02)
                assert server.change("INSERT DATA { <urn:b> <urn:p> 1 }").status == 503
                assert counted(server) == 1
        settled(server, "INSERT DATA { <urn:b> <urn:p> 1 }")
        assert counted(server) == 2


def writers(server: Server) -> set[int]:
    found = set()
    for pid in processes(server.process.pid):
        with contextlib.suppress(OSError):
            if b"kg.serving.writer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def locked(file: BinaryIO) -> None:
    """Take the lock of a store as soon as the process that has it is gone."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
    raise AssertionError("the store stays locked")
