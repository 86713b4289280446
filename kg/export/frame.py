"""A tree for each thing of a class (as JSON-LD framing makes them): what the thing links to is nested in it, and what that links to."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from kg.errors import QueryError
from kg.export.document import write_placed
from kg.export.places import make_places, make_rows, nest
from kg.export.survey import TYPE

if TYPE_CHECKING:
    import duckdb

    from kg.export.syntax import Syntax

# So many links a tree is deep: further things are named by their @id.
DEEPEST = 5


def write_frame(con: duckdb.DuckDBPyConnection, target: IO[bytes], syntax: Syntax, class_: str) -> None:
    """Write the relation `quads`, without its graphs, as trees whose roots are the things of a class (its IRI); QueryError (KG521) where there are none.

    A tree holds a thing once, where it is nearest to the root, and else names it; things of the class are roots and only named elsewhere.
    """
    make_rows(con, syntax, graphs=False)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE export_roots AS SELECT DISTINCT s AS node FROM quads WHERE p = '{TYPE}' AND o = $1",
        [f"<{class_}>"],
    )
    if con.execute("SELECT 1 FROM export_roots LIMIT 1").fetchone() is None:
        raise QueryError(
            "KG521", f"the graph holds nothing of the class {class_}", advice="`kg stats` shows its classes"
        )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE export_links AS
        SELECT r.s AS parent, r.id AS row, r.o AS node, l.node IS NOT NULL AS list
        FROM export_rows r LEFT JOIN export_lists l ON r.o = l.node
        WHERE r.o IN (SELECT s FROM export_rows) AND r.o NOT IN (SELECT node FROM export_roots)
          AND (r.name IS NULL OR r.n NOT IN (SELECT n FROM export_predicates WHERE p = '{TYPE}'))""")
    make_places(con)
    con.execute(
        "INSERT INTO export_places SELECT nextval('export_place'), node, 0, NULL, [], 0, 'node', '', row_number() OVER (), 0 FROM export_roots"
    )
    nest(con, syntax, DEEPEST)
    write_placed(con, target, syntax, rootless=False)
