"""SHACL Core as relational plans in DuckDB: shapes are rows, and each constraint component is one plan over all shapes that use it.

The way of a run:

1. The shapes become rows: their paths, their parameters, and which sets of nodes they look at (rows.py).
2. `kg_set`: sets of nodes. The targets of a shape make one; the values of a property shape make another, if shapes below
   it or shapes that it refers to (`sh:node`, `sh:or` and the like) are to look at them.
3. `kg_value`: the value nodes of each shape and focus node, each once, level after level: a shape comes after those whose
   values it looks at.
4. `kg_result`: one plan for each component (components.py), whatever the number of shapes.
5. `kg_bad`: the nodes that fail a shape, bottom up, for the components that refer to shapes; only if there are any.

A node is asked about where a target leads to it, and then its results are reported; or it is only looked at for another
shape (`sh:not`), and its results only decide.

Why SQL text and not Ibis: twenty plans take Ibis 6 to 10 ms each to compile, more than all of the work on a small graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kg.validation.components import compared_plan, plans, reference_plans
from kg.validation.ordering import kind_of_mark, order_relation
from kg.validation.rows import TABLES, Rows
from kg.validation.shapes import SUBCLASS, TYPE, Shape, Shapes
from kg.validation.sql import fill, quoted

if TYPE_CHECKING:
    import duckdb

_RELATIONS: Final = {
    "kg_set": "id INTEGER, node VARCHAR",
    "kg_value": "shape INTEGER, focus VARCHAR, value VARCHAR, asked BOOLEAN",
    "kg_result": "shape INTEGER, focus VARCHAR, path VARCHAR, value VARCHAR, component VARCHAR, asked BOOLEAN",
    "kg_bad": "shape INTEGER, node VARCHAR",
}
_MADE: Final = (*TABLES, *_RELATIONS, "kg_term", "kg_order")


def subclass_relation(
    con: duckdb.DuckDBPyConnection, quads: str, known: Iterable[tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """Return the direct sub-classes of each class (terms): those known, as pairs (sub, super), and those of the data."""
    stated = con.execute(f"SELECT DISTINCT s, o FROM {quads} WHERE p = {quoted(SUBCLASS)}").fetchall()
    below: dict[str, set[str]] = {}
    for lower, upper in (*known, *stated):
        below.setdefault(upper, set()).add(lower)
    return {upper: frozenset(lowers) for upper, lowers in below.items()}


def evaluate(
    con: duckdb.DuckDBPyConnection,
    shapes: Shapes,
    roots: Iterable[Shape],
    quads: str,
    subclasses: Mapping[str, frozenset[str]],
) -> tuple[Shape, ...]:
    """Fill `kg_result` with the results of shapes that have no faults; return the shapes in the order of their numbers."""
    rows = Rows(shapes, tuple(roots), subclasses)
    con.execute("; ".join(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})" for name, columns in _RELATIONS.items()))
    for name, columns in TABLES.items():
        fill(con, name, columns, rows.tables[name])
    _fill_targets(con, quads, rows)
    for level in range(rows.levels):
        _fill_values(con, quads, rows, level)
    _fill_order(con, quads, rows.shapes)
    # One statement for all components: DuckDB makes one plan of it in less time than many.
    everything = " UNION ALL ".join(f"({plan})" for plan in plans(rows.shapes, quads))
    if everything:
        con.execute(f"INSERT INTO kg_result {everything}")
    if rows.tables["kg_reference"]:
        _judge(con, rows)
    return rows.shapes


def drop_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the relations of a run."""
    con.execute("; ".join(f"DROP TABLE IF EXISTS temp.{name}" for name in _MADE))


def idle_shapes(con: duckdb.DuckDBPyConnection, numbered: Sequence[Shape]) -> tuple[str, ...]:
    """Return the names of the shapes of a run whose targets match nothing."""
    idle = con.execute("SELECT DISTINCT shape FROM kg_target t ANTI JOIN kg_set n ON n.id = t.id ORDER BY shape")
    return tuple(numbered[number].name for (number,) in idle.fetchall())


def _fill_targets(con: duckdb.DuckDBPyConnection, quads: str, rows: Rows) -> None:
    """Fill the sets that targets make: one scan for each kind of target that there is."""
    join = f"FROM {quads} q JOIN kg_target t ON"
    parts = {
        "class": f"SELECT t.id, q.s {join} t.kind = 'class' AND t.term = q.o WHERE q.p = {quoted(TYPE)}",
        "subjects": f"SELECT t.id, q.s {join} t.kind = 'subjects' AND t.term = q.p",
        "objects": f"SELECT t.id, q.o {join} t.kind = 'objects' AND t.term = q.p",
        "node": "SELECT t.id, t.term FROM kg_target t WHERE t.kind = 'node'",
    }
    kinds = {target.kind for target in rows.targets}
    if kinds:
        con.execute(f"INSERT INTO kg_set {' UNION '.join(part for kind, part in parts.items() if kind in kinds)}")


