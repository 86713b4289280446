"""What is pushed: a graph as sorted N-Triples without blank nodes, cut into chunks; and digests that do not depend on order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kg.pushing.literals import canonical_lines, sound, write_lines
from kg.pushing.profiles import Profile
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb


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
    """A graph to push: its lines (canonical N-Triples, sorted by code point, each once), and the number of blank nodes that became IRIs."""

    lines: Path
    chunks: tuple[Chunk, ...]
    sha256: str
    skolemised: int

    @property
    def triples(self) -> int:
        """The number of lines."""
        return sum(chunk.triples for chunk in self.chunks)

    @property
    def size(self) -> int:
        """The bytes of the lines."""
        return sum(chunk.size for chunk in self.chunks)


def graphs(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the names of the graphs of what is pushed, sorted: IRIs, blank nodes with their `_:`, and '' for the default graph."""
    rows = con.execute("SELECT g FROM plain UNION SELECT g FROM blank ORDER BY g NULLS FIRST").fetchall()
    return tuple("" if row[0] is None else str(row[0]).removeprefix("<").removesuffix(">") for row in rows)


def prepare(
    con: duckdb.DuckDBPyConnection, folder: Path, profile: Profile, *, base: str, graph: str, only: str | None
) -> Content:
    """Write the triples of `plain` and `blank` that are not `ill_typed`, of all graphs or `only` of one ('': the default graph), to a file, and cut it into chunks.

    A blank node becomes an IRI under /.well-known/genid/ of the base (RDF 1.1 Concepts, section 3.5) that depends on its label and the `graph`.
    """
    parts = urlsplit(base)
    genid = f"{parts.scheme}://{parts.netloc}/.well-known/genid/"

    def named(term: str) -> str:
        return f"CASE WHEN starts_with({term}, '_:') THEN '<' || {text(genid)} || left(md5({text(graph)} || ' ' || {term}), 24) || '>' ELSE {term} END"

    where = "true" if only is None else f"g = {text(f'<{only}>')}" if only else "g IS NULL"
    lines = folder / "content.nt"
    triples = f"""
        SELECT line FROM plain WHERE {where}
        UNION ALL SELECT {named("s")} || ' ' || p || ' ' || {named("o")} || ' .' AS line FROM blank WHERE {where}"""
    write_lines(con, f"SELECT DISTINCT line FROM ({triples}) WHERE {sound(con)} ORDER BY line", lines)
    whole = hashlib.sha256()
    chunks = tuple(_chunks(lines, profile, whole))
    found = con.execute(
        f"""
        SELECT count(DISTINCT term) FROM (
          SELECT s AS term FROM blank WHERE {where} UNION ALL SELECT o FROM blank WHERE {where})
        WHERE starts_with(term, '_:')
        """
    ).fetchone()
    return Content(lines, chunks, whole.hexdigest(), int(found[0]) if found else 0)


def _chunks(lines: Path, profile: Profile, whole: hashlib._Hash) -> Iterator[Chunk]:
    start = 0
    with lines.open("rb") as file:
        while block := file.read(profile.chunk):
            # A line longer than a chunk is a chunk of its own.
            if not (end := block.rfind(b"\n") + 1):
                block += file.readline()
                end = len(block)
            triples = block.count(b"\n", 0, end)
            if profile.chunk_triples and triples > profile.chunk_triples:
                triples = profile.chunk_triples
                end = len(b"\n".join(block.split(b"\n", triples)[:-1])) + 1
            file.seek(start + end)
            taken = memoryview(block)[:end]
            whole.update(taken)
            yield Chunk(start, end, triples, hashlib.sha256(taken).hexdigest())
            start += end


def digest(con: duckdb.DuckDBPyConnection, lines: Path, profile: Profile, name: str) -> Digest:
    """Return the digest of a file of N-Triples lines that are all different, literals in the canonical form of a store."""
    forms, anew = canonical_lines(con, lines, profile, name)
    # Two sums over 128 bits a line: equal sets have equal sums, and no accident makes two others equal. Only what is written anew may be there twice.
    row = con.execute(
        f"""
        SELECT count(*), coalesce(bit_xor(hash), 0), coalesce(sum((hash & 18446744073709551615::UHUGEINT)::HUGEINT), 0)
        FROM (SELECT {"DISTINCT" if anew else ""} md5_number(form) AS hash FROM ({forms}))
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
    # Lines and the hashes of their canonical forms; the form says what is equal, the line what a store knows.
    one, other = (
        f"(SELECT line, md5_number(form) AS hash FROM ({canonical_lines(con, path, profile, name)[0]}))"
        for name, path in (("wanted", wanted), ("there", there))
    )
    counts = []
    for made, more, less in (("missing", one, other), ("extra", other, one)):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT DISTINCT line FROM {more} ANTI JOIN (SELECT hash FROM {less}) USING (hash)"
        )
        row = con.execute(f"SELECT count(*) FROM {made}").fetchone()
        counts.append(int(row[0]) if row else 0)
    examples = con.execute(
        "SELECT line FROM ((SELECT '- ' || line AS line FROM missing ORDER BY line LIMIT 3) UNION ALL (SELECT '+ ' || line FROM extra ORDER BY line LIMIT 3)) ORDER BY line DESC"
    ).fetchall()
    return Difference(counts[0], counts[1], tuple(str(row[0]) for row in examples))
