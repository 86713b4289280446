"""A map of the world with places on it, in the equirectangular projection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import hypot, sqrt
from typing import Final

from markupsafe import Markup

from kg.drawing.svg import clean, element, in_words, linked, number, picture, width

# The outline of land.txt is drawn in half degrees, from 180° W and 84° N on; nobody computes south of 60° S.
_SCALE: Final = 2.0
_NORTH: Final = 84.0
_SIZE: Final = (720.0, 288.0)
_SCALE_UP: Final = 1.45  # pixels a unit, where there is room
_TEXT: Final = 8.5
_RADII: Final = (2.8, 11.0)
_NAMED: Final = 60  # so many places, the greatest, are kept apart and named


@dataclass(frozen=True, slots=True)
class Place:
    """Facilities at one place: its name, how many there are, and its page (None: no page).

    The place is given in degrees, or else stands in the middle of a country (ISO 3166 alpha-3).
    """

    label: str
    count: int = 1
    href: str | None = None
    country: str = ""
    longitude: float | None = None
    latitude: float | None = None
    # A thing that merely has coordinates is no facility, and is not counted.
    facility: bool = True


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def facility_map(places: Iterable[Place]) -> Markup:
    """Return the map; places whose coordinates are not known are named in its description, and not drawn.

    Circles that would cover each other stand a little beside their places.
    """
    ordered = sorted(places, key=lambda place: (-place.count, clean(place.label), place.country))
    found = [(place, point) for place in ordered if (point := _point(place)) is not None]
    lost = [clean(place.label) for place in ordered if _point(place) is None]
    most = max((place.count for place, _ in found), default=1)
    circles = _apart([(x, y, _radius(place.count, most)) for place, (x, y) in found])
    labels = _labels([clean(place.label) for place, _ in found], circles)
    described = [clean(place.label) + (f": {place.count}" if place.facility else "") for place, _ in found]
    description = f"{'; '.join(described)}." if described else "No place is known."
    if lost:
        description += f" Not on the map: {in_words(lost)}."
    return picture(
        "facility-map",
        _SIZE,
        "Where facilities stand" if any(place.facility for place in ordered) else "Where things are",
        description,
        (
            element("path", d=_land(), class_="land"),
            *(_mark(place, *each, label) for (place, _), each, label in zip(found, circles, labels, strict=True)),
        ),
        _SCALE_UP,
    )


def _mark(place: Place, x: float, y: float, radius: float, label: tuple[float, float, str] | None) -> Markup:
    parts = [element("circle", cx=x, cy=y, r=radius)]
    if radius >= _TEXT * 0.75:
        parts.append(element("text", number(place.count), x=x, y=y + _TEXT * 0.35, class_="count"))
    if label is not None:
        parts.append(element("text", clean(place.label), x=label[0], y=label[1], class_=label[2]))
    noun = "facility" if place.count == 1 else "facilities"
    counted = f": {place.count} {noun}" if place.facility else ""
    return linked(place.href, f"{clean(place.label)}{counted}", *parts, class_="place")


def _apart(circles: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Push circles that cover each other apart, a little at a time; the smaller one gives way more."""
    moved = circles[:_NAMED]
    for _ in range(40):
        still = True
        for one, other in combinations(range(len(moved)), 2):
            (x, y, radius), (x2, y2, radius2) = moved[one], moved[other]
            away = hypot(x2 - x, y2 - y)
            over = radius + radius2 + 1 - away
            if over > 0.05:
                still = False
                along, across = ((x2 - x) / away, (y2 - y) / away) if away else (0.0, 1.0)
                share = radius2 / (radius + radius2)
                moved[one] = (x - along * over * share, y - across * over * share, radius)
                moved[other] = (x2 + along * over * (1 - share), y2 + across * over * (1 - share), radius2)
        if still:
            break
    return moved + circles[_NAMED:]


def _labels(names: list[str], circles: list[tuple[float, float, float]]) -> Iterator[tuple[float, float, str] | None]:
    """Give each mark a place for its label beside, above or below it, where nothing else is; None where there is no such place."""
    taken = [_Box(x - radius, y - radius, x + radius, y + radius) for x, y, radius in circles[:_NAMED]]
    for place, (text, (x, y, radius)) in enumerate(zip(names, circles, strict=True)):
        if place >= _NAMED:
            yield None
            continue
        long = width(text, _TEXT)
        for at, baseline, anchor in (
            (x + radius + 2, y + _TEXT * 0.35, "start"),
            (x - radius - 2, y + _TEXT * 0.35, "end"),
            (x, y - radius - 3, "middle"),
            (x, y + radius + _TEXT, "middle"),
            (x + radius * 0.7 + 2, y - radius * 0.7 - 2, "start"),
            (x - radius * 0.7 - 2, y - radius * 0.7 - 2, "end"),
            (x + radius * 0.7 + 2, y + radius * 0.7 + _TEXT * 0.8, "start"),
            (x - radius * 0.7 - 2, y + radius * 0.7 + _TEXT * 0.8, "end"),
        ):
            left = at - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
            box = _Box(left, baseline - _TEXT * 0.8, left + long, baseline + _TEXT * 0.25)
            inside = box.left >= 0 and box.right <= _SIZE[0] and box.top >= 0 and box.bottom <= _SIZE[1]
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                yield at, baseline, f"label {anchor}"
                break
        else:
            yield None


def _radius(count: int, most: int) -> float:
    """Return a radius whose circle grows with the count."""
    low, high = _RADII
    return max(low, high * sqrt(count / max(most, 9)))


def _point(place: Place) -> tuple[float, float] | None:
    longitude, latitude = place.longitude, place.latitude
    if longitude is None or latitude is None:
        if place.country not in _middles():
            return None
        longitude, latitude = _middles()[place.country]
    x, y = (longitude + 180) * _SCALE, (_NORTH - latitude) * _SCALE
    return (x, y) if 0 <= x <= _SIZE[0] and 0 <= y <= _SIZE[1] else None


@cache
def _land() -> str:
    return _data("land.txt")[0]


@cache
def _middles() -> dict[str, tuple[float, float]]:
    """Return country to longitude and latitude in degrees."""
    rows = (line.split(",") for line in _data("countries.csv")[1:])
    return {country: (float(longitude), float(latitude)) for country, longitude, latitude in rows}


def _data(name: str) -> list[str]:
    """Return the lines of a file of ours without those that say where it is from."""
    text = files("kg.pages.pictures").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
