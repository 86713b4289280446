"""A release is swapped in whole: a reader sees the old one or the new one, whatever happens meanwhile."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from kg.errors import ReleaseError
from kg.release import directory, staged
from kg.release.directory import MANIFEST

NEVER = 2**22 + 1  # more than Linux gives to a process


def release(folder: Path, text: str = "old") -> Path:
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(text)
    (folder / "store").mkdir()
    (folder / "store" / "data").write_text(text)
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def write(target: Path, text: str = "new", error: type[BaseException] | None = None) -> None:
    """Write a release, or half of one and then fail."""
    with staged(target) as folder:
        (folder / MANIFEST).write_text(text)
        if error:
            raise error
        (folder / "graph.nq.zst").write_text(text)


NEW = {MANIFEST: "new", "graph.nq.zst": "new"}
OLD = {MANIFEST: "old", "store/data": "old"}


@pytest.fixture(params=["exchange", "two renames"])
def swap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with an exchange of names, and as where the system has none."""
    if request.param == "two renames":
        monkeypatch.setattr(directory, "_exchange", lambda *_: False)
    elif not sys.platform.startswith("linux"):
        pytest.skip("only Linux exchanges names")
    return str(request.param)


def test_a_new_release_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "out"
    write(target)
    assert contents(target) == NEW
    assert list(target.parent.iterdir()) == [target]


def test_an_empty_folder_is_taken(tmp_path: Path, swap: str) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert contents(tmp_path) == {f"out/{name}": text for name, text in NEW.items()}


def test_a_release_is_replaced_whole(tmp_path: Path, swap: str) -> None:
    target = release(tmp_path / "out")
    with staged(target) as folder:
        assert list(folder.iterdir()) == []
        (folder / MANIFEST).write_text("new")
        (folder / "graph.nq.zst").write_text("new")
        assert contents(target) == OLD, "until it is whole, the old one stands"
    assert contents(tmp_path) == {f"out/{name}": text for name, text in NEW.items()}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MemoryError])
def test_an_error_leaves_the_old_release_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    target = release(tmp_path / "out")
    with pytest.raises(error):
        write(target, "half", error)
    assert contents(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}


def test_an_error_of_the_first_build_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write(tmp_path / "out", "half", RuntimeError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ("no space left on device", "free some space")),
        (OSError(errno.EACCES, "Permission denied"), ("permission denied", "check who may write there")),
        (OSError(errno.EROFS, "Read-only file system"), ("read-only file system", "name a directory elsewhere")),
        (OSError("odd"), ("odd", "name another directory")),
        (
            duckdb.IOException('Could not write file: No space {"errno":"28"}'),
            ("no space left on device", "free some space"),
        ),
        (duckdb.IOException("odd"), ("odd", "name another directory")),
    ],
)
def test_what_the_system_refuses_is_an_error_with_advice(
    tmp_path: Path, error: Exception, words: tuple[str, ...]
) -> None:
    target = release(tmp_path / "out")
    with pytest.raises(ReleaseError) as caught, staged(target):
        raise error
    message = str(caught.value)
    assert message.startswith(f"{target}: the release cannot be written: ")
    assert message.endswith("[KG403]")
    assert "what was there before is unchanged" in message
    assert all(word in message for word in words), message
    assert contents(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}


def test_a_swap_that_fails_half_way_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = release(tmp_path / "out")
    monkeypatch.setattr(directory, "_exchange", lambda *_: False)
    rename = Path.rename

    def refuse(path: Path, to: Path) -> Path:
        if to == target and path.name.endswith(str(os.getpid())):
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ReleaseError, match="input/output error; what was there before is unchanged"):
        write(target)
    assert contents(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ReleaseError, match=r"out: this is a file, not a directory; name a directory with -o \[KG401\]"):
        write(tmp_path / "out")
    assert contents(tmp_path) == {"out": "a file"}


def test_a_folder_that_is_no_release_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(ReleaseError, match=r"not empty and is no release, so it is not replaced; .*\[KG402\]"):
        write(tmp_path / "out")
    assert contents(tmp_path) == {"out/thesis.tex": "years of work"}


def test_a_parent_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReleaseError, match=r"file/out: the release cannot be written: .*\[KG403\]"):
        write(tmp_path / "file" / "out")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"file name too long.*\[KG403\]"):
        write(tmp_path / ("x" * 250))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_in_which_nobody_may_write_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    try:
        with pytest.raises(ReleaseError, match=r"permission denied; .*check who may write there.*\[KG403\]"):
            write(closed / "out")
    finally:
        closed.chmod(0o700)


