from __future__ import annotations

import re
from itertools import combinations
from math import hypot

import pytest

from kg.pages.pictures import Moment, Threshold, timeline
from tests.unit.pages.pictures.reading import hrefs, of_class, read, texts


def points(picture: str) -> dict[str, tuple[float, float]]:
    """Return where the point of each label stands."""
    found = {}
    for point in of_class(read(picture), "point"):
        mark = next(of_class(point, "mark"))
        x, y = map(float, re.findall(r"[-\d.]+", mark.get("transform") or ""))
        found[(point.get("aria-label") or "").partition(",")[0]] = (x, y)
    return found


def test_later_stands_right_and_a_power_of_ten_is_a_step_of_the_same_height() -> None:
    found = points(timeline([Moment("A", "2018-03", 1e20), Moment("B", "2020-06-11", 1e21), Moment("C", "2023", 1e23)]))
    assert found["A"][0] < found["B"][0] < found["C"][0]
    assert found["B"][1] - found["C"][1] == pytest.approx(2 * (found["A"][1] - found["B"][1]), abs=0.3)


def test_the_levels_differ_in_shape() -> None:
    root = read(
        timeline(
            [
                Moment("A", "2020", 1e20, "stated"),
                Moment("B", "2021", 1e20, "derived"),
                Moment("C", "2022", 1e20, "estimated"),
            ]
        )
    )
    shapes = {mark.get("class"): mark.get("d") for mark in of_class(root, "mark")}
    assert set(shapes) == {"mark stated", "mark derived", "mark estimated"}
    assert len(set(shapes.values())) == 3


def test_only_levels_that_occur_are_in_the_legend() -> None:
    legend = texts(read(timeline([Moment("A", "2020", 1e20, "stated")])), "tick")
    assert "stated" in legend
    assert "derived" not in legend


def test_points_of_one_year_do_not_hide_each_other() -> None:
    found = points(timeline([Moment(f"M{number}", "2023", 1e23, href=f"/{number}") for number in range(12)]))
    assert len(found) == 12
    for one, other in combinations(found.values(), 2):
        assert hypot(one[0] - other[0], one[1] - other[1]) >= 10


def test_what_has_no_usable_date_or_value_is_counted_and_not_drawn() -> None:
    bad = [
        Moment("a", "soon", 1e20),
        Moment("b", "2020-13", 1e20),
        Moment("c", "2020", 0),
        Moment("d", "2020", float("inf")),
        Moment("e", "2020", float("nan")),
    ]
    root = read(timeline([*bad, Moment("good", "2020", 1e20)]))
    assert len([*of_class(root, "point")]) == 1
    assert "5 without a usable date or value are not shown." in "".join(root.itertext())


def test_nothing_usable_is_said() -> None:
    assert "No value with a date is known." in timeline([Moment("a", "soon", 1)])


def test_a_threshold_is_drawn_where_its_value_is_and_far_ones_are_not() -> None:
    picture = timeline(
        [Moment("A", "2020", 1e25)],
        thresholds=[Threshold("limit", 1e25), Threshold("far", 1e40), Threshold("none", -1)],
    )
    root = read(picture)
    [line] = of_class(root, "threshold")
    _, y = points(picture)["A"]
    assert float(re.findall(r"[\d.]+", line.get("d") or "")[1]) == pytest.approx(y, abs=0.11)
    assert texts(root, "threshold-name") == ["limit"]


def test_points_are_links_that_say_all_and_the_order_does_not_change_a_byte() -> None:
    moments = [Moment("A & <B>", "2020", 3.1e23, "stated", "/a?x&y"), Moment("C", "2021", 1, "derived")]
    picture = timeline(moments)
    assert picture == timeline(moments[::-1])
    assert hrefs(read(picture)) == ["/a?x&y"]
    [first, _] = of_class(read(picture), "point")
    assert first.get("aria-label") == "A & <B>, 2020: 3.1 × 10²³ FLOP, stated"
