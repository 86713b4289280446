"""Texts that flow from a query into a file while it runs, compressed on the way."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock, Thread
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_FUNCTION = "kg_pour"
# Lines of one graph are so much alike that a higher level takes longer and gains nothing.
_LEVEL, _GZIP_LEVEL = 1, 3
# Powers of two: what lines are alike is near, and a window (bytes) and a table (entries) that stay in a core's cache are found faster, the table beside those of the query.
_WINDOW, _TABLE = 18, 13
_THREADS = min(4, os.cpu_count() or 1)


@contextmanager
def compressed(place: Path, compression: str) -> Iterator[IO[bytes]]:
    """Open a file for writing whose content is compressed ("", gzip or zstd); the same bytes make the same file."""
    with place.open("wb") as file:
        if compression == "zstd":
            import zstandard

            # One frame, however many threads: there are readers that stop after the first.
            parameters = zstandard.ZstdCompressionParameters.from_level(
                _LEVEL, window_log=_WINDOW, hash_log=_TABLE, threads=_THREADS
            )
            packer = zstandard.ZstdCompressor(compression_params=parameters)
            with packer.stream_writer(file, closefd=False) as packed:
                yield cast("IO[bytes]", packed)
        elif compression == "gzip":
            with gzip.GzipFile("", "wb", _GZIP_LEVEL, fileobj=file, mtime=0) as zipped:
                yield cast("IO[bytes]", zipped)
        else:
            yield file


def load_ahead() -> None:
    """Begin to import what `pour` needs, in a thread: on another core, while the database is at work."""
    _keep_cores_free()
    Thread(target=import_module, args=("pyarrow",)).start()


def _keep_cores_free() -> None:
    # The threads of OpenBLAS, which comes with pyarrow's numpy, look for work for a tenth of a second on every core before they sleep, unless told how long (as a power of two).
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")


@dataclass(frozen=True, slots=True)
class Poured:
    """What a query told beside its texts: how many there were, whether no key came twice, and whether any row was in doubt."""

    texts: int
    unique: bool = True
    doubtful: bool = False


def pour(con: duckdb.DuckDBPyConnection, select: str, stream: IO[bytes]) -> Poured:
    """Write the texts of a query's column `text` to a stream, in any order; return what its columns `key` and `doubt` tell.

    The query hands them over in vectors, by a function that it calls, on each of its threads: that takes three quarters of the time of a COPY, which looks at
    each character once more and compresses little by little. What the stream raises is raised.
    """
    _keep_cores_free()
    import duckdb
    import pyarrow as pa
    from duckdb.func import FunctionNullHandling, PythonUDFType

    lock = Lock()
    faults: list[BaseException] = []

    def taken(texts: Any) -> Any:
        try:
            for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
                content = _content(chunk)
                with lock:
                    if faults:
                        break
                    stream.write(content)
        except BaseException as fault:
            faults.append(fault)
            raise
        # Made of bytes: pyarrow loads pandas, where it is there, to look at a value of Python.
        return pa.Array.from_buffers(pa.int8(), len(texts), [None, pa.py_buffer(b"\x01" * len(texts))])

    # The texts of a vector may come to more than an offset of 32 bits reaches.
    con.execute("SET arrow_large_buffer_size = true")
    con.create_function(
        _FUNCTION,
        taken,
        [duckdb.sqltype("VARCHAR")],
        duckdb.sqltype("TINYINT"),
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        side_effects=True,
    )
    try:
        [(texts, keys, distinct, doubtful)] = con.execute(
            f"SELECT coalesce(sum({_FUNCTION}(text)), 0), count(key), count(DISTINCT key), coalesce(bool_or(doubt), false) FROM ({select})"
        ).fetchall()
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        con.remove_function(_FUNCTION)
        con.execute("RESET arrow_large_buffer_size")
    return Poured(int(texts), keys == distinct, doubtful)


def _content(texts: pa.Array) -> memoryview:
    """Return the bytes of all texts of an array, one after the other."""
    _, offsets, content = texts.buffers()
    if content is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("q" if str(texts.type) == "large_string" else "i")
    return memoryview(content)[ends[texts.offset] : ends[texts.offset + len(texts)]]
