"""Mapping: rows to quads, by rules in RML (parse, rules, plan, engine)."""

from __future__ import annotations

from kg.mapping.engine import run_mapping

__all__ = ["run_mapping"]
