"""The report as a page: one file without scripts or anything from elsewhere, readable on paper and by screen readers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from kg.model import Finding
from kg.validation.render.words import MEANINGS, PLURALS, WORST_FIRST, entity, of, place, stated, summary
from kg.validation.results import Report

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --quiet: #595959; }
@media (prefers-color-scheme: dark) { :root { --quiet: #b0b0b0; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 0; }
ul { list-style: none; padding: 0; } li { border-top: 1px solid var(--line); padding: .75rem 0; break-inside: avoid; }
p { margin: .25rem 0; } .about, .place { color: var(--quiet); } q, code { overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } }
"""
_POLICY = f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; base-uri 'none'; form-action 'none'"


def render_html(report: Report) -> str:
    """Return the report as an HTML document; all that comes from the graph or the sources is escaped."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Validation report</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Validation report</h1>"
    yield f"<p>{escape(summary(report))}</p>"
    found = [(severity, of(report.findings, severity)) for severity in WORST_FIRST]
    if sum(bool(findings) for _, findings in found) > 1:
        links = "".join(
            f'<li><a href="#{PLURALS[severity]}">{len(findings):,} {PLURALS[severity] if len(findings) != 1 else severity.value}</a></li>'
            for severity, findings in found
            if findings
        )
        yield f'<nav aria-label="Severities">\n<ul role="list">{links}</ul>\n</nav>'
    for severity, findings in found:
        if findings:
            name = PLURALS[severity]
            yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">{name.capitalize()}: {MEANINGS[severity]}</h2>\n<ul role="list">'
            yield from (_finding(report, finding) for finding in findings)
            yield "</ul>\n</section>"
    yield from _remarks(report)
    yield "</main>\n</body>\n</html>"


def _finding(report: Report, finding: Finding) -> str:
    parts = [f"<h3>{escape(finding.message)}</h3>"]
    about = [part for part in (entity(report, finding), stated(finding)) if part]
    if about:
        parts.append(
            f'<p class="about">{" · ".join(f"<span dir={chr(34)}auto{chr(34)}>{escape(part)}</span>" for part in about)}</p>'
        )
    if finding.source:
        words = f': <q dir="auto">{escape(finding.text)}</q>' if finding.text else ""
        parts.append(f'<p class="place">{escape(place(finding))}{words}</p>')
    parts.append(f'<p class="about"><code>{escape(finding.code)}</code></p>')
    return f"<li>{''.join(parts)}</li>"


def _remarks(report: Report) -> Iterator[str]:
    if report.idle or report.delegated:
        yield "<section>\n<h2>How it was checked</h2>"
        if report.idle:
            yield f"<p>Shapes that match nothing here: {escape(', '.join(report.idle))}.</p>"
        yield from (f"<p>Checked by pySHACL: {escape(reason)}.</p>" for reason in report.delegated)
        yield "</section>"
