"""The files of a site in a folder that may hold files of others: only what changed is written, and what is no longer needed is removed.

Each file is written aside and renamed to its place, so that at any moment every file there is whole. Which files are ours is said by the manifest `.kg-site`,
and, while a run goes on or after it was killed, by the journal `.kg-site.part` too, in which a name stands before its file does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from kg.errors import PublishError

MANIFEST: Final = ".kg-site"
JOURNAL: Final = ".kg-site.part"
_ASIDE: Final = ".kg-site.tmp"
_FORMAT: Final = 1
_PIECE: Final = 1 << 20


class Written(NamedTuple):
    """A file of the site: its name below the folder, its size, its SHA-256 in hexadecimal digits, and whether it had to be written."""

    name: str
    size: int
    sha256: str
    changed: bool = False


class Prepared(NamedTuple):
    """A file that is not yet in its place: `part` is where it is, None where it is already there as it should be."""

    written: Written
    part: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the last whole run left: what it was made of, and its files by name."""

    about: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Written] = field(default_factory=dict)


class Tree:
    """Writes files of a site; any number of processes may, each other files. A folder that was empty when the run began is `fresh`: nothing there is compared."""

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder, self._fresh = folder, fresh
        self._aside = folder / _ASIDE / str(os.getpid())
        self._folders: set[str] = set()
        self._ours: frozenset[str] | None = None

    def write(self, contents: Iterable[tuple[str, bytes]]) -> list[Written]:
        """Write files of these names and contents, where they are not so already; PublishError where something of another stands in the way."""
        given = list(contents)
        waiting = [(name, content) for name, content in given if self._differs(name, content)]
        self._announce(name for name, _ in waiting)
        for name, content in waiting:
            part = self._part()
            _write(part, content)
            self._put(part, name)
        changed = {name for name, _ in waiting}
        return [_written(name, content, changed=name in changed) for name, content in given]

    def prepare(self, contents: Iterable[tuple[str, bytes]]) -> list[Prepared]:
        """Write files aside, one after the other as they come, where they are not so already; `put` brings them to their places."""
        found: list[Prepared] = []
        for name, content in contents:
            part = f"{self._part()}-{len(found)}" if self._differs(name, content) else None
            if part is not None:
                _write(part, content)
            found.append(Prepared(_written(name, content, changed=part is not None), part))
        return found

    def put(self, prepared: Sequence[Prepared]) -> list[Written]:
        """Bring files to their places."""
        self._announce(each.written.name for each in prepared if each.part is not None)
        for each in prepared:
            if each.part is not None:
                self._put(each.part, each.written.name)
        return [each.written for each in prepared]

    def copy(self, source: Path, name: str) -> Written:
        """Write a file with the content of another, of any size."""
        size, digest = source.stat().st_size, digest_of(source)
        place = self.folder / name
        if place.is_file() and not place.is_symlink() and place.stat().st_size == size and digest_of(place) == digest:
            return Written(name, size, digest)
        self._check(name)
        self._announce([name])
        part = self._part()
        shutil.copyfile(source, part)
        self._put(part, name)
        return Written(name, size, digest, changed=True)

    def _differs(self, name: str, content: bytes) -> bool:
        if self._fresh:
            return True
        place = f"{self.folder}/{name}"
        try:
            file = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        except OSError:
            self._check(name)
            return True
        try:
            found = os.fstat(file)
            if stat.S_ISREG(found.st_mode) and found.st_size == len(content) and _read(file, len(content)) == content:
                return False
        finally:
            os.close(file)
        self._check(name)
        return True

    def _check(self, name: str) -> None:
        """Raise an error where a file is there that is not ours."""
        if os.path.lexists(self.folder / name) and name not in self._names():
            raise PublishError(
                "KG651",
                "a file stands here that `kg publish` did not write, and is not replaced",
                where=str(self.folder / name),
                advice="move it away, or publish into another directory",
            )

    def _names(self) -> frozenset[str]:
        if self._ours is None:
            self._ours = frozenset(chain(_names(self.folder), read_journal(self.folder)))
        return self._ours

    def _announce(self, names: Iterable[str]) -> None:
        told = "".join(f"{name}\n" for name in names)
        if told:
            with (self.folder / JOURNAL).open("ab", buffering=0) as journal:
                journal.write(told.encode("utf-8", "surrogateescape"))

    def _part(self) -> str:
        if not self._folders:
            self._aside.mkdir(parents=True, exist_ok=True)
            self._folders.add("")
        return f"{self._aside}/part"

    def _put(self, part: str, name: str) -> None:
        above = name.rpartition("/")[0]
        if above not in self._folders:
            self._make(above)
        try:
            os.replace(part, f"{self.folder}/{name}")  # noqa: PTH105 - a path for each of very many files takes longer than the file
        except (IsADirectoryError, NotADirectoryError) as error:
            raise _in_the_way(self.folder / name) from error

    def _make(self, name: str) -> None:
        """Make a folder; one that leads elsewhere is none of ours."""
        above = name.rpartition("/")[0]
        if above not in self._folders:
            self._make(above)
        place = self.folder / name
        with suppress(FileExistsError):
            place.mkdir()
        if place.is_symlink() or not place.is_dir():
            raise _in_the_way(place)
        self._folders.add(name)


