"""What is told about the wording of a passage."""

from __future__ import annotations

import pytest

from kg.model import Severity
from tests.unit.extraction.reading import codes, read


@pytest.mark.parametrize(
    ("text", "code", "severity", "words"),
    [
        ("It was released in late <year>2023</year>.", "lost-qualifier", Severity.WARNING, "2023"),
        ("It was developed in <year>2023</year>.", "year-meaning", Severity.INFO, "2023"),
        ("Training used <gpu_count>64</gpu_count> <hardware>TPU v4 chips</hardware>.", "tag-name", Severity.INFO, "64"),
        ("We used a global batch size of 2048.", "batch-unit-missing", Severity.INFO, "global batch size of 2048"),
        ("We used PyTorch FSDP for model parallelism.", "terminology", Severity.INFO, "model parallelism"),
        (
            "The text encoder is a decoder-only transformer.",
            "architecture-contradiction",
            Severity.INFO,
            "decoder-only transformer",
        ),
    ],
)
def test_wording_is_remarked_on(text: str, code: str, severity: Severity, words: str) -> None:
    findings = {finding.code: finding for finding in read(text).findings}
    assert code in findings
    assert (findings[code].severity, findings[code].text) == (severity, words)


@pytest.mark.parametrize(
    "text",
    [
        "It was released in <year>2023</year>.",
        "Training used <gpu_count>64</gpu_count> <hardware>NVIDIA H100 GPUs</hardware>.",
        "We used a global batch size of 2048 sequences.",
        "We used 8-way model parallelism.",
        "The text decoder is a decoder-only transformer.",
    ],
)
def test_plain_wording_is_not(text: str) -> None:
    assert codes(text) == []


def test_each_slot_that_is_not_stated_is_told() -> None:
    missing = [finding for finding in read("The model was released in 2023.").findings if finding.code == "missing-tag"]
    assert len(missing) == 6
    assert {finding.severity for finding in missing} == {Severity.INFO}
