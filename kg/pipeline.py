"""The main path: passages to facts to quads to a release. Read this first.

    sources -> passages -> facts -> rows with IRIs -> quads -> derived quads -> report -> release

Each step is a stage with one door; no stage knows another, and what passes between them is a value of kg.model or a relation of the session (DuckDB).
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.extraction import Extraction, extract
from kg.model import Finding, Passage
from kg.rdf.reference import load_reference
from kg.rdf.terms import macros
from kg.rdf.vocabulary import load_vocabulary
from kg.resources import resource
from kg.settings import Settings
from kg.sources import read_passages
from kg.version import __version__

if TYPE_CHECKING:
    import duckdb

    from kg.validation import Report

# Told after every step: its name, and how far it has come (done, of how many).
Progress: TypeAlias = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Tell no one."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: where, how much, and what was found on the way."""

    folder: Path
    report: Report
    passages: int
    facts: int
    quads: int
    counts: dict[str, int]


def build(sources: Sequence[str], target: Path, settings: Settings, progress: Progress = silent) -> Built:
    """Read the sources and write a validated release at `target`, which takes the place of the release that was there."""
    import duckdb

    from kg.rdf.relations import no_progress_bar
    from kg.release import staged

    clock = _Clock(progress)
    with staged(target) as folder, duckdb.connect() as con:
        no_progress_bar(con)
        con.execute("SET temp_directory = ?", [str(folder / "spill")])
        extracted, read_findings = clock("read", lambda: read_all(sources, progress))
        if threads := settings.threads or _few_threads(extracted):
            con.execute("SET threads = ?", [threads])
        con.execute(macros())
        con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
        clock("map", lambda: _map(con, extracted, settings.base))
        flags = clock("derive", lambda: _derive(con, settings.base))
        # What a passage does not state is told by the shapes, about the model; the same told about the text would repeat it.
        files = {passage.source: passage.file for passage, _ in extracted}
        told = tuple(
            replace(each, source=files.get(each.source or "", each.source))
            for each in read_findings
            if each.code != "missing-tag"
        )
        report = clock("validate", lambda: _validate(con, (*told, *flags)))
        facts = sum(len(extraction.facts) for _, extraction in extracted)
        manifest = {"facts": facts, "sources": _sources(extracted), "findings": _by_severity(report)}
        quads = clock("write", lambda: _write(con, folder, report, settings, manifest, clock.seconds))
        counts = dict(con.execute(_CLASS_COUNTS, [_TYPE]).fetchall())
    return Built(target, report, len(extracted), facts, quads, counts)


def read_all(
    sources: Sequence[str], progress: Progress = silent
) -> tuple[list[tuple[Passage, Extraction]], tuple[Finding, ...]]:
    """Return the passages of the sources with what is extracted from each, and all findings of reading and extraction."""
    reading = read_passages(sources)
    reference = load_reference()
    extracted = []
    for number, passage in enumerate(reading.passages, 1):
        extracted.append((passage, extract(passage, reference)))
        progress("extract", number, len(reading.passages))
    return extracted, (*reading.findings, *(finding for _, extraction in extracted for finding in extraction.findings))


def _few_threads(extracted: list[tuple[Passage, Extraction]]) -> int:
    """Return 1 where there is so little to do that threads would only wait for each other, else 0: as many as there are cores."""
    return 1 if sum(len(passage.text) for passage, _ in extracted) < _LITTLE else 0


def _map(con: duckdb.DuckDBPyConnection, extracted: list[tuple[Passage, Extraction]], base: str) -> None:
    """Make quads of the facts, and of the reference entries that they point to."""
    from kg.mapping import run_mapping
    from kg.resolution import load, load_tables, resolve

    load(
        con,
        resolve(
            ((passage, extraction.facts) for passage, extraction in extracted),
            load_reference(),
            load_vocabulary(),
            base,
        ),
    )
    mappings = resource("ontology") / "mappings"
    run_mapping(con, [mappings / "passages.rml.ttl"], base)
    load_tables(con, load_reference(), resource("ontology") / "reference", base)
    run_mapping(con, [mappings / "reference.rml.ttl"], base)


def _derive(con: duckdb.DuckDBPyConnection, base: str) -> tuple[Finding, ...]:
    """Add what follows from the quads; then drop what was made twice."""
    from kg.derivation import derive
    from kg.mapping import run_mapping

    flags = derive(con, load_vocabulary(), base)
    run_mapping(con, [resource("ontology") / "mappings" / "derived.rml.ttl"], base)
    con.execute("CREATE OR REPLACE TABLE quads AS SELECT DISTINCT s, p, o, g FROM quads")
    return flags


def _validate(con: duckdb.DuckDBPyConnection, findings: tuple[Finding, ...]) -> Report:
    from kg.validation import load_shapes, validate

    return validate(con, load_shapes()).merged(findings)


_LITTLE = 100_000  # characters; at this size one thread and two take the same time
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_CLASS_COUNTS = r"""
SELECT regexp_extract(o, '#(\w+)>$', 1) AS class, count(DISTINCT s) FROM quads WHERE p = ? AND starts_with(o, '<https://kg.example/ns#') GROUP BY o ORDER BY class"""


def _write(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    report: Report,
    settings: Settings,
    content: dict[str, Any],
    timings: dict[str, float],
) -> int:
    """Write all files of the release; return the number of quads."""
    from kg import release
    from kg.store import build_store
    from kg.validation import render

    quads, triples = release.write_graph(con, folder), release.write_triples(con, folder)
    total = _count(con, "SELECT count(*) FROM quads")
    distinct = _count(con, "SELECT count(DISTINCT (s, p, o)) FROM quads")
    if distinct <= settings.turtle_limit:
        release.write_turtle(triples, folder, settings.base)
    for suffix in ("json", "html", "ttl"):
        (folder / f"report.{suffix}").write_text(render(report, suffix), encoding="utf-8")
    build_store(quads, triples, folder / "store")
    release.write_void(con, folder, settings)
    quads.unlink()
    triples.unlink()
    release.write_manifest(
        folder,
        {
            "kg": __version__,
            "python": platform.python_version(),
            "settings": {
                "base": settings.base,
                "turtle_limit": settings.turtle_limit,
                "title": settings.title,
                "license": settings.license,
            },
            "quads": total,
            "triples": distinct,
            **content,
            "seconds": timings,
        },
    )
    return total


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    ((number,),) = con.execute(query).fetchall()
    return int(number)


def _sources(extracted: list[tuple[Passage, Extraction]]) -> list[dict[str, Any]]:
    return [
        {
            "source": passage.source,
            "name": passage.name,
            "sha256": passage.sha256,
            "characters": len(passage.text),
            "facts": len(extraction.facts),
        }
        for passage, extraction in extracted
    ]


def _by_severity(report: Report) -> dict[str, int]:
    counts = {"violation": 0, "warning": 0, "info": 0}
    for finding in report.findings:
        counts[finding.severity] += 1
    return counts


class _Clock:
    """Runs the steps of a build, tells of each, and keeps how long each took."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    def __call__(self, step: str, work: Callable[[], Any]) -> Any:
        self.progress(step, 0, 0)
        start = perf_counter()
        result = work()
        self.seconds[step] = round(perf_counter() - start, 3)
        return result
