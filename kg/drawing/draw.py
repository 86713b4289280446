"""The whole of a picture: its heading, what is drawn, the legend of its colours and a note, as one SVG that needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from kg.drawing.branches import Edge, Node
from kg.drawing.columns import columns
from kg.drawing.model import Picture
from kg.drawing.neighbourhood import neighbourhood
from kg.drawing.network import network
from kg.drawing.svg import clean, element, picture, shorten, width

# Okabe and Ito's colours, which all kinds of eyes tell apart, somewhat darker where white is too near; the last one is for all further groups.
COLORS: Final = ("#0072b2", "#d55e00", "#009e73", "#b8458f", "#e0a100", "#3aa0d8", "#6b4fa0", "#7a5230")
OTHERS: Final = "#8a9199"
_MARGIN: Final = 24.0
_HEAD: Final = 44.0
_LINE: Final = 24.0
_TEXT: Final = 12.0
_LEAST: Final = 420.0
# In a page all rules hold for the whole page: each is for our pictures only.
_STYLE: Final = """
.kg-picture { font-family: Roboto, 'DejaVu Sans', Verdana, sans-serif; max-width: 100%; height: auto; }
.kg-picture text { fill: #1d2329; font-size: 12px; }
.kg-picture .heading { font-size: 17px; font-weight: 600; }
.kg-picture .note, .kg-picture .kind, .kg-picture .property { font-size: 11px; fill: #565e67; }
.kg-picture .property { font-style: italic; }
.kg-picture .halo { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
.kg-picture .middle { text-anchor: middle; }
.kg-picture .before { text-anchor: end; }
.kg-picture .edges path { fill: none; stroke: #868e96; stroke-width: 1.3; }
.kg-picture .edges path.head { fill: #868e96; stroke: none; }
.kg-picture .network .edges path { stroke-opacity: 0.55; }
.kg-picture .network .edges path.head { fill-opacity: 0.75; }
.kg-picture .box, .kg-picture .node rect { fill: #ffffff; stroke: #868e96; }
.kg-picture .strong .box, .kg-picture .here rect { fill: #e6f0fa; stroke: #0a5aa8; stroke-width: 2; }
.kg-picture .strong .name, .kg-picture .here .name { font-weight: 600; }
.kg-picture .columns .name, .kg-picture .node .name { font-size: 13px; }
.kg-picture .more rect { stroke-dasharray: 4 3; }
.kg-picture rect.stripe { stroke: none; }
"""


def draw(shown: Picture) -> str:
    """Return a picture as an SVG document with a title and a description for those who do not see it; colours stand for the groups of the things."""
    palette = _palette(shown)
    inner, (wide, high) = _body(shown, palette)
    wide = max(wide, _LEAST, width(shown.title, 17.0 * 1.1))
    legend, below = _legend(palette, wide)
    top = _HEAD
    note = _lines(shown.note, wide)
    parts = [
        element("style", Markup(_STYLE)),  # noqa: S704 - ours
        element("rect", width="100%", height="100%", fill="#ffffff"),
        element("text", shown.title, x=_MARGIN, y=30, class_="heading"),
        element("g", inner, transform=f"translate({_MARGIN:.0f} {top:.0f})"),
        element("g", *legend, transform=f"translate({_MARGIN:.0f} {top + high + _LINE:.0f})"),
    ]
    for place, line in enumerate(note):
        parts.append(element("text", line, x=_MARGIN, y=top + high + _LINE + below + 16 + 15 * place, class_="note"))
    size = (wide + 2 * _MARGIN, top + high + _LINE + below + 15 * len(note) + _MARGIN)
    whole = picture("kg-picture", size, clean(shown.title), clean(shown.description), parts)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'


def _body(shown: Picture, palette: Mapping[str, str]) -> tuple[Markup, tuple[float, float]]:
    if shown.layout == "network":
        return network(shown, palette)
    if shown.layout == "columns":
        return columns(shown, palette)
    center = next(thing.key for thing in shown.things if thing.strong)
    nodes = [Node(thing.key, thing.label, thing.kind, color=palette[thing.group]) for thing in shown.things]
    edges = [Edge(link.source, link.target, link.label) for link in shown.links]
    drawn = neighbourhood(center, nodes, edges)
    return drawn, _size(drawn)


def _size(drawn: Markup) -> tuple[float, float]:
    """Return the width and height that a drawn picture has for itself."""
    box = drawn.partition('viewBox="0 0 ')[2].partition('"')[0].split()
    return float(box[0]), float(box[1])


def _palette(shown: Picture) -> dict[str, str]:
    """Give each group its colour, the largest group the first."""
    sizes = Counter(thing.group for thing in shown.things)
    groups = sorted(sizes, key=lambda group: (-sizes[group], group))
    return {group: COLORS[place] if place < len(COLORS) else OTHERS for place, group in enumerate(groups)}


def _legend(palette: Mapping[str, str], room: float) -> tuple[list[Markup], float]:
    """Return what each colour stands for, in lines as wide as the picture, and how high they are."""
    parts: list[Markup] = []
    x, y, others = 0.0, 0.0, False
    for group, color in palette.items():
        if color == OTHERS and others:
            continue
        others = color == OTHERS
        text = "others" if others else shorten(group, room - 20, _TEXT)
        if x and x + 20 + width(text, _TEXT) > room:
            x, y = 0.0, y + _LINE
        parts.append(element("circle", cx=x + 6, cy=y + 2, r=6, fill=color))
        parts.append(element("text", text, x=x + 18, y=y + 6))
        x += 18 + width(text, _TEXT) + 18
    return parts, y + _LINE


def _lines(text: str, room: float) -> list[str]:
    """Break a text into lines that fit."""
    lines: list[str] = []
    for word in clean(text).split():
        if lines and width(f"{lines[-1]} {word}", 11.0) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
