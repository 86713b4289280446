"""The names of the field: every concept tells its source, no label is that of two, and ordinary words are marked."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from kg.rdf.minting import slug
from kg.rdf.namespaces import DCTERMS, SKOS
from kg.rdf.reference import Concept, load_reference
from kg.resources import resource
from tests.shared import shared_path

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = resource("ontology") / "reference"
REFERENCE = load_reference()
CONCEPT_FILES = ("benchmarks.ttl", "datasets.ttl", "methods.ttl")


def _concepts() -> Iterator[Concept]:
    for concepts in REFERENCE.concepts.values():
        yield from concepts


def _labels(concept: Concept) -> set[str]:
    return {concept.label, *concept.alternatives, *concept.ambiguous}


def test_there_are_enough_datasets_and_benchmarks() -> None:
    assert len(REFERENCE.concepts["dataset"]) >= 250
    assert len(REFERENCE.concepts["benchmark"]) >= 200


@pytest.mark.parametrize("scheme", REFERENCE.concepts)
def test_no_label_is_that_of_two_concepts_of_a_scheme(scheme: str) -> None:
    owners: dict[str, set[str]] = {}
    for concept in REFERENCE.concepts[scheme]:
        for label in _labels(concept):
            owners.setdefault(label, set()).add(concept.key)
    assert {label: keys for label, keys in owners.items() if len(keys) > 1} == {}


def test_alternatives_repeat_no_other_label_of_the_concept() -> None:
    for concept in _concepts():
        labels = (concept.label, *concept.alternatives)
        assert len(set(labels)) == len(labels), concept.key
        assert not set(concept.alternatives) & set(concept.ambiguous), concept.key
        assert all(label == label.strip() and label for label in _labels(concept)), concept.key


def test_keys_of_concepts_are_slugs_and_unique_by_kind() -> None:
    keys = Counter((concept.kind, concept.key) for concept in _concepts())
    assert [key for key, count in keys.items() if count > 1] == []
    assert [concept.key for concept in _concepts() if slug(concept.key) != concept.key] == []


def test_a_broader_concept_is_of_the_same_scheme() -> None:
    for scheme, concepts in REFERENCE.concepts.items():
        keys = {concept.key for concept in concepts}
        assert [each.key for each in concepts if each.broader and each.broader not in keys] == [], scheme


@pytest.mark.parametrize("name", CONCEPT_FILES)
def test_every_concept_names_its_source_in_relative_iris(name: str) -> None:
    base = "https://example.org/"
    text = (FOLDER / name).read_text(encoding="utf-8")
    quads = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=base))
    triples = [(str(quad.subject.value), quad.predicate.value, str(quad.object.value)) for quad in quads]
    subjects = {subject for subject, predicate, _ in triples if predicate == SKOS + "inScheme"}
    sources = {subject: value for subject, predicate, value in triples if predicate == DCTERMS + "source"}
    titles = {subject for subject, predicate, _ in triples if predicate == DCTERMS + "title"}
    assert subjects
    assert sources.keys() == subjects
    assert set(sources.values()) <= titles
    assert all(subject.startswith(base) for subject, _, _ in triples)
    assert "://" not in "".join(value for _, predicate, value in triples if predicate.endswith("abel"))


@pytest.mark.parametrize("name", CONCEPT_FILES)
def test_names_taken_from_epoch_s_table_stand_in_it(name: str) -> None:
    with shared_path("data", "epoch", "models.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row["Training dataset"] for row in csv.DictReader(file)]
    known = {part.strip().strip('"') for cell in cells for part in cell.split(",")}
    text = (FOLDER / name).read_text(encoding="utf-8")
    taken = re.findall(r"<\w+/([\w-]+)> a skos:Concept ;(?:(?!\n\n).)*<source/epoch-models>", text, re.DOTALL)
    concepts = {(concept.key): concept for concept in _concepts() if concept.kind == name.removesuffix("s.ttl")}
    assert [key for key in taken if not _labels(concepts[key]) & known] == []
    assert taken or name == "methods.ttl"


def test_canonical_labels_are_those_of_the_field() -> None:
    """The labels under which facts give these values."""
    expected = {
        "optimizer": {"AdamW"},
        "learning-rate-schedule": {"cosine", "linear"},
        "warmup": {"linear"},
        "technique": {"FlashAttention-2", "gradient checkpointing", "gradient accumulation"},
        "precision": {"bfloat16", "FP8", "FP16", "FP32", "TF32", "INT8"},
        "interconnect": {"NVLink", "InfiniBand", "InfiniBand HDR", "3D torus"},
        "tokenizer": {"SentencePiece", "byte-pair encoding"},
        "activation-function": {"SwiGLU"},
        "positional-encoding": {"RoPE"},
        "framework": {"JAX", "Pax", "PyTorch FSDP", "Megatron-DeepSpeed"},
        "training-stage": {"supervised fine-tuning", "fine-tuning"},
        "dataset": {"LAION-5B", "WebVid-10M", "CC3M", "SBU Captions"},
        "benchmark": {"VQAv2", "GSM8K", "MMLU"},
    }
    for scheme, labels in expected.items():
        assert labels <= {concept.label for concept in REFERENCE.concepts[scheme]}, scheme


@pytest.mark.parametrize(
    ("scheme", "spelling", "label"),
    [
        ("dataset", "SBU Captioned Photo Dataset", "SBU Captions"),
        ("dataset", "Conceptual Captions 3M", "CC3M"),
        ("benchmark", "VQA v2.0", "VQAv2"),
        ("technique", "Flash Attention 2", "FlashAttention-2"),
        ("technique", "activation checkpointing", "gradient checkpointing"),
        ("precision", "BF16", "bfloat16"),
        ("precision", "8-bit floating-point", "FP8"),
        ("positional-encoding", "Rotary Positional Embeddings", "RoPE"),
        ("interconnect", "NVIDIA NVLink", "NVLink"),
    ],
)
def test_other_spellings_lead_to_the_label(scheme: str, spelling: str, label: str) -> None:
    assert [each.label for each in REFERENCE.concepts[scheme] if spelling in each.alternatives] == [label]


@pytest.mark.parametrize(
    ("scheme", "label"),
    [("dataset", "Pile"), ("benchmark", "RACE"), ("benchmark", "COPA"), ("benchmark", "ARC"), ("optimizer", "Lion")],
)
def test_a_label_that_is_an_ordinary_word_is_marked(scheme: str, label: str) -> None:
    owners = [each for each in REFERENCE.concepts[scheme] if label in _labels(each)]
    assert [label in each.ambiguous for each in owners] == [True]


def test_datasets_and_benchmarks_have_no_single_small_word_unmarked() -> None:
    for scheme in ("dataset", "benchmark"):
        for concept in REFERENCE.concepts[scheme]:
            plain = [
                label
                for label in {concept.label, *concept.alternatives} - set(concept.ambiguous)
                if re.fullmatch(r"[a-z]+", label)
            ]
            assert plain in ([], ["nocaps"]), concept.key
