"""Takes the network away from a process: whatever a query of a stranger talks the engine into, it reaches nobody.

The parsers and the guard refuse such queries first; this holds where they are wrong. It is a filter of system calls (seccomp, Linux), without which nothing changes.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

# linux/audit.h and the tables of system calls: the architecture, and the number of socket(2).
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198), "riscv64": (0xC00000F3, 198)}
_FAMILIES = (2, 10)  # AF_INET, AF_INET6
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h
# linux/bpf_common.h: load a word of the call, go on if equal, return.
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
# linux/seccomp.h: where a call has its number, its architecture and its first argument.
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def without_network() -> bool:
    """Let this process, and all threads it starts, open no socket of the internet; return False where the system cannot do that."""
    found = _SOCKET.get(platform.machine())
    if not sys.platform.startswith("linux") or found is None:
        return False
    architecture, number = found
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, 6, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENT),
        (_IF_EQUAL, 1, 0, _FAMILIES[0]),
        (_IF_EQUAL, 0, 1, _FAMILIES[1]),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
