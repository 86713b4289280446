"""Runs rules on DuckDB: opens their sources, asks the data what the planner must know, and finds rows that are unfit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from kg.errors import MappingError
from kg.mapping.needs import calls_of, needs_of, place_of
from kg.mapping.parse import parse_mapping
from kg.mapping.plan import Catalog, Plan, Shape, plan_of
from kg.mapping.plan.values import name
from kg.mapping.rules import LogicalSource, Place, Source, Statement, Table

if TYPE_CHECKING:
    from kg.mapping.functions import Functions
    from kg.mapping.readers import Access

# A key that repeats mostly does so early on.
_SAMPLE = 20_000
# So many unfit rows of one kind are listed where a run stops at the first.
_FIRST = 1


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
        known = " AND ".join(f"{expression} IS NOT NULL" for expression in expressions)
        relation = f"{name(self.tables[source].name)} AS r"
        # Two hashes that are equal by chance cost a DISTINCT, no more.
        keys = f"SELECT CASE WHEN {known} THEN hash({', '.join(expressions)}) END AS h FROM {relation}"
        for rows in (f"{keys} LIMIT {_SAMPLE}", keys):
            ((known_keys, distinct),) = self.con.execute(f"SELECT count(h), count(DISTINCT h) FROM ({rows})").fetchall()
            if known_keys != distinct:
                return False
            if known_keys < _SAMPLE and "LIMIT" in rows and self._is_small(relation):
                return True
        return True

    def _is_small(self, relation: str) -> bool:
        ((count,),) = self.con.execute(f"SELECT count(*) FROM (SELECT 1 FROM {relation} LIMIT {_SAMPLE})").fetchall()
        return bool(count < _SAMPLE)

    def unfit(self, plan: Plan, *, first: bool = False) -> list[Reject]:
        """Return the rows that the plan cannot use; with `first`, at most one of each source."""
        by_source: dict[Source, list[tuple[str, Place]]] = {}
        for check in plan.checks():
            by_source.setdefault(check.source, []).append((check.reason, check.place))
        found = []
        for source, checks in by_source.items():
            if self._has_unfit(source, [reason for reason, _ in checks]):
                found += self._rows(source, checks, first=first)
        return found

    def _has_unfit(self, source: Source, reasons: Sequence[str]) -> bool:
        tests = " OR ".join(f"({reason}) IS NOT NULL" for reason in reasons)
        relation = name(self.tables[source].name)
        return bool(self.con.execute(f"SELECT 1 FROM {relation} AS r WHERE {tests} LIMIT 1").fetchall())

    def _rows(self, source: Source, checks: Sequence[tuple[str, Place]], *, first: bool) -> list[Reject]:
        relation = name(self.numbered(source).name)
        listed = ", ".join(f"{{'n': {number}, 'reason': {reason}}}" for number, (reason, _) in enumerate(checks))
        limit = f" LIMIT {_FIRST}" if first else ""
        rows = self.con.execute(
            f"SELECT row, f.n, f.reason FROM (SELECT r.kg_row AS row, unnest([{listed}]) AS f FROM {relation} AS r) "
            f"WHERE f.reason IS NOT NULL ORDER BY row, f.n{limit}"
        ).fetchall()
        return [Reject(title(source), row + 1, checks[number][1], reason) for row, number, reason in rows]

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
        refuse(sources.unfit(plan, first=True))
        for select in (*plan.streamed(Shape.QUADS), *plan.pooled(Shape.QUADS)):
            con.execute(f"INSERT INTO {into} {select}")
    except duckdb.Error as error:
        raise failed(error) from error


def refuse(rejects: Sequence[Reject]) -> None:
    """Raise MappingError for the first row that is unfit."""
    for reject in rejects:
        raise MappingError(
            "KG207",
            f"a row cannot be mapped: {reject.reason}",
            where=reject.where,
            advice=f"correct the row or the rule at {reject.place}" if reject.row else "correct the file",
        )


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
