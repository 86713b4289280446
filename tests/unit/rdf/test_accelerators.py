"""The parser of accelerators' names: keys, spans, what it refuses, and what it needs in running text."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.accelerators import AcceleratorMention, find_accelerators, parse_accelerator
from kg.rdf.reference import load_reference

REFERENCE = load_reference()


def _parsed(text: str) -> AcceleratorMention:
    mention = parse_accelerator(text, REFERENCE)
    assert mention is not None, f"nothing found in {text!r}"
    return mention


def _found(text: str) -> list[str | None]:
    return [mention.key for mention in find_accelerators(text, REFERENCE)]


KEYS = {
    "NVIDIA A100 80GB GPUs": "nvidia-a100-80gb",
    "NVIDIA A100 40 GB": "nvidia-a100-40gb",
    "NVIDIA A100 GPUs": "nvidia-a100",
    "A100-SXM4-80GB": "nvidia-a100-sxm-80gb",
    "A100 80 GB PCIe": "nvidia-a100-pcie-80gb",
    "A100 (SXM4, 80GB)": "nvidia-a100-sxm-80gb",
    "80GB A100 GPUs": "nvidia-a100-80gb",
    "8x80GB A100 GPUs": "nvidia-a100-80gb",
    "NVIDIA 80G-A100 GPUs": "nvidia-a100-80gb",
    "NVIDIA A100 (80 GB) GPUs": "nvidia-a100-80gb",
    "NVIDIA A100 GPUs (80GB each)": "nvidia-a100-80gb",
    "A100 GPUs with 80GB of HBM2e memory": "nvidia-a100-80gb",
    "NVIDIA® A100 Tensor Core GPUs": "nvidia-a100",
    "nvidia-a100-80gb": "nvidia-a100-80gb",
    "NVIDIA H100 SXM5 GPUs": "nvidia-h100-sxm",
    "H100-80GB-SXM": "nvidia-h100-sxm-80gb",
    "NVIDIA H100 80GB HBM3": "nvidia-h100-80gb",
    "NVIDIA H100 NVL": "nvidia-h100-nvl-94gb",
    "NVIDIA Hopper H100 GPUs": "nvidia-h100",
    "NVIDIA Hopper GPUs": "nvidia-hopper",
    "NVIDIA H200 141GB": "nvidia-h200-141gb",
    "NVIDIA GB200 NVL72": "nvidia-gb200",
    "NVIDIA GH200 Grace Hopper Superchips": "nvidia-gh200",
    "Tesla V100 32GB": "nvidia-v100-32gb",
    "Tesla V100-SXM2-32GB": "nvidia-v100-sxm-32gb",
    "V100s": "nvidia-v100",
    "V100S": "nvidia-v100s",
    "GeForce RTX 3090 Ti": "nvidia-rtx-3090-ti",
    "RTX3090": "nvidia-rtx-3090",
    "NVIDIA 4090": "nvidia-rtx-4090",
    "A6000": "nvidia-rtx-a6000",
    "Quadro RTX 8000": "nvidia-quadro-rtx-8000",
    "L40S": "nvidia-l40s",
    "T4": "nvidia-t4",
    "TPU v5p chips": "google-tpu-v5p",
    "Google TPU v5 pods": "google-tpu-v5",
    "Google Cloud TPU v5e": "google-tpu-v5e",
    "TPU v5 lite": "google-tpu-v5e",
    "TPUv4": "google-tpu-v4",
    "v4 TPUs": "google-tpu-v4",
    "Cloud TPU v4 pod": "google-tpu-v4",
    "TPU v6e (Trillium)": "google-tpu-v6e",
    "Google Trillium TPU": "google-tpu-v6e",
    "TPUs": "google-tpu",
    "AMD Instinct MI250X": "amd-mi250x",
    "MI250": "amd-mi250",
    "MI 300X": "amd-mi300x",
    "Intel Habana Gaudi 2 HPUs": "intel-gaudi2",
    "Gaudi2": "intel-gaudi2",
    "Trainium2": "aws-trainium2",
    "Amazon Trainium": "aws-trainium",
    "Ascend 910": "huawei-ascend-910",
    "Ascend 910B": "huawei-ascend-910b",
    "Huawei Ascend 910B 64GB NPUs": "huawei-ascend-910b",
    "Cerebras CS-2": "cerebras-wse-2",
    "Tesla Dojo D1": "tesla-dojo-d1",
    "AWS A100 instances": "nvidia-a100",
    "a node of Ampere GPUs (A100 40GB)": "nvidia-a100-40gb",
}


@pytest.mark.parametrize(("text", "key"), KEYS.items(), ids=list(KEYS))
def test_a_name_is_parsed_to_its_key(text: str, key: str) -> None:
    assert _parsed(text).key == key
    assert key in REFERENCE.accelerators


@pytest.mark.parametrize("key", REFERENCE.accelerators)
def test_every_label_of_the_table_is_parsed_to_its_row(key: str) -> None:
    assert _parsed(REFERENCE.accelerators[key].label).key == key


@pytest.mark.parametrize(
    ("key", "alias"), [(row.key, alias) for row in REFERENCE.accelerators.values() for alias in row.aliases]
)
def test_every_alias_of_the_table_is_parsed_to_its_row(key: str, alias: str) -> None:
    assert _parsed(alias).key == key


@pytest.mark.parametrize(
    "text",
    [
        *(
            "A1000X",
            "H1000",
            "A100X",
            "M1",
            "ViT4",
            "a 100 GPU cluster",
            "GPUs",
            "NVIDIA GPUs",
            "4090 GPUs",
            "NVIDIA Titan GPUs",
        ),
        *("", "Apple M2 Ultra", "GPT4", "224x224 pixels", "B2000", "Llama 3 70B", "version 4"),
    ],
)
def test_what_only_looks_like_an_accelerator_is_none(text: str) -> None:
    assert parse_accelerator(text, REFERENCE) is None


def test_a_longer_number_is_another_card() -> None:
    assert _parsed("NVIDIA RTX A1000").key == "nvidia-rtx-a1000"


@pytest.mark.parametrize("text", ["Intel A100", "NVIDIA TPU v4", "RTX 4080 Super", "RTX 4090 Laptop GPU", "AMD H100"])
def test_a_name_that_is_no_row_s_has_no_key(text: str) -> None:
    assert _parsed(text).key is None


@pytest.mark.parametrize(
    ("text", "key", "memory"),
    [
        ("A100 64GB", "nvidia-a100", 64),
        ("DGX A100 640GB", "nvidia-a100", 640),
        ("H100-SXM5-48GB", "nvidia-h100", 48),
        ("TPU v4 80GB", "google-tpu-v4", 80),
    ],
)
def test_an_unknown_memory_stays_at_the_family_and_is_flagged(text: str, key: str, memory: int) -> None:
    mention = _parsed(text)
    assert (mention.key, mention.memory_gb, mention.known_memory) == (key, memory, False)


@pytest.mark.parametrize(
    "text",
    [
        "A100 GPUs with 512GB RAM",
        "A100 GPUs connected with 600GB/s NVLink",
        "A100 GPUs, 40 GB/s each",
        "A100 40/80GB",
        "A100 40GB and 80GB",
        "A100 (40G or 80G)",
        "A100 5G",
        "A100 GPUs with 80GB of system memory",
    ],
)
def test_what_is_no_memory_of_one_accelerator_is_not_taken(text: str) -> None:
    mention = _parsed(text)
    assert (mention.key, mention.memory_gb, mention.memory_span) == ("nvidia-a100", None, None)


def test_spans_count_in_the_given_text() -> None:
    text = "on 64 NVIDIA A100-SXM4 (80 GB) GPUs for weeks"
    mention = _parsed(text)
    assert text[mention.start : mention.end] == "NVIDIA A100-SXM4 (80 GB) GPUs"
    spans = (mention.name_span, mention.vendor_span, mention.form_factor_span, mention.memory_span)
    assert [text[slice(*span)] for span in spans if span] == ["NVIDIA A100-SXM4 (80 GB)", "NVIDIA", "SXM4", "80 GB"]
    assert (mention.form_factor, mention.memory_gb, mention.noun) == ("SXM", 80, "gpu")


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("NVIDIA A100", "NVIDIA"),
        ("A100", None),
        ("Tesla V100", None),
        ("Amazon Trainium2", "Amazon"),
        ("Cloud TPU v4", None),
    ],
)
def test_a_vendor_is_stated_only_where_it_stands(text: str, stated: str | None) -> None:
    mention = _parsed(text)
    assert mention.vendor
    assert (text[slice(*mention.vendor_span)] if mention.vendor_span else None) == stated


@pytest.mark.parametrize(
    ("text", "count", "span"),
    [
        ("8xH100", 8, (0, 1)),
        ("8 x NVIDIA H100", 8, (0, 1)),
        ("1,024× A100", 1024, (0, 5)),
        ("H100x8", 8, (5, 6)),
        ("H100 SXM x 16 nodes", 16, (11, 13)),
        ("64 A100", None, None),
        ("PCIe 4.0x16 A100", None, None),
        ("A100 PCIe x16", None, None),
        ("2.5x A100", None, None),
    ],
)
def test_a_multiplier_on_the_name_is_a_count(text: str, count: int | None, span: tuple[int, int] | None) -> None:
    mention = _parsed(text)
    assert (mention.count, mention.count_span) == (count, span)


@pytest.mark.parametrize(
    ("text", "size", "chips"),
    [
        ("TPU v3-256", 256, 128),
        ("a TPU-v4-512.", 512, 256),
        ("v3-8 TPU", 8, 4),
        ("TPU v5e-256", 256, 256),
        ("TPU v7-64", 64, None),
        ("TPU v3", None, None),
        ("TPU v4-80GB", None, None),
    ],
)
def test_a_slice_of_a_pod_is_cores_or_chips(text: str, size: int | None, chips: int | None) -> None:
    mention = _parsed(text)
    assert (mention.slice_size, mention.slice_chips) == (size, chips)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Twenty T4 phages",
            "the Hopper environment",
            "Pascal VOC",
            "a Turing machine",
            "on TPU we saw",
            "the L4 lumbar spine",
        ),
        *(
            "see https://example.org/nvidia-a100-80gb",
            "volta",
            "highway a100 north",
            "an A30 road",
            "grace, ada and alan",
        ),
    ],
)
def test_an_ordinary_word_in_running_text_is_not_found(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("We trained on 64 A100s and 16 H100-80GB.", ["nvidia-a100", "nvidia-h100-80gb"]),
        ("A100/H100 GPUs", ["nvidia-a100", "nvidia-h100"]),
        ("eight T4 GPUs, one NVIDIA L4 and a nvidia a100", ["nvidia-t4", "nvidia-l4", "nvidia-a100"]),
        ("on 32 TPU chips, then TPU v4", ["google-tpu", "google-tpu-v4"]),
        ("MI250X\n\nGPUs of 128 GB", ["amd-mi250x"]),
        ("no accelerator here", []),
    ],
)
def test_running_text_gives_all_in_order(text: str, keys: list[str]) -> None:
    assert _found(text) == keys


WORDS = st.sampled_from(
    [
        *(
            "NVIDIA",
            "nvidia",
            "Google",
            "Intel",
            "Tesla",
            "A100",
            "a100s",
            "H100",
            "V100S",
            "TPU",
            "v4",
            "v5p",
            "MI250X",
            "RTX",
            "4090",
            "Ti",
        ),
        *(
            "80GB",
            "64",
            "GB",
            "(80GB)",
            "(40G",
            ")",
            "[",
            "SXM4",
            "PCIe",
            "NVL",
            "x16",
            "8x",
            "×",
            "-",
            "–",
            "/",
            ",",
            ".",
            "\n",
            "\n\n",
            "GPUs",
        ),
        *(
            "Gaudi",
            "2",
            "Hopper",
            "Ascend",
            "910B",
            "each",
            "with",
            "and",
            "(",
            "chips",
            "256",
            "x8",
            "®",
            "é",
            "葉",
            "\u00a0",
            "v3-8",
            "of",
        ),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(WORDS, max_size=14).map(" ".join),
    st.lists(WORDS, max_size=14).map("".join),
)


@given(TEXTS)
def test_any_text_is_read_without_an_error_and_with_right_spans(text: str) -> None:
    found = find_accelerators(text, REFERENCE)
    first = parse_accelerator(text, REFERENCE)
    for mention in (*found, *([first] if first else [])):
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.key is None or mention.key in REFERENCE.accelerators
        for name in (field.name for field in fields(mention) if field.name.endswith("_span")):
            span = getattr(mention, name)
            if span is not None and name != "count_span":
                assert mention.start <= span[0] < span[1] <= mention.end, name
        if mention.memory_span:
            assert str(mention.memory_gb) in text[slice(*mention.memory_span)].lstrip("0") or mention.memory_gb == 0
        if mention.count_span:
            written = text[slice(*mention.count_span)]
            assert int(written.replace(",", "")) == mention.count
    for left, right in pairwise(found):
        assert left.end <= right.start


@given(TEXTS, TEXTS)
def test_an_offset_moves_with_the_text_before_it(before: str, text: str) -> None:
    """A paragraph before a text changes no mention in it."""
    lead = before + "\n\n\n"
    shifted = [
        (mention.key, mention.start - len(lead), mention.end - len(lead))
        for mention in find_accelerators(lead + text, REFERENCE)
        if mention.start >= len(lead)
    ]
    assert shifted == [(mention.key, mention.start, mention.end) for mention in find_accelerators(text, REFERENCE)]


@given(
    st.sampled_from(sorted({row.memory_gb for row in REFERENCE.accelerators.values() if row.memory_gb})),
    st.sampled_from(["A100", "H100", "V100", "P100", "H200"]),
    st.sampled_from(["", "SXM", "PCIe"]),
    st.booleans(),
)
def test_a_key_never_says_more_than_the_text(memory: int, family: str, form: str, turned: bool) -> None:
    attributes = [form, f"{memory}GB"] if turned else [f"{memory}GB", form]
    mention = _parsed(" ".join(["NVIDIA", family, *filter(None, attributes)]))
    assert mention.key is not None
    row = REFERENCE.accelerators[mention.key]
    assert row.memory_gb == (memory if mention.known_memory else None)
    assert row.form_factor in (None, mention.form_factor)
