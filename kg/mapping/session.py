"""DuckDB sessions for mappings: bounded in memory and threads, with a folder of their own for what does not fit."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from kg.errors import MappingError
from kg.rdf.relations import no_progress_bar
from kg.rdf.terms import macros

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|B|%)", re.IGNORECASE)
# What DuckDB wants at the least for each thread: joins and groups that spill keep some blocks of each part in memory, on each thread.
_PER_THREAD = 125_000_000


@contextmanager
def opened_session(
    memory: str | None = None, threads: int | None = None, *, ordered: bool = False
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Open a session with the term functions; yield it and its temporary folder, which goes with it.

    `memory` is what DuckDB may hold (`512MB`); beyond, it spills to the folder. Where that is little, there are fewer threads. `ordered` keeps rows in the order of
    their sources.
    """
    if memory is not None and not _SIZE.fullmatch(memory):
        raise MappingError("KG250", f"{memory!r} is no size", advice="write one such as 512MB or 2GB")
    with tempfile.TemporaryDirectory(prefix="kg-map-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "preserve_insertion_order": "true" if ordered else "false",
            "temp_directory": f"{folder}/spill",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A name in a query means a table, and no variable of ours.
            "python_enable_replacements": "false",
        }
        if memory is not None:
            settings["memory_limit"] = memory
        if threads is not None:
            settings["threads"] = str(threads)
        con = duckdb.connect(config=settings)
        no_progress_bar(con)
        try:
            try:
                if memory is not None:
                    most = _bytes(con) // _PER_THREAD
                    con.execute(f"SET threads = greatest(1, least(current_setting('threads'), {most}))")
                con.execute(macros())
            except duckdb.OutOfMemoryException as error:
                raise MappingError(
                    "KG256", "the memory is used up before the run begins", advice="give more with --memory"
                ) from error
            yield con, Path(folder)
        finally:
            con.close()


def _bytes(con: duckdb.DuckDBPyConnection) -> int:
    """Return the limit of memory as DuckDB has understood it."""
    (limit,) = con.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    number, _, unit = str(limit).partition(" ")
    return int(float(number) * 1024 ** (" KMGT".find(unit[:1].upper()) if unit.endswith("iB") else 0))
