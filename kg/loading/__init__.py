"""A graph in Python: `kg.load("build")`."""

from __future__ import annotations

from kg.loading.graph import ClassCount, LoadedGraph, load
from kg.loading.table import Table

__all__ = ["ClassCount", "LoadedGraph", "Table", "load"]
