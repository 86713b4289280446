"""A chart of compute against time, with a logarithmic scale, on which shape as well as colour says how far a value can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10
from typing import Final, Literal

from markupsafe import Markup

from kg.drawing.svg import clean, element, linked, number, picture, shorten, width

Level = Literal["stated", "derived", "estimated"]
LEVELS: Final[tuple[Level, ...]] = ("stated", "derived", "estimated")

_SIZE: Final = (920.0, 460.0)
_PLOT: Final = (70.0, 44.0, 896.0, 410.0)  # left, top, right, bottom
_TEXT: Final = 12.0
_MARK: Final = 5.0
_DATE = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHAPES: Final[dict[Level, str]] = {
    "stated": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "derived": "M-6 0L0 -6L6 0L0 6z",
    "estimated": "M-5.5 4.5L0 -6L5.5 4.5z",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A value at a time: `date` is `2024`, `2024-05` or `2024-05-17`, `value` is over 0, `href` the page of the thing (None: no page)."""

    label: str
    date: str
    value: float
    level: Level = "derived"
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that a line across the chart marks, such as one of a law."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps years to x and powers of ten to y."""

    years: tuple[int, int]
    powers: tuple[int, int]

    def x(self, years: float) -> float:
        first, last = self.years
        return _PLOT[0] + (years - first) / (last - first) * (_PLOT[2] - _PLOT[0])

    def y(self, power: float) -> float:
        low, high = self.powers
        return _PLOT[3] - (power - low) / (high - low) * (_PLOT[3] - _PLOT[1])


def timeline(
    moments: Iterable[Moment],
    *,
    quantity: str = "Training compute",
    unit: str = "FLOP",
    thresholds: Iterable[Threshold] = (),
) -> Markup:
    """Return the chart; moments whose date or value cannot be shown are counted in its description, and not drawn.

    The points of one year that nothing more is known of stand side by side within the year.
    """
    given = sorted(
        set(moments), key=lambda moment: (moment.date, -moment.value, clean(moment.label), moment.href or "")
    )
    timed = [
        (moment, span)
        for moment in given
        if (span := _span(moment.date)) is not None and 0 < moment.value < float("inf")
    ]
    lines = sorted((line for line in set(thresholds) if line.value > 0), key=lambda line: (line.value, line.label))
    if not timed:
        return picture("timeline", (_SIZE[0], 40), f"{clean(quantity)} over time", "No value with a date is known.", ())
    powers = [log10(moment.value) for moment, _ in timed]
    near = [log10(line.value) for line in lines if min(powers) - 2 <= log10(line.value) <= max(powers) + 2]
    low, high = floor(min(powers + near) - 0.1), ceil(max(powers + near) + 0.1)
    scale = _Scale((floor(min(span[0] for _, span in timed)), ceil(max(span[1] for _, span in timed))), (low, high))
    points = _spread(timed, scale)
    lost = len(given) - len(timed)
    description = (
        f"{len(points)} values in {clean(unit)} from {scale.years[0]} to {scale.years[1] - 1}, "
        f"from {_words(min(moment.value for moment, _, _ in points))} to {_words(max(moment.value for moment, _, _ in points))}."
    ) + (f" {lost} without a usable date or value are not shown." if lost else "")
    return picture(
        "timeline",
        _SIZE,
        f"{clean(quantity)} over time",
        description,
        (
            *_axes(scale, f"{clean(quantity)} ({clean(unit)})"),
            *_legend({moment.level for moment, _ in timed}),
            *_lines(lines, scale),
            *(_point(moment, x, y, unit) for moment, x, y in points),
            *_names(points),
        ),
    )


def _span(text: str) -> tuple[float, float] | None:
    """Return when a date begins and ends, in years; None if it is no date."""
    parts = _DATE.fullmatch(text)
    if parts is None:
        return None
    year, month, day = int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)
    try:
        start = (date(year, month, day) - date(year, 1, 1)).days / 366
    except ValueError:
        return None
    length = 1.0 if parts[2] is None else 1 / 12 if parts[3] is None else 1 / 366
    return year + start, min(year + start + length, year + 1.0)


