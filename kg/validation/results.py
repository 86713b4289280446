"""What validation finds: results as SHACL has them, findings as people read them, and the report of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from kg.model import Finding, Severity

_Key: TypeAlias = tuple[str, str, str, str, str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Result:
    """A SHACL validation result.

    `focus`, `value`, `shape`, `severity` and `messages` are canonical N-Triples terms, `path` is an IRI or a SPARQL path, `component` an IRI.
    """

    focus: str
    path: str | None
    value: str | None
    shape: str
    component: str
    severity: str
    messages: tuple[str, ...]

    def sort_key(self) -> _Key:
        """Order by focus node, path, value, shape, component."""
        return self.focus, self.path or "", self.value or "", self.shape, self.component, self.severity, self.messages


@dataclass(frozen=True, slots=True)
class ShapeFinding(Finding):
    """A finding that is a SHACL validation result; `component` is the IRI of the constraint component, `result` the result itself."""

    component: str | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What validation found, the worst first, then by entity, path and value.

    `conforms` has SHACL's meaning: there is no validation result, of whatever severity. `idle` names the shapes whose
    targets match nothing, `delegated` says which shapes the reference validator had to check, and why; `labels` has the
    labels of the entities that findings are about, as far as the graph has any.
    """

    conforms: bool
    findings: tuple[Finding, ...]
    idle: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def merged(self, findings: Iterable[Finding]) -> Report:
        """Return this report with the findings of other stages, in order.

        Where another stage says of an entity and property what a shape says too (the code is the same), its sentence and its
        place are taken, since they are of the case at hand, and the two become one finding.
        """
        findings = tuple(findings)
        told = {(finding.code, finding.entity): finding for finding in reversed(findings)}
        ours = [_retold(finding, told.get((finding.code, finding.entity))) for finding in self.findings]
        twice = {(finding.code, finding.entity) for finding in ours}
        others = [finding for finding in findings if (finding.code, finding.entity) not in twice]
        return replace(self, findings=tuple(sorted({*ours, *others}, key=order)))

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of a severity or worse."""
        return tuple(finding for finding in self.findings if finding.severity.rank >= severity.rank)

    def exit_status(self, fail_on: Severity) -> int:
        """Return 1 if there is a finding of that severity or worse, else 0."""
        return 1 if self.at_least(fail_on) else 0

    def count(self, severity: Severity) -> int:
        """Return the number of findings of just that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def order(finding: Finding) -> tuple[int, str, str, str, str, str, str]:
    """Sort findings: the worst first, then by entity, path and value."""
    component = finding.component or "" if isinstance(finding, ShapeFinding) else ""
    source = f"{finding.source or ''} {finding.start or 0:09}"
    return (
        -finding.severity.rank,
        finding.entity or "",
        finding.path or "",
        finding.value or "",
        finding.shape or "",
        component,
        source,
    )


def _retold(finding: Finding, told: Finding | None) -> Finding:
    if told is None:
        return finding
    return replace(finding, message=told.message, source=told.source, start=told.start, end=told.end, text=told.text)
