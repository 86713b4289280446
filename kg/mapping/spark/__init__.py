"""Mappings on Apache Spark: sessions, sources, and DuckDB's SQL as Spark's."""

from __future__ import annotations

from kg.mapping.spark.run import map_on_spark
from kg.mapping.spark.session import session
from kg.mapping.spark.sources import open_source
from kg.mapping.spark.translate import translated
from kg.mapping.spark.write import write_lines

__all__ = ["map_on_spark", "open_source", "session", "translated", "write_lines"]
