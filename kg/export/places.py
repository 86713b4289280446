"""What is written in place: a blank node that is used once, and a list whose cells are.

A blank node stays by its label if it is used more than once, names a graph, stands in two graphs or in a triple term, is part of a circle, or lies deeper than readers like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.export.document import after, flat
from kg.export.survey import FIRST, NIL
from kg.rdf.namespaces import RDF

if TYPE_CHECKING:
    import duckdb

    from kg.export.syntax import Syntax

_REST = f"<{RDF}rest>"
# Parsers are recursive, and people lose their way before.
_DEEPEST = 16


def place_blank_nodes(con: duckdb.DuckDBPyConnection, syntax: Syntax, *, graphs: bool) -> None:
    """Make `export_rows`, and `export_places`: where each node that is written in place goes; `find_lists` comes before."""
    make_rows(con, syntax, graphs=graphs)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_links AS
        SELECT r.s AS parent, r.id AS row, r.o AS node, l.node IS NOT NULL AS list
        FROM export_rows r JOIN export_single n ON r.o = n.node LEFT JOIN export_lists l ON r.o = l.node
        WHERE r.o IN (SELECT s FROM export_rows)""")
    make_places(con)
    con.execute("""
        INSERT INTO export_places
        SELECT nextval('export_place'), parent, 0, NULL, [], 0, 'node', '', 0, 0
        FROM (SELECT DISTINCT parent FROM export_links WHERE parent NOT IN (SELECT node FROM export_links))""")
    nest(con, syntax, _DEEPEST)


def find_lists(con: duckdb.DuckDBPyConnection, *, graphs: bool) -> None:
    """Make `export_single` (the blank nodes that may be written in place), `export_lists` (node: the first cells of lists), `export_cells` and `export_items`."""
    g, of_subject = ("g", "q.g") if graphs else ("NULL::VARCHAR", "NULL::VARCHAR")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_single AS
        SELECT o AS node, any_value(s) AS s, any_value(p) AS p, any_value(coalesce(g, '')) AS g
        FROM (SELECT DISTINCT s, p, o, {g} AS g FROM quads WHERE o >= '_') GROUP BY o
        HAVING count(*) = 1""")
    con.execute(f"""
        DELETE FROM export_single WHERE node IN (SELECT q.s FROM quads q JOIN export_single e ON q.s = e.node WHERE coalesce({of_subject}, '') <> e.g)
        OR node IN (SELECT {g} FROM quads WHERE {g} >= '_')""")
    con.execute(
        "DELETE FROM export_single WHERE node IN (SELECT unnest(regexp_extract_all(o, '_:[^ ]+')) FROM quads WHERE starts_with(o, '<<'))"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_cells AS
        SELECT q.s AS node, any_value(q.g) AS g, max(q.o) FILTER (q.p = '{FIRST}') AS item, max(q.o) FILTER (q.p = '{_REST}') AS next,
          any_value(e.s) AS used_by, any_value(e.p) AS used
        FROM (SELECT DISTINCT s, p, o, {g} AS g FROM quads WHERE s >= '_') q JOIN export_single e ON q.s = e.node
        GROUP BY q.s HAVING count(*) = 2 AND count(*) FILTER (q.p = '{FIRST}') = 1 AND count(*) FILTER (q.p = '{_REST}') = 1""")
    # Each cell leaps towards the first one of its list, twice as far each time.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_leaps AS
        SELECT c.node, coalesce(b.node, c.node) AS ahead, (b.node IS NOT NULL)::BIGINT AS far, c.next = '{NIL}' AS ends, b.node IS NULL AS there
        FROM export_cells c LEFT JOIN export_cells b ON c.used = '{_REST}' AND c.used_by = b.node""")
    before, on_the_way = -1, 0
    while on_the_way != before:
        con.execute("""
            CREATE OR REPLACE TEMP TABLE export_leapt AS
            SELECT a.node, b.ahead, a.far + b.far AS far, a.ends, b.there FROM export_leaps a JOIN export_leaps b ON a.ahead = b.node""")
        con.execute("CREATE OR REPLACE TEMP TABLE export_leaps AS FROM export_leapt")
        # Those in a circle stay on the way for ever.
        (count,) = con.execute("SELECT count(*) FROM export_leaps WHERE NOT there").fetchone() or (0,)
        before, on_the_way = on_the_way if before != -1 else -2, count
    _find_rooted(con)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_lists AS
        SELECT ahead AS node FROM export_leaps JOIN export_rooted r ON ahead = r.node WHERE there GROUP BY ahead HAVING bool_or(ends)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_items AS
        SELECT c.g, l.ahead AS s, c.item AS o, l.far AS n, e.p
        FROM export_leaps l JOIN export_cells c USING (node) JOIN export_lists h ON l.ahead = h.node JOIN export_single e ON l.ahead = e.node""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_cells AS
        SELECT l.node FROM export_leaps l JOIN export_lists h ON l.ahead = h.node""")