def _fill_values(con: duckdb.DuckDBPyConnection, quads: str, rows: Rows, level: int) -> None:
    """Fill the value nodes of the shapes of a level, and the sets that these hand on.

    Of a node shape the value is the focus node itself, of a property shape what its path reaches.
    """
    focus = f"kg_set n JOIN kg_member m ON m.id = n.id JOIN kg_shape h ON h.shape = m.shape AND h.level = {level}"
    if rows.any_of("kg_own", level):
        con.execute(
            f"INSERT INTO kg_value SELECT DISTINCT m.shape, n.node, n.node, m.asked FROM {focus} "
            "SEMI JOIN kg_own w ON w.shape = m.shape"
        )
    if rows.any_of("kg_step", level):
        con.execute(
            f"INSERT INTO kg_value SELECT DISTINCT m.shape, n.node, q.o, m.asked FROM {quads} q "
            f"JOIN (SELECT t.shape, t.p, m.id, m.asked FROM kg_step t JOIN kg_shape h ON h.shape = t.shape "
            f"AND h.level = {level} JOIN kg_member m ON m.shape = t.shape) m ON m.p = q.p "
            f"JOIN kg_set n ON n.id = m.id AND n.node = q.s"
        )
    if rows.any_of("kg_edge", level):
        con.execute(_walk(quads, focus))
    if rows.any_of("kg_handed", level):
        con.execute(
            f"INSERT INTO kg_set SELECT DISTINCT t.id, v.value FROM kg_value v JOIN kg_handed t ON t.shape = v.shape "
            f"AND t.asked = v.asked JOIN kg_shape h ON h.shape = v.shape AND h.level = {level}"
        )


def _walk(quads: str, focus: str) -> str:
    """Return the plan that walks at once the automata of all paths that are more than one predicate."""
    return f"""
    INSERT INTO kg_value
    WITH RECURSIVE hops AS MATERIALIZED (
      SELECT q.p, false AS inverse, q.s AS here, q.o AS there FROM {quads} q SEMI JOIN kg_edge e ON e.p = q.p AND NOT e.inverse
      UNION SELECT q.p, true, q.o, q.s FROM {quads} q SEMI JOIN kg_edge e ON e.p = q.p AND e.inverse),
    walk(shape, focus, node, state, asked) AS (
      SELECT m.shape, n.node, n.node, 0, m.asked FROM {focus} SEMI JOIN kg_edge e ON e.shape = m.shape
      UNION SELECT w.shape, w.focus, t.there, e.goal, w.asked FROM walk w JOIN kg_edge e ON e.shape = w.shape AND e.origin = w.state
      JOIN hops t ON t.here = w.node AND t.p = e.p AND t.inverse = e.inverse)
    SELECT DISTINCT w.shape, w.focus, w.node, w.asked FROM walk w JOIN kg_end d ON d.shape = w.shape AND d.state = w.state
    """


def _fill_order(con: duckdb.DuckDBPyConnection, quads: str, shapes: Sequence[Shape]) -> None:
    """Fill how the values sort that shapes compare, with a plan for no more kinds of values than there are."""
    compared = compared_plan(shapes, quads)
    if compared is not None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE kg_term AS {compared}")
        marks = con.execute("SELECT DISTINCT mark FROM kg_term WHERE starts_with(term, '\"')").fetchall()
        kinds = {kind for (mark,) in marks if (kind := kind_of_mark(mark)) is not None}
        con.execute(f"CREATE OR REPLACE TEMP TABLE kg_order AS {order_relation('kg_term', kinds)}")


def _judge(con: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Find, bottom up, which nodes fail a shape that another refers to, and the results that follow."""
    for height, shapes in enumerate(rows.by_height):
        for statement in reference_plans(shapes, height):
            con.execute(f"INSERT INTO kg_result {statement}")
        here = {shape.term for shape in shapes} & rows.judged
        if here:
            con.execute(f"INSERT INTO kg_bad {_failing(rows, here, height)}")


def _failing(rows: Rows, here: set[str], height: int) -> str:
    """Return the plan of the nodes that fail the judged shapes of a height."""
    judged = f"JOIN kg_shape h ON h.height = {height} AND h.judged AND h.shape"
    # Nodes fail by a result of their own,
    own = f"SELECT r.shape, r.focus FROM kg_result r {judged} = r.shape"
    if not any(rows.by_term[term].properties for term in here):
        return own
    # because they fail a property shape of a node shape,
    of_node = f"SELECT c.shape, b.node FROM kg_bad b JOIN kg_child c ON c.child = b.shape AND c.own {judged} = c.shape"
    # or because one of their values fails a property shape below a property shape.
    of_value = (
        "SELECT v.shape, v.focus FROM kg_bad b JOIN kg_child c ON c.child = b.shape AND NOT c.own "
        f"JOIN kg_value v ON v.shape = c.shape AND v.value = b.node {judged} = c.shape"
    )
    return f"{own} UNION {of_node} UNION {of_value}"
