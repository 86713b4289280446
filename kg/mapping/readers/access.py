"""What sources may be reached, and where a run puts what it stages."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4


def is_url(path: str) -> bool:
    """Return whether a path is a URL that is read by HTTP."""
    return path.lower().startswith(("http://", "https://"))


def _own_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"kg-sources-{uuid4()}"


@dataclass(frozen=True, slots=True)
class Access:
    """How sources are reached in one run.

    `frames` are relations given from Python, by name. `network` are the prefixes of the IRIs that may be read by HTTP; none means no network. With `strict`, what a source
    lacks or breaks is an error. `folder` holds temporary files; who names one removes it, else it goes with the process.
    """

    frames: Mapping[str, object] = field(default_factory=dict)
    network: tuple[str, ...] = ()
    strict: bool = False
    folder: Path = field(default_factory=_own_folder)
    download_bytes: int = 1 << 36
    download_seconds: float = 3600.0

    def staged(self, key: tuple[object, ...], suffix: str, make: Callable[[Path], None]) -> Path:
        """Return the file that `make` fills, which is made once in a run for equal keys."""
        path = self._made_folder() / (_digest(key) + suffix)
        if not path.exists():
            part = path.with_name(path.name + ".part")
            try:
                make(part)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        return path

    def own_folder(self, *key: object) -> Path:
        """Return a folder of a run that is the same for equal keys."""
        path = self._made_folder() / _digest(key)
        path.mkdir(exist_ok=True)
        return path

    def _made_folder(self) -> Path:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, mode=0o700)
            atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        return self.folder


def _digest(key: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def identity(path: Path) -> tuple[object, ...]:
    """Return what tells a file, as it is now, from others."""
    status = path.stat()
    return (str(path.absolute()), status.st_size, status.st_mtime_ns)
