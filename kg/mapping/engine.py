"""Runs plans on DuckDB."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import duckdb

from kg.errors import MappingError
from kg.mapping.cache import cached_plans
from kg.mapping.parse import parse_mapping
from kg.mapping.rules import Rule, Source, SourceKind, Table

_LONGEST_LINE = 1 << 26


def run_mapping(con: duckdb.DuckDBPyConnection, mappings: Iterable[Path], base: str, into: str = "quads") -> None:
    """Run mappings over their sources and the session's tables, and append what they make to the relation `into` (columns s, p, o, g).

    The session has the term functions of kg.rdf.terms. Relative IRIs are resolved against `base`. Quads may repeat. MappingError where a mapping is wrong or a source cannot be read.
    """
    engine = _Engine(con)
    rules = tuple(rule for path in mappings for rule in parse_mapping(path, base))
    for plan in cached_plans(rules, engine.tables(rules)):
        try:
            con.execute(f"INSERT INTO {into} {plan}")
        except duckdb.Error as error:
            raise MappingError(
                "KG207", f"a row cannot be mapped: {_said(error)}", advice="correct the row or the mapping"
            ) from error


class _Engine:
    """Gives each source a view of the session, and tells its columns."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.numbers = count()

    def tables(self, rules: Iterable[Rule]) -> dict[Source, Table]:
        """Return the tables of all sources that the rules read, in the order of their first use."""
        sources = (source for rule in rules for source in (rule.source, rule.join.source if rule.join else rule.source))
        return {source: self._table(source) for source in dict.fromkeys(sources)}

    def _table(self, source: Source) -> Table:
        try:
            name = self._view(source)
            columns = self.con.execute(f"DESCRIBE {_quoted(name)}").fetchall()
        except (duckdb.Error, OSError, csv.Error) as error:
            raise MappingError(
                "KG206",
                f"the source cannot be read: {_said(error)}",
                where=source.location[:120],
                advice="check its name, its columns and that it exists",
            ) from error
        return Table(name, tuple((column, kind) for column, kind, *_ in columns))

    def _view(self, source: Source) -> str:
        if source.kind is SourceKind.RELATION:
            return source.location
        name = f"kg_source_{next(self.numbers)}"
        query = self._query(source.location) if source.kind is SourceKind.QUERY else _csv_query(Path(source.location))
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
        return name

    def _query(self, text: str) -> str:
        """Return the one SELECT that a text holds: a mapping reads, and changes nothing."""
        statements = self.con.extract_statements(text)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise duckdb.InvalidInputException("a query is one SELECT")
        return str(statements[0].query).rstrip().rstrip(";")


def _csv_query(path: Path) -> str:
    """Return the SELECT that reads a CSV file as RFC 4180 has it, nothing guessed: a comma separates, all is text, an empty field an empty text."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next(csv.reader(file, strict=True), [])
    if not header:
        raise csv.Error("the file is empty")
    names: list[str] = []
    for number, name in enumerate(header):
        known = {other.lower() for other in names}
        spellings = (name or f"column{number}", *(f"{name}_{again}" for again in range(1, len(header) + 1)))
        names.append(next(spelling for spelling in spellings if spelling.lower() not in known))
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    # DuckDB reads a name as a pattern, and some text as NULL: this one is not in use.
    return (
        f"SELECT * FROM read_csv({_text(glob.escape(str(path)))}, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = '\uffff\uffff', max_line_size = {_LONGEST_LINE})"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _said(error: Exception) -> str:
    """Return what an error of the database says, without its advice on options that nobody set."""
    return ", ".join(
        line for line in str(error).partition("\nPossible")[0].splitlines()[:4] if line and not line.startswith("LINE ")
    )
