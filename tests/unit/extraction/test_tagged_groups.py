"""A count of pods is not one of accelerators."""

from __future__ import annotations

import pytest

from kg.extraction import extract
from kg.model import Passage, Slot
from kg.rdf.reference import load_reference


@pytest.mark.parametrize(
    ("count", "hardware", "unit"),
    [
        ("4", "TPU v4 pods", "pods"),
        ("a", "TPU v5p pod", "pods"),
        ("256", "TPU v4 pod", None),
        ("16", "NVIDIA H100 nodes", "nodes"),
        ("64", "NVIDIA H100 80GB GPUs", None),
        ("a", "NVIDIA H100 GPU", None),
    ],
)
def test_groups_are_told_from_accelerators(count: str, hardware: str, unit: str | None) -> None:
    text = f"We trained it on <gpu_count>{count}</gpu_count> <hardware>{hardware}</hardware>."
    extraction = extract(Passage("x.txt", "x", text, ""), load_reference())
    (fact,) = (each for each in extraction.facts if each.slot is Slot.GPU_COUNT)
    assert fact.unit == unit
    assert ("groups-counted" in {each.code for each in extraction.findings}) == (unit is not None)
