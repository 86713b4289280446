"""Pictures of a graph as accessible SVG: what a thing is connected with, where facilities stand, compute against time.

Each is a function of plain values, so the same values give the same bytes. The colours are those of `static/pictures.css`.
"""

from __future__ import annotations

from kg.drawing import Edge, Node, neighbourhoods
from kg.pages.pictures.facility_map import Place, facility_map
from kg.pages.pictures.timeline import Moment, Threshold, timeline

__all__ = ["Edge", "Moment", "Node", "Place", "Threshold", "facility_map", "neighbourhoods", "timeline"]
