"""Which documents the site has, and what their files are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import duckdb

from kg.pages import StaticAddresses
from kg.pages.addresses import is_iri
from kg.pages.hashes import MOST
from kg.pages.names import TYPE
from kg.pages.paths import SUFFIXES, ending, twins_of
from kg.rdf.machinery import is_machinery

# So many letters tell bundles apart at most.
_MOST_LETTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """The documents of a site, those that share files together, and the addresses of all pages.

    `documents` is how many there are; `moved` are those below the base whose files are not called as they are, each with the name of its files; `bundled`
    the directories of those that share files.
    """

    groups: tuple[tuple[str, ...], ...]
    addresses: StaticAddresses
    documents: int
    moved: tuple[tuple[str, str], ...]
    bundled: tuple[str, ...] = ()

    def layout(self) -> str:
        """Return what the addresses of all documents depend on beside their own IRIs."""
        return f"{self.addresses.letters}{self.addresses.alone is None}{self.bundled}{sorted(self.addresses.twins)}"


def planned(con: duckdb.DuckDBPyConnection, base: str, root: str, terms: Sequence[str], files: int) -> Plan:
    """Find the documents: of subjects, of graphs, and of what is named below the base; `terms` are those of the vocabulary.

    Where they would have more than so many files, things share files.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE documents AS SELECT split_part(s[2:-2], '#', 1) AS iri FROM quads WHERE s[1] = '<' AND s[2] <> '<'
        UNION SELECT o[2:-2] FROM quads WHERE starts_with(o, ?) AND NOT contains(o, '#')
        UNION SELECT g[2:-2] FROM quads WHERE g IS NOT NULL AND NOT contains(g, '#') AND g[1] = '<'""",
        [f"<{base}"],
    )
    mentioned = _column(
        con,
        """SELECT DISTINCT split_part(term[2:-2], '#', 1) FROM (SELECT o AS term FROM quads UNION SELECT p FROM quads) WHERE starts_with(term, ?)
        EXCEPT FROM documents""",
        f"<{base}",
    )
    found = {*_column(con, "FROM documents"), *(iri.partition("#")[0] for iri in terms)}
    documents = set(filter(is_iri, found))
    absent = {*mentioned, *found} - documents
    del found, mentioned
    plain = StaticAddresses(base, root)
    kept = {iri.partition("#")[0] for iri in terms if "#" in iri} & documents
    alone, letters = bundled(documents, kept, lambda: _machinery(con), files)
    names = {document: plain.natural(document) for document in (documents if alone is None else alone)}
    twins = twins_of(name for name in names.values() if name is not None)
    gone = frozenset(each for each in absent if each.startswith(base))
    addresses = StaticAddresses(base, root, twins, gone, alone, letters)
    odd = sorted(each for each, name in names.items() if name is None or name.casefold() in twins)
    moved = tuple((path, addresses.place(each)) for each in odd if (path := addresses.moved(each)) is not None)
    if alone is None:
        return Plan(tuple((each,) for each in sorted(documents)), addresses, len(documents), moved)
    placed = sorted((addresses.place(each), each) for each in documents)
    groups = tuple(tuple(each for _, each in group) for _, group in groupby(placed, lambda each: each[0]))
    shared = sorted({directory(each) for each in documents - alone})
    return Plan(groups, addresses, len(documents), moved, tuple(shared))


def of_hashes(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Return the things with a `#` in their IRI by the IRI of their document, as `kg.pages.hashes` finds them in a store."""
    found: dict[str, list[str]] = defaultdict(list)
    for thing in _column(
        con,
        f"SELECT DISTINCT s[2:-2] AS thing FROM quads WHERE s[1] = '<' AND contains(s, '#') ORDER BY thing LIMIT {MOST}",
    ):
        found[thing.partition("#")[0]].append(thing)
    return {document: tuple(things) for document, things in found.items()}


def bundled(
    documents: Collection[str], kept: Collection[str], machinery: Callable[[], Collection[str]], files: int
) -> tuple[frozenset[str] | None, int]:
    """Return the documents that keep files of their own, None for all, and how many letters of their names tell the bundles of the others apart.

    Whole directories are bundled, so that rules of web servers know by an IRI which are: first those of evidence alone, and all where the things of the
    world would take more than half of the files. Those `kept`, of terms, are never bundled. `machinery` returns the documents of evidence.
    """
    most = files // len(SUFFIXES)
    if len(documents) <= most:
        return None, 0
    evidence = machinery()
    world = {directory(each) for each in documents if each not in evidence and each not in kept}
    alone = {each for each in documents if each in kept or directory(each) in world}
    if len(alone) > most // 2:
        alone = set(kept)
    endings = {ending(each, _MOST_LETTERS) for each in documents if each not in alone}
    letters = 0
    while letters < _MOST_LETTERS and len({each[-letters - 1 :] for each in endings}) <= most - len(alone):
        letters += 1
    return frozenset(alone), letters


def directory(document: str) -> str:
    """Return an IRI up to its last slash."""
    return document[: document.rindex("/") + 1] if "/" in document else ""


def _machinery(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the documents of which all types are of what is about the graph itself."""
    types = _column(con, f"SELECT DISTINCT o FROM quads WHERE p = '<{TYPE}>' AND o[1] = '<'")
    evidence = [each for each in types if is_machinery(each[1:-1])]
    rows = con.execute(
        f"""SELECT split_part(s[2:-2], '#', 1) AS document FROM quads WHERE p = '<{TYPE}>' AND s[1] = '<'
        GROUP BY document HAVING bool_and(list_contains(?::VARCHAR[], o))""",
        [evidence],
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _column(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> list[str]:
    return [row[0] for row in con.execute(query, list(values)).fetchall()]
