"""Writes a graph as a document: subject by subject, each with its predicates and their objects, a triple a row.

The rows are sorted (rdf:type first) and written in blocks of whole subjects (kg.export.aside, kg.export.texts). A row knows from its neighbours whether it is the
first or last of its subject or predicate, and so where separators go. Where something is written in place (blank nodes, lists, or the nodes of a frame), the graph is
sorted as a whole, beyond its memory on disk, and rows are moved by a second sort to behind the row that holds the opening bracket.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from kg.export.arrow import write_text, write_texts
from kg.export.blocks import side_by_side
from kg.export.survey import FIRST, REIFIES, TYPE, local, parted
from kg.export.texts import opening, texts, writer_of
from kg.rdf.sql import text

if TYPE_CHECKING:
    import duckdb

    from kg.export.aside import Aside
    from kg.export.syntax import Syntax


def write_document(con: duckdb.DuckDBPyConnection, target: IO[bytes], syntax: Syntax, blocks: Iterable[Aside]) -> None:
    """Write blocks with nothing in place."""
    writer = writer_of(con, syntax)
    target.write(syntax.header.encode())
    for found in side_by_side(con, lambda con, block: list(texts(writer, con, block.taken())), blocks):
        write_texts(found, target)
    target.write(syntax.footer.encode())


def write_placed(con: duckdb.DuckDBPyConnection, target: IO[bytes], syntax: Syntax, *, rootless: bool) -> None:
    """Write the rows of `export_rows`, each behind the row that opens its place (kg.export.places); those of no place too, as `rootless` says."""
    rows = f"""
        SELECT r.*, coalesce(p.depth, 0) AS depth, coalesce(p.level, 0) AS deep, c.kind AS opens, p.tail
        FROM export_rows r {"LEFT" if rootless else ""} JOIN export_places p ON r.s = p.node
          LEFT JOIN export_places c ON c.place_of = p.place AND c.row = r.id
        ORDER BY list_append(coalesce(p.path, []), r.id)"""
    target.write(syntax.header.encode())
    write_text(con, _texts(syntax, rows), target)
    target.write(syntax.footer.encode())


def order_predicates(con: duckdb.DuckDBPyConnection, syntax: Syntax, name: str, coercion: str) -> None:
    """Make `export_predicates` from `export_survey`; name and coercion are SQL over p."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_predicates AS
        SELECT p, row_number() OVER (ORDER BY p <> '{REIFIES}', p <> '{TYPE}', p) AS n, {name} AS name, {coercion} AS coercion
        FROM (SELECT DISTINCT {syntax.predicate} AS p FROM
          (SELECT p, CASE WHEN blank THEN '_:' WHEN suffix IS NULL THEN '<' ELSE '"' END AS o FROM export_survey))""")


def flat(syntax: Syntax, *, graphs: bool) -> str:
    """Return the SQL of the rows by graph, subject, predicate and object, each once, numbered (id), with o, first_s, last_s, first_p and last_p.

    The rows of `export_cells` are left out, and those of `export_items` come in.
    """
    # The sort carries no column that can be had after it: what it holds may go to the disk.
    of_graph = "g, " if graphs else ""
    triples = f"(SELECT * FROM (SELECT {of_graph}s, {syntax.predicate} AS p, o FROM quads) t ANTI JOIN export_cells c ON t.s = c.node)"
    items = f"""(
        SELECT i.* EXCLUDE (p), q.p, q.name, q.coercion
        FROM {parted("export_items")} i LEFT JOIN export_predicates q ON i.p = q.p AND q.p NOT IN ('{TYPE}', '{FIRST}'))"""
    rows = f"""
        SELECT {of_graph}s, n, {syntax.value} AS v, false AS item, o FROM {parted(triples)} JOIN export_predicates USING (p)
        UNION ALL SELECT {of_graph}s, n, {syntax.value}, true, o FROM {items}"""
    new_g = "(g IS DISTINCT FROM lag(g) OVER ()) OR " if graphs else ""
    next_g = "(g IS DISTINCT FROM lead(g) OVER ()) OR " if graphs else ""
    order = f"{'g NULLS FIRST, ' if graphs else ''}s, n, v"
    added = "CASE WHEN NOT item THEN (SELECT list(name ORDER BY n) FROM export_predicates)[n] END AS name"
    if not graphs:
        added += ", NULL::VARCHAR AS g"
    return f"""
        SELECT *, {added}, first_s OR n <> lag(n) OVER () AS first_p, last_s OR n <> lead(n) OVER () AS last_p, row_number() OVER () AS id FROM (
          SELECT *, {new_g}(s IS DISTINCT FROM lag(s) OVER ()) AS first_s, {next_g}(s IS DISTINCT FROM lead(s) OVER ()) AS last_s FROM (
            SELECT * EXCLUDE (new) FROM (
              SELECT *, {new_g}(s IS DISTINCT FROM lag(s) OVER ()) OR n <> lag(n) OVER () OR v <> lag(v) OVER () AS new
              FROM (SELECT * FROM ({rows}) ORDER BY {order}))
            WHERE new))"""


def after(syntax: Syntax) -> str:
    """Return the SQL for what follows the object of a row that opens nothing: also the end of its subject."""
    return f"({syntax.after}) || CASE WHEN NOT last_s THEN '' WHEN depth = 0 THEN ({syntax.end}) ELSE tail END"


def _texts(syntax: Syntax, rows: str) -> str:
    return f"""
        SELECT CASE WHEN first_s AND depth = 0 THEN {opening(syntax)} ELSE '' END || ({syntax.head})
          || CASE opens WHEN 'node' THEN {text(syntax.node[0])} WHEN 'list' THEN {text(syntax.list[0])} ELSE v || {after(syntax)} END
        FROM (SELECT *, g IS DISTINCT FROM prev_g AS new_g, deep + CASE WHEN depth = 0 AND g IS NOT NULL THEN 1 ELSE 0 END AS level,
            CASE WHEN first_s AND depth = 0 THEN {local("s")} END AS ending
          FROM (SELECT *, lag(g) OVER () AS prev_g, lag(s) OVER () IS NULL AS starts FROM ({rows})))"""
