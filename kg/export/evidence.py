"""Statements about statements as RDF 1.2 tells them: a resource reifies a triple term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.export.survey import REIFIES, parted
from kg.rdf.namespaces import RDF

if TYPE_CHECKING:
    import duckdb

    from kg.export.syntax import Syntax

_PARTS = tuple(f"<{RDF}{name}>" for name in ("subject", "predicate", "object"))


def use_reifiers(con: duckdb.DuckDBPyConnection) -> None:
    """Hide `quads` behind a view in which each resource with one rdf:subject, rdf:predicate and rdf:object (in one graph) reifies that triple instead.

    The rest that is said of the resource stays. What has no such three, or has parts that cannot make a triple, stays whole. `export_reifiers` has the parts
    (rs, rp, ro) and the text of the term.
    """
    subject, predicate, value = _PARTS
    parts = ", ".join(f"'{part}'" for part in _PARTS)
    database = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_reifiers AS
        SELECT *, '<<( ' || rs || ' ' || rp || ' ' || ro || ' )>>' AS term FROM (
          SELECT s, coalesce(g, '') AS graph, max(o) FILTER (p = '{subject}') AS rs, max(o) FILTER (p = '{predicate}') AS rp, max(o) FILTER (p = '{value}') AS ro
          FROM (SELECT DISTINCT s, p, o, g FROM quads WHERE p IN ({parts})) GROUP BY s, g HAVING count(*) = 3 AND count(DISTINCT p) = 3)
        WHERE rs >= '<' AND rp >= '<' AND rp < '_'""")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW quads AS
        SELECT s, p, o, g FROM "{database}".main.quads q
        WHERE NOT (p IN ({parts}) AND EXISTS (SELECT 1 FROM export_reifiers r WHERE r.s = q.s AND r.graph = coalesce(q.g, '')))
        UNION ALL SELECT s, '{REIFIES}', term, nullif(graph, '') FROM export_reifiers""")


def shorten_terms(con: duckdb.DuckDBPyConnection, syntax: Syntax) -> None:
    """Write the terms of `export_reifiers` as a syntax writes their parts."""

    def written(part: str) -> str:
        nothing = "NULL::VARCHAR AS p, NULL::VARCHAR AS name, NULL::VARCHAR AS coercion"
        return f"SELECT s, graph, {syntax.value} AS v FROM {parted(f'(SELECT s, graph, {part} AS o, {nothing} FROM export_reifiers)')}"

    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_reifiers AS
        SELECT r.* EXCLUDE (term), '<<( ' || a.v || ' ' || n.name || ' ' || b.v || ' )>>' AS term
        FROM export_reifiers r JOIN ({written("rs")}) a USING (s, graph) JOIN ({written("ro")}) b USING (s, graph)
          JOIN export_predicates n ON n.p = r.rp""")
