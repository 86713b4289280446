"""Writes what is published of the RML suites: `python -m tests.conformance.report` runs them, and writes the table and the EARL report if nothing is amiss.

What the pages say of a case is what test_rml.py asserts of it: it passes as published, or it deviates as the list of deviations has it, or it is not run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest

from kg import __version__
from tests.conformance.deviations import DEVIATIONS, NOT_RUN
from tests.conformance.rml_suite import SUITES, Case, load_cases
from tests.shared import ROOT, shared_path


class Outcome(Enum):
    """What becomes of a case; the value is EARL's name for it."""

    PASSED = "passed"
    DEVIATES = "failed"
    NOT_RUN = "untested"


@dataclass(frozen=True, slots=True)
class Line:
    """A case with its outcome, and the reason where it is not passed."""

    case: Case
    outcome: Outcome
    reason: str = ""


def lines(suite: str) -> tuple[Line, ...]:
    """Return the outcomes of a suite's cases."""
    return tuple(map(_line, load_cases(suite)))


def _line(case: Case) -> Line:
    if case.name in NOT_RUN:
        return Line(case, Outcome.NOT_RUN, NOT_RUN[case.name])
    if case.name in DEVIATIONS:
        return Line(case, Outcome.DEVIATES, DEVIATIONS[case.name].reason)
    return Line(case, Outcome.PASSED)


def page() -> str:
    """Return docs/reference/conformance.md."""
    found = {suite: lines(suite) for suite in SUITES}
    counts = [
        (f"`{suite}`", *(str(number) for number in _counts(found[suite])), f"`{_commit(suite)}`") for suite in SUITES
    ]
    totals = (sum(_counts(found[suite])[n] for suite in SUITES) for n in range(4))
    counts.append(("all", *(f"**{total}**" for total in totals), ""))
    parts = [
        _INTRODUCTION,
        _table(("suite", "cases", "as published", "deviating", "not run", "state of the suite"), counts),
        _DEVIATIONS,
        *_reasons(found, Outcome.DEVIATES),
        _UNTESTED,
        *_reasons(found, Outcome.NOT_RUN),
    ]
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """# Conformance to the RML suites

<!-- Written by `python -m tests.conformance.report` from a run of the suites. Do not change it by hand. -->

Every case of the test suites of the W3C Knowledge Graph Construction group is run by `kg map --strict` on a copy of its folder, and its output is compared as a dataset:
blank nodes by isomorphism, numbers by their value, targets in their syntax, encoding and compression. Expected errors end with exit status 3.
Cases on databases run on real servers of PostgreSQL and MariaDB, those on the web on a server on this machine.
The same in EARL, for machines: [conformance-earl.ttl](conformance-earl.ttl)."""

_DEVIATIONS = """## Deviating cases

Each of these is at odds with a specification or with other cases. The list is strict: a case that is not on it must come out as published, one that is on it must come out as it
says here."""

_UNTESTED = """## Cases that are not run

They need a server that is not to be had here, and nothing real could stand in for it."""


def _counts(found: Iterable[Line]) -> tuple[int, int, int, int]:
    outcomes = [line.outcome for line in found]
    return len(outcomes), *(outcomes.count(outcome) for outcome in Outcome)  # type: ignore[return-value]


def _reasons(found: dict[str, tuple[Line, ...]], outcome: Outcome) -> list[str]:
    """Return a table of the cases with an outcome; cases of one reason share a row."""
    rows = []
    for suite, suite_lines in found.items():
        by_reason: dict[str, list[str]] = {}
        for line in suite_lines:
            if line.outcome is outcome:
                by_reason.setdefault(line.reason, []).append(line.case.name)
        rows += [(f"`{suite}`", ", ".join(names), reason) for reason, names in by_reason.items()]
    return [_table(("suite", "case", "why, and what comes out"), rows)] if rows else ["None."]


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    written = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in written)


def _commit(suite: str) -> str:
    commit, date = shared_path("suites", suite, "SOURCE_COMMIT").read_text(encoding="utf-8").split()
    return f"{commit[:12]} ({date})"


def earl() -> str:
    """Return docs/reference/conformance-earl.ttl, without a date, so that the same run gives the same text."""
    head = f"""@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix doap: <http://usefulinc.com/ns/doap#> .
@prefix earl: <http://www.w3.org/ns/earl#> .

# Written by `python -m tests.conformance.report` from a run of the suites.

<#kg> a doap:Project , earl:Software , earl:TestSubject ;
    doap:name "aimodel-kg" ;
    doap:release [ doap:revision "{__version__}" ] .
"""
    return "\n".join([head, *(_assertion(line) for suite in SUITES for line in lines(suite))])


def _assertion(line: Line) -> str:
    reason = line.reason.replace("\\", "\\\\").replace('"', '\\"')
    because = f' ; dcterms:description "{reason}"@en' if reason else ""
    return f"""[] a earl:Assertion ;
    earl:assertedBy <#kg> ;
    earl:subject <#kg> ;
    earl:test <{line.case.iri}> ;
    earl:mode earl:automatic ;
    earl:result [ a earl:TestResult ; earl:outcome earl:{line.outcome.value}{because} ] .
"""


OUTPUTS = {"docs/reference/conformance.md": page, "docs/reference/conformance-earl.ttl": earl}


class _Skipped:
    """Notes the cases that a run leaves out."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that is skipped, by the name of its case."""
        if report.skipped:
            self.names.add(report.nodeid.partition("[")[2].rstrip("]"))


def main() -> int:
    """Run the suites, and write the pages if all is as the lists say; return the exit status."""
    skipped = _Skipped()
    suite = str(Path(__file__).with_name("test_rml.py"))
    status = int(pytest.main(["-q", "-p", "no:cacheprovider", suite, "-k", "not published"], plugins=[skipped]))
    if status != 0 or skipped.names != set(NOT_RUN):
        sys.stderr.write("Nothing is written: the run is not what the lists say.\n")
        return status or 1
    for name, text in OUTPUTS.items():
        (ROOT / name).write_text(text(), encoding="utf-8")
        sys.stderr.write(f"wrote {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
