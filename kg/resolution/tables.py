"""The reference tables as relations of the session, for the mapping of reference data."""

from __future__ import annotations

import csv
import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.rdf.reference import Reference
from kg.rdf.relations import rows_table

if TYPE_CHECKING:
    import duckdb

_TABLES = ("accelerators", "countries", "grid", "organizations", "components")


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A data set or benchmark by its scheme and key, with its preferred or one alternative label."""

    scheme: str
    key: str
    label: str | None
    alternative: str | None


def load_tables(con: duckdb.DuckDBPyConnection, reference: Reference, folder: Path, base: str) -> None:
    """Make relations of the tables in `folder`, of the concepts, and of `used`: kind and key of all that the quads point to under `base`."""
    for name in _TABLES:
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            columns = dict.fromkeys(next(csv.reader(file)), "VARCHAR")
        con.execute(
            f"CREATE OR REPLACE TABLE {name} AS FROM read_csv(?, header = true, auto_detect = false, quote = '\"', columns = ?)",
            [glob.escape(str(path)), columns],
        )
    concepts = [concept for scheme in ("dataset", "benchmark") for concept in reference.concepts.get(scheme, ())]
    labels = [
        (each, label) for each in concepts for label in (*each.alternatives, *each.ambiguous) if label != each.label
    ]
    rows = [ConceptRow(each.scheme, each.key, each.label, None) for each in concepts]
    rows_table(
        con, "concepts", rows + [ConceptRow(each.scheme, each.key, None, label) for each, label in labels], ConceptRow
    )
    con.execute(
        r"CREATE OR REPLACE TABLE used AS SELECT DISTINCT parts[1] AS kind, parts[2] AS key FROM "
        r"(SELECT string_split(substr(o, length($1) + 2, length(o) - length($1) - 2), '/') AS parts FROM quads WHERE starts_with(o, '<' || $1)) "
        r"WHERE len(parts) = 2",
        [base],
    )
