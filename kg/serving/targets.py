"""What can be served: a release, a file of RDF, or a store."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import KgError, ServeError

_MANIFEST = "manifest.json"
# What a store has in its folder whatever else it has.
_STORE = "CURRENT"


@dataclass(slots=True)
class Target:
    """Something to serve: `kind` is release, file or store."""

    kind: str
    path: Path
    _seen: tuple[int, int, int] | None = field(default=None)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.path.name

    def _look(self) -> tuple[int, int, int] | None:
        path = self.path / _MANIFEST if self.kind == "release" else self.path
        try:
            found = path.stat()
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def changed(self) -> bool:
        """Return whether something else is there than what a state was made of last."""
        if self.kind == "store":
            return False
        found = self._look()
        return found is not None and found != self._seen

    def pass_over(self) -> None:
        """Leave what is there as it is until it changes."""
        self._seen = self._look()

    def make(self, folder: Path) -> None:
        """Make a state of what is there; OSError where it changes or goes away meanwhile."""
        seen = self._look()
        if seen is None:
            raise FileNotFoundError(self.path)
        if self.kind == "release":
            _link(self.path, folder)
            tag = hashlib.blake2b((folder / _MANIFEST).read_bytes(), digest_size=6).hexdigest()
        elif self.kind == "store":
            _link(self.path, folder / "store")
            tag = hashlib.blake2b(os.urandom(16), digest_size=6).hexdigest()
        else:
            tag = _load(self.path, folder)
        if self._look() != seen:
            raise FileNotFoundError(self.path)
        (folder / ".tag").write_text(tag, "ascii")
        self._seen = seen

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """Yield a folder to work in, on the disk of the target where that can be; it is removed at the end, as are those of servers that were killed."""
        prefix = f".{self.path.name}.kg-serve-"
        for left in self.path.parent.glob(f"{glob.escape(prefix)}*"):
            number = left.name.removeprefix(prefix).partition("-")[0]
            if number.isdecimal() and not Path(f"/proc/{number}").exists():
                shutil.rmtree(left, ignore_errors=True)
        try:
            folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=self.path.parent))
        except OSError:
            folder = Path(tempfile.mkdtemp(prefix="kg-serve-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def open_target(target: str, *, writable: bool) -> Target:
    """Find out what a target is; ServeError where it cannot be served."""
    # A link to a release is served as what it leads to now, and later as what it leads to then.
    path = Path(os.path.normpath(Path(target).absolute()))
    if (path / _MANIFEST).is_file():
        if writable:
            raise ServeError(
                "KG612",
                "a release never changes",
                where=target,
                advice="serve it without --writable, or name the folder of a store, which is made if it is missing",
            )
        return Target("release", path)
    if path.is_file():
        if writable:
            raise ServeError(
                "KG612",
                "a file is not written to",
                where=target,
                advice="serve it without --writable, or name the folder of a store, which is made if it is missing",
            )
        return Target("file", path)
    if (path / _STORE).is_file() or (writable and (not path.exists() or (path.is_dir() and not any(path.iterdir())))):
        path.parent.mkdir(parents=True, exist_ok=True)
        return Target("store", path)
    if path.exists():
        raise ServeError(
            "KG613",
            "this folder is no release and no store",
            where=target,
            advice="make a release with `kg build SOURCE -o DIR`",
        )
    raise ServeError(
        "KG613",
        "there is nothing of this name",
        where=target,
        advice="make a release with `kg build SOURCE -o DIR`, or name a file of RDF",
    )


def _link(source: Path, folder: Path) -> None:
    """Make a folder of links to the files of another, which may then be removed; copies, where links cannot be."""
    for path in sorted(source.rglob("*")):
        place = folder / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        # A store that somebody writes to appends to its small files; its tables never change.
        if path.suffix == ".sst" or (source / _MANIFEST).is_file():
            try:
                os.link(path, place)
                continue
            except OSError:
                if not path.exists():
                    raise
        if path.name != "LOCK":
            shutil.copyfile(path, place)


def _load(path: Path, folder: Path) -> str:
    """Make a store of a file of RDF; ServeError where it cannot be read."""
    from kg.rdf.quads import parse_file
    from kg.store import file_store

    folder.mkdir(parents=True)
    try:
        file_store(parse_file(path), folder / "store")
    except KgError as error:
        raise ServeError(error.code, error.what, where=error.where, advice=error.advice) from error
    found = path.stat()
    return hashlib.blake2b(f"{found.st_ino} {found.st_mtime_ns} {found.st_size}".encode(), digest_size=6).hexdigest()
