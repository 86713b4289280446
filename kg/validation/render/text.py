"""The report for a terminal or a mail: by severity, and in the order of the sources."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Finding
from kg.validation.render.words import MEANINGS, PLURALS, WORST_FIRST, entity, of, place, stated, summary
from kg.validation.results import Report


def render_text(report: Report) -> str:
    """Return the report as plain text, ending in a line break."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield summary(report)
    for severity in WORST_FIRST:
        findings = of(report.findings, severity)
        if findings:
            yield f"\n{PLURALS[severity].capitalize()}: {MEANINGS[severity]}"
        for finding in findings:
            yield ""
            yield from _finding(report, finding)
    if report.idle:
        yield f"\nShapes that match nothing here: {', '.join(report.idle)}."
    for reason in report.delegated:
        yield f"\nChecked by pySHACL: {reason}."


def _finding(report: Report, finding: Finding) -> Iterator[str]:
    yield f"  {_one_line(finding.message)} [{finding.code}]"
    about = " · ".join(part for part in (entity(report, finding), stated(finding)) if part)
    if about:
        yield f"    {_one_line(about)}"
    if finding.source:
        words = f': "{_one_line(finding.text)}"' if finding.text else ""
        yield f"    {place(finding)}{words}"


def _one_line(text: str) -> str:
    """Return a text without line breaks and control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)