@contextmanager
def changing(folder: Path) -> Iterator[Manifest]:
    """Hold a folder, made if it is missing, for one run; yield what the last one left. PublishError where another run holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise PublishError(
            "KG653",
            f"the site cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(folder),
            advice="name another directory with -o",
        ) from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                "KG652",
                "another run of `kg publish` writes here",
                where=str(folder),
                advice="wait for it, or publish into another directory",
            ) from error
        _remove_aside(folder)
        yield read_manifest(folder)
    except OSError as error:
        raise PublishError(
            "KG653",
            f"the site cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(error.filename or folder),
            advice="mend that and run the same again: it goes on with what is missing",
        ) from error
    finally:
        _remove_aside(folder)
        os.close(held)


def finish(folder: Path, before: Manifest, files: Mapping[str, Written], about: Mapping[str, Any]) -> int:
    """Remove what is no longer needed, and write the manifest; return how many files were removed."""
    left = [name for name in (*before.files, *read_journal(folder)) if name not in files]
    removed = 0
    for name in dict.fromkeys(left):
        if not _leads_inside(folder, name):
            continue
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (folder / name).unlink()
            removed += 1
        _remove_empty(folder, name)
    part = aside(folder) / "manifest"
    with part.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        lines.write(f"{json.dumps({'format': _FORMAT, **about}, ensure_ascii=False, sort_keys=True)}\n")
        lines.writelines(f"{files[name].sha256} {files[name].size} {name}\n" for name in sorted(files))
    part.replace(folder / MANIFEST)
    (folder / JOURNAL).unlink(missing_ok=True)
    return removed


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder, an empty one where there is none; PublishError where it cannot be read."""
    try:
        first, *lines = (folder / MANIFEST).read_bytes().decode("utf-8", "surrogateescape").splitlines()
        about = json.loads(first)
        files = {}
        for line in lines:
            digest, size, name = line.split(" ", 2)
            files[name] = Written(name, int(size), digest)
        known = about["format"] == _FORMAT
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, str(error)) from error
    if not known:
        raise _unreadable(folder, "it is of another version of kg")
    return Manifest(about, files)


def _names(folder: Path) -> Iterator[str]:
    """Yield the names of a manifest that was read before, without the rest of it."""
    with suppress(FileNotFoundError), (folder / MANIFEST).open("rb") as lines:
        for line in islice(lines, 1, None):
            yield line.decode("utf-8", "surrogateescape").split(" ", 2)[2].rstrip("\n")


def read_journal(folder: Path) -> list[str]:
    """Return the names that a run which did not end has announced; a line that is cut is none."""
    with suppress(FileNotFoundError):
        told = (folder / JOURNAL).read_bytes().decode("utf-8", "surrogateescape")
        return told.split("\n")[:-1]
    return []


def aside(folder: Path) -> Path:
    """Return the folder, made if it is missing, for files that are not yet in their places."""
    place = folder / _ASIDE
    place.mkdir(exist_ok=True)
    return place


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_empty(folder: Path) -> bool:
    """Say whether nothing is in a folder."""
    with os.scandir(folder) as found:
        return next(found, None) is None


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Say whether all files of a manifest are there, by their sizes."""
    for name, each in manifest.files.items():
        try:
            if os.lstat(f"{folder}/{name}").st_size != each.size:
                return False
        except OSError:
            return False
    return not (folder / JOURNAL).exists()


def _written(name: str, content: bytes, *, changed: bool) -> Written:
    return Written(name, len(content), hashlib.sha256(content).hexdigest(), changed)


def _write(place: str, content: bytes) -> None:
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _read(file: int, size: int) -> bytes:
    found = b""
    while len(found) < size and (part := os.read(file, size - len(found))):
        found += part
    return found


def _unreadable(folder: Path, why: str) -> PublishError:
    return PublishError(
        "KG654",
        f"the manifest of the site cannot be read: {why}",
        where=str(folder / MANIFEST),
        advice="publish into another directory",
    )


def _leads_inside(folder: Path, name: str) -> bool:
    """Say whether a name of a manifest, which anybody may have changed, is that of a file below the folder, by no link."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in name:
        return False
    return not any((folder / "/".join(parts[:end])).is_symlink() for end in range(1, len(parts)))


def _remove_empty(folder: Path, name: str) -> None:
    above = name.rpartition("/")[0]
    while above:
        try:
            (folder / above).rmdir()
        except OSError:
            return
        above = above.rpartition("/")[0]


def _remove_aside(folder: Path) -> None:
    place = folder / _ASIDE
    if not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)


def _in_the_way(place: Path) -> PublishError:
    return PublishError(
        "KG651",
        "something stands here that `kg publish` did not write, where a file or folder of the site belongs",
        where=str(place),
        advice="move it away, or publish into another directory",
    )
