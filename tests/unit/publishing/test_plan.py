"""Which things share files: never more files than are allowed, and one place for each thing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.pages import StaticAddresses
from kg.pages.paths import SUFFIXES, ending
from kg.publishing.plan import bundled, directory
from kg.publishing.redirects import Rules

BASE = "https://kg.example/"
names = st.lists(st.text("abzAZ019_-.~%/", min_size=1, max_size=12), min_size=1, max_size=60, unique=True)


@pytest.mark.parametrize(
    ("name", "letters", "wanted"),
    [
        ("id/statement/000_5e80.pretraining.name", 4, "5e80"),
        ("id/statement/000_5e80.997-1020.name", 6, "0_5e80"),
        ("id/model/Synapse-70B", 4, ""),
        ("id/model/x", 4, "x"),
        ("id/model/x", 0, ""),
        ("id/country/日本1", 4, "1"),
        ("id/.hidden", 4, ""),
        ("id/", 4, ""),
    ],
)
def test_an_ending_is_of_the_first_part_of_a_name(name: str, letters: int, wanted: str) -> None:
    assert ending(BASE + name, letters) == wanted


@given(names, st.integers(3, 100), st.data())
def test_there_are_never_more_files_than_allowed(found: list[str], files: int, data: st.DataObject) -> None:
    documents = {f"{BASE}id/{name}" for name in found}
    evidence = frozenset(data.draw(st.lists(st.sampled_from(sorted(documents)), unique=True)))
    alone, letters = bundled(documents, (), lambda: evidence, files)
    addresses = StaticAddresses(BASE, "/", frozenset(), frozenset(), alone, letters)
    places = {each: addresses.place(each) for each in documents}
    assert len(set(places.values())) * len(SUFFIXES) <= max(files, len(SUFFIXES))
    if len(documents) * len(SUFFIXES) <= files:
        assert alone is None
        return
    shared = {each for each in documents if addresses.bundle(each)}
    assert {directory(each) for each in shared}.isdisjoint({directory(each) for each in documents - shared})
    assert len({addresses.url(each) for each in documents}) == len(documents)
    for each in shared:
        assert addresses.url(each).startswith(f"/{places[each]}.html#")


@given(names, st.integers(0, 5))
def test_a_rule_finds_the_bundle_of_each_thing(found: list[str], letters: int) -> None:
    addresses = StaticAddresses(BASE, "/", frozenset(), frozenset(), frozenset(), letters)
    for name in found:
        document = f"{BASE}id/{name}"
        if "%" in document or addresses.section(document) != f"id/{name}":
            continue
        below = directory(document)[len(BASE) :]
        for rules in (Rules(addresses, "", bundled=[below]), Rules(addresses, "", bundled=None)):
            matches = [match for rule in rules.bundles() if (match := re.match(rule, f"id/{name}"))]
            assert [f"bundle/_{match[1]}" for match in matches] == ([addresses.bundle(document)]), name


def test_directories_of_the_site_itself_and_odd_ones_get_no_rules() -> None:
    addresses = StaticAddresses(BASE, "/", frozenset(), frozenset(), frozenset(), 2)
    rules = Rules(addresses, "", bundled=["id/a/", "release/", "id/q%22/", "id/$x/", 'id/"/'])
    assert [re.match(each, "id/a/b") is not None for each in rules.bundles()] == [True]


def test_evidence_is_bundled_before_the_world() -> None:
    world = {f"{BASE}id/model/m{n}" for n in range(20)}
    evidence = {f"{BASE}id/statement/s{n}" for n in range(200)}
    kept = {f"{BASE}ns"}
    alone, letters = bundled({*world, *evidence, *kept}, kept, lambda: evidence, 150)
    assert alone == frozenset({*world, *kept})
    assert letters == 1
    assert bundled({*world, *evidence, *kept}, kept, lambda: evidence, 90) == (frozenset(kept), 1)
    assert bundled({*world, *evidence, *kept}, kept, lambda: evidence, 663) == (None, 0)
