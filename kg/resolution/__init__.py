"""Resolution: names to IRIs. Facts with keys of their passage become rows whose subjects, properties and objects are IRIs."""

from __future__ import annotations

from kg.resolution.resolve import Rows, load, resolve
from kg.resolution.tables import load_tables

__all__ = ["Rows", "load", "load_tables", "resolve"]
