"""Runs the rules of derivation over the relation of quads."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import duckdb

from kg.model import Finding, Severity
from kg.rdf.relations import rows_table
from kg.rdf.units import load_units
from kg.rdf.vocabulary import Vocabulary
from kg.settings import ONTOLOGY


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, its base unit, and the factor to it, in text so that it stays exact."""

    word: str
    iri: str | None
    base: str | None
    factor: str | None


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of the ontology and the datatype of its values."""

    name: str
    iri: str
    range: str | None


def derive(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary, base: str) -> tuple[Finding, ...]:
    """Make the relations that ontology/mappings/derived.rml.ttl reads from `quads`; return the plausibility findings.

    The rules are SQL, one SELECT a rule: quantities.sql and flags.sql. `quads` must hold the reference entries that the passages' things point to.
    Derived IRIs start with `base`.
    """
    rows_table(
        con,
        "units",
        [
            UnitRow(unit.word, unit.iri, unit.base, str(unit.factor) if unit.factor is not None else None)
            for unit in load_units().values()
        ],
    )
    rows_table(con, "terms", [TermRow(term.name, term.iri, term.range) for term in vocabulary])
    con.execute(_sql("inputs"))
    _execute(con, "quantities", {"base": base})
    con.execute(_sql("flags"))
    con.execute(_sql("evidence"))
    return tuple(
        Finding(
            code,
            Severity(severity),
            message,
            source=file,
            start=start,
            end=end,
            text=words,
            entity=run,
            path=ONTOLOGY + name,
        )
        for code, severity, message, run, name, file, start, end, words in con.execute("FROM kg_flagged").fetchall()
    )


def _sql(name: str) -> str:
    return files("kg.derivation").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _execute(con: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, str]) -> None:
    """Run a file whose last statement takes parameters."""
    *first, last = con.extract_statements(_sql(name))
    for statement in first:
        con.execute(statement)
    con.execute(last, parameters)
