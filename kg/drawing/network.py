"""A picture of things and what links them: circles with their labels below, near to each other where they are linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import hypot, sqrt
from typing import Final

from markupsafe import Markup

from kg.drawing.layout import Point, arrange
from kg.drawing.model import Picture, Thing
from kg.drawing.svg import clean, element, number, shorten, width

_RADIUS: Final = (6.0, 24.0)  # of the lightest and the heaviest thing
_TEXT: Final = (11.0, 15.0)
_ROOM: Final = 150.0  # of a line of a label in the smallest letters
_LINES: Final = 3
_SPACING: Final = 1.2


def network(shown: Picture, palette: Mapping[str, str]) -> tuple[Markup, tuple[float, float]]:
    """Return the drawing and its width and height."""
    labels = [_label(thing) for thing in shown.things]
    boxes = [_box(thing, label) for thing, label in zip(shown.things, labels, strict=True)]
    place = {thing.key: number_ for number_, thing in enumerate(shown.things)}
    pairs = [(place[link.source], place[link.target]) for link in shown.links if link.source != link.target]
    middles = arrange(boxes, pairs)
    centers = [
        (x, y - high / 2 + _radius(thing))
        for thing, (x, y), (_, high) in zip(shown.things, middles, boxes, strict=True)
    ]
    drawn = (
        element("g", *_lines(shown, place, centers), class_="edges"),
        *(
            _thing(thing, palette[thing.group], center, label)
            for thing, center, label in zip(shown.things, centers, labels, strict=True)
        ),
    )
    wide = max((x + box[0] / 2 for (x, _), box in zip(middles, boxes, strict=True)), default=0.0)
    high = max((y + box[1] / 2 for (_, y), box in zip(middles, boxes, strict=True)), default=0.0)
    return element("g", *drawn, class_="network"), (wide, high)


def _radius(thing: Thing) -> float:
    return _RADIUS[0] + (_RADIUS[1] - _RADIUS[0]) * sqrt(thing.weight)


def _size(thing: Thing) -> float:
    return _TEXT[0] + (_TEXT[1] - _TEXT[0]) * sqrt(thing.weight)


def _label(thing: Thing) -> tuple[str, ...]:
    """Break a label into lines; what does not fit into the last one is cut."""
    size, lines = _size(thing) * (1.12 if thing.strong else 1), [""]
    room = _ROOM * size / _TEXT[0]
    for word in clean(thing.label).split():
        longer = f"{lines[-1]} {word}".strip()
        if len(lines) == _LINES or not lines[-1] or width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(shorten(line, room, size) for line in lines)


def _box(thing: Thing, label: tuple[str, ...]) -> tuple[float, float]:
    """Return the width and height of a thing with its label below."""
    size = _size(thing) * (1.12 if thing.strong else 1)
    broadest = max(width(line, size) for line in label)
    return max(2 * _radius(thing), broadest), 2 * _radius(thing) + 4 + _SPACING * size * len(label)


def _lines(shown: Picture, place: Mapping[str, int], centers: list[Point]) -> Iterator[Markup]:
    """Draw each pair of linked things once, with a head at each thing that is led to."""
    heads: dict[tuple[int, int], set[int]] = {}
    names: dict[tuple[int, int], list[str]] = {}
    for link in shown.links:
        source, target = place[link.source], place[link.target]
        if source != target:
            pair = (min(source, target), max(source, target))
            heads.setdefault(pair, set()).add(target)
            things = shown.things[source].label, shown.things[target].label
            names.setdefault(pair, []).append(f"{things[0]} —{link.label}→ {things[1]}")
    for pair, targets in sorted(heads.items()):
        (x, y), (u, v) = centers[pair[0]], centers[pair[1]]
        title = element("title", "; ".join(sorted(set(names[pair]))))
        parts = [element("path", title, d=f"M{number(x)} {number(y)}L{number(u)} {number(v)}")]
        parts += [
            _head(centers[pair[0] + pair[1] - node], centers[node], _radius(shown.things[node]))
            for node in sorted(targets)
        ]
        yield from parts


def _head(start: Point, end: Point, radius: float) -> Markup:
    """Return the head of an arrow that touches the circle at its end."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    tip = (end[0] - x * (radius + 1), end[1] - y * (radius + 1))
    left = (tip[0] - 7 * x - 3.5 * y, tip[1] - 7 * y + 3.5 * x)
    right = (tip[0] - 7 * x + 3.5 * y, tip[1] - 7 * y - 3.5 * x)
    corners = "L".join(f"{number(u)} {number(v)}" for u, v in (tip, left, right))
    return element("path", d=f"M{corners}Z", class_="head")


def _thing(thing: Thing, color: str, center: Point, label: tuple[str, ...]) -> Markup:
    x, y = center
    size = _size(thing)
    parts = [
        element("title", f"{thing.label} ({thing.kind})"),
        element(
            "circle",
            cx=x,
            cy=y,
            r=_radius(thing),
            fill=color,
            stroke="#1d2329" if thing.strong else "#ffffff",
            stroke_width=2 if thing.strong else 1,
        ),
    ]
    top = y + _radius(thing) + 2 + size
    for place, line in enumerate(label):
        parts.append(
            element(
                "text",
                line,
                x=x,
                y=top + place * _SPACING * size,
                font_size=size,
                class_="name middle halo",
                style=f"font-size: {number(size)}px",
            )
        )
    return element("g", *parts, class_="strong" if thing.strong else None)
