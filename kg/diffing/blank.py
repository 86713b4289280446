"""Compares the quads that hold blank nodes, whose labels mean nothing: by connected group, in the canonical form of RDFC-1.0.

A canonical form is made of one group at a time, for groups that share no blank node do not bear on each other. Where the surroundings of each node (its first-degree hash) differ
from those of the others in its group, as they nearly always do, the form follows relationally; the rest is left to the whole algorithm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.diffing.canonical import Canonicaliser
from kg.rdf.quads import columns_of

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000


def compare_blank(con: duckdb.DuckDBPyConnection) -> None:
    """Append to `changes` the quads of the groups in `blank` (side, s, p, o, g) that have no equal on the other side.

    `side` is 1 for the old and 2 for the new graph. Old quads keep their labels; those of new ones are such as the old graph does not have.
    """
    _find_groups(con)
    _name_simple(con)
    _name_others(con)
    con.execute(_DIFFERING)
    con.execute(_REMOVED)
    con.execute(
        f"CREATE TABLE fresh AS {columns_of('(SELECT * FROM canonical SEMI JOIN differing ON canonical.root = differing.root AND differing.side = 2)', 'root')}"
    )
    con.execute(_ADDED)


def _find_groups(con: duckdb.DuckDBPyConnection) -> None:
    """Make `node` (side, label, id, root) and `quad`, the quads with a number and the root of their group: its node with the smallest number."""
    con.execute(_NODES)
    # Each step links every node to the least of its neighbours and then looks at the nodes that remain: a few steps, however long a chain is.
    while con.execute("SELECT 1 FROM edge LIMIT 1").fetchone():
        con.execute("CREATE OR REPLACE TABLE parent AS SELECT u AS id, least(u, min(v)) AS up FROM edge GROUP BY u")
        while con.execute("SELECT 1 FROM parent a JOIN parent b ON a.up = b.id WHERE b.up <> b.id LIMIT 1").fetchone():
            con.execute(
                "CREATE OR REPLACE TABLE parent AS SELECT a.id, coalesce(b.up, a.up) AS up FROM parent a LEFT JOIN parent b ON a.up = b.id"
            )
        con.execute("UPDATE node SET root = parent.up FROM parent WHERE node.root = parent.id")
        con.execute(
            """CREATE OR REPLACE TABLE edge AS SELECT DISTINCT a.up AS u, b.up AS v
            FROM edge JOIN parent a ON u = a.id JOIN parent b ON v = b.id WHERE a.up <> b.up"""
        )


def _name_simple(con: duckdb.DuckDBPyConnection) -> None:
    """Make `canonical` (side, root, line), for now of the groups in which first-degree hashes tell the nodes apart."""
    con.execute(_RANKS)
    con.execute(_SIMPLE)


def _name_others(con: duckdb.DuckDBPyConnection) -> None:
    """Append the groups of `alike` to `canonical`: as they are where both sides have one with the same labels, which needs no proof that they are equal."""
    con.execute(_SAME)
    (quads,) = con.execute("SELECT count(*) FROM raw").fetchone() or (0,)
    if not quads:
        return
    groups = con.cursor().execute(
        "SELECT side, root, list(line ORDER BY line) FROM raw GROUP BY side, root ORDER BY side, root"
    )
    with Canonicaliser(quads) as canonical:
        rows: list[tuple[int, int, str]] = []
        while group := groups.fetchone():
            side, root, lines = group
            rows += ((side, root, line) for line in canonical(lines))
            if len(rows) >= _BATCH:
                _insert(con, rows)
                rows = []
        _insert(con, rows)


def _insert(con: duckdb.DuckDBPyConnection, rows: list[tuple[int, int, str]]) -> None:
    columns = [[row[column] for row in rows] for column in range(3)]
    con.execute("INSERT INTO canonical SELECT unnest(?::INTEGER[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[])", columns)


_NODES = """
CREATE TABLE node AS SELECT side, label, row_number() OVER (ORDER BY side, label) AS id, id AS root
  FROM (SELECT DISTINCT side, unnest([s, o, g]) AS label FROM blank) WHERE starts_with(label, '_:');
