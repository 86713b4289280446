"""Mapping: records to quads, by rules in the languages of the RML family (parse, readers, plan, engine, output)."""

from __future__ import annotations

from kg.mapping.engine import run_mapping
from kg.mapping.output import output_of
from kg.mapping.rejects import write_rejects
from kg.mapping.run import Settings, Summary, map_files

__all__ = ["Settings", "Summary", "map_files", "output_of", "run_mapping", "write_rejects"]
