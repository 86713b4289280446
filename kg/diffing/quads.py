"""The difference of two graphs, as a relation.

Quads without blank nodes are equal when their canonical lines are: one grouping tells what only one side has, in bounded memory. The others are compared by `kg.diffing.blank`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from kg.diffing.blank import compare_blank
from kg.errors import DiffError
from kg.rdf.quads import columns_of, read_lines, triple_terms, write_lines
from kg.rdf.relations import no_progress_bar

if TYPE_CHECKING:
    import duckdb

    from kg.rdf.patch import Row

Side: TypeAlias = Literal[1, 2]
OLD: Side = 1
NEW: Side = 2

_MEMORY = "600MB"
# Each thread holds some blocks of what it groups, and a piece of the file that it reads.
_MOST_THREADS = 4
_FETCHED = 10_000
_HAS_BLANK = r"""(contains(line, '_:') AND regexp_matches(line, '^_:|^[^ ]+ [^ ]+ _:| _:[^ "]+ [.]$'))"""
_HAS_TRIPLE_TERM = "(contains(line, ' <<') AND regexp_matches(line, '^[^ ]+ [^ ]+ <<'))"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two graphs side by side in a session.

    The table `lines` holds the quads of both (side, line), and `changes` what only one side has: s, p, o, g, side, and the number of the group of blank nodes that
    the quad belongs to (NULL for a quad without any).
    """

    con: duckdb.DuckDBPyConnection

    def counts(self) -> tuple[int, int]:
        """Return how many quads were removed and added."""
        found = dict(self.con.execute("SELECT side, count(*) FROM changes GROUP BY side").fetchall())
        return found.get(OLD, 0), found.get(NEW, 0)

    def rows(self, side: Side, where: str = "true") -> Iterator[Row]:
        """Yield what only one side has, sorted by graph, subject, predicate and object."""
        query = f"SELECT s, p, o, g FROM changes WHERE side = {side} AND {where} ORDER BY g NULLS FIRST, s, p, o"
        found = self.con.cursor().execute(query)
        while some := found.fetchmany(_FETCHED):
            yield from some


@contextmanager
def difference(old: Path, new: Path) -> Iterator[Difference]:
    """Compare two RDF files; yield their difference, which lasts as long as the block.

    SourceError for a file that cannot be read; DiffError for blank nodes that cannot be told apart (KG660), or where memory or the space for temporary files is used
    up (KG661).
    """
    import duckdb

    with (
        tempfile.TemporaryDirectory(prefix="kg-diff-") as folder,
        duckdb.connect(f"{folder}/diff.duckdb", config=_settings(folder)) as con,
    ):
        no_progress_bar(con)
        con.execute(f"SET threads = least(current_setting('threads'), {_MOST_THREADS})")
        try:
            # A group by lines wants all memory that it can get, and a file its buffers: so the lines are read first.
            con.execute("CREATE TABLE lines (side INTEGER, line VARCHAR)")
            for side, path in ((OLD, old), (NEW, new)):
                _load(con, side, path, Path(folder) / "lines.nq")
            _compare(con)
            yield Difference(con)
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise DiffError(
                "KG661",
                f"the comparison cannot go on: {str(error).splitlines()[0]}",
                advice="free space where temporary files are, or name another place in TMPDIR",
            ) from error


def _settings(folder: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": _MEMORY,
        "temp_directory": f"{folder}/spill",
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # A name in a query means a table, and no variable of ours.
        "python_enable_replacements": "false",
    }


def _load(con: duckdb.DuckDBPyConnection, side: Side, path: Path, canonical: Path) -> None:
    write_lines(path, canonical)
    con.execute(f"INSERT INTO lines SELECT {side}, line FROM {read_lines(canonical)}")
    canonical.unlink()
    if con.execute(f"SELECT 1 FROM lines WHERE side = {side} AND {_HAS_TRIPLE_TERM} LIMIT 1").fetchone():
        raise triple_terms(path)


def _compare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `changes`."""
    con.execute(
        f"""CREATE TABLE ground AS SELECT line, bit_or(side) AS side FROM lines WHERE NOT {_HAS_BLANK}
        GROUP BY line HAVING bit_or(side) <> {OLD | NEW}"""
    )
    con.execute(
        f"CREATE TABLE changes AS SELECT s, p, o, g, side, NULL::BIGINT AS root FROM ({columns_of('ground', 'side')})"
    )
    con.execute(f"CREATE TABLE special AS SELECT DISTINCT side, line FROM lines WHERE {_HAS_BLANK}")
    if con.execute("SELECT 1 FROM special LIMIT 1").fetchone():
        con.execute(f"CREATE TABLE blank AS {columns_of('special', 'side')}")
        compare_blank(con)
