"""Mapping files to rules: RML of the W3C community group with its modules, RML of 2014, R2RML and YARRRML."""

from __future__ import annotations

from kg.mapping.parse.mapping import parse_mapping

__all__ = ["parse_mapping"]
