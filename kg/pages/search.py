"""Finds things by their names: an index of all labels, in memory, made when it is first needed."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pages.graph import Graph, values
from kg.pages.names import OTHER_NAMES, PREDICATE, QUANTITY_KIND
from kg.pages.similar import Similar, folded, likeness, parts
from kg.rdf.labels import LABELS

# A graph with more names than these is found by the first of them.
_MOST = 2_000_000
_WORD = re.compile(r"\w+")
_LONGEST = 200
# So many names are ranked; of more nobody reads the rest.
FOUND = 2000
_MOST_WORDS = 12
# What is the same, what is but for accents, spaces and marks, and what a name that is spelled otherwise has at most.
_EQUAL = 100.0
_SAME = 98.0
_NEARLY = 95.0
# What is only a part of a text, from the least of it to nearly all.
_PART = (30.0, 50.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: the name that fits, and how well, from 0 to 100."""

    iri: str
    name: str
    language: str | None
    score: float


class Index:
    """The names of all things, by word and by the beginning of a word; `graph` is read once, at the first search."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._lock = threading.Lock()
        self._filled: sqlite3.Connection | None = None
        self._similar: Similar | None = None

    def search(self, text: str, limit: int, offset: int = 0) -> tuple[list[Hit], int]:
        """Return the things whose names hold all words of a text, the best first, and how many there are (at most 2000)."""
        found = self._ranked(text)
        return found[offset : offset + limit], len(found)

    def matching(self, text: str) -> list[str]:
        """Return the IRIs of the things whose names hold all words of a text, the best first, at most 2000."""
        return [hit.iri for hit in self._ranked(text)]

    def named(self, text: str, limit: int) -> list[Hit]:
        """Return the things whose names hold all words of a text, and where none is called so, those that are spelled nearly like it or whose names are words of it."""
        found, _ = self.search(text, limit)
        if found and found[0].score == _EQUAL:
            return found
        best = {hit.iri: hit for hit in sorted((*found, *self.similar(text, limit)), key=_order, reverse=True)}
        return sorted(best.values(), key=_order)[:limit]

    def similar(self, text: str, limit: int) -> list[Hit]:
        """Return the things whose names are spelled like a text, or nearly so, and after them those whose names are words of it, the best first."""
        asked, within = folded(text[:_LONGEST]), parts(text[:_LONGEST])
        least, most = _PART
        best: dict[str, Hit] = {}
        for iri, name, language, main in self._nearest(text[:_LONGEST], within):
            called = folded(name)
            like, part = likeness(asked, called), within.get(called, 0)
            rate = _SAME if like == 1 else _NEARLY * like if like else least + (most - least) * part
            rate -= 0 if main else 3
            if (like or part) and (iri not in best or best[iri].score < rate):
                best[iri] = Hit(iri, name, language or None, round(rate, 1))
        return sorted(best.values(), key=_order)[:limit]

    def size(self) -> int:
        """Return the number of names."""
        with self._lock:
            return int(self._ready().execute("SELECT count(*) FROM names").fetchone()[0])

    def _ranked(self, text: str) -> list[Hit]:
        words = _WORD.findall(text[:_LONGEST])[:_MOST_WORDS]
        if not words:
            return []
        # A word in quotes holds no operator of the query language of FTS5; `*` lets it be the beginning of a longer one.
        asked = " ".join(f'"{word}"*' for word in words)
        with self._lock:
            rows = (
                self._ready()
                .execute(
                    """SELECT n.iri, n.name, n.language, n.main FROM found f JOIN names n ON n.rowid = f.rowid
                WHERE f.found MATCH ? ORDER BY f.rank LIMIT ?""",
                    (asked, FOUND),
                )
                .fetchall()
            )
        best: dict[str, Hit] = {}
        for iri, name, language, main in rows:
            hit = Hit(iri, name, language or None, _score(text, words, name, main=bool(main)))
            if iri not in best or best[iri].score < hit.score:
                best[iri] = hit
        return sorted(best.values(), key=_order)

    def _nearest(self, text: str, within: Collection[str]) -> list[tuple[str, str, str, int]]:
        with self._lock:
            filled = self._ready()
            if self._similar is None:
                self._similar = Similar(name for (name,) in filled.execute("SELECT name FROM names ORDER BY rowid"))
            rows = [number + 1 for number in {*self._similar.nearest(text), *self._similar.within(within)}]
            marks = ",".join("?" * len(rows))
            query = f"SELECT iri, name, language, main FROM names WHERE rowid IN ({marks}) ORDER BY rowid"
            return filled.execute(query, rows).fetchall()

    def _ready(self) -> sqlite3.Connection:
        if self._filled is None:
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            connection.executescript(
                """PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                CREATE TABLE names (iri TEXT, name TEXT, language TEXT, main INTEGER);
                CREATE VIRTUAL TABLE found USING fts5 (name, content='names', prefix='1 2 3', detail='full',
                  tokenize="unicode61 remove_diacritics 2");"""
            )
            connection.executemany("INSERT INTO names VALUES (?, ?, ?, ?)", self._names())
            connection.execute("INSERT INTO found (found) VALUES ('rebuild')")
            connection.commit()
            self._filled = connection
        return self._filled

    def _names(self) -> Iterator[tuple[str, str, str, int]]:
        evidence = values((PREDICATE, QUANTITY_KIND))
        for main, predicates in ((1, LABELS), (0, OTHER_NAMES)):
            query = f"""SELECT DISTINCT ?s ?l WHERE {{ VALUES ?p {{ {values(predicates)} }} ?s ?p ?l
              FILTER (isIRI(?s) && isLiteral(?l)) FILTER NOT EXISTS {{ VALUES ?e {{ {evidence} }} ?s ?e ?x }} }} LIMIT {_MOST}"""
            for thing, label in self._graph.select(query):
                if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                    yield thing.value, label.value[:_LONGEST], label.language or "", main


def _order(hit: Hit) -> tuple[float, int, str, str]:
    return -hit.score, len(hit.name), hit.name.casefold(), hit.iri


def _score(text: str, words: Sequence[str], name: str, *, main: bool) -> float:
    """Rate a name: the same, beginning alike, its words beginning alike, a part of the words; another name of a thing a little less."""
    asked, held = " ".join(text.casefold().split()), " ".join(name.casefold().split())
    folded = [word.casefold() for word in words]
    has = [word.casefold() for word in _WORD.findall(name)]
    if asked == held:
        score = _EQUAL
    elif has == folded:
        score = 95.0
    elif held.startswith(asked):
        score = 80.0
    elif all(word in has for word in folded):
        score = 70.0
    else:
        score = 55.0
    # Of equal fits the one with less beside it is better.
    share = min(1.0, sum(map(len, folded)) / max(1, sum(map(len, has))))
    return round(score + (0 if score == _EQUAL else 4 * share) - (0 if main else 3), 1)
