"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from kg.model import Finding
from kg.validation.render.words import WORST_FIRST
from kg.validation.results import Report, ShapeFinding


def render_json(report: Report) -> str:
    """Return the report as one JSON object; keys whose value is null are kept, so that every finding has the same keys."""
    content = {
        "conforms": report.conforms,
        "counts": {severity.value: report.count(severity) for severity in WORST_FIRST},
        "findings": [_finding(report, finding) for finding in report.findings],
        "idle": list(report.idle),
        "delegated": list(report.delegated),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "source": finding.source,
        "start": finding.start,
        "end": finding.end,
        "text": finding.text,
        "entity": finding.entity,
        "label": report.labels.get(finding.entity or ""),
        "path": finding.path,
        "value": finding.value,
        "shape": finding.shape,
        "component": finding.component if isinstance(finding, ShapeFinding) else None,
    }
