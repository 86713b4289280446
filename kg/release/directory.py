"""Writes a directory aside and swaps it in, so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from kg.errors import ReleaseError

MANIFEST = "manifest.json"
_RENAME_EXCHANGE = 2  # linux/fs.h
_AT_FDCWD = -100


@contextmanager
def staged(target: Path, marker: str = MANIFEST) -> Iterator[Path]:
    """Yield an empty folder beside `target`; when the block ends without an error, the folder takes the target's place in one step.

    When it ends with one, or is interrupted, the folder is removed and what was there before is untouched. ReleaseError where the target cannot be
    written, or holds something that is none of ours: a folder without a file named as `marker`.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a link that stands for the release
    folder = target.parent / f".{target.name}.kg-{os.getpid()}"
    try:
        _check(target, marker)
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        folder.mkdir()
        yield folder
        _swap(folder, target)
    except (OSError, duckdb.IOException) as error:
        raise _unwritable(target, error, "release" if marker == MANIFEST else "export") from error
    finally:
        _remove(folder)


def _check(target: Path, marker: str) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise ReleaseError(
            "KG401", "this is a file, not a directory", where=str(target), advice="name a directory with -o"
        )
    if any(target.iterdir()) and not (target / marker).is_file():
        raise ReleaseError(
            "KG402",
            f"this directory is not empty and is no {'release' if marker == MANIFEST else 'such export'}, so it is not replaced",
            where=str(target),
            advice="name another directory, or empty this one yourself",
        )


def _sweep(target: Path) -> None:
    """Remove what killed runs left behind; a folder of a process that lives is let alone."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.kg-*"):
        number, _, aside = left.name.rpartition("-")[2].partition(".")
        if not number.isdecimal() or _alive(int(number)):
            continue
        if aside and not os.path.lexists(target):
            # The run was killed between the two renames of a swap: this is the release.
            left.rename(target)
        _remove(left)


def _remove(folder: Path) -> None:
    """Remove a folder, or a link to one."""
    if os.path.islink(folder):  # noqa: PTH114 - which never raises, as here is no time for an error
        folder.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _swap(folder: Path, target: Path) -> None:
    """Put `folder` at `target`; what was there ends up at `folder`."""
    if not os.path.lexists(target):
        folder.rename(target)
    elif not _exchange(folder, target):
        # Without an exchange of names there is a moment without a release, but never one with half of it.
        aside = folder.with_name(folder.name + ".old")
        target.rename(aside)
        try:
            folder.rename(target)
        except OSError:
            aside.rename(target)
            raise
        _remove(aside)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step (renameat2, Linux 3.15 and later); False where the system or file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


def _unwritable(target: Path, error: OSError | duckdb.IOException, what: str) -> ReleaseError:
    # DuckDB tells the number of the system's error in its message alone.
    told = re.search(r'"errno":"(\d+)"', str(error))
    number = error.errno if isinstance(error, OSError) else int(told.group(1)) if told else None
    reason = os.strerror(number) if number else str(error).splitlines()[0]
    advice = {
        errno.ENOSPC: "free some space, or name a directory on another disk",
        errno.EDQUOT: "free some space, or name a directory on another disk",
        errno.EACCES: "check who may write there, or name another directory",
        errno.EPERM: "check who may write there, or name another directory",
        errno.EROFS: "the file system is read-only: name a directory elsewhere",
    }.get(number or 0, "name another directory with -o")
    return ReleaseError(
        "KG403",
        f"the {what} cannot be written: {reason.lower()}; what was there before is unchanged",
        where=str(target),
        advice=advice,
    )
