"""Rules to SQL: one scan of a source makes all that its rules say, in text of N-Quads or in columns.

The SQL is DuckDB's, built of few functions: those of kg.rdf.terms, `||`, `concat_ws`, CASE, lists and lambdas, joins, UNION ALL and DISTINCT; sqlglot gives Spark the same.
"""

from __future__ import annotations

from kg.mapping.plan.scans import Plan, has_triple_terms, plan_of
from kg.mapping.plan.shapes import Shape
from kg.mapping.plan.values import Catalog

__all__ = ["Catalog", "Plan", "Shape", "has_triple_terms", "plan_of"]