def _spread(timed: list[tuple[Moment, tuple[float, float]]], scale: _Scale) -> list[tuple[Moment, float, float]]:
    """Place points so that none hides another, as far as the time that their date leaves open allows."""
    placed: list[tuple[Moment, float, float]] = []
    for moment, (start, end) in timed:
        y = scale.y(log10(moment.value))
        left, right = scale.x(start) + _MARK, scale.x(end) - _MARK
        middle = (left + right) / 2
        steps = int(max(right - left, 0) / 2 / 3)
        tries = [middle + side * step * 3 for step in range(steps + 1) for side in (1, -1)]
        near = [(x, z) for _, x, z in placed if abs(z - y) < 2 * _MARK + 2]
        x = max(tries, key=lambda x: min((min((x - x2) ** 2 + (y - y2) ** 2, 144.0) for x2, y2 in near), default=144.0))
        placed.append((moment, x, y))
    return placed


def _axes(scale: _Scale, name: str) -> Iterator[Markup]:
    left, top, right, bottom = _PLOT
    yield element("text", name, x=8.0, y=20.0, class_="axis-name")
    low, high = scale.powers
    step = max(1, ceil((high - low) / 9))
    for power in range(low, high + 1, step):
        y = scale.y(power)
        yield element("path", d=f"M{number(left)} {number(y)}H{number(right)}", class_="grid")
        yield element("text", f"10{str(power).translate(_SUPERSCRIPT)}", x=left - 8, y=y + 4, class_="tick end")
    first, last = scale.years
    step = max(1, ceil((last - first) / 16))
    for year in range(first, last, step):
        if year > first:
            yield element("path", d=f"M{number(scale.x(year))} {number(top)}V{number(bottom)}", class_="grid")
        yield element(
            "text", year, x=(scale.x(year) + scale.x(min(year + step, last))) / 2, y=bottom + 22, class_="tick middle"
        )
    yield element("path", d=f"M{number(left)} {number(top)}V{number(bottom)}H{number(right)}", class_="axis")
    yield element("text", "Year", x=right, y=bottom + 42, class_="axis-name end")


def _legend(levels: set[Level]) -> Iterator[Markup]:
    x = _PLOT[2]
    for level in reversed([level for level in LEVELS if level in levels]):
        x -= width(level, _TEXT) + 4
        yield element("text", level, x=x, y=20.0, class_="tick")
        yield element("path", d=_SHAPES[level], transform=f"translate({number(x - 11)} 16)", class_=f"mark {level}")
        x -= 34


def _lines(lines: list[Threshold], scale: _Scale) -> Iterator[Markup]:
    for line in lines:
        y = scale.y(log10(line.value))
        if _PLOT[1] <= y <= _PLOT[3]:
            yield element("path", d=f"M{number(_PLOT[0])} {number(y)}H{number(_PLOT[2])}", class_="threshold")
            yield element("text", line.label, x=_PLOT[2] - 4, y=y - 5, class_="tick end threshold-name")


def _point(moment: Moment, x: float, y: float, unit: str) -> Markup:
    mark = element(
        "path", d=_SHAPES[moment.level], transform=f"translate({number(x)} {number(y)})", class_=f"mark {moment.level}"
    )
    said = f"{clean(moment.label)}, {moment.date}: {_words(moment.value)} {clean(unit)}, {moment.level}"
    return linked(moment.href, said, mark, class_="point")


def _names(points: list[tuple[Moment, float, float]]) -> Iterator[Markup]:
    """Write the names of the points for which there is room, great values first; all others are said by their titles."""
    taken = [(x - 8, y - 8, x + 8, y + 8) for _, x, y in points]
    for moment, x, y in sorted(points, key=lambda point: (-point[0].value, point[1])):
        text = shorten(moment.label, 150, _TEXT)
        long = width(text, _TEXT)
        for left, side in ((x + 10, "start"), (x - 10 - long, "end")):
            box = (left, y - 7, left + long, y + 7)
            inside = box[0] >= _PLOT[0] + 2 and box[2] <= _PLOT[2]
            if inside and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                taken.append(box)
                yield element(
                    "text",
                    text,
                    x=x + (10 if side == "start" else -10),
                    y=y + 4,
                    class_=f"name {side}",
                    aria_hidden="true",
                )
                break


def _words(value: float) -> str:
    """Write a value as people do: `3.1 × 10²³`."""
    mantissa, _, power = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')} × 10{str(int(power)).translate(_SUPERSCRIPT)}"
