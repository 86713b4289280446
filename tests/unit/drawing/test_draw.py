"""Whole pictures: sound XML, accessible, the same each time, and no label over another."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.drawing import COLORS, Link, Picture, Thing, draw, png
from kg.drawing.layout import arrange
from kg.drawing.model import Layout
from tests.unit.pages.pictures.reading import read

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("x")</script>&\x00\u202e'


def picture(layout: Layout, count: int = 6, label: str = "thing", groups: int = 3) -> Picture:
    """Return a first thing that leads to all others, which stand in the next column."""
    things = tuple(
        Thing(
            f"k{number}",
            f"{label} {number}",
            "kind",
            f"group {number % groups}",
            number / count,
            min(number, 1),
            number == 0,
        )
        for number in range(count)
    )
    links = tuple(Link("k0", f"k{number}", label) for number in range(1, count))
    return Picture(layout, f"About {label}", f"All of {label}", things, links, "A note.")


LAYOUTS: tuple[Layout, ...] = ("network", "columns", "around")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_picture_is_sound_and_has_a_title_and_a_description(layout: Layout) -> None:
    root = read(draw(picture(layout)))
    assert root.tag == SVG + "svg"
    titles = {node.get("id"): node.text for node in root if node.tag in (SVG + "title", SVG + "desc")}
    assert titles == {"kg-picture-title": "About thing", "kg-picture-description": "All of thing"}
    assert root.get("aria-labelledby") == "kg-picture-title"
    texts = [node.text for node in root.iter(SVG + "text")]
    assert {"About thing", "A note.", "group 0", "group 1", "group 2"} <= set(texts)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_picture_is_the_same_each_time(layout: Layout) -> None:
    assert draw(picture(layout)) == draw(picture(layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_of_the_graph_becomes_markup(layout: Layout) -> None:
    drawn = draw(picture(layout, label=HOSTILE))
    assert not list(read(drawn).iter(SVG + "script"))
    assert "\u202e" not in drawn
    assert "&lt;script&gt;" in drawn


def test_each_group_has_its_colour_and_those_beyond_share_one() -> None:
    drawn = draw(picture("network", 30, groups=20))
    assert all(color in drawn for color in COLORS)
    texts = [node.text for node in read(drawn).iter(SVG + "text")]
    assert texts.count("others") == 1


def test_a_picture_fits_into_its_frame() -> None:
    root = read(draw(picture("network", 25)))
    _, _, wide, high = (float(number) for number in (root.get("viewBox") or "").split())
    circles = list(root.iter(SVG + "circle"))
    assert len(circles) >= 25
    assert all(
        0 <= float(circle.get("cx") or 0) <= wide and 0 <= float(circle.get("cy") or 0) <= high for circle in circles
    )


def test_a_link_over_several_columns_passes_between_the_things() -> None:
    things = tuple(Thing(key, key, "kind", "kind", column=column) for key, column in (("a", 0), ("b", 1), ("c", 2)))
    links = (Link("a", "b", "one"), Link("b", "c", "two"), Link("a", "c", "far"))
    root = read(draw(Picture("columns", "t", "d", things, links)))
    boxes = [node for node in root.iter(SVG + "rect") if node.get("class") == "box"]
    middle = next(
        box for box in boxes if box.get("x") == sorted(boxes, key=lambda box: float(box.get("x") or 0))[1].get("x")
    )
    top, height = float(middle.get("y") or 0), float(middle.get("height") or 0)
    (through,) = [
        node for node in root.iter(SVG + "path") if re.fullmatch(r"M[\d.]+ [\d.]+h[\d.]+", node.get("d") or "")
    ]
    y = float((through.get("d") or "").split(" ")[1].partition("h")[0])
    assert not top <= y <= top + height


@pytest.mark.parametrize("layout", ["network", "columns"])
def test_nothing_can_be_drawn(layout: Layout) -> None:
    root = read(draw(Picture(layout, "Nothing", "There is nothing.", (), ())))
    assert [node.text for node in root.iter(SVG + "text")] == ["Nothing"]


def test_a_picture_becomes_a_png() -> None:
    data = png(draw(picture("network")))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert png(draw(picture("network"))) == data


boxes = st.lists(st.tuples(st.floats(10, 200), st.floats(10, 80)), min_size=1, max_size=25)


@given(boxes, st.data())
@settings(max_examples=40, deadline=None)
def test_no_box_lies_over_another(sizes: list[tuple[float, float]], data: st.DataObject) -> None:
    node = st.integers(0, len(sizes) - 1)
    links = data.draw(st.lists(st.tuples(node, node), max_size=40))
    points = arrange(sizes, links)
    assert len(points) == len(sizes)
    for (point, size), (other, room) in combinations(zip(points, sizes, strict=True), 2):
        apart = max(
            abs(point[0] - other[0]) - (size[0] + room[0]) / 2, abs(point[1] - other[1]) - (size[1] + room[1]) / 2
        )
        assert apart > -0.01
    assert min(x - w / 2 for (x, _), (w, _) in zip(points, sizes, strict=True)) == pytest.approx(0, abs=0.01)


def test_linked_things_stand_nearer_than_others() -> None:
    chain = [(number, number + 1) for number in range(5)]
    points = arrange([(20, 20)] * 6, chain)
    ends = abs(points[0][0] - points[5][0]) + abs(points[0][1] - points[5][1])
    step = abs(points[0][0] - points[1][0]) + abs(points[0][1] - points[1][1])
    assert ends > 3 * step
