"""A picture of chains: things in columns, from what was asked for on the left to what was asked for on the right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from kg.drawing.model import Link, Picture, Thing
from kg.drawing.svg import abridge, element, number, shorten, width

_BOX: Final = (210.0, 44.0)
_STEP: Final = 62.0
_ROOM: Final = (70.0, 190.0)  # between columns, for the names of properties
_TEXT: Final = 13.0
_SMALL: Final = 11.0
_SWEEPS: Final = 8


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A link, or what of it lies between two columns that are next to each other; `heads` says whether an arrow's head stands at the left and at the right."""

    left: str
    right: str
    label: str
    heads: tuple[bool, bool]


def columns(shown: Picture, palette: Mapping[str, str]) -> tuple[Markup, tuple[float, float]]:
    """Return the drawing and its width and height. Links between things of one column are not drawn."""
    column = {thing.key: thing.column for thing in shown.things}
    stretches = [stretch for link in shown.links for stretch in _stretches(link, column)]
    ranks = _ranked(column, stretches)
    most = max(len(keys) for keys in ranks)
    middles = {
        key: ((most - len(keys)) / 2 + place) * _STEP + _BOX[1] / 2 for keys in ranks for place, key in enumerate(keys)
    }
    names = _names(shown.links, column)
    lefts = _lefts({at: name for at, (name, _) in names.items()}, len(ranks))
    passing = sorted(column.keys() - {thing.key for thing in shown.things})
    edges = [part for stretch in stretches for part in _line(stretch, column, lefts, middles)]
    edges += [_through(lefts[column[key]], middles[key]) for key in passing]
    boxes = [_box(thing, palette[thing.group], lefts[thing.column], middles[thing.key]) for thing in shown.things]
    texts = _texts(names, column, lefts, middles)
    return element("g", element("g", *edges, class_="edges"), *boxes, *texts, class_="columns"), (
        lefts[-1] + _BOX[0],
        (most - 1) * _STEP + _BOX[1],
    )


def _stretches(link: Link, column: dict[str, int]) -> Iterator[_Stretch]:
    """Divide a link between columns that are further apart; places in the columns between are added to `column`."""
    forward = column[link.source] <= column[link.target]
    left, right = (link.source, link.target) if forward else (link.target, link.source)
    between = range(column[left] + 1, column[right])
    # No IRI has a space.
    stops = [left, *(f"{left} {right} {place}" for place in between), right]
    column.update(zip(stops[1:-1], between, strict=True))
    if column[left] == column[right]:
        return
    for place, (start, end) in enumerate(pairwise(stops)):
        first, last = place == 0, place == len(stops) - 2
        yield _Stretch(start, end, link.label, (first and not forward, last and forward))


def _ranked(column: Mapping[str, int], stretches: list[_Stretch]) -> list[list[str]]:
    """Return the keys of each column in an order in which lines cross as little as sweeps to and fro find (barycentres)."""
    near: dict[str, list[str]] = defaultdict(list)
    for stretch in stretches:
        near[stretch.left].append(stretch.right)
        near[stretch.right].append(stretch.left)
    ranks: list[list[str]] = [[] for _ in range(max(column.values(), default=0) + 1)]
    for key, place in column.items():
        ranks[place].append(key)
    for sweep in range(_SWEEPS):
        step = 1 if sweep % 2 else -1
        for here in range(len(ranks) - 2, -1, -1) if sweep % 2 else range(1, len(ranks)):
            beside = {key: (place + 0.5) / len(ranks[here + step]) for place, key in enumerate(ranks[here + step])}
            old = {key: (place + 0.5) / len(ranks[here]) for place, key in enumerate(ranks[here])}
            ranks[here].sort(key=lambda key: _mean([beside[other] for other in near[key] if other in beside], old[key]))
    return ranks


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _names(links: Iterable[Link], column: Mapping[str, int]) -> dict[tuple[str, int], tuple[str, tuple[str, ...]]]:
    """Return the names of properties that stand before a thing (-1) or behind it (1), with the things at the other ends of its lines.

    A name stands at the end of a link where fewer lines meet.
    """
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in links:
        left, right = sorted((link.source, link.target), key=lambda key: column[key])
        if column[left] < column[right]:
            pairs[left, right].add(link.label)
    meeting = Counter(left for left, _ in pairs), Counter(right for _, right in pairs)
    labels: dict[tuple[str, int], set[str]] = defaultdict(set)
    others: dict[tuple[str, int], list[str]] = defaultdict(list)
    for (left, right), found in pairs.items():
        at, other = ((right, -1), left) if meeting[1][right] <= meeting[0][left] else ((left, 1), right)
        labels[at] |= found
        others[at].append(other)
    return {at: (", ".join(sorted(found)), tuple(others[at])) for at, found in labels.items()}


