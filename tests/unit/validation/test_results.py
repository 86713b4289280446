"""The report: what is in it, in which order, and what it means for an exit status."""

from __future__ import annotations

import pytest

from kg.model import Finding, Severity
from kg.validation import Report, ShapeFinding

V, W, I = Severity.VIOLATION, Severity.WARNING, Severity.INFO  # noqa: E741


@pytest.mark.parametrize(
    ("worst", "statuses"), [(None, (0, 0, 0)), (I, (0, 0, 1)), (W, (0, 1, 1)), (V, (1, 1, 1))], ids=str
)
def test_the_exit_status(worst: Severity | None, statuses: tuple[int, int, int]) -> None:
    report = Report(conforms=True, findings=(Finding("c", worst, "m"),) if worst else ())
    assert tuple(report.exit_status(severity) for severity in (V, W, I)) == statuses


def test_findings_of_other_stages_are_put_in_order() -> None:
    ours = (ShapeFinding("s", W, "m", entity="b"), ShapeFinding("s", I, "m", entity="a"))
    merged = Report(conforms=False, findings=ours).merged(
        [Finding("x", V, "m", source="z.txt", start=5), Finding("y", W, "m", entity="a")]
    )
    assert [finding.code for finding in merged.findings] == ["x", "y", "s", "s"]
    assert not merged.conforms


def test_the_same_finding_of_two_stages_is_told_once_in_the_words_of_the_other() -> None:
    ours = ShapeFinding(
        "utilization-above-1", V, "in general", entity="run", shape="s", source="a.txt", start=1, end=2, text="x"
    )
    theirs = Finding("utilization-above-1", V, "360 %", entity="run", source="a.txt", start=5, end=6, text="y")
    (merged,) = Report(conforms=False, findings=(ours,)).merged([theirs]).findings
    assert (merged.message, merged.start, merged.shape) == ("360 %", 5, "s")


def test_a_report_merged_with_nothing_is_the_same() -> None:
    report = Report(conforms=True, findings=(Finding("a", W, "m"),))
    assert report.merged(()) == report
