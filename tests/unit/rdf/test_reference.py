"""The loader of the reference tables: what it reads, what it refuses and how fast it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kg.errors import MappingError
from kg.rdf.reference import Reference, load_reference
from kg.resources import resource
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = load_reference()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the tables, for a test to spoil."""
    return shutil.copytree(resource("ontology") / "reference", tmp_path / "reference")


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(line + "\n")


def test_an_accelerator_has_its_exact_figures() -> None:
    a100 = REFERENCE.accelerators["nvidia-a100-sxm-80gb"]
    assert (a100.vendor, a100.family, a100.form_factor, a100.memory_gb, a100.kind) == (
        "NVIDIA",
        "A100",
        "SXM",
        80,
        "GPU",
    )
    assert a100.peaks["bf16"] == Decimal(312) * 10**12
    assert a100.tdp_w == Decimal(400)
    assert "fp8" not in a100.peaks
    assert a100.broader == "nvidia-a100-80gb"


def test_a_family_names_the_product_whose_figures_are_assumed() -> None:
    h100 = REFERENCE.accelerators["nvidia-h100"]
    assert (h100.level, h100.peaks, h100.variant) == ("family", {}, "nvidia-h100-sxm-80gb")
    assert REFERENCE.accelerators["nvidia-h100-sxm-80gb"].peaks["bf16"] == Decimal("989.4E12")


def test_a_generation_that_leaves_the_product_open_assumes_none() -> None:
    assert REFERENCE.accelerators["google-tpu-v5"].variant is None


def test_a_country_has_its_names_and_its_grid() -> None:
    france = REFERENCE.countries["FRA"]
    assert (france.alpha2, france.name, france.adjectives) == ("FR", "France", ("French",))
    assert (france.grid_g_co2_per_kwh, france.grid_year) == (Decimal("56.039"), 2023)
    assert {"USA", "U.S.", "United States of America"} <= set(REFERENCE.countries["USA"].aliases)
    assert REFERENCE.countries["GEO"].ambiguous == ("Georgia",)


def test_a_country_without_a_grid_figure_has_none() -> None:
    assert REFERENCE.countries["ATA"].grid_g_co2_per_kwh is None


def test_a_concept_has_labels_scheme_and_what_is_above_it() -> None:
    concepts = {concept.key: concept for concept in REFERENCE.concepts["dataset"]}
    laion = concepts["laion-2b"]
    assert (laion.label, laion.broader, laion.scheme, laion.kind) == ("LAION-2B", "laion-5b", "dataset", "dataset")
    assert "SBU Captioned Photo Dataset" in concepts["sbu-captions"].alternatives
    assert "Pile" in concepts["the-pile"].ambiguous
    assert "Pile" not in concepts["the-pile"].alternatives


def test_concepts_are_sorted_by_key() -> None:
    for concepts in REFERENCE.concepts.values():
        assert [concept.key for concept in concepts] == sorted(concept.key for concept in concepts)


def test_the_same_folder_is_read_once() -> None:
    assert load_reference() is load_reference(resource("ontology") / "reference")


def test_a_reference_can_be_a_key_of_a_cache() -> None:
    assert len({REFERENCE, Reference({}, {}, {}, {})}) == 2


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("accelerators.csv", "x,X,GPU", "row 254 has 3 cells"),
        ("accelerators.csv", "nvidia-a100,X,GPU,V,F,,,family,,,,,,,,,,,,,,s,", "the key 'nvidia-a100'"),
        ("accelerators.csv", ",X,GPU,V,F,,,family,,,,,,,,,,,,,,s,", "the key ''"),
        ("accelerators.csv", "x,X,GPU,V,F,,,kind,,,,,,,,,,,,,,s,", "the level is 'kind'"),
        ("accelerators.csv", "x,X,GPU,,F,,,family,,,,,,,,,,,,,,s,", "the vendor is missing"),
        ("accelerators.csv", "x,X,GPU,V,F,,80GB,family,,,,,,,,,,,,,,s,", "memory_gb is '80GB'"),
        ("accelerators.csv", "x,X,GPU,V,F,,,product,,,,1e,,,,,,,,,,s,", "fp64 is '1e'"),
        ("accelerators.csv", "x,X,GPU,V,F,,,product,,,,,,,,,,,,-5,,s,", "tdp_w is '-5'"),
        ("accelerators.csv", "x,X,GPU,V,F,,,family,nothing,,,,,,,,,,,,,s,", "x: broader is nothing, which no row has"),
        ("accelerators.csv", "x,X,GPU,V,F,,,family,,nothing,,,,,,,,,,,,s,", "x: variant is nothing, which no row has"),
        ("accelerators.csv", "x,X,GPU,V,F,,,family,x,,,,,,,,,,,,,s,", "x: following broader leads back to x"),
        ("grid.csv", "ATA,,1,s", "the year is missing"),
        ("grid.csv", "ATA,2023,0,s", "g_co2_per_kwh is '0'"),
        ("grid.csv", "ATA,2023,NaN,s", "g_co2_per_kwh is 'NaN'"),
        ("organizations.csv", "nvidia,Other,,s", "the key 'nvidia'"),
        (
            "datasets.ttl",
            "<dataset/x> <http://www.w3.org/2004/02/skos/core#inScheme> <scheme/dataset> .",
            "has 0 preferred labels",
        ),
        ("datasets.ttl", "<dataset/x> a", "the Turtle cannot be read"),
    ],
)
def test_a_malformed_row_is_refused_with_its_place(folder: Path, name: str, line: str, says: str) -> None:
    _append(folder / name, line)
    with pytest.raises(MappingError) as caught:
        load_reference(folder)
    assert name in caught.value.where
    assert says in str(caught.value)


def test_all_malformed_rows_of_a_file_are_told_at_once(folder: Path) -> None:
    _append(folder / "grid.csv", "ATA,2023,x,s")
    _append(folder / "grid.csv", "BVT,2023,y,s")
    with pytest.raises(MappingError, match=r"ATA.*BVT"):
        load_reference(folder)


def test_a_wrong_header_is_refused(folder: Path) -> None:
    (folder / "grid.csv").write_text("alpha3,year,intensity,source\n", encoding="utf-8")
    with pytest.raises(MappingError, match="it must be alpha3,year,g_co2_per_kwh,source"):
        load_reference(folder)


@pytest.mark.parametrize("name", ["accelerators.csv", "countries.csv", "methods.ttl"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(MappingError, match=name):
        load_reference(folder)


def test_a_table_that_is_no_utf_8_is_refused(folder: Path) -> None:
    (folder / "organizations.csv").write_bytes(b"key,label,aliases,source\nx,\xff,,s\n")
    with pytest.raises(MappingError, match="cannot be read"):
        load_reference(folder)


@pytest.mark.slow
def test_loading_is_quick_and_draws_in_nothing_heavy() -> None:
    """Best of five in fresh processes, since the load is on the start-up path of every command that builds."""
    code = (
        "import sys, time, pyoxigraph, kg.rdf.reference as r; t = time.perf_counter(); r.load_reference();"
        "print(time.perf_counter() - t, *{'rdflib', 'pandas', 'pyarrow', 'pyshacl', 'duckdb'} & set(sys.modules))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.split()
        for _ in range(5)
    ]
    assert {len(run) for run in runs} == {1}, "a heavy library was imported"
    assert min(float(run[0]) for run in runs) < 0.12, "three times what was measured when this was written"
