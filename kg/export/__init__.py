"""Exports: a graph in the formats of other systems."""

from __future__ import annotations

from kg.export.write import FORMATS, Options, export, format_of, has_graphs, opened

__all__ = ["FORMATS", "Options", "export", "format_of", "has_graphs", "opened"]
