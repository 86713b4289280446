"""The report for continuous integration: JUnit's XML, one test case for each finding; only violations are failures."""

from __future__ import annotations

import re
from html import escape

from kg.model import Finding, Severity
from kg.validation.render.words import entity, place, stated
from kg.validation.results import Report

# What no document of XML 1.0 may hold, escaped or not (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> str:
    """Return the report as XML; a report without findings is one test case that passed."""
    cases = [_case(report, finding) for finding in report.findings] or [
        '<testcase classname="kg" name="nothing found"/>'
    ]
    failures = report.count(Severity.VIOLATION)
    suite = f'name="kg validate" tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites tests="{len(cases)}" failures="{failures}">\n<testsuite {suite}>\n'
        + "\n".join(cases)
        + "\n</testsuite>\n</testsuites>\n"
    )


def _case(report: Report, finding: Finding) -> str:
    about = ", ".join(part for part in (entity(report, finding), stated(finding)) if part) or place(finding) or "graph"
    where = f"{place(finding)}: {finding.text}" if finding.text else place(finding)
    body = "\n".join(part for part in (finding.message, about, where) if part)
    attributes = f"classname={_attribute(finding.code)} name={_attribute(about)}"
    if finding.severity is Severity.VIOLATION:
        inner = f'<failure type="violation" message={_attribute(finding.message)}>{_text(body)}</failure>'
    else:
        inner = f"<system-out>{_text(f'{finding.severity.value}: {body}')}</system-out>"
    return f"<testcase {attributes}>{inner}</testcase>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), quote=False)


def _attribute(text: str) -> str:
    # A line break as such would come out as a space (XML 1.0, section 3.3.3).
    return '"' + escape(_NOT_XML.sub("\ufffd", text)).replace("\n", "&#10;") + '"'
