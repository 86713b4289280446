"""Tags are read exactly, and what is wrong with them is told with its place."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kg.extraction.tags import read_tags
from kg.model import Severity, Slot
from tests.unit.extraction.reading import codes, read, slot

if TYPE_CHECKING:
    from kg.model import Value

VALUES: tuple[tuple[str, str, Value, str | None, bool], ...] = (
    ("params", "70.4 billion parameters", 70_400_000_000, None, False),
    ("params", "8.03 billion", 8_030_000_000, None, False),
    ("params", "7B", 7_000_000_000, None, False),
    ("params", "13 billion parameter", 13_000_000_000, None, False),
    ("params", "approximately 1.5 trillion parameters", 1_500_000_000_000, None, True),
    ("params", "345M", 345_000_000, None, False),
    ("params", "671B total parameters (37B active)", 671_000_000_000, None, False),
    ("gpu_count", "2,048", 2048, None, False),
    ("gpu_count", "a", 1, None, False),
    ("gpu_count", "single", 1, None, False),
    ("gpu_count", "one", 1, None, False),
    ("gpu_count", "sixty-four", 64, None, False),
    ("gpu_count", "over 1,000", 1000, None, True),
    ("training", "approximately 10 weeks", 10, "week", True),
    ("training", "eleven weeks", 11, "week", False),
    ("training", "5-month", 5, "month", False),
    ("training", "a week", 1, "week", False),
    ("training", "≈18 days", 18, "day", True),
    ("training", "~ 2.5 months", Decimal("2.5"), "month", True),
    ("training", "1, 830 hours", 1830, "hour", False),
    ("training", "11 weeks (77 days)", 11, "week", False),
    ("training", "up to 3 years", 3, "year", True),
    ("hardware", "NVIDIA A100 80GB GPUs", "nvidia-a100-80gb", None, False),
    ("hardware", "TPU v5p chips", "google-tpu-v5p", None, False),
    ("country", "USA", "USA", None, False),
    ("country", "the United States", "USA", None, False),
    ("country", "South Korea", "KOR", None, False),
    ("country", "Paris, France", "FRA", None, False),
    ("year", "2023", 2023, None, False),
    ("year", "late 2023", 2023, None, False),
    ("model", "Nova-13B", "Nova-13B", None, False),
    ("model", "Vision-Encoder-Decoder (VED-XL)", "Vision-Encoder-Decoder (VED-XL)", None, False),
)  # fmt: skip

WITHOUT_VALUE = (
    ("params", "parameter count", "tag-without-value"),
    ("params", "0.5 parameters", "tag-without-value"),
    ("params", "7 billion or 13 billion", "ambiguous-tag-value"),
    ("gpu_count", "several", "tag-without-value"),
    ("gpu_count", "64 nodes", "tag-without-value"),
    ("training", "several weeks", "tag-without-value"),
    ("training", "2.1 million GPU-hours", "tag-without-value"),
    ("training", "40-45 days", "range"),
    ("hardware", "cloud GPUs", "unknown-accelerator"),
    ("country", "European", "unknown-country"),
    ("country", "Singapore and France", "ambiguous-tag-value"),
    ("year", "soon", "tag-without-value"),
    ("year", "2022-2023", "range"),
    ("model", "our model", "tag-without-value"),
    ("model", "  ", "empty-tag"),
    ("model", "x" * 500, "tag-without-value"),
)


@pytest.mark.parametrize(("name", "content", "value", "unit", "approximate"), VALUES)
def test_a_tag_gives_its_value_with_the_span_of_its_content(
    name: str, content: str, value: Value, unit: str | None, approximate: bool
) -> None:
    text = f"We say <{name}>{content}</{name}> here."
    fact = slot(text, Slot(name))
    assert fact is not None
    assert (fact.value, fact.unit, fact.approximate, fact.text) == (value, unit, approximate, content)
    assert (fact.start, fact.rule) == (len(f"We say <{name}>"), f"tag:{name}")


@pytest.mark.parametrize(("name", "content", "code"), WITHOUT_VALUE)
def test_a_tag_without_a_value_is_told_and_not_guessed(name: str, content: str, code: str) -> None:
    text = f"We say <{name}>{content}</{name}> here."
    assert slot(text, Slot(name)) is None
    findings = [finding for finding in read(text).findings if finding.code == code]
    assert [(finding.severity, finding.start) for finding in findings] == [(Severity.WARNING, len(f"We say <{name}>"))]


def test_a_range_keeps_its_words_without_a_number() -> None:
    fact = next(fact for fact in read("It took <training>40-45 days</training>.").facts if fact.slot is Slot.TRAINING)
    assert (fact.value, fact.text, fact.approximate, fact.rule) == (None, "40-45 days", True, "tag:training")


def test_the_grammar_may_fill_the_slot_of_a_tag_without_value() -> None:
    fact = slot("The <params>parameter count</params> is high: 7B parameters.", Slot.PARAMS)
    assert fact is not None
    assert (fact.value, fact.rule) == (7_000_000_000, "grammar:params")


@pytest.mark.parametrize(
    ("before", "name", "content"),
    [
        ("took approximately", "training", "3 months"),
        ("spanned over", "training", "3 months"),
        ("took just under", "training", "two weeks"),
        ("conducted over an approximate period of", "training", "10 weeks"),
        ("comprises about", "params", "7 billion parameters"),
        ("using more than", "gpu_count", "512"),
    ],
)
def test_a_hedge_before_a_tag_makes_its_value_approximate(before: str, name: str, content: str) -> None:
    text = f"The training {before} <{name}>{content}</{name}>."
    fact = slot(text, Slot(name))
    assert fact is not None
    assert fact.approximate
    assert codes(text) == ["hedge-outside-tag"]


@pytest.mark.parametrize("before", ["conducted over", "trained across", "distributed over", "completed in"])
def test_a_preposition_is_no_hedge(before: str) -> None:
    text = f"The training was {before} <training>3 months</training>."
    fact = slot(text, Slot.TRAINING)
    assert fact is not None
    assert not fact.approximate


FAULTS = (
    ("<model>Nova", ["unclosed-tag"]),
    ("Nova</model>", ["stray-closing-tag"]),
    ("<foo>Nova</foo>", ["unknown-tag"]),
    ("<Model>Nova</Model>", ["unknown-tag"]),
    ("<model >Nova</model>", ["malformed-tag", "stray-closing-tag"]),
    ("<model></model>", ["empty-tag"]),
    ("<hardware>NVIDIA <gpu_count>8</gpu_count> A100 GPUs</hardware>", ["nested-tag"]),
    ("<model>Nova <params>7B</model> parameters</params>", ["crossing-tags"]),
    ("<country>USA</country> or <country>USA</country>", ["repeated-tag"]),
    ("<country>USA</country> or <country>United States</country>", ["repeated-tag-spelling"]),
    ("<country>USA</country> or <country>France</country>", ["conflicting-tag"]),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_faults_of_tags_are_told(text: str, expected: list[str]) -> None:
    assert sorted(codes(text)) == sorted(expected)


@pytest.mark.parametrize("text", ["x<sup>2</sup>", "<5 layers", "a < b and c > d", "<b>bold</b>", "1 < 2", "<>", "</>"])
def test_what_is_no_tag_is_text_and_no_fault(text: str) -> None:
    markup = read_tags(text, "s")
    assert (markup.tags, markup.cuts, markup.findings) == ((), (), ())


def test_a_fault_has_its_place() -> None:
    text = "We saw <model>Nova."
    (finding,) = read_tags(text, "s").findings
    assert (finding.code, finding.source, finding.start, finding.end, finding.text) == (
        "unclosed-tag",
        "s",
        7,
        14,
        "<model>",
    )


def test_an_unclosed_tag_does_not_spoil_the_next() -> None:
    text = "<gpu_count>8 <hardware>NVIDIA A100 GPUs</hardware> of <params>7B</params>"
    assert {tag.slot for tag in read_tags(text, "s").tags} == {Slot.HARDWARE, Slot.PARAMS}


def test_each_repetition_of_a_tag_is_a_fact() -> None:
    text = "<model>Nova-1</model> is new. <model>Nova-1</model> is good."
    found = [fact for fact in read(text).facts if fact.slot is Slot.MODEL]
    assert [fact.start for fact in found] == [7, 37]
    assert {fact.subject for fact in found} == {"model:Nova-1"}
