"""Runs the plan of a mapping on Spark: the same SQL over Spark's relations, the same lines to a folder of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MappingError
from kg.mapping.engine import locate, title
from kg.mapping.functions import FUNCTIONS, Functions, check_call
from kg.mapping.needs import calls_of, needs_of
from kg.mapping.output import Output, single_lines
from kg.mapping.parse import parse_mapping
from kg.mapping.plan import Catalog, Plan, plan_of
from kg.mapping.plan.values import name
from kg.mapping.rejects import Reject, refuse
from kg.mapping.rules import LogicalSource, Source, Statement, Table
from kg.mapping.run import Settings, Summary, user_functions
from kg.mapping.spark.session import session
from kg.mapping.spark.sources import open_source
from kg.mapping.spark.translate import translated
from kg.mapping.spark.write import write_lines

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SYNTAXES = ("nt", "nq")
_COMPRESSIONS = ("", "gzip", "zstd")
# So many unfit rows are listed: they come through the driver.
_LISTED = 10_000


@dataclass(slots=True)
class _Sources:
    """The sources of statements as views of a Spark session."""

    spark: SparkSession
    functions: Functions
    legacy: bool
    tables: dict[Source, Table] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.tables, self.functions, self.legacy)

    def open(
        self, sources: dict[LogicalSource, Sequence[str]], statements: Sequence[Statement], *, strict: bool
    ) -> None:
        for number, (source, references) in enumerate(sources.items()):
            try:
                self.tables[source] = open_source(self.spark, source, references, f"kg_source_{number}", strict=strict)
            except MappingError as error:
                locate(error, source, statements)
                raise

    def is_unique(self, source: Source, expressions: tuple[str, ...]) -> bool:
        """Return whether no two records give the same for expressions."""
        known = " AND ".join(f"{expression} IS NOT NULL" for expression in expressions)
        columns = ", ".join(f"{expression} AS k{number}" for number, expression in enumerate(expressions))
        rows = translated(f"SELECT {columns} FROM {name(self.tables[source].name)} AS r WHERE {known}")
        keys = ", ".join(f"k{number}" for number in range(len(expressions)))
        # Spark's own hash of 64 bits; two that are equal by chance cost a DISTINCT, no more.
        found = self.spark.sql(f"SELECT count(h), count(DISTINCT h) FROM (SELECT xxhash64({keys}) AS h FROM ({rows}))")
        (row,) = found.collect()
        return bool(row[0] == row[1])

    def unfit(self, plan: Plan) -> list[Reject]:
        """Return rows that the plan cannot use; Spark does not number them."""
        found = []
        for check in plan.checks():
            reason = translated(f"SELECT {check.reason} AS reason FROM {name(self.tables[check.source].name)} AS r")
            rows = self.spark.sql(f"SELECT reason FROM ({reason}) WHERE reason IS NOT NULL LIMIT {_LISTED}").collect()
            found += [Reject(title(check.source), 0, check.place, row[0]) for row in sorted(rows)]
        return found


def map_on_spark(mapping: Path, output: Output, settings: Settings, *, master: str | None = None) -> Summary:
    """Run a mapping on Spark and write a new folder of parts, N-Triples or N-Quads; sorted, its parts in the order of their names are what DuckDB writes.

    `master` is a cluster's, or Spark Connect's (`sc://`); None is this machine. MappingError KG260 or KG261, before Spark starts to work, for what it cannot do.
    """
    if output.path == "-" or output.syntax not in _SYNTAXES or output.compression not in _COMPRESSIONS:
        raise MappingError(
            "KG261",
            f"Spark does not write {'standard output' if output.path == '-' else output.syntax}",
            where=output.path,
            advice="name a folder such as graph.nt.zst, graph.nt.gz or graph.nq, or use --engine duckdb",
        )
    rules = parse_mapping(mapping, settings.base, settings.database)
    known = user_functions(settings.functions) or FUNCTIONS
    for call in calls_of(rules.statements):
        check_call(call, known)
    sources = _needed(rules.statements)
    spark = session(master, settings.memory)
    opened = _Sources(spark, known, settings.legacy)
    opened.open(sources, rules.statements, strict=settings.strict)
    plan = plan_of(rules.statements, opened.catalog, opened.is_unique, graphs=output.holds_graphs)
    # What cannot be translated is found before anything runs.
    select = single_lines(plan)
    translated(select)
    rejects = opened.unfit(plan)
    if settings.strict:
        refuse(rejects)
    write_lines(spark, select, output.path, output.compression, ordered=settings.ordered)
    return Summary(((output.path, None),), tuple(rejects), len(rejects))


def _needed(statements: Sequence[Statement]) -> dict[LogicalSource, Sequence[str]]:
    """Return the sources with their references; MappingError where Spark cannot do what is asked of one."""
    found: dict[LogicalSource, Sequence[str]] = {}
    for statement in statements:
        if statement.targets:
            raise MappingError(
                "KG261",
                "Spark does not write targets of a mapping",
                where=str(statement.place),
                advice="use --engine duckdb",
            )
    for source, needs in needs_of(statements).items():
        if not isinstance(source, LogicalSource):
            raise MappingError(
                "KG260", "Spark does not read logical views", where=str(source.place), advice="use --engine duckdb"
            )
        if needs.numbered:
            raise MappingError(
                "KG261",
                "Spark does not number records, which blank nodes without a value and collections want",
                where=str(source.place),
                advice="use --engine duckdb, or give nodes and collections names",
            )
        found[source] = tuple(needs.references)
    return found
