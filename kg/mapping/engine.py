"""Runs rules on DuckDB: opens their sources, asks the data what the planner must know, and finds rows that are unfit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from kg.errors import MappingError
from kg.mapping.needs import calls_of, needs_of, place_of
from kg.mapping.parse import parse_mapping
from kg.mapping.plan import Catalog, Plan, Shape, plan_of
from kg.mapping.plan.values import name
from kg.mapping.rejects import Reject, SetAside, refuse
from kg.mapping.rules import LogicalSource, Place, Source, Statement, Table

if TYPE_CHECKING:
    from kg.mapping.functions import Functions
    from kg.mapping.readers import Access

# A key that repeats mostly does so early on.
_SAMPLE = 50_000


@dataclass(slots=True)
class Sources:
    """The sources of statements as relations of a session; views are made of the relations of what they are on."""

    con: duckdb.DuckDBPyConnection
    access: Access
    functions: Functions | None = None
    legacy: bool = False
    tables: dict[Source, Table] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    asked: dict[Source, tuple[Sequence[str], bool]] = field(default_factory=dict)
    count: int = 0

    @property
    def catalog(self) -> Catalog:
        """What the planner may know."""
        return Catalog(self.tables, self.functions, self.legacy)

    def open(self, statements: Iterable[Statement]) -> None:
        """Open what the statements read, and make ready what their functions need; MappingError where a call is wrong."""
        self.statements = statements = tuple(statements)
        calls = tuple(calls_of(statements))
        if calls:
            from kg.mapping.functions import FUNCTIONS, check_call, define

            for call in calls:
                check_call(call, self.functions or FUNCTIONS)
            define(self.con, calls, self.functions or FUNCTIONS)
        for source, needs in needs_of(statements).items():
            references = tuple(needs.references)
            self.asked[source] = (references, needs.numbered)
            self.tables[source] = self._opened(source, references, needs.numbered)

    def numbered(self, source: Source) -> Table:
        """Return a source once more, the same columns with the number of each record."""
        references, numbered = self.asked[source]
        return self.tables[source] if numbered else self._opened(source, references, True)

    def _opened(self, source: Source, references: Sequence[str], numbered: bool) -> Table:
        relation = f"kg_source_{self.count}"
        self.count += 1
        if isinstance(source, LogicalSource):
            from kg.mapping.readers import open_source

            try:
                return open_source(self.con, source, references, relation, numbered=numbered, access=self.access)
            except MappingError as error:
                locate(error, source, self.statements)
                raise
        from kg.mapping.readers import define
        from kg.mapping.views import open_view

        define(self.con)
        return open_view(self.con, source, references, relation, self._opened, self.functions, numbered=numbered)

    def is_unique(self, source: Source, expressions: tuple[str, ...]) -> bool:
        """Return whether no two records give the same for expressions; records for which one is NULL do not count."""
        seen = self.seems_unique(source, expressions)
        if seen is not None:
            return seen
        _, known, distinct = self._counted(self._keys(source, expressions))
        return known == distinct

    def seems_unique(self, source: Source, expressions: tuple[str, ...]) -> bool | None:
        """Return the same from the first records; None where there are more, and none of the first repeats."""
        rows, known, distinct = self._counted(f"{self._keys(source, expressions)} LIMIT {_SAMPLE}")
        if known != distinct:
            return False
        return True if rows < _SAMPLE else None

    def _keys(self, source: Source, expressions: tuple[str, ...]) -> str:
        known = " AND ".join(f"{expression} IS NOT NULL" for expression in expressions)
        # Two hashes that are equal by chance cost a DISTINCT, no more.
        return f"SELECT CASE WHEN {known} THEN hash({', '.join(expressions)}) END AS h FROM {name(self.tables[source].name)} AS r"

    def _counted(self, keys: str) -> tuple[int, int, int]:
        [(rows, known, distinct)] = self.con.execute(
            f"SELECT count(*), count(h), count(DISTINCT h) FROM ({keys})"
        ).fetchall()
        return rows, known, distinct

    def first_unfit(self, plan: Plan) -> list[Reject]:
        """Return the first row of each source that the plan cannot use."""
        found = []
        for source, checks in self._doubtful(plan):
            rows = self.con.execute(f"{self._unfit(source, checks)} ORDER BY row, n LIMIT 1").fetchall()
            found += [Reject(title(source), row, checks[number][1], reason) for row, number, reason in rows]
        return found

    def set_aside(self, plan: Plan, into: SetAside) -> bool:
        """Set the rows aside that the plan cannot use; return whether there are any."""
        doubtful = list(self._doubtful(plan))
        for source, checks in doubtful:
            into.add(title(source), [place for _, place in checks], self._unfit(source, checks))
        return bool(doubtful)

    def _doubtful(self, plan: Plan) -> Iterator[tuple[Source, Sequence[tuple[str, Place]]]]:
        """Yield the sources that have unfit rows, with what each is checked for, and at which place."""
        by_source: dict[Source, list[tuple[str, Place]]] = {}
        for check in plan.checks():
            by_source.setdefault(check.source, []).append((check.reason, check.place))
        for source, checks in by_source.items():
            tests = " OR ".join(f"({reason}) IS NOT NULL" for reason, _ in checks)
            if self.con.execute(
                f"SELECT 1 FROM {name(self.tables[source].name)} AS r WHERE {tests} LIMIT 1"
            ).fetchall():
                yield source, checks

    def _unfit(self, source: Source, checks: Sequence[tuple[str, Place]]) -> str:
        """Return the query for unfit rows: their number from 1, that of the check from 0, the reason."""
        relation = name(self.numbered(source).name)
        listed = ", ".join(f"{{'n': {number}, 'reason': {reason}}}" for number, (reason, _) in enumerate(checks))
        rows = f"SELECT r.kg_row + 1 AS row, unnest([{listed}]) AS f FROM {relation} AS r"
        return f"SELECT row, f.n AS n, f.reason AS reason FROM ({rows}) WHERE f.reason IS NOT NULL"

    def broken_rows(self) -> list[Reject]:
        """Return the lines of files that the scans so far could not read."""
        from kg.mapping.readers import rejected

        # A line may have several faults; one is enough.
        lines = {(each.file, each.line): each.reason for each in reversed(rejected(self.con))}
        return [Reject(file, 0, Place(), reason, line) for (file, line), reason in sorted(lines.items())]


def locate(error: MappingError, source: LogicalSource, statements: Iterable[Statement]) -> None:
    """Give an error of a reference that is not there (KG205) the reference's place: readers know only that of the source."""
    from kg.mapping.readers.databases.names import MissingError

    if isinstance(error, MissingError) and error.code == "KG205":
        error.where = str(place_of(error.name, source, statements) or error.where)