def _find_rooted(con: duckdb.DuckDBPyConnection) -> None:
    """Make `export_rooted`: the nodes of `export_single` that something outside of them leads to; a list in a circle would have no place to stand."""
    # From each node to what uses it, from a cell to the first one of its list, and then twice as far each time.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_ways AS
        WITH ways AS (SELECT e.node, coalesce(l.ahead, e.s) AS up FROM export_single e LEFT JOIN export_leaps l ON e.s = l.node AND l.there)
        SELECT node, up, up NOT IN (SELECT node FROM export_single) AS rooted FROM ways""")
    before, left = -1, 0
    while left != before:
        con.execute("""
            CREATE OR REPLACE TEMP TABLE export_ways AS
            SELECT a.node, coalesce(b.up, a.up) AS up, a.rooted OR coalesce(b.rooted, false) AS rooted
            FROM export_ways a LEFT JOIN export_ways b ON a.up = b.node""")
        (count,) = con.execute("SELECT count(*) FROM export_ways WHERE NOT rooted").fetchone() or (0,)
        before, left = (left if before != -1 else -2), count
    con.execute("CREATE OR REPLACE TEMP TABLE export_rooted AS SELECT node FROM export_ways WHERE rooted")


def make_rows(con: duckdb.DuckDBPyConnection, syntax: Syntax, *, graphs: bool) -> None:
    """Make `export_rows`: the rows of the document, numbered."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE export_rows AS {flat(syntax, graphs=graphs)}")


def make_places(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty `export_places`: where a node is written.

    It has the node, the number of the place, the place and row that hold the opening bracket, the path of rows to it, its depth, its kind, what follows it
    (tail), its tree, in which it stands once, and how far in its text begins (level).
    """
    con.execute("CREATE OR REPLACE TEMP SEQUENCE export_place START 1")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE export_places
        (place BIGINT, node VARCHAR, place_of BIGINT, row BIGINT, path BIGINT[], depth INTEGER, kind VARCHAR, tail VARCHAR, tree BIGINT, level INTEGER)""")


def nest(con: duckdb.DuckDBPyConnection, syntax: Syntax, deepest: int) -> None:
    """Fill `export_places` from `export_links` (parent, row, node, list), level by level from the places of depth 0."""
    close = f"CASE WHEN list THEN ({syntax.list[1]}) ELSE ({syntax.node[1]}) END || {after(syntax)}"
    for depth in range(deepest):
        added = con.execute(f"""
            INSERT INTO export_places
            SELECT nextval('export_place'), node, place_of, row, list_append(path, row), depth + 1, CASE WHEN list THEN 'list' ELSE 'node' END, {close}, tree, level + {syntax.step}
            FROM (
              SELECT l.node, l.list, l.row, p.place AS place_of, p.path, p.depth, p.tail, p.tree, r.* EXCLUDE (id, o, v),
                p.level + CASE WHEN p.depth = 0 AND r.g IS NOT NULL THEN 1 ELSE 0 END AS level
              FROM export_links l JOIN export_places p ON l.parent = p.node AND p.depth = {depth} JOIN export_rows r ON l.row = r.id
              WHERE (p.tree, l.node) NOT IN (SELECT (tree, node) FROM export_places)
              QUALIFY row_number() OVER (PARTITION BY p.tree, l.node ORDER BY list_append(p.path, l.row)) = 1)
            """).fetchone()
        if not added or not added[0]:
            return
