"""What of the last run still stands: the files of documents for which nothing was looked at that has changed since.

For each document, or group of them that shares files, the file `.kg-site.seen` says which things were looked at to make it, as CRC-32 of their IRIs. Two
IRIs that have the same make a document anew for nothing, and do no harm.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import duckdb

from kg.pages.graph import ANYTHING
from kg.publishing.tree import JOURNAL, Manifest, Written, aside, digest_of
from kg.rdf.quads import read_quads

SEEN: Final = ".kg-site.seen"


class Made(NamedTuple):
    """The files of a group of documents, by the name that they share, and what was looked at for them."""

    place: str
    files: list[Written]
    seen: bytes = b""


class Record:
    """Writes what was made to the file, in the order of its names, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._part = folder, aside(folder) / "seen"
        self._file = self._part.open("w+b")
        self._lines: list[tuple[str, int]] = []

    def add(self, made: Made) -> None:
        """Remember what was made."""
        line = json.dumps([made.place, [each.name for each in made.files], made.seen.hex()])
        self._lines.append((made.place, self._file.tell()))
        self._file.write(line.encode() + b"\n")

    def put(self) -> str:
        """Put the file in its place, and return its SHA-256."""
        ordered = aside(self._folder) / "ordered"
        with self._file as lines, ordered.open("wb") as target:
            for _, start in sorted(self._lines):
                lines.seek(start)
                target.write(lines.readline())
        ordered.replace(self._folder / SEEN)
        return digest_of(self._folder / SEEN)


def digest(things: Iterable[str]) -> bytes:
    """Return what stands for things in the file."""
    sums = sorted({crc32(thing.encode("utf-8", "surrogatepass")) for thing in things})
    return struct.pack(f"<{len(sums)}I", *sums)


def compared(con: duckdb.DuckDBPyConnection, folder: Path, before: Manifest) -> set[str] | None:
    """Return the things of which the graph in `quads` says something else than the one that a site was made of.

    None where that cannot be known: there is none, a run did not end, or somebody changed the files.
    """
    name = f"release/{before.about.get('current')}/graph.nq.zst"
    known = before.files.get(name)
    try:
        same = known is not None and digest_of(folder / name) == known.sha256
        sound = same and digest_of(folder / SEEN) == before.about.get("seen") and not (folder / JOURNAL).exists()
    except OSError:
        return None
    return changed(con, folder / name) if sound else None


def changed(con: duckdb.DuckDBPyConnection, before: Path) -> set[str]:
    """Return the things of which the graph in `quads` says something else than a file of N-Quads did, or that something else is said with."""
    read_quads(con, [before], table="before")
    # A document is about all things of its hash IRIs.
    found = con.execute(
        """SELECT DISTINCT unnest([s[2:-2], split_part(s[2:-2], '#', 1), CASE WHEN o[1] = '<' THEN o[2:-2] END, g[2:-2]])
        FROM ((FROM quads EXCEPT FROM before) UNION ALL (FROM before EXCEPT FROM quads))"""
    )
    things = {ANYTHING}
    while rows := found.fetchmany(10_000):
        things.update(row[0] for row in rows)
    con.execute("DROP TABLE before")
    return things - {None}


def standing(folder: Path, before: Manifest, changes: set[str]) -> Iterator[Made]:
    """Yield what was made without a look at any of the things that changed, and is there whole."""
    things = set(struct.iter_unpack("<I", digest(changes)))
    with (folder / SEEN).open("rb") as lines:
        for line in lines:
            place, names, seen = json.loads(line)
            looked = bytes.fromhex(seen)
            known = struct.iter_unpack("<I", looked)
            if things.isdisjoint(known) and all(_is_there(folder, before, name) for name in names):
                yield Made(place, [before.files[name] for name in names], looked)


def _is_there(folder: Path, before: Manifest, name: str) -> bool:
    known = before.files.get(name)
    try:
        return known is not None and os.lstat(f"{folder}/{name}").st_size == known.size
    except OSError:
        return False
