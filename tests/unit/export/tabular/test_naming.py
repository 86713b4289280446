"""Names made of IRIs: whatever an IRI is, the name is safe as a file, in SQL and in a header, and no two are alike."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.export.tabular.naming import distinct_names
from tests.unit.export.tabular.graphs import NAMES

PARTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
# Few letters, so that names meet often.
ALIKE = st.text("aA-/#._%é", min_size=1, max_size=4)


@given(st.lists(st.one_of(PARTS, ALIKE, ALIKE.map(lambda text: f"https://kg.example/ns#{text}")), max_size=40))
def test_names_are_safe_and_distinct_whatever_the_iris(iris: list[str]) -> None:
    names = distinct_names(iris, NAMES, {"quads"})
    assert names.keys() == set(iris)
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert re.fullmatch(r"[^\W\d_]\w*", name), name
        assert len(name.encode()) <= 120
        assert unicodedata.normalize("NFKC", name) == name
        assert name.casefold() not in {"quads", "con", "nul"}


@given(st.lists(ALIKE, min_size=2, unique=True), st.randoms())
def test_the_order_of_the_iris_does_not_matter(iris: list[str], random: object) -> None:
    assert distinct_names(iris, NAMES) == distinct_names(reversed(iris), NAMES)


@pytest.mark.parametrize(
    ("iris", "names"),
    [
        (["https://kg.example/ns#Model"], ["Model"]),
        (["https://kg.example/ns#label", "http://www.w3.org/2000/01/rdf-schema#label"], ["kg_label", "rdfs_label"]),
        (["https://a.example/x/name", "https://a.example/y/NAME"], ["x_name", "y_NAME"]),
        (["https://a.example/../../etc/passwd"], ["passwd"]),
        (["https://a.example/.."], ["n"]),
        (["https://a.example/con"], ["a_example_con"]),
        (["http://www.w3.org/1999/02/22-rdf-syntax-ns#_1"], ["n1"]),
        (["https://a.example/葉-篤正"], ["葉_篤正"]),
        (["urn:a:b"], ["b"]),
        (["https://a.example/Robert'); DROP TABLE quads;--"], ["Robert_DROP_TABLE_quads"]),
    ],
)
def test_a_name_is_the_last_part_with_what_comes_before_where_two_are_alike(iris: list[str], names: list[str]) -> None:
    assert [distinct_names(iris, NAMES)[iri] for iri in iris] == names


def test_names_that_stay_alike_have_a_hash_that_does_not_depend_on_the_others() -> None:
    one, two, three = "https://a.example/x-y", "https://a.example/x_y", "https://a.example/x.y"
    names = distinct_names([one, two], NAMES)
    assert all(re.fullmatch("x_y_[0-9a-f]{16}", name) for name in names.values())
    assert distinct_names([one, two, three], NAMES)[one] == names[one]


def test_long_names_are_cut_and_stay_apart() -> None:
    iris = [f"https://a.example/{'x' * 300}{letter}" for letter in string.ascii_lowercase]
    names = distinct_names(iris, NAMES)
    assert len(set(names.values())) == 26
    assert max(map(len, names.values())) <= 100
