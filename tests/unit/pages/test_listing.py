"""The address of a class page says what is asked for, and nonsense in it is nothing."""

from __future__ import annotations

from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.pages.listing import Asked, Filter, pages, parsed

P = "http://e.org/p"
VALUES = st.one_of(
    st.just(ox.NamedNode("http://e.org/x|y".replace("|", "/"))),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(ox.Literal),
    st.text(max_size=5).map(lambda text: ox.Literal(text.encode("utf-8", "ignore").decode(), language="en-GB")),
    st.integers().map(ox.Literal),
)


@given(
    st.builds(
        Asked,
        st.just("a b"),
        st.lists(st.builds(Filter, st.just(P), VALUES), max_size=3, unique=True).map(tuple),
        st.sampled_from(["", "label", P]),
        st.just(False),
        st.integers(1, 99),
    )
)
def test_what_is_asked_for_stands_in_the_address(asked: Asked) -> None:
    assert parsed(parse_qs(asked.query(page=asked.page)[1:], keep_blank_values=True)) == asked


@pytest.mark.parametrize(
    "params",
    [
        {"f": ["x"]},
        {"f": [f"{P}|x"]},
        {"f": [f"{P}|<not an iri>"]},
        {"f": [f"{P}> . ?x ?y ?z|<{P}>"]},
        {"f": [f'{P}|"a']},
        {"f": [f'{P}|"a"^^<x>']},
        {"sort": ["?s } DROP"]},
        {"page": ["0"]},
        {"page": ["1e9"]},
        {"page": ["٣"]},
        {"f": [f'{P}|"{"x" * 9000}"']},
    ],
)
def test_nonsense_is_left_out(params: dict[str, list[str]]) -> None:
    assert parsed(params) == Asked()


@given(st.dictionaries(st.sampled_from(["q", "f", "sort", "page"]), st.lists(st.text(max_size=30), max_size=3)))
def test_any_address_is_read_without_an_error(params: dict[str, list[str]]) -> None:
    assert parsed(params).page >= 1


def test_a_filter_is_added_and_taken_away() -> None:
    each = Filter(P, ox.Literal("a"))
    asked = Asked(filters=(each,), page=3)
    assert "f=" not in asked.without_filter(each)
    assert "page" not in Asked(page=3).with_filter(each)


def test_the_pages_that_are_offered() -> None:
    assert list(pages(5, 9)) == [1, None, 3, 4, 5, 6, 7, None, 9]
    assert list(pages(1, 1)) == [1]
