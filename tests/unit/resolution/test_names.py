"""Which thing a name means."""

from __future__ import annotations

import pytest

from kg.rdf.reference import load_reference
from kg.resolution.names import Names, Thing

BASE = "https://x.example/id/"
NAMES = Names(load_reference(), BASE)


@pytest.mark.parametrize(
    ("kind", "name", "local", "label"),
    [
        ("Country", "SGP", "country/SGP", "Singapore"),
        ("Accelerator", "nvidia-a100-80gb", "accelerator/nvidia-a100-80gb", "NVIDIA A100 80GB"),
        ("Benchmark", "MMMU", "benchmark/mmmu", "MMMU"),
        ("Benchmark", "flickr 30K", "benchmark/flickr30k", "Flickr30k"),
        ("Dataset", "LAION-5B", "dataset/laion-5b", "LAION-5B"),
        ("Dataset", "laion 5b", "dataset/laion-5b", "LAION-5B"),
        ("Organization", "NVIDIA", "organization/nvidia", "NVIDIA"),
        ("Organization", "nvidia", "organization/nvidia", "NVIDIA"),
        ("ModelComponent", "CLIP ViT-L/14", "component/clip-vit-l-14", "CLIP ViT-L/14"),
    ],
)
def test_a_name_of_the_reference_tables_is_the_thing_there_with_its_label(
    kind: str, name: str, local: str, label: str
) -> None:
    """However it is written, and in whatever passage."""
    for passage in ("one", "two"):
        assert NAMES.thing(kind, name, passage) == Thing(kind, BASE + local, label, linked=True)


@pytest.mark.parametrize(
    ("kind", "name", "local"),
    [
        ("Dataset", "Our Own Set (v2)", "dataset/p.our-own-set-v2"),
        ("Benchmark", "standard image-text tasks", "benchmark/p.standard-image-text-tasks"),
        ("Organization", "Nobody & Sons", "organization/nobody-sons"),
        ("Accelerator", "Frob 9000/X", "accelerator/frob-9000-x"),
        ("ModelComponent", "custom encoder", "component/p.custom-encoder"),
    ],
)
def test_a_name_that_no_table_knows_has_an_iri_of_its_own_and_is_marked(kind: str, name: str, local: str) -> None:
    thing = NAMES.thing(kind, name, "p")
    assert (thing.iri, thing.label, thing.linked) == (BASE + local, name, False)


def test_an_unknown_dataset_or_benchmark_of_one_passage_is_not_that_of_another() -> None:
    for kind in ("Dataset", "Benchmark"):
        assert NAMES.thing(kind, "our set", "one").iri != NAMES.thing(kind, "our set", "two").iri


@pytest.mark.parametrize(
    ("name", "proprietary"),
    [
        ("a proprietary corpus", True),
        ("our in-house clips", True),
        ("Internal data", True),
        ("licensed books", True),
        ("improprietary", False),
        ("web text", False),
    ],
)
def test_a_dataset_that_calls_itself_proprietary_is_so(name: str, proprietary: bool) -> None:
    assert NAMES.thing("Dataset", name, "p").proprietary is proprietary


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("CLIP ViT-L/14", "clip-vit-l-14"),
        ("clip vit l/14", "clip-vit-l-14"),
        ("ViT-22B", "vit-22b"),
        ("perceiver resampler", None),
        ("custom audio encoder", None),
        ("proprietary 28B language model", None),
        ("in-house ViT-2", None),
    ],
)
def test_a_component_that_is_named_has_a_design_and_one_that_is_described_has_none(
    name: str, local: str | None
) -> None:
    design = NAMES.design(name)
    assert (design.iri if design else None) == (f"{BASE}component/{local}" if local else None)
