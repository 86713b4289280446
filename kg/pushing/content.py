"""What is pushed: a graph as sorted N-Triples without blank nodes, cut into chunks; and digests that do not depend on order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.pushing.literals import canonical_lines, write_lines
from kg.pushing.profiles import Profile
from kg.rdf.quads import read_quads
from kg.rdf.relations import no_progress_bar
from kg.rdf.sql import text
from kg.rdf.terms import macros
from kg.release import open_release
from kg.settings import DEFAULT_BASE

if TYPE_CHECKING:
    import duckdb

_MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of the content: where they start, their bytes and number, and their hash."""

    start: int
    size: int
    triples: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What tells two sets of triples apart: their number, and a hash of the canonical forms of all, in whatever order."""

    triples: int
    hash: str


@dataclass(frozen=True, slots=True)
class Content:
    """A graph to push: its lines (canonical N-Triples, sorted by code point), and what the store is to hold of them."""

    lines: Path
    chunks: tuple[Chunk, ...]
    sha256: str
    digest: Digest
    skolemised: int

    @property
    def triples(self) -> int:
        """The number of lines."""
        return sum(chunk.triples for chunk in self.chunks)

    @property
    def size(self) -> int:
        """The bytes of the lines."""
        return sum(chunk.size for chunk in self.chunks)


@contextmanager
def opened(target: str, folder: Path, base: str | None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Yield a database session, on disk in `folder`, that holds the relation `quads` of a release or a file, and the base of its IRIs."""
    import duckdb

    release = None if Path(target).is_file() else open_release(Path(target))
    with duckdb.connect(str(folder / "push.duckdb")) as con:
        no_progress_bar(con)
        con.execute("SET preserve_insertion_order = false")
        con.execute(f"SET memory_limit = '{_MEMORY}'; SET temp_directory = {text(str(folder / 'spill'))}")
        con.execute(macros())
        read_quads(con, [release.graph if release else Path(target)])
        yield con, base or (release.base if release else DEFAULT_BASE)


def graphs(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the names of the graphs of `quads`, sorted: IRIs, blank nodes with their `_:`, and '' for the default graph."""
    rows = con.execute("SELECT DISTINCT g FROM quads ORDER BY g NULLS FIRST").fetchall()
    return tuple("" if row[0] is None else str(row[0]).removeprefix("<").removesuffix(">") for row in rows)


def prepare(
    con: duckdb.DuckDBPyConnection, folder: Path, profile: Profile, *, base: str, graph: str, only: str | None
) -> Content:
    """Write the triples of `quads` that are not `ill_typed`, of all graphs or `only` of one ('': the default graph), to a file, and cut it into chunks.

    A blank node becomes an IRI under /.well-known/genid/ of the base (RDF 1.1 Concepts, section 3.5) that depends on its label and the `graph`.
    """
    parts = urlsplit(base)
    genid = f"{parts.scheme}://{parts.netloc}/.well-known/genid/"

    def named(term: str) -> str:
        return f"CASE WHEN starts_with({term}, '_:') THEN '<' || {text(genid)} || left(md5({text(graph)} || ' ' || {term}), 24) || '>' ELSE {term} END"

    where = "true" if only is None else f"g = {text(f'<{only}>')}" if only else "g IS NULL"
    lines = folder / "content.nt"
    write_lines(
        con,
        f"""
        SELECT DISTINCT {named("s")} || ' ' || p || ' ' || {named("o")} || ' .' AS line
        FROM (SELECT s, p, o FROM quads WHERE {where}) ANTI JOIN ill_typed USING (p, o) ORDER BY line
        """,
        lines,
    )
    whole = hashlib.sha256()
    chunks = tuple(_chunks(lines, profile, whole))
    found = con.execute(
        f"""
        SELECT count(DISTINCT term) FROM (
          SELECT s AS term FROM quads WHERE starts_with(s, '_:') AND {where}
          UNION ALL SELECT o FROM quads WHERE starts_with(o, '_:') AND {where})
        """
    ).fetchone()
    return Content(
        lines, chunks, whole.hexdigest(), digest(con, lines, profile, "content"), int(found[0]) if found else 0
    )


def _chunks(lines: Path, profile: Profile, whole: hashlib._Hash) -> Iterator[Chunk]:
    start = 0
    with lines.open("rb") as file:
        while block := file.read(profile.chunk):
            # A line longer than a chunk is a chunk of its own.
            end = block.rfind(b"\n") + 1
            block = block[:end] if end else block + file.readline()
            if profile.chunk_triples and block.count(b"\n") > profile.chunk_triples:
                block = b"\n".join(block.split(b"\n", profile.chunk_triples)[:-1]) + b"\n"
            file.seek(start + len(block))
            whole.update(block)
            yield Chunk(start, len(block), block.count(b"\n"), hashlib.sha256(block).hexdigest())
            start += len(block)


def digest(con: duckdb.DuckDBPyConnection, lines: Path, profile: Profile, name: str) -> Digest:
    """Return the digest of a file of N-Triples lines, literals in the canonical form of a store."""
    # Two sums over 128 bits a line: equal sets have equal sums, and no accident makes two others equal.
    row = con.execute(
        f"""
        SELECT count(*), coalesce(bit_xor(hash), 0), coalesce(sum((hash & 18446744073709551615::UHUGEINT)::HUGEINT), 0)
        FROM (SELECT DISTINCT md5_number(form) AS hash FROM ({canonical_lines(con, lines, profile, name)}))
        """
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has a row
    return Digest(int(row[0]), f"{int(row[1]):032x}{int(row[2]):x}")


@dataclass(frozen=True, slots=True)
class Difference:
    """What one set of triples has more than another: how many, and the first of them."""

    missing: int
    extra: int
    examples: tuple[str, ...]


def compare(con: duckdb.DuckDBPyConnection, wanted: Path, there: Path, profile: Profile) -> Difference:
    """Make the tables `missing` and `extra` (line: as written in its file) of what differs between two files, by canonical form."""
    sides = {}
    for name, path in (("wanted", wanted), ("there", there)):
        # Lines and their canonical forms; the form says what is equal, the line what a store knows.
        forms = canonical_lines(con, path, profile, name)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name}_lines AS SELECT DISTINCT line, md5_number(form) AS hash FROM ({forms})"
        )
        sides[name] = f"{name}_lines"
    counts = []
    for made, one, other in (("missing", "wanted", "there"), ("extra", "there", "wanted")):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT line FROM {sides[one]} WHERE hash NOT IN (SELECT hash FROM {sides[other]})"
        )
        row = con.execute(f"SELECT count(*) FROM {made}").fetchone()
        counts.append(int(row[0]) if row else 0)
    examples = con.execute(
        "SELECT line FROM ((SELECT '- ' || line AS line FROM missing ORDER BY line LIMIT 3) UNION ALL (SELECT '+ ' || line FROM extra ORDER BY line LIMIT 3)) ORDER BY line DESC"
    ).fetchall()
    return Difference(counts[0], counts[1], tuple(str(row[0]) for row in examples))
