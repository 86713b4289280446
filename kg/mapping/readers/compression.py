"""Compressed files and archives, unpacked into temporary files; the names of an archive's members are never used as paths.

DuckDB could read gzip and Zstandard by itself, but a source is scanned several times, on all threads only where it is plain, and DuckDB takes the end of a file that was cut
off for its end.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kg.errors import SourceError
from kg.mapping.readers.access import Access, identity
from kg.mapping.readers.content import Content

_CHUNK = 1 << 20
_SUFFIXES = {
    ".tar.gz": "targz",
    ".tgz": "targz",
    ".tar.xz": "tarxz",
    ".txz": "tarxz",
    ".tar.bz2": "tarbz2",
    ".tar": "tar",
    ".gz": "gzip",
    ".zst": "zstd",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".zip": "zip",
}
_TARS = {"tar": "r:", "targz": "r:gz", "tarxz": "r:xz", "tarbz2": "r:bz2"}
_BROKEN = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile)  # fmt: skip


def told_apart(name: str) -> tuple[str, str]:
    """Return a file's name without the suffix of its compression, and the compression (none: an empty text)."""
    for suffix, compression in _SUFFIXES.items():
        if name.lower().endswith(suffix):
            return name[: -len(suffix)], compression
    return name, ""


def unpacked(path: Path, name: str, compression: str, access: Access, where: str) -> Iterator[Content]:
    """Yield the content of a file, or that of each file in an archive, in the archive's order; `compression` "" takes it from the name."""
    bare, guessed = told_apart(name.rpartition("/")[2])
    compression = compression or guessed
    try:
        if compression == "zip":
            yield from _unzipped(path, name, access)
        elif compression in _TARS:
            yield from _untarred(path, name, compression, access)
        elif compression:
            suffix = safe_suffix(bare)
            plain = access.staged(
                (*identity(path), compression), suffix, lambda part: _decompressed(path, compression, part)
            )
            yield Content(plain, name, suffix)
        else:
            yield Content(path, name, PurePosixPath(name).suffix.lower())
    except _BROKEN as error:
        what = (
            f"the file cannot be unpacked as {compression}: {error}" if compression else f"it cannot be read: {error}"
        )
        raise SourceError(
            "KG221", what, where=f"{where}: {name}", advice="check the file and its compression"
        ) from error


def safe_suffix(name: str) -> str:
    """Return the suffix of a name in lower case, or none if it has one that is not plain."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) < 12 else ""


def _decompressed(path: Path, compression: str, part: Path) -> None:
    with path.open("rb") as packed, part.open("wb") as plain:
        if compression == "zstd":
            _copy_zstandard(packed, plain)
            return
        openers: dict[str, Callable[..., Any]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
        with openers[compression](packed, "rb") as stream:
            shutil.copyfileobj(stream, plain, _CHUNK)


def _copy_zstandard(packed: IO[bytes], plain: IO[bytes]) -> None:
    """Copy all frames; the library's own reader would not notice that the last one is cut off."""
    import zstandard

    frame = None
    try:
        while chunk := packed.read(_CHUNK):
            while chunk:
                frame = frame or zstandard.ZstdDecompressor().decompressobj()
                plain.write(frame.decompress(chunk))
                chunk = frame.unused_data if frame.eof else b""
                frame = None if frame.eof else frame
    except zstandard.ZstdError as error:
        raise OSError(str(error)) from error
    if frame is not None:
        raise EOFError("the file ends before its content does")


def _unzipped(path: Path, name: str, access: Access) -> Iterator[Content]:
    with zipfile.ZipFile(path) as archive:
        for number, member in enumerate(archive.infolist()):
            if not member.is_dir() and not _is_hidden(member.filename):
                yield _member(path, name, number, member.filename, partial(archive.open, member), access)


def _untarred(path: Path, name: str, compression: str, access: Access) -> Iterator[Content]:
    with tarfile.open(path, _TARS[compression]) as archive:  # type: ignore[call-overload]
        for number, member in enumerate(archive):
            if member.isreg() and not _is_hidden(member.name):
                yield _member(path, name, number, member.name, partial(archive.extractfile, member), access)
        # What comes after the last member is empty, but must be there.
        while archive.fileobj.read(_CHUNK):
            pass


def _member(
    path: Path, archive: str, number: int, name: str, opened: Callable[[], IO[bytes]], access: Access
) -> Content:
    def copy(part: Path) -> None:
        with opened() as stream, part.open("wb") as plain:
            shutil.copyfileobj(stream, plain, _CHUNK)

    suffix = safe_suffix(name)
    return Content(access.staged((*identity(path), number), suffix, copy), f"{archive}/{name}", suffix)


def _is_hidden(name: str) -> bool:
    """Return whether a member is none of the data: macOS and others add files that start with a dot."""
    parts = PurePosixPath(name).parts
    return not parts or parts[-1].startswith(".") or parts[0] == "__MACOSX"
