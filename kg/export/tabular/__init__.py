"""Exports as tables, and as nodes and edges: what is made of the whole relation of quads in the database, not quad by quad."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING

from kg.settings import TITLE

if TYPE_CHECKING:
    import duckdb

# What each folder holds in any case: one without it is not replaced.
_MARKERS = {"parquet": "tables.json", "csv": "csv-metadata.json", "neo4j": "import.sh", "croissant": "croissant.json"}
FILES = ("graphml", "gexf", "parquet", "duckdb")
FOLDERS = tuple(_MARKERS)
TABULAR = tuple(dict.fromkeys((*FILES, *FOLDERS)))
_MEMORY = "1GB"


def folder_marker(format_: str, output: str) -> str | None:
    """Return the name of a file that every export of the format has, if that export is a folder; Parquet is one unless the name says `.parquet`."""
    if format_ == "parquet" and ".parquet" in {suffix.lower() for suffix in PurePath(output).suffixes}:
        return None
    return _MARKERS.get(format_)


def write_folder(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    format_: str,
    prefixes: dict[str, str],
    base: str,
    dumps: Iterable[Path] = (),
    title: str = TITLE,
    license_: str | None = None,
    *,
    ordered: bool = False,
) -> None:
    """Write `quads` as tables into an empty folder, in a format of FOLDERS.

    `ordered` says that the quads are distinct and come in the order of their lines. `base` names the dataset and its blank nodes where a format has none. Croissant tells `title` and `license_` (an IRI), and
    describes the files `dumps` too: they are copied.
    """
    import shutil

    _bound(con)
    if format_ == "csv":
        from kg.export.tabular.csvw import write_csvw

        write_csvw(con, folder, prefixes, base)
    elif format_ == "neo4j":
        from kg.export.tabular.neo4j import write_neo4j

        write_neo4j(con, folder, prefixes)
    else:
        from kg.export.tabular.parquet import write_parquet

        tables = write_parquet(con, folder, prefixes, ordered=ordered)
        if format_ == "croissant":
            from kg.export.tabular.croissant import write_croissant

            for dump in dumps:
                shutil.copyfile(dump, folder / dump.name)
            write_croissant(folder, tables, base, title, license_)


def write_file(
    con: duckdb.DuckDBPyConnection,
    target: IO[bytes],
    folder: Path,
    format_: str,
    prefixes: dict[str, str],
    *,
    ordered: bool = False,
) -> None:
    """Write `quads` to a stream, in a format of FILES; `folder` holds what is on the way, and `ordered` is as for `write_folder`."""
    import shutil

    _bound(con)
    if format_ in ("graphml", "gexf"):
        from kg.export.tabular.network import write_network

        write_network(con, target, folder, format_, prefixes)
        return
    path = folder / "whole"
    if format_ == "duckdb":
        from kg.export.tabular.database import write_database

        write_database(con, path, prefixes)
    else:
        from kg.export.tabular.parquet import write_quads

        write_quads(con, path, ordered=ordered)
    with path.open("rb") as source:
        shutil.copyfileobj(source, target, 1 << 20)


def _bound(con: duckdb.DuckDBPyConnection) -> None:
    """Keep the session within some memory, whatever the size of the graph: the rest goes to its folder on disk. Times are shown in UTC."""
    con.execute(f"SET memory_limit = '{_MEMORY}'; SET TimeZone = 'UTC'")