def test_a_full_disk_is_told_and_the_old_release_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    target = release(tmp_path / "out")
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom kg.errors import ReleaseError\nfrom kg.release import staged\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"try:\n    with staged(Path({str(target)!r})) as folder:\n        (folder / 'graph').write_bytes(b'x' * 5000)\n"
        "except ReleaseError as error:\n    sys.exit(str(error))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the release cannot be written: file too large" in done.stderr
    assert contents(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


@pytest.mark.parametrize("name", ["out", "o[u]t", "o*t", "-"])
def test_what_a_killed_run_left_is_removed(tmp_path: Path, name: str) -> None:
    for left in (f".{name}.kg-{NEVER}", f".{name}.kg-{NEVER}.old", f".{name}.kg-{10**30}"):
        release(tmp_path / left, "left")
    others = (f".other.kg-{NEVER}", f".{name}.kg-notes", f".{name}.kg-²")
    for other in others:
        release(tmp_path / other, "other")
    target = release(tmp_path / name)
    write(target)
    assert {path.name for path in tmp_path.iterdir()} == {name, *others}


def test_what_a_living_run_writes_is_let_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        other = tmp_path / f".out.kg-{living.pid}"
        other.mkdir()
        write(tmp_path / "out")
        assert other.is_dir()
        living.communicate(b"\n")


def test_a_process_of_somebody_else_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert directory._alive(4711)


def test_what_an_earlier_process_of_our_number_left_is_removed(tmp_path: Path) -> None:
    """In a container every run has the same number."""
    release(tmp_path / f".out.kg-{os.getpid()}", "left")
    write(tmp_path / "out")
    assert contents(tmp_path) == {f"out/{name}": text for name, text in NEW.items()}


def test_a_release_that_a_killed_swap_put_aside_comes_back(tmp_path: Path) -> None:
    """Between the two renames there is none at its place; the next run finds it, even if it fails."""
    release(tmp_path / f".out.kg-{NEVER}.old")
    with pytest.raises(RuntimeError), staged(tmp_path / "out"):
        raise RuntimeError
    assert contents(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_build_that_is_killed_leaves_the_old_release(tmp_path: Path) -> None:
    target = release(tmp_path / "out")
    program = (
        "import os, signal\nfrom pathlib import Path\nfrom kg.release import staged\n"
        f"with staged(Path({str(target)!r})) as folder:\n    (folder / 'half').touch()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(target) == OLD
    assert len(list(tmp_path.iterdir())) == 2
    write(target)
    assert contents(tmp_path) == {f"out/{name}": text for name, text in NEW.items()}


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path, swap: str) -> None:
    old = release(tmp_path / "old")
    (tmp_path / "out").symlink_to(old, target_is_directory=True)
    write(tmp_path / "out")
    assert not (tmp_path / "out").is_symlink()
    assert contents(tmp_path / "out") == NEW
    assert contents(old) == OLD
    assert {path.name for path in tmp_path.iterdir()} == {"old", "out"}


def test_a_link_to_nothing_is_replaced(tmp_path: Path, swap: str) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "none")
    write(tmp_path / "out")
    assert contents(tmp_path / "out") == NEW
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_a_relative_name_counts_from_where_the_build_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with staged(Path("out")) as folder:
        (folder / MANIFEST).write_text("new")
        monkeypatch.chdir(tmp_path / "elsewhere")
    assert contents(tmp_path / "out") == {MANIFEST: "new"}


def test_the_folder_in_which_one_works_is_taken_if_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(Path())
    assert contents(tmp_path / "here") == NEW


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges names")
@pytest.mark.parametrize(
    ("number", "falls_back"),
    [(errno.EINVAL, True), (errno.ENOSYS, True), (errno.ENOTSUP, True), (errno.EACCES, False), (errno.EXDEV, False)],
)
def test_only_a_system_that_cannot_exchange_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, falls_back: bool
) -> None:
    class Library:
        def renameat2(self, *_: object) -> int:
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library())
    monkeypatch.setattr(ctypes, "get_errno", lambda: number)
    if falls_back:
        assert directory._exchange(tmp_path / "a", tmp_path / "b") is False
    else:
        with pytest.raises(OSError, match=os.strerror(number)):
            directory._exchange(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    "change",
    [
        lambda monkeypatch: monkeypatch.setattr(sys, "platform", "darwin"),
        lambda monkeypatch: monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object()),
    ],
    ids=["another system", "an old library"],
)
def test_a_system_without_an_exchange_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    change(monkeypatch)
    assert directory._exchange(tmp_path / "a", tmp_path / "b") is False


def test_readers_never_see_half_of_a_release(tmp_path: Path) -> None:
    """A reader that opens the release again and again finds files of one build, and always finds them."""
    target = release(tmp_path / "out", "0")
    reader = (
        "import sys\nfrom pathlib import Path\n"
        f"target = Path({str(target)!r})\n"
        "print('ready', flush=True)\nseen = set()\n"
        "while True:\n"
        "    manifest = (target / 'manifest.json').read_text()\n    seen.add(manifest)\n    assert manifest\n"
        "    if manifest == 'last': break\n"
        "print(len(seen))\n"
    )
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux exchanges names")
    with subprocess.Popen([sys.executable, "-c", reader], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for number in range(50):
            write(target, str(number))
        write(target, "last")
        assert int(process.stdout.readline()) > 1
    assert process.returncode == 0
    shutil.rmtree(target)