def _lefts(names: Mapping[tuple[str, int], str], count: int) -> list[float]:
    """Return where each column starts: the room between two follows from the names that stand there."""
    room = max([_ROOM[0], *(width(name, _SMALL) + 40 for name in names.values())])
    return [place * (_BOX[0] + min(room, _ROOM[1])) for place in range(count)]


def _line(
    stretch: _Stretch, column: Mapping[str, int], lefts: list[float], middles: Mapping[str, float]
) -> Iterator[Markup]:
    x, y = lefts[column[stretch.left]] + _BOX[0], middles[stretch.left]
    u, v = lefts[column[stretch.right]], middles[stretch.right]
    bend = (u - x) / 2
    curve = f"M{number(x)} {number(y)}C{number(x + bend)} {number(y)} {number(u - bend)} {number(v)} {number(u)} {number(v)}"
    yield element("path", element("title", stretch.label), d=curve)
    if stretch.heads[1]:
        yield element("path", d=f"M{number(u)} {number(v)}l-7 -4v8z", class_="head")
    if stretch.heads[0]:
        yield element("path", d=f"M{number(x)} {number(y)}l7 -4v8z", class_="head")


def _through(x: float, middle: float) -> Markup:
    """Draw what passes a column in which it has no thing."""
    return element("path", d=f"M{number(x)} {number(middle)}h{number(_BOX[0])}")


def _texts(
    names: Mapping[tuple[str, int], tuple[str, tuple[str, ...]]],
    column: Mapping[str, int],
    lefts: list[float],
    middles: Mapping[str, float],
) -> Iterator[Markup]:
    for (key, side), (name, others) in sorted(names.items()):
        x = lefts[column[key]] - 12 if side < 0 else lefts[column[key]] + _BOX[0] + 12
        # Above the line, but for lines that come from above.
        falls = _mean([middles[other] for other in others], 0.0) < middles[key] - 1
        text = shorten(name, _ROOM[1] - 40, _SMALL)
        class_ = "property halo before" if side < 0 else "property halo"
        yield element("text", text, x=x, y=middles[key] + (15 if falls else -6), class_=class_)


def _box(thing: Thing, color: str, x: float, middle: float) -> Markup:
    y = middle - _BOX[1] / 2
    bold = 1.12 if thing.strong else 1.0
    return element(
        "g",
        element("title", f"{thing.label} ({thing.kind})"),
        element("rect", x=x, y=y, width=_BOX[0], height=_BOX[1], rx=6, class_="box"),
        element("rect", x=x, y=y + 6, width=5, height=_BOX[1] - 12, rx=2, fill=color),
        element(
            "text",
            abridge(thing.label, _BOX[0] - 26, _TEXT * bold),
            x=x + 14,
            y=y + 19,
            class_="name",
        ),
        element("text", shorten(thing.kind, _BOX[0] - 26, _SMALL), x=x + 14, y=y + 35, class_="kind"),
        class_="strong" if thing.strong else None,
    )
