"""Which allocator the processes of the server use: each step of a query takes and gives back so much memory that a quarter of its time goes into that."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from ctypes.util import find_library

# What glibc keeps at hand of each size, for each thread; by itself 7.
_TUNABLES = "glibc.malloc.tcache_count=127"
# What jemalloc has given back it does not keep mapped, which would count against the limit of memory of a process.
_CONF = "retain:false"


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment for processes of the server: with jemalloc where the system has it, else with more room at hand in glibc; what `given` says stands."""
    made = dict(given)
    if sys.platform != "linux" or "LD_PRELOAD" in made:
        return made
    found = find_library("jemalloc")
    if found:
        made["LD_PRELOAD"] = found
        made.setdefault("MALLOC_CONF", _CONF)
    else:
        made.setdefault("GLIBC_TUNABLES", _TUNABLES)
    return made