def title(source: Source) -> str:
    """Return what to call a source: its file, table or query, or that of the source that a view is on."""
    if not isinstance(source, LogicalSource):
        return title(source.on)
    access = source.access
    path = getattr(access, "path", "") or getattr(access, "url", "")
    return path or source.iterator[:120]


def run_mapping(con: duckdb.DuckDBPyConnection, mappings: Iterable[Path], base: str, into: str = "quads") -> None:
    """Run mappings over their sources and the session's tables, and append what they make to the relation `into` (columns s, p, o, g).

    The session has the term functions of kg.rdf.terms. Relative IRIs are resolved against `base`. Quads may repeat. MappingError where a mapping is wrong, a source
    cannot be read or a row is unfit for a rule.
    """
    from kg.mapping.readers import Access

    sources = Sources(con, Access(strict=True))
    statements = tuple(each for path in mappings for each in parse_mapping(path, base).statements)
    sources.open(statements)
    plan = plan_of(statements, sources.catalog, _never)
    try:
        refuse(sources.first_unfit(plan))
        for select in (*plan.streamed(Shape.QUADS), *plan.pooled(Shape.QUADS)):
            con.execute(f"INSERT INTO {into} {select}")
    except duckdb.Error as error:
        raise failed(error) from error


def failed(error: duckdb.Error) -> MappingError:
    """Return what an error of the database means to who runs a mapping."""
    from kg.mapping.functions import function_error

    told = function_error(error)
    if told is not None:
        return told
    if isinstance(error, duckdb.OutOfMemoryException):
        return MappingError("KG256", "the memory is used up", advice="give more with --memory, or fewer --threads")
    if isinstance(error, duckdb.IOException):
        return MappingError(
            "KG259",
            f"reading or writing broke off: {str(error).splitlines()[0]}",
            advice="see whether there is space left, and whether you may write there",
        )
    file = re.search(r"^\s*file = (.*)$", str(error), re.MULTILINE)
    # Without its advice on options that nobody set.
    lines = str(error).partition("\nPossible")[0].splitlines()[:4]
    what = ", ".join(line for line in lines if line and not line.startswith("LINE "))
    return MappingError(
        "KG207",
        f"a row cannot be mapped: {what}",
        where=file.group(1) if file else "",
        advice="correct the row or the mapping",
    )


# Answers no: what need not be unique is not looked into.
_never: Callable[[Source, tuple[str, ...]], bool] = lambda _source, _expressions: False  # noqa: E731
