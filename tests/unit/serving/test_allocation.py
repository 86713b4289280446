"""The allocator of the server's processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kg.serving.allocation import environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems load libraries in other ways")


def test_a_process_starts_with_it_and_says_nothing() -> None:
    made = environment()
    maps = "print(open('/proc/self/maps').read())"
    done = subprocess.run([sys.executable, "-c", maps], env=made, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert ("jemalloc" in done.stdout) == ("jemalloc" in made.get("LD_PRELOAD", ""))


def test_it_is_jemalloc_or_what_glibc_can_do() -> None:
    plain = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "GLIBC_TUNABLES")}
    made = environment(plain)
    assert [name for name in ("LD_PRELOAD", "GLIBC_TUNABLES") if name in made] in (["LD_PRELOAD"], ["GLIBC_TUNABLES"])
    assert made.items() > plain.items()


def test_what_is_given_stands() -> None:
    assert environment({"LD_PRELOAD": "libmine.so"}) == {"LD_PRELOAD": "libmine.so"}
    assert environment({"GLIBC_TUNABLES": "mine"})["GLIBC_TUNABLES"] == "mine"
