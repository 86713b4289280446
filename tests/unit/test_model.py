"""The values that travel."""

from __future__ import annotations

import pytest

from kg.model import Finding, Severity


def test_severities_are_ranked() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [Severity.INFO, Severity.WARNING, Severity.VIOLATION]


def test_values_cannot_be_changed_on_the_way() -> None:
    finding = Finding("code", Severity.INFO, "A message.")
    with pytest.raises(AttributeError):
        finding.code = "other"  # type: ignore[misc]
    assert not hasattr(finding, "__dict__")
