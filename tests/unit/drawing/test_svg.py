from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.drawing.svg import abridge, clean, element, in_words, linked, number, shorten, width
from tests.unit.pages.pictures.reading import read


@given(st.text(), st.text())
def test_whatever_a_text_holds_the_element_is_well_formed_and_says_it(text: str, value: str) -> None:
    read_back = read(element("g", text, title=value))
    assert (read_back.text or "") == clean(text)
    assert read_back.get("title") == clean(value)
    assert len(read_back) == 0


@given(st.text(max_size=80), st.floats(min_value=20, max_value=400))
def test_a_shortened_text_fits_its_room(text: str, room: float) -> None:
    short = shorten(text, room, 12)
    assert width(short, 12) <= room
    assert short == clean(text) or short.endswith("…")


def test_what_turns_the_direction_of_text_is_taken_out() -> None:
    assert clean("GPT\u202e4\u2066x\x00\ud800\n y") == "GPT4x y"


def test_a_coordinate_has_one_decimal_and_no_minus_nought() -> None:
    assert [number(value) for value in (1.0, 2.25, -0.01, 1e3)] == ["1", "2.2", "0", "1000"]


def test_a_thing_without_a_page_is_no_link_and_has_a_name() -> None:
    thing = read(linked(None, 'A "B"', element("rect"), class_="node"))
    assert (thing.tag, thing.get("aria-label"), thing.get("role")) == ("g", 'A "B"', "img")
    link = read(linked("/x?a=1&b=2", "A", class_="node"))
    assert (link.tag, link.get("href")) == ("a", "/x?a=1&b=2")


def test_items_are_joined_as_a_sentence_does() -> None:
    assert [in_words(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize("room", [10, 60, 120, 400])
def test_both_ends_of_a_text_stay_when_it_is_cut(room: int) -> None:
    text = "pretraining dataset of UniVL-35B"
    short = abridge(text, room, 13)
    assert width(short, 13) <= max(room, width("p…B", 13))
    head, cut, tail = short.partition("…")
    assert text.startswith(head)
    assert text.endswith(tail)
    assert bool(cut) == (width(text, 13) > room)
