"""The seven slots without tags: what the grammar finds, and where it abstains."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kg.model import Level, Slot
from tests.unit.extraction.reading import facts, read, slot

if TYPE_CHECKING:
    from kg.model import Value

FOUND: tuple[tuple[Slot, str, Value, str | None, str], ...] = (
    (Slot.MODEL, "We introduce Nova-13B, a language model.", "Nova-13B", None, "Nova-13B"),
    (Slot.MODEL, "Our model, called Aurora, has 3B parameters.", "Aurora", None, "Aurora"),
    (Slot.MODEL, "The proposed framework, which we dub SkyNet-V2, works.", "SkyNet-V2", None, "SkyNet-V2"),
    (Slot.MODEL, "We present PolyGlot-XL (PG-XL), a multilingual model.", "PolyGlot-XL (PG-XL)", None, "PolyGlot-XL (PG-XL)"),
    (Slot.MODEL, "Falcon-180B is a causal decoder-only model.", "Falcon-180B", None, "Falcon-180B"),
    (Slot.MODEL, "This report details the training of Orion-9B-Chat.", "Orion-9B-Chat", None, "Orion-9B-Chat"),
    (Slot.MODEL, "The Stable Video XL-2.1 model has a U-Net.", "Stable Video XL-2.1", None, "Stable Video XL-2.1"),
    (Slot.PARAMS, "The model has 13B parameters.", 13 * 10**9, None, "13B parameters"),
    (Slot.PARAMS, "It is a 7B-parameter model.", 7 * 10**9, None, "7B-parameter"),
    (Slot.PARAMS, "It has 8.03 billion trainable parameters.", 8_030_000_000, None, "8.03 billion trainable parameters"),
    (Slot.PARAMS, "The model has 671B total parameters, of which 37B are active.", 671 * 10**9, None, "671B total parameters"),
    (Slot.PARAMS, "Compared to the 175-billion-parameter GPT-3, ours has 6.7 billion parameters.", 67 * 10**8, None,
     "6.7 billion parameters"),
    (Slot.GPU_COUNT, "We trained on 2,048 NVIDIA H100 GPUs.", 2048, None, "2,048"),
    (Slot.GPU_COUNT, "Training was distributed across 512 accelerators.", 512, None, "512"),
    (Slot.GPU_COUNT, "We trained with sixty-four A100 GPUs.", 64, None, "sixty-four"),
    (Slot.GPU_COUNT, "Training used 8xH100.", 8, None, "8"),
    (Slot.GPU_COUNT, "We used a single RTX 4090 for training.", 1, None, "a single"),
    (Slot.GPU_COUNT, "Training ran on a NVIDIA A100 80GB GPU.", 1, None, "a"),
    (Slot.GPU_COUNT, "Unlike GPT-3, which used 10,000 V100 GPUs, we used 64 A100 GPUs for training.", 64, None, "64"),
    (Slot.GPU_COUNT, "Pre-training used 512 H100 GPUs, while fine-tuning used 64 H100 GPUs.", 512, None, "512"),
    (Slot.HARDWARE, "Trained on NVIDIA A100-SXM4-80GB GPUs.", "nvidia-a100-sxm-80gb", None, "NVIDIA A100-SXM4-80GB GPUs"),
    (Slot.HARDWARE, "Training used 128 NVIDIA H100 GPUs (80GB VRAM each).", "nvidia-h100", None, "NVIDIA H100 GPUs"),
    (Slot.HARDWARE, "Inference used T4 GPUs; training used TPU v4 chips.", "google-tpu-v4", None, "TPU v4 chips"),
    (Slot.TRAINING, "Training lasted five weeks.", 5, "week", "five weeks"),
    (Slot.TRAINING, "The 5-month training run ended.", 5, "month", "5-month"),
    (Slot.TRAINING, "We trained for a week.", 1, "week", "a week"),
    (Slot.TRAINING, "Training was completed within 72 hours.", 72, "hour", "72 hours"),
    (Slot.TRAINING, "Training took 1, 830 hours on 64 V100 GPUs.", 1830, "hour", "1, 830 hours"),
    (Slot.TRAINING, "We trained it for two and a half months.", Decimal("2.5"), "month", "two and a half months"),
    (Slot.TRAINING, "Pre-training took 3 weeks and fine-tuning took 2 days.", 3, "week", "3 weeks"),
    (Slot.TRAINING, "The whole training took roughly 11 days.", 11, "day", "roughly 11 days"),
    (Slot.COUNTRY, "Training took place at our laboratory in South Korea.", "KOR", None, "South Korea"),
    (Slot.COUNTRY, "The team is based in the USA.", "USA", None, "USA"),
    (Slot.COUNTRY, "It ran at our Canada-based data center.", "CAN", None, "Canada"),
    (Slot.COUNTRY, "Patients in Brazil gave data; training ran at our facility in Chile.", "CHL", None, "Chile"),
    (Slot.YEAR, "The model was released in 2023.", 2023, None, "2023"),
    (Slot.YEAR, "It was first published in March 2022.", 2022, None, "2022"),
    (Slot.YEAR, "The model was finalised in late 2022 and released in 2023.", 2023, None, "2023"),
    (Slot.YEAR, "The 2024 release adds vision.", 2024, None, "2024"),
)  # fmt: skip

ABSTAINED = (
    (Slot.MODEL, "We compare with GPT-4 and LLaMA-2-70B."),
    (Slot.MODEL, "The model is based on LLaMA-2-70B."),
    (Slot.MODEL, "We train a transformer using PyTorch on LAION-5B."),
    (Slot.PARAMS, "It comprises 0.5-1.5 billion parameters."),
    (Slot.PARAMS, "Only 37B active parameters are used."),
    (Slot.PARAMS, "Nova-13B is a model."),
    (Slot.GPU_COUNT, "Training consumed 3,000 GPU-hours."),
    (Slot.GPU_COUNT, "Training was performed on between 64 and 128 A100 GPUs."),
    (Slot.GPU_COUNT, "The server has 8 GPUs per node."),
    (Slot.GPU_COUNT, "Training used RTX 4090 cards."),
    (Slot.GPU_COUNT, "Serving needs 4 GPUs for inference."),
    (Slot.HARDWARE, "We trained on cloud GPUs with A1000-like speed."),
    (Slot.TRAINING, "Training took 40-45 days."),
    (Slot.TRAINING, "Checkpoints were saved every 12 hours during training."),
    (Slot.TRAINING, "The dataset holds 500 hours of training audio."),
    (Slot.TRAINING, "Training consumed 500 GPU-hours."),
    (Slot.TRAINING, "Training used a 2D torus."),
    (Slot.COUNTRY, "It ran at our European data center."),
    (Slot.COUNTRY, "Our German facility hosted it."),
    (Slot.COUNTRY, "It trained at the Jülich Supercomputing Centre."),
    (Slot.COUNTRY, "Training data came from patients in Brazil."),
    (Slot.YEAR, "We use ImageNet 2012 for training."),
    (Slot.YEAR, "The method of Vaswani et al. (2017) was used in training."),
    (Slot.YEAR, "Data up to 2021 was used for training."),
    (Slot.YEAR, "A batch size of 2048 was used for the released model."),
)


@pytest.mark.parametrize(("wanted", "text", "value", "unit", "words"), FOUND, ids=lambda value: str(value)[:50])
def test_a_slot_is_found_without_its_tag(wanted: Slot, text: str, value: Value, unit: str | None, words: str) -> None:
    fact = slot(text, wanted)
    assert fact is not None
    assert (fact.value, fact.unit, fact.text) == (value, unit, words)
    assert fact.rule.partition(":")[0] in ("grammar", "gazetteer")
    assert fact.level is Level.STATED


@pytest.mark.parametrize(("wanted", "text"), ABSTAINED, ids=lambda value: str(value)[:50])
def test_the_grammar_abstains_rather_than_guesses(wanted: Slot, text: str) -> None:
    assert slot(text, wanted) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("We trained on 16 nodes with 8 A100s each.", 128),
        ("Training used 8 GPUs per node across 16 nodes.", 128),
        ("Training ran on four servers, each with eight A100 GPUs.", 32),
        ("Training ran on a TPU v3-256 slice.", 128),
    ],
)
def test_a_count_that_follows_from_others_is_derived(text: str, value: int) -> None:
    fact = slot(text, Slot.GPU_COUNT)
    assert fact is not None
    assert (fact.value, fact.level) == (value, Level.DERIVED)


@pytest.mark.parametrize(
    ("text", "property_", "also"),
    [
        ("The model was released in 2024.", "releaseYear", []),
        ("It was officially finalized and released in 2024.", "releaseYear", []),
        ("The model was developed and evaluated in 2023.", "developmentYear", ["evaluationYear"]),
        ("The model was finalized and evaluated in 2023.", "finalizedYear", ["evaluationYear"]),
        ("The final model checkpoint was finalized in 2023.", "checkpointFinalizedYear", []),
        ("The work was first announced in 2022.", "publicationYear", []),
        ("All experiments were conducted in 2023.", "year", []),
    ],
)
def test_a_year_is_the_year_of_something(text: str, property_: str, also: list[str]) -> None:
    years = [fact for fact in read(text).facts if fact.property.endswith(("Year", "year")) and fact.value is not None]
    assert [fact.property for fact in years if fact.slot is Slot.YEAR] == [property_]
    assert [fact.property for fact in years if fact.slot is None] == also


def test_tags_come_first() -> None:
    text = "We present Nova-13B. <model>Vega-7B</model> has 13B parameters."
    fact = slot(text, Slot.MODEL)
    assert fact is not None
    assert (fact.value, fact.rule) == ("Vega-7B", "tag:model")


def test_an_accelerator_states_its_memory_and_maker() -> None:
    text = "Training used 8 NVIDIA A100 80GB GPUs."
    assert [(fact.value, fact.unit, fact.text) for fact in facts(text, "memorySize")] == [(80, "GigaBYTE", "80GB")]
    assert [(fact.value, fact.text) for fact in facts(text, "manufacturer")] == [("NVIDIA", "NVIDIA")]


def test_what_is_not_stated_is_said_for_each_slot() -> None:
    unsaid = [fact for fact in read("Nothing here.").facts if fact.value is None]
    assert {fact.slot for fact in unsaid} == set(Slot)
    assert len(unsaid) == len(Slot)
    assert {(fact.rule, fact.level, fact.text, fact.start, fact.end) for fact in unsaid} == {
        ("not-stated", Level.STATED, "", 0, 0)
    }


def test_an_unnamed_model_and_a_missing_count_keep_the_words_that_stand_for_them() -> None:
    text = "Our system is a compact speech transformer model. It ran on a large fleet of NVIDIA A100 GPUs."
    unsaid = {fact.slot: fact.text for fact in read(text).facts if fact.value is None}
    assert unsaid[Slot.MODEL] == "compact speech transformer model"
    assert unsaid[Slot.GPU_COUNT] == "large fleet"


def test_facts_and_findings_come_in_the_order_of_the_text() -> None:
    extraction = read("Training took 3 weeks in 2023 on 8 A100 GPUs. <model></model> <foo>x")
    places = [(fact.start, fact.end, fact.property, str(fact.value)) for fact in extraction.facts]
    assert places == sorted(places)
    spots = [(finding.start or 0, finding.end or 0) for finding in extraction.findings]
    assert spots == sorted(spots)
