"""Drawing: pictures of things and links as SVG and PNG, of plain values, so that the same values give the same bytes."""

from __future__ import annotations

from kg.drawing.branches import Edge, Node
from kg.drawing.draw import COLORS, draw
from kg.drawing.model import Link, Picture, Thing
from kg.drawing.neighbourhood import neighbourhood, neighbourhoods
from kg.drawing.png import png

__all__ = ["COLORS", "Edge", "Link", "Node", "Picture", "Thing", "draw", "neighbourhood", "neighbourhoods", "png"]
