"""YARRRML as triples of RML."""

from __future__ import annotations

from kg.mapping.parse.yarrrml.document import read_yarrrml

__all__ = ["read_yarrrml"]
