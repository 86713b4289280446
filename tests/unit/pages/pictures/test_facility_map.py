from __future__ import annotations

import csv
from itertools import combinations
from math import hypot

import pytest

from kg.pages.pictures import Place, facility_map
from kg.resources import resource
from tests.unit.pages.pictures.reading import SVG, hrefs, of_class, read, texts


def circles(picture: str) -> dict[str, tuple[float, float, float]]:
    """Return the middle and radius of the mark of each place."""
    found = {}
    for group in of_class(read(picture), "place"):
        circle = next(group.iter(f"{SVG}circle"))
        x, y, radius = (float(circle.get(name) or "") for name in ("cx", "cy", "r"))
        found[group.get("aria-label") or ""] = (x, y, radius)
    return found


def test_a_place_stands_where_its_degrees_say() -> None:
    found = circles(
        facility_map([Place("Null Island", longitude=0, latitude=0), Place("North", longitude=-90, latitude=40)])
    )
    assert found["Null Island: 1 facility"][:2] == (360, 168)
    assert found["North: 1 facility"][:2] == (180, 88)


def test_a_country_is_enough_to_stand_somewhere_in_it() -> None:
    x, y, _ = circles(facility_map([Place("Singapore", 3, country="SGP")]))["Singapore: 3 facilities"]
    assert x / 2 - 180 == pytest.approx(103.8, abs=0.5)
    assert 84 - y / 2 == pytest.approx(1.4, abs=0.5)


def test_every_country_of_the_reference_table_but_antarctica_can_be_placed() -> None:
    with (resource("ontology") / "reference" / "countries.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["alpha3"] for row in csv.DictReader(file) if row["alpha3"] != "ATA"]
    assert len(codes) > 200
    assert len(circles(facility_map([Place(code, country=code, count=2) for code in codes]))) == len(codes)


def test_more_facilities_make_a_larger_circle_whose_area_grows_with_them() -> None:
    found = circles(facility_map([Place("A", 100, country="USA"), Place("B", 25, country="AUS")]))
    assert found["A: 100 facilities"][2] == 2 * found["B: 25 facilities"][2]


def test_circles_of_neighbours_do_not_cover_each_other() -> None:
    places = [Place(code, 20, country=code) for code in ("GBR", "FRA", "BEL", "NLD", "DEU", "CHE", "LUX")]
    for one, other in combinations(circles(facility_map(places)).values(), 2):
        assert hypot(one[0] - other[0], one[1] - other[1]) >= one[2] + other[2] - 0.2


def test_what_cannot_be_placed_is_named_and_not_drawn() -> None:
    root = read(
        facility_map([Place("Atlantis", 2), Place("Moon", longitude=400, latitude=0), Place("Oslo", country="NOR")])
    )
    assert len([*of_class(root, "place")]) == 1
    assert "Not on the map: Atlantis and Moon." in "".join(root.itertext())


def test_an_empty_map_says_so() -> None:
    assert "No place is known." in facility_map([])


def test_the_order_of_places_does_not_change_a_byte_and_labels_are_escaped() -> None:
    places = [Place("<b>x", 2, "/a?x=1&y", "USA"), Place("Y", 1, None, "CHN")]
    picture = facility_map(places)
    assert picture == facility_map(places[::-1])
    assert hrefs(read(picture)) == ["/a?x=1&y"]
    assert "<b>x" in texts(read(picture), "label")
