"""Where the nodes of a picture stand: linked ones near to each other, no box over another, and the same for the same graph on any machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from math import cos, hypot, pi, sin, sqrt
from typing import Final

Point = tuple[float, float]
Box = tuple[float, float]

_TURN: Final = pi * (3 - sqrt(5))
_ROUNDS: Final = 150
_STILL: Final = 1e-3  # of a step: less movement than this is none
_STEP: Final = 92.0  # between linked nodes, before boxes are pushed apart
_GAP: Final = 12.0  # between boxes
_PUSHES: Final = 60
_BROAD: Final = 1.5  # a picture is this much wider than high


def arrange(boxes: Sequence[Box], links: Iterable[tuple[int, int]]) -> list[Point]:
    """Return the middle of each box (width, height), the first corner of the picture at (0, 0).

    Each part of the graph that hangs together is laid out so that distances follow the number of links between nodes (stress majorization, Gansner et al.
    2004), with boxes pushed apart until none overlaps; the parts then stand in rows, the largest first.
    """
    near: list[list[int]] = [[] for _ in boxes]
    for source, target in sorted(set(links)):
        if source != target:
            near[source].append(target)
            near[target].append(source)
    pieces = sorted(_pieces(near), key=lambda piece: (-len(piece), piece))
    places: list[list[Point]] = []
    for piece in pieces:
        at = {node: place for place, node in enumerate(piece)}
        inner = [[at[other] for other in near[node]] for node in piece]
        own = [boxes[node] for node in piece]
        places.append(_apart([(x * sqrt(_BROAD), y) for x, y in _lying(_stress(inner))], own))
    found: list[Point] = [(0.0, 0.0)] * len(boxes)
    for piece, moved in zip(pieces, _rows(places, [[boxes[node] for node in piece] for piece in pieces]), strict=True):
        for node, point in zip(piece, moved, strict=True):
            found[node] = point
    return found


def _pieces(near: list[list[int]]) -> Iterator[list[int]]:
    """Give the parts of the graph, each from its most linked node outwards."""
    seen: set[int] = set()
    for start in sorted(range(len(near)), key=lambda node: (-len(near[node]), node)):
        if start not in seen:
            steps = _steps(near, start)
            seen.update(steps)
            yield list(steps)


def _steps(near: list[list[int]], start: int) -> dict[int, int]:
    """Return how many links away each node is, near ones first."""
    steps = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in sorted(set(near[node])):
            if other not in steps:
                steps[other] = steps[node] + 1
                queue.append(other)
    return steps


def _stress(near: list[list[int]]) -> list[Point]:
    """Return points whose distances are as near as may be to the number of links between the nodes, in units of a step."""
    count = len(near)
    # A spiral from the most linked node outwards: no two nodes at one place, and neighbours on the same side.
    points = [
        (_STEP * sqrt(place) * cos(place * _TURN), _STEP * sqrt(place) * sin(place * _TURN)) for place in range(count)
    ]
    wanted = [
        [_STEP * steps[other] for other in range(count)] for steps in (_steps(near, node) for node in range(count))
    ]
    for _ in range(_ROUNDS):
        moved = 0.0
        for node in range(count):
            x, y = points[node]
            across = down = weights = 0.0
            for other, (u, v) in enumerate(points):
                if other == node:
                    continue
                length = wanted[node][other]
                weight = 1 / (length * length)
                distance = hypot(x - u, y - v) or 1e-9
                weights += weight
                across += weight * (u + length * (x - u) / distance)
                down += weight * (v + length * (y - v) / distance)
            if weights:
                points[node] = (across / weights, down / weights)
                moved = max(moved, abs(across / weights - x) + abs(down / weights - y))
        if moved < _STILL * _STEP:
            break
    return points


def _lying(points: list[Point]) -> list[Point]:
    """Lay a picture on its side that is higher than wide: labels are wide, and so are screens."""
    across, down = zip(*points, strict=True)
    stands = max(down) - min(down) > max(across) - min(across)
    return [(y, x) for x, y in points] if stands else points


def _apart(points: list[Point], boxes: Sequence[Box]) -> list[Point]:
    """Push boxes apart along the shorter way until none is over another; where pushing does not end, there is more room for all."""
    while True:
        for _ in range(_PUSHES):
            if not _push(points, boxes):
                return points
        points = [(x * 1.1, y * 1.1) for x, y in points]


def _push(points: list[Point], boxes: Sequence[Box]) -> bool:
    """Move each pair of boxes that overlap; say whether there was one."""
    found = False
    for first in range(len(points)):
        for second in range(first + 1, len(points)):
            (x, y), (u, v) = points[first], points[second]
            across = (boxes[first][0] + boxes[second][0]) / 2 + _GAP - abs(x - u)
            down = (boxes[first][1] + boxes[second][1]) / 2 + _GAP - abs(y - v)
            if across <= 1e-6 or down <= 1e-6:
                continue
            found = True
            if across < down:
                by = (across / 2 + 0.01) * (1 if x < u or (x == u and first % 2) else -1)
                points[first], points[second] = (x - by, y), (u + by, v)
            else:
                by = (down / 2 + 0.01) * (1 if y < v or (y == v and first % 2) else -1)
                points[first], points[second] = (x, y - by), (u, v + by)
    return found


def _rows(places: Sequence[Sequence[Point]], boxes: Sequence[Sequence[Box]]) -> Iterator[list[Point]]:
    """Put the parts of a picture into rows, from the left to the right and from the top to the bottom."""
    frames = [_frame(points, own) for points, own in zip(places, boxes, strict=True)]
    area = sum((right - left + _STEP) * (bottom - top + _STEP) for left, top, right, bottom in frames)
    room = max([sqrt(area * _BROAD), *(right - left for left, _, right, _ in frames)], default=0)
    x = y = height = 0.0
    for points, (left, top, right, bottom) in zip(places, frames, strict=True):
        if x and x + right - left > room:
            x, y, height = 0.0, y + height + _STEP / 3, 0.0
        yield [(u - left + x, v - top + y) for u, v in points]
        x += right - left + _STEP / 3
        height = max(height, bottom - top)


def _frame(points: Sequence[Point], boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of all boxes."""
    sides = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(points, boxes, strict=True)]
    lefts, tops, rights, bottoms = zip(*sides, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
