"""Rows that a run sets aside: in a table of its session, where millions of them find room, and from there counted, told and written down."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MappingError
from kg.mapping.plan.values import quoted
from kg.mapping.rules import Place

if TYPE_CHECKING:
    import duckdb

# So many are told at the end of a run; the file has them all.
_TOLD = 1000
_EACH = "SELECT DISTINCT source, row, rule, reason FROM kg_set_aside"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that a rule cannot use, or a line of a file that is no row: the source, the number of the row or of the line from 1 (0: not known), the rule, the reason."""

    source: str
    row: int
    place: Place
    reason: str
    line: int = 0

    @property
    def where(self) -> str:
        """The source with the row or line."""
        if self.line:
            return f"{self.source}, line {self.line}"
        return f"{self.source}, row {self.row}" if self.row else self.source


class SetAside:
    """What a run has set aside so far, each once: rows that are unfit for a rule, and lines that are no rows."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._sources: dict[str, int] = {}
        self._places: dict[Place, int] = {}
        self._lines: tuple[Reject, ...] = ()
        con.execute(
            "CREATE OR REPLACE TEMP TABLE kg_set_aside (source INTEGER, row BIGINT, rule INTEGER, reason VARCHAR)"
        )

    def add(self, source: str, places: Sequence[Place], rows: str) -> None:
        """Add what a query gives: the number of a row of the source, that of a rule among `places`, and the reason."""
        number = self._sources.setdefault(source, len(self._sources))
        numbers = [self._places.setdefault(place, len(self._places)) for place in places]
        self._con.execute(f"INSERT INTO kg_set_aside SELECT {number}, row, {numbers}[n + 1], reason FROM ({rows})")

    def add_lines(self, lines: Sequence[Reject]) -> None:
        """Add lines of files that are no rows."""
        self._lines = tuple(dict.fromkeys((*self._lines, *lines)))

    def __len__(self) -> int:
        """Return how many there are."""
        [(count,)] = self._con.execute(f"SELECT count(*) FROM ({_EACH})").fetchall()
        return int(count) + len(self._lines)

    def first(self) -> tuple[Reject, ...]:
        """Return the first of them, by source, row and rule, in the order in which sources and rules were asked; lines come last."""
        sources, places = list(self._sources), list(self._places)
        rows = self._con.execute(f"{_EACH} ORDER BY source, row, rule, reason LIMIT {_TOLD}").fetchall()
        found = [Reject(sources[source], row, places[rule], reason) for source, row, rule, reason in rows]
        return (*found, *self._lines[: _TOLD - len(found)])

    def write(self, path: Path) -> None:
        """Write all of them as JSON Lines, whole or not at all."""
        sources, places = ([_json(str(each)) for each in found] for found in (self._sources, self._places))
        line = f"""'{{"source": ' || {_list(sources)}[source + 1] || ', "row": ' || row || ', "rule": ' || {_list(places)}[rule + 1] || ', "reason": ' || to_json(reason)::VARCHAR || '}}'"""
        with _aside(path) as aside:
            # What cannot be written is told before the work.
            aside.touch()
            self._con.execute(
                f"COPY (SELECT {line} FROM ({_EACH}) ORDER BY source, row, rule, reason) TO {quoted(str(aside))} "
                "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')"
            )
            with aside.open("a", encoding="utf-8") as stream:
                stream.writelines(map(_line, self._lines))


def write_rejects(found: Sequence[Reject], path: Path) -> None:
    """Write rejects as JSON Lines, whole or not at all."""
    with _aside(path) as aside, aside.open("w", encoding="utf-8") as stream:
        stream.writelines(map(_line, found))


def refuse(rejects: Sequence[Reject]) -> None:
    """Raise MappingError for the first row that is unfit."""
    for reject in rejects:
        raise MappingError(
            "KG207",
            f"a row cannot be mapped: {reject.reason}",
            where=reject.where,
            advice=f"correct the row or the rule at {reject.place}" if reject.row else "correct the file",
        )


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """Yield a file that takes the place of another at the end, and goes if that is not reached."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _line(reject: Reject) -> str:
    number = f'"line": {reject.line}' if reject.line else f'"row": {reject.row}'
    return f'{{"source": {_json(reject.source)}, {number}, "rule": {_json(str(reject.place))}, "reason": {_json(reject.reason)}}}\n'


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"