CREATE TABLE numbered AS SELECT row_number() OVER () AS number, * FROM blank;
CREATE TABLE occurrence AS SELECT DISTINCT number, id FROM (SELECT number, side, unnest([s, o, g]) AS label FROM numbered) JOIN node USING (side, label);
CREATE TABLE edge AS SELECT DISTINCT a.id AS u, b.id AS v FROM occurrence a JOIN occurrence b USING (number) WHERE a.id <> b.id;
"""

# RDFC-1.0, section 4.6: a node is hashed with the quads that name it, in which it is _:a and every other blank node _:z. Section 4.4.3: unique hashes are numbered in their order.
_RANKS = """
CREATE TABLE quad AS SELECT numbered.*, root FROM numbered JOIN (SELECT number, any_value(root) AS root FROM occurrence JOIN node USING (id) GROUP BY number) USING (number);
CREATE MACRO masked(term, label) AS CASE WHEN term = label THEN '_:a' WHEN starts_with(term, '_:') THEN '_:z' ELSE term END;
CREATE TABLE hashed AS SELECT id, any_value(root) AS root, sha256(string_agg(line, '' ORDER BY line)) AS hash FROM (
    SELECT node.id, node.root, concat_ws(' ', masked(s, label), p, masked(o, label), masked(g, label)) || ' .' || chr(10) AS line
    FROM occurrence JOIN node USING (id) JOIN numbered USING (number)) GROUP BY id;
CREATE TABLE alike AS SELECT root FROM hashed GROUP BY root HAVING count(*) > count(DISTINCT hash);
CREATE TABLE named AS SELECT node.side, label, '_:c14n' || (row_number() OVER (PARTITION BY hashed.root ORDER BY hash) - 1) AS name
  FROM hashed JOIN node USING (id) ANTI JOIN alike ON alike.root = hashed.root;
"""

_SAME = """
CREATE TABLE raw AS SELECT quad.side, root, concat_ws(' ', s, p, o, g) || ' .' AS line FROM quad SEMI JOIN alike USING (root);
CREATE TABLE same AS SELECT unnest(list(root)) AS root FROM (SELECT side, root, sha256(string_agg(line, chr(10) ORDER BY line)) AS digest FROM raw GROUP BY side, root)
  GROUP BY digest HAVING count(*) > 1;
INSERT INTO canonical SELECT * FROM raw SEMI JOIN same USING (root);
DELETE FROM raw WHERE root IN (FROM same);
"""

_SIMPLE = """
CREATE TABLE canonical AS SELECT quad.side, root, concat_ws(' ', coalesce(a.name, s), p, coalesce(b.name, o), coalesce(c.name, g)) || ' .' AS line
FROM quad ANTI JOIN alike USING (root)
LEFT JOIN named a ON a.side = quad.side AND a.label = s LEFT JOIN named b ON b.side = quad.side AND b.label = o LEFT JOIN named c ON c.side = quad.side AND c.label = g
"""

# Of equal groups as many are paired off as both sides have.
_DIFFERING = """
CREATE TABLE form AS SELECT side, root, digest, row_number() OVER (PARTITION BY side, digest ORDER BY root) AS copy
  FROM (SELECT side, root, sha256(string_agg(line, chr(10) ORDER BY line)) AS digest FROM canonical GROUP BY side, root);
CREATE TABLE differing AS SELECT * FROM form a WHERE NOT EXISTS (FROM form b WHERE b.side <> a.side AND b.digest = a.digest AND b.copy = a.copy);
"""

_REMOVED = "INSERT INTO changes SELECT s, p, o, g, 1, quad.root FROM quad JOIN differing ON quad.root = differing.root AND differing.side = 1"

# New nodes are numbered through, in the order of the forms of their groups; what stands before the number is in no label of the old graph.
_ADDED = r"""
CREATE MACRO renamed(term, prefix, before) AS CASE WHEN starts_with(term, '_:') THEN prefix || (before + substr(term, 7)::BIGINT) ELSE term END;
INSERT INTO changes
WITH taken AS (SELECT coalesce(max(TRY_CAST(regexp_extract(label, '^_:n(\d+)_', 1) AS BIGINT)), -1) AS number FROM node WHERE side = 1),
sizes AS (SELECT root, count(*) AS nodes FROM node GROUP BY root),
placed AS (SELECT root, coalesce(sum(nodes) OVER (ORDER BY digest, copy ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS before
  FROM differing JOIN sizes USING (root) WHERE side = 2),
prefixed AS (SELECT *, '_:n' || (SELECT number + 1 FROM taken) || '_' AS prefix FROM fresh JOIN placed USING (root))
SELECT renamed(s, prefix, before), p, renamed(o, prefix, before), renamed(g, prefix, before), 2, root FROM prefixed
"""
