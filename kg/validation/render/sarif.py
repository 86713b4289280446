"""The report for code scanning: SARIF 2.1.0 (OASIS), with offsets in Unicode code points."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from kg.model import Finding, Severity
from kg.validation.results import Report
from kg.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(report: Report) -> str:
    """Return the report as a SARIF log of one run."""
    codes = sorted({finding.code for finding in report.findings})
    driver = {"name": "kg", "version": __version__, "rules": [{"id": code} for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    identity = "\0".join(
        str(part) for part in (finding.code, finding.entity, finding.path, finding.value, finding.source, finding.text)
    )
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "partialFingerprints": {"finding/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]},
    }
    location = _location(finding)
    if location:
        result["locations"] = [location]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.source is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.source)}}
        if finding.start is not None and finding.end is not None:
            physical["region"] = {"charOffset": finding.start, "charLength": finding.end - finding.start}
            if finding.text is not None:
                physical["region"]["snippet"] = {"text": finding.text}
        location["physicalLocation"] = physical
    if finding.entity is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.entity}]
    return location
