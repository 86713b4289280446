"""The curated tables: every row tells its source, keys and labels are unique, and figures are dense and those of their source."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from decimal import Decimal

import pytest

from kg.rdf.minting import slug
from kg.rdf.reference import PRECISIONS, Accelerator, load_reference
from kg.resources import resource
from tests.shared import shared_path

FOLDER = resource("ontology") / "reference"
REFERENCE = load_reference()
ROWS = list(REFERENCE.accelerators.values())
PRODUCTS = [row for row in ROWS if row.level == "product"]
TABLES = ("accelerators.csv", "countries.csv", "grid.csv", "organizations.csv")

# The columns of Epoch AI's table, by the precision that a cell of ours may hold from them.
EPOCH = {
    "fp64": ("FP64 (double precision) performance (FLOP/s)",),
    "fp32": ("FP32 (single precision) performance (FLOP/s)",),
    "tf32": ("TF32 (TensorFloat-32) performance (FLOP/s)",),
    "bf16": ("Tensor-FP16/BF16 performance (FLOP/s)", "FP16 (half precision) performance (FLOP/s)"),
    "fp16": ("Tensor-FP16/BF16 performance (FLOP/s)", "FP16 (half precision) performance (FLOP/s)"),
    "fp8": ("FP8 performance (FLOP/s)",),
    "int8": ("INT8 performance (OP/s)",),
    "fp4": ("FP4 performance (FLOP/s)",),
}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Tables


@pytest.mark.parametrize("name", TABLES)
def test_every_row_names_its_source(name: str) -> None:
    rows = _rows(name)
    assert rows, f"{name} is empty"
    assert [row for row in rows if not row["source"].strip()] == []


@pytest.mark.parametrize("name", TABLES)
def test_no_cell_has_stray_blanks_or_an_address(name: str) -> None:
    cells = [cell for row in _rows(name) for value in row.values() for cell in value.split("|")]
    assert [cell for cell in cells if cell != cell.strip() or "://" in cell] == []


@pytest.mark.parametrize("name", TABLES)
def test_lists_hold_no_empty_and_no_repeated_name(name: str) -> None:
    lists = [value.split("|") for row in _rows(name) for value in row.values() if "|" in value]
    assert [names for names in lists if "" in names or len(set(names)) != len(names)] == []


# Accelerators


def test_there_are_enough_products() -> None:
    assert len(PRODUCTS) >= 60


def test_keys_are_slugs() -> None:
    assert [row.key for row in ROWS if slug(row.key) != row.key] == []


def test_labels_are_unique() -> None:
    assert [label for label, count in Counter(row.label for row in ROWS).items() if count > 1] == []


def test_a_variant_is_a_product_of_the_same_vendor_with_the_same_memory_and_form() -> None:
    for row in ROWS:
        if row.variant:
            product = REFERENCE.accelerators[row.variant]
            assert product.level == "product", row.key
            assert product.vendor == row.vendor, row.key
            assert row.form_factor in (None, product.form_factor), row.key
            # A memory that was announced beside that of the product is told in the note.
            assert row.memory_gb in (None, product.memory_gb) or "announced" in row.note, row.key


def test_only_products_have_figures_and_only_others_a_variant() -> None:
    for row in ROWS:
        if row.level == "product":
            assert row.variant is None, row.key
        else:
            assert not row.peaks, row.key
            assert row.tdp_w is None, row.key


def test_every_family_has_exactly_one_row_that_stands_for_it() -> None:
    heads = Counter(
        (row.vendor, row.family)
        for row in ROWS
        if row.broader is None or REFERENCE.accelerators[row.broader].family != row.family
    )
    assert heads == Counter({(row.vendor, row.family) for row in ROWS})


def test_a_broader_row_says_less() -> None:
    for row in ROWS:
        if row.broader:
            above = REFERENCE.accelerators[row.broader]
            assert above.vendor == row.vendor, row.key
            if above.family == row.family:
                assert above.form_factor in (None, row.form_factor), row.key
                assert above.memory_gb in (None, row.memory_gb) or "announced" in row.note, row.key


def test_a_vendor_is_an_organization() -> None:
    known = {organization.label for organization in REFERENCE.organizations.values()}
    assert {row.vendor for row in ROWS} - known == set()


@pytest.mark.parametrize("row", [row for row in PRODUCTS if row.peaks], ids=lambda row: row.key)
def test_peaks_grow_with_fewer_bits(row: Accelerator) -> None:
    """A sparse figure or one without matrix units in one cell shows as a step down to the next."""
    ladder = [row.peaks[name] for name in ("fp32", "tf32", "bf16", "fp8", "fp4") if name in row.peaks]
    assert ladder == sorted(ladder)
    if {"bf16", "fp8"} <= row.peaks.keys():
        assert Decimal("0.9") < row.peaks["fp8"] / row.peaks["bf16"] < 4
    if {"fp16", "int8"} <= row.peaks.keys():
        assert row.peaks["fp16"] <= row.peaks["int8"]


@pytest.mark.parametrize("row", PRODUCTS, ids=lambda row: row.key)
def test_figures_are_plausible(row: Accelerator) -> None:
    assert all(Decimal(10) ** 9 <= peak <= Decimal(10) ** 17 for peak in row.peaks.values())
    assert row.tdp_w is None or 5 <= row.tdp_w <= 1500
    assert row.memory_gb is None or 2 <= row.memory_gb <= 300
    assert row.release_date is None or re.fullmatch(r"20[0-2][0-9]-[01][0-9]-[0-3][0-9]", row.release_date)
    assert row.kind in ("GPU", "TPU", "NPU", "MANYCORE")


def test_figures_are_written_as_canonical_doubles() -> None:
    cells = [row[name] for row in _rows("accelerators.csv") for name in PRECISIONS if row[name]]
    assert cells
    assert [cell for cell in cells if not re.fullmatch(r"[1-9]\.(0|[0-9]*[1-9])E[0-9]+", cell)] == []


def test_volta_and_turing_have_no_bfloat16() -> None:
    for row in PRODUCTS:
        if row.broader and _ancestors(row) & {"nvidia-volta", "nvidia-turing", "nvidia-pascal"}:
            assert "bf16" not in row.peaks, row.key


def _ancestors(row: Accelerator) -> set[str]:
    found = set()
    while row.broader:
        found.add(row.broader)
        row = REFERENCE.accelerators[row.broader]
    return found


@pytest.mark.parametrize(
    ("key", "precision", "peak", "watts"),
    [
        ("nvidia-a100-sxm-80gb", "bf16", "312E12", 400),
        ("nvidia-a100-pcie-40gb", "bf16", "312E12", 250),
        ("nvidia-h100-sxm-80gb", "bf16", "989.4E12", 700),
        ("nvidia-h100-sxm-80gb", "fp8", "1978.9E12", 700),
        ("nvidia-h100-pcie-80gb", "bf16", "756E12", 350),
        ("nvidia-v100-sxm-32gb", "fp16", "125E12", 300),
        ("nvidia-l40s", "bf16", "362.05E12", 350),
        ("google-tpu-v5p", "bf16", "459E12", None),
        ("google-tpu-v4", "bf16", "275E12", 170),
        ("amd-mi300x", "bf16", "1307.4E12", 750),
    ],
)
def test_known_traps_hold_the_dense_figure(key: str, precision: str, peak: str, watts: int | None) -> None:
    row = REFERENCE.accelerators[key]
    assert row.peaks[precision] == Decimal(peak)
    assert row.tdp_w == watts


def test_figures_are_those_of_the_named_row_of_epoch_s_table() -> None:
    with shared_path("data", "epoch", "ml_hardware.csv").open(encoding="utf-8-sig", newline="") as file:
        table = {row["Hardware name"]: row for row in csv.DictReader(file)}
    checked = 0
    for row in PRODUCTS:
        named = re.search(r"row '([^']+)' \(CC BY 4\.0\)", row.source)
        if named is None or "mlco2" in row.source:
            continue
        cells = table[named[1]]
        for name, peak in row.peaks.items():
            allowed = {Decimal(cells[column]) for column in EPOCH[name] if cells[column]}
            assert peak in allowed or (name in row.note and "outside knowledge" in row.note), f"{row.key} {name}"
            checked += 1
        if row.tdp_w is not None:
            assert row.tdp_w == Decimal(cells["TDP (W)"]), row.key
        if row.release_date:
            assert row.release_date == cells["Release date"], row.key
        memory = cells["Memory size per board (Byte)"]
        if row.memory_gb is not None and memory:
            assert row.memory_gb == Decimal(memory) / 10**9 or "outside knowledge" in row.note, row.key
    assert checked > 200


def test_figures_of_mlco2_are_those_of_the_named_row() -> None:
    with shared_path("data", "reference", "gpus.csv").open(encoding="utf-8", newline="") as file:
        table = {row["name"]: {name.strip(): cell for name, cell in row.items()} for row in csv.DictReader(file)}
    checked = 0
    for row in PRODUCTS:
        named = re.search(r"gpus\.csv, row '([^']+)' \(MIT\)", row.source)
        if named is not None:
            cells = table[named[1]]
            assert row.tdp_w == Decimal(cells["tdp_watts"]), row.key
            given = {Decimal(cells[name]) * 10**12 for name in ("TFLOPS32", "TFLOPS16") if cells[name]}
            assert "Epoch" in row.source or set(row.peaks.values()) <= given, row.key
            checked += 1
    assert checked >= 5


# Countries


def test_all_countries_of_iso_3166_1_are_there() -> None:
    assert len(REFERENCE.countries) == 249
    for country in REFERENCE.countries.values():
        assert re.fullmatch(r"[A-Z]{3}", country.alpha3)
        assert re.fullmatch(r"[A-Z]{2}", country.alpha2)


def test_no_name_is_that_of_two_countries() -> None:
    owners: dict[str, set[str]] = {}
    for country in REFERENCE.countries.values():
        for name in (country.name, *country.aliases, *country.adjectives, *country.parts, *country.ambiguous):
            owners.setdefault(name.casefold(), set()).add(country.alpha3)
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("name", ["Korea", "Congo", "Guiana", "Virgin Islands"])
def test_a_name_that_two_countries_share_is_left_out(name: str) -> None:
    assert [c.alpha3 for c in REFERENCE.countries.values() if name in (c.name, *c.aliases)] == []


@pytest.mark.parametrize(
    ("name", "alpha3"),
    [
        *(
            ("USA", "USA"),
            ("U.S.", "USA"),
            ("United States of America", "USA"),
            ("UK", "GBR"),
            ("Great Britain", "GBR"),
        ),
        *(("Republic of Korea", "KOR"), ("PRC", "CHN"), ("UAE", "ARE"), ("Czech Republic", "CZE"), ("Taiwan", "TWN")),
    ],
)
def test_usual_names_lead_to_their_country(name: str, alpha3: str) -> None:
    assert [c.alpha3 for c in REFERENCE.countries.values() if name in (c.name, *c.aliases)] == [alpha3]


def test_the_grid_is_that_of_codecarbon() -> None:
    source = shared_path("data", "reference", "global_energy_mix.json").read_text(encoding="utf-8")
    table = json.loads(source, parse_float=Decimal)
    rows = [country for country in REFERENCE.countries.values() if country.grid_year is not None]
    assert len(rows) > 200
    for country in rows:
        assert country.grid_g_co2_per_kwh == table[country.alpha3]["carbon_intensity"], country.alpha3
        assert country.grid_year == table[country.alpha3]["year"], country.alpha3


def test_grid_rows_are_countries() -> None:
    assert {row["alpha3"] for row in _rows("grid.csv")} <= REFERENCE.countries.keys()


# Organizations


def test_no_name_is_that_of_two_organizations() -> None:
    names = Counter(name for each in REFERENCE.organizations.values() for name in {each.label, *each.aliases})
    assert [name for name, count in names.items() if count > 1] == []


def test_keys_of_organizations_are_slugs_of_their_labels() -> None:
    for organization in REFERENCE.organizations.values():
        assert organization.key == slug(organization.label)
