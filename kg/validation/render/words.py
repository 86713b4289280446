"""The words that several formats share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kg.model import Finding, Severity
from kg.settings import DEFAULT_BASE, ONTOLOGY
from kg.validation.results import Report

PLURALS: Final = {Severity.VIOLATION: "violations", Severity.WARNING: "warnings", Severity.INFO: "notes"}
SINGULARS: Final = {Severity.VIOLATION: "violation", Severity.WARNING: "warning", Severity.INFO: "note"}
MEANINGS: Final = {
    Severity.VIOLATION: "what is wrong",
    Severity.WARNING: "what is implausible",
    Severity.INFO: "what is missing or worth knowing",
}
WORST_FIRST: Final = (Severity.VIOLATION, Severity.WARNING, Severity.INFO)


def summary(report: Report) -> str:
    """Return one line on how many findings there are of each severity."""
    if not report.findings:
        return "Nothing found."
    counts = [(severity, report.count(severity)) for severity in WORST_FIRST]
    return (
        ", ".join(f"{count:,} {SINGULARS[severity] if count == 1 else PLURALS[severity]}" for severity, count in counts)
        + "."
    )


def short(iri: str) -> str:
    """Return an IRI of ours without what they all begin with, and the terms of other names as they are."""
    return iri.removeprefix(DEFAULT_BASE) if iri.startswith(DEFAULT_BASE) else iri.replace(ONTOLOGY, "kg:", 1)


def entity(report: Report, finding: Finding) -> str:
    """Return what a finding is about: the entity's label with its short IRI, '' if it is about none."""
    if finding.entity is None:
        return ""
    label = report.labels.get(finding.entity)
    return f"{label} ({short(finding.entity)})" if label else short(finding.entity)


def place(finding: Finding) -> str:
    """Return where in the source a finding leads to, '' if nowhere."""
    if finding.source is None:
        return ""
    return finding.source if finding.start is None else f"{finding.source}, characters {finding.start}-{finding.end}"


def stated(finding: Finding) -> str:
    """Return the property and value that a finding is about, as far as it has them."""
    path = path_words(finding.path) if finding.path else ""
    value = lexical(finding.value) if finding.value is not None else ""
    return f"{path} = {value}" if path and value else path or value


def path_words(path: str) -> str:
    """Return a property path with short names for the terms in it."""
    return re.sub("<([^>]*)>", lambda found: short(found[1]), path) if "<" in path else short(path)


def lexical(value: str) -> str:
    """Return a literal's lexical form, an IRI without what all of ours begin with."""
    return value.rpartition('"')[0][1:] if value.startswith('"') else short(value)


def of(findings: Iterable[Finding], severity: Severity) -> list[Finding]:
    """Return the findings of a severity in the order in which a reader of the sources meets them.

    A value that fails several constraints of one shape is told of once: the sentence is that of the shape.
    """
    told: dict[tuple[str | None, ...], Finding] = {}
    for finding in findings:
        if finding.severity == severity:
            told.setdefault(
                (finding.code, finding.message, finding.entity, finding.path, finding.value, place(finding)), finding
            )
    return sorted(told.values(), key=_reading_order)


def _reading_order(finding: Finding) -> tuple[bool, str, int, str, str]:
    return finding.source is None, finding.source or "", finding.start or 0, finding.code, finding.entity or ""
