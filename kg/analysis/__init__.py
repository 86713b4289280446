"""Analysis: questions about how things are connected, on the graph of the things of the world."""

from __future__ import annotations

from kg.analysis.answer import Answer, Value
from kg.analysis.around import around
from kg.analysis.central import Measure, central
from kg.analysis.chain import chain
from kg.analysis.communities import communities
from kg.analysis.entities import entities
from kg.analysis.names import class_, thing
from kg.analysis.shared import in_common, shared
from kg.drawing import draw, png

__all__ = [
    "Answer",
    "Measure",
    "Value",
    "around",
    "central",
    "chain",
    "class_",
    "communities",
    "draw",
    "entities",
    "in_common",
    "png",
    "shared",
    "thing",
]
