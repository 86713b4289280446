"""What lies between the bytes of a syntax and a file: another encoding, compression, an archive with one member."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import IO, Any

_CHUNK = 1 << 20
_ARCHIVES = (".zip", ".tar.gz", ".tar.xz", ".tgz", ".txz", ".gz", ".zst")


class Encoded(io.RawIOBase):
    """Takes UTF-8 and writes another encoding."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._encoder = codecs.getincrementalencoder(encoding)()

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Write UTF-8 bytes, which may end within a character."""
        self._stream.write(self._encoder.encode(self._decoder.decode(bytes(data))))
        return len(data)


class Packed:
    """Opens a stream whose bytes end up in `place`, compressed ("", gzip, zstd) or as the one member of an archive (zip, targz, tarxz) called after `path`.

    Dates are left out or fixed, so that the same bytes make the same file.
    """

    def __init__(self, place: Path, path: str, compression: str) -> None:
        self._place, self._compression = place, compression
        self._member = Path(path).name
        for suffix in _ARCHIVES:
            self._member = self._member.removesuffix(suffix)
        self._plain = place.with_name(place.name + ".plain")
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> IO[bytes]:
        self._stream = self._plain.open("wb")
        return self._stream

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()
        try:
            if kind is not None:
                return
            if not self._compression:
                self._plain.replace(self._place)
                return
            with self._plain.open("rb") as source, self._place.open("wb") as target:
                self._pack(source, target)
        finally:
            self._plain.unlink(missing_ok=True)

    def _pack(self, source: IO[bytes], target: IO[bytes]) -> None:
        if self._compression == "gzip":
            with gzip.GzipFile("", "wb", fileobj=target, mtime=0) as packed:
                shutil.copyfileobj(source, packed, _CHUNK)
        elif self._compression == "zstd":
            import zstandard

            zstandard.ZstdCompressor().copy_stream(source, target)
        elif self._compression == "zip":
            member = zipfile.ZipInfo(self._member)
            with (
                zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
                archive.open(member, "w", force_zip64=True) as entry,
            ):
                shutil.copyfileobj(source, entry, _CHUNK)
        elif self._compression == "targz":
            with gzip.GzipFile("", "wb", fileobj=target, mtime=0) as outer:
                self._tar(source, outer)
        else:
            with lzma.LZMAFile(target, "wb") as outer_xz:
                self._tar(source, outer_xz)

    def _tar(self, source: IO[bytes], outer: Any) -> None:
        info = tarfile.TarInfo(self._member)
        info.size = self._plain.stat().st_size
        with tarfile.TarFile(fileobj=outer, mode="w") as archive:
            archive.addfile(info, source)
