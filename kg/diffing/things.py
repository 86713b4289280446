"""From quads that differ to changes of things.

A statement that stands in another graph than before changes nothing in the world, and neither does other evidence for it: both are counted, and told on request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.diffing.changes import By, Change, Changes, Group, Pair, Status, Thing
from kg.diffing.names import Names
from kg.diffing.quads import NEW, OLD, Difference
from kg.rdf.namespaces import OA, PROV, RDF
from kg.rdf.quads import columns_of
from kg.settings import ONTOLOGY

if TYPE_CHECKING:
    import duckdb

_TYPE = f"<{RDF}type>"
# A thing of these classes only, or with one of these properties, is there to say where another statement comes from.
_EVIDENCE_CLASSES = (f"<{RDF}Statement>", f"<{ONTOLOGY}ExtractedStatement>", f"<{ONTOLOGY}DerivedQuantity>")
_EVIDENCE_NAMESPACES = (f"<{OA}", f"<{PROV}")
_EVIDENCE_PROPERTIES = (f"<{RDF}subject>", f"<{ONTOLOGY}quantityOf>")
_STATUSES: tuple[Status, ...] = ("new", "changed", "gone")


def changes_of(
    found: Difference, prefixes: dict[str, str], *, by: By = "class", everything: bool = False, limit: int = 1000
) -> Changes:
    """Return what a difference means for things.

    `by` says what they are grouped by, `everything` whether evidence and moves between graphs are told, too; of more than `limit` things (0: no limit) the rest are
    only counted.
    """
    con = found.con
    removed, added = found.counts()
    evidence, moved = _sort_out(con, everything=everything, by_graph=by == "graph")
    counts = dict(con.execute("SELECT status, count(DISTINCT s) FROM thing GROUP BY status").fetchall())
    total = con.execute("SELECT count(*) FROM thing").fetchone() or (0,)
    things = con.execute(f"{_THINGS} {f'LIMIT {limit}' if limit else ''}").fetchall()
    return Changes(
        quads=Pair(removed, added),
        evidence=evidence,
        moved=moved,
        new=counts.get("new", 0),
        gone=counts.get("gone", 0),
        changed=counts.get("changed", 0),
        groups=_groups(con, things, prefixes),
        left_out=total[0] - len(things),
        everything=everything,
    )


def _sort_out(con: duckdb.DuckDBPyConnection, *, everything: bool, by_graph: bool) -> tuple[Pair, Pair]:
    """Make `shown` (side, s, p, o, grouping, kept) and `thing` (s, grouping, status); return how many quads are evidence and moves.

    `grouping` is a class or graph ('' for none), and `kept` says whether the property has a value that both sides have.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE subject AS SELECT DISTINCT s FROM changes WHERE NOT starts_with(s, '_:')")
    lines = "(SELECT side, line FROM lines WHERE split_part(line, ' ', 1) IN (FROM subject))"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE around AS SELECT DISTINCT side, s, p, o FROM ({columns_of(lines, 'side')})"
    )
    con.execute(_SORTED)
    counts = {
        (kind, side): count
        for kind, side, count in con.execute("SELECT kind, side, count(*) FROM sorted GROUP BY ALL").fetchall()
    }
    con.execute(_SHOWN.format(grouping="coalesce(g, '')" if by_graph else "class", everything=everything))
    return tuple(Pair(counts.get((kind, OLD), 0), counts.get((kind, NEW), 0)) for kind in ("evidence", "moved"))  # type: ignore[return-value]


def _groups(
    con: duckdb.DuckDBPyConnection, things: Sequence[tuple[str, str, Status]], prefixes: dict[str, str]
) -> tuple[Group, ...]:
    if not things:
        return ()
    con.execute(
        "CREATE OR REPLACE TEMP TABLE told AS SELECT unnest(?::VARCHAR[]) AS s, unnest(?::VARCHAR[]) AS grouping",
        [[thing for thing, _, _ in things], [grouping for _, grouping, _ in things]],
    )
    rows = con.execute(
        "SELECT s, grouping, p, side, o, kept FROM shown SEMI JOIN told USING (s, grouping) ORDER BY ALL"
    ).fetchall()
    names = Names(con, prefixes, (term for row in rows for term in (row[0], row[1], row[2], row[4])))
    told = {key: list(some) for key, some in groupby(rows, key=lambda row: row[:2])}
    groups: dict[str, list[Thing]] = defaultdict(list)
    for thing, grouping, status in things:
        changes = tuple(
            _change(names, p, list(some)) for p, some in groupby(told[thing, grouping], key=lambda row: row[2])
        )
        groups[grouping].append(Thing(names.name(thing), status, _with_type_first(changes)))
    return tuple(
        Group(names.name(grouping) if grouping else None, tuple(sorted(some, key=_order)))
        for grouping, some in sorted(
            groups.items(), key=lambda item: (not item[0], str(names.name(item[0])).casefold())
        )
    )


def _change(names: Names, p: str, rows: Iterable[tuple[Any, ...]]) -> Change:
    terms: dict[int, list[str]] = {OLD: [], NEW: []}
    kept = False
    for _, _, _, side, o, some_kept in rows:
        terms[side].append(o)
        kept = kept or some_kept
    old, new = names.values(terms[OLD], terms[NEW])
    return Change(names.name(p), old, new, replaced=len(old) == len(new) == 1 and not kept)


def _with_type_first(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (change.property.iri != _TYPE.strip("<>"), str(change.property))))


def _order(thing: Thing) -> tuple[int, str, str]:
    return _STATUSES.index(thing.status), str(thing.name).casefold(), thing.name.iri


_SORTED = f"""
CREATE OR REPLACE TEMP TABLE about AS SELECT s, min(o) FILTER (p = '{_TYPE}') AS class,
    coalesce(bool_and(o IN {_EVIDENCE_CLASSES} OR {" OR ".join(f"starts_with(o, '{each}')" for each in _EVIDENCE_NAMESPACES)}) FILTER (p = '{_TYPE}'), false)
    OR bool_or(p IN {_EVIDENCE_PROPERTIES}) AS evidence FROM around GROUP BY s;
CREATE OR REPLACE TEMP TABLE sorted AS
  SELECT c.*, coalesce(about.class, '') AS class,
    CASE WHEN coalesce(evidence, false) OR starts_with(c.p, '<{PROV}') THEN 'evidence'
      WHEN root IS NULL AND EXISTS (FROM around r WHERE r.s = c.s AND r.p = c.p AND r.o = c.o AND r.side <> c.side) THEN 'moved'
      ELSE 'world' END AS kind
  FROM changes c LEFT JOIN about USING (s)
"""

# A blank node is told with the thing that refers to it, unless there is none.
_SHOWN = """
CREATE OR REPLACE TEMP TABLE shown AS
  SELECT DISTINCT c.side, c.s, c.p, c.o, {grouping} AS grouping,
    EXISTS (FROM around a JOIN around b USING (s, p, o) WHERE a.side < b.side AND a.s = c.s AND a.p = c.p AND NOT starts_with(a.o, '_:')) AS kept
  FROM sorted c WHERE (kind = 'world' OR {everything})
    AND NOT (starts_with(s, '_:') AND EXISTS (FROM changes d WHERE d.side = c.side AND d.o = c.s));
CREATE OR REPLACE TEMP TABLE thing AS SELECT s, grouping,
  CASE WHEN starts_with(s, '_:') THEN CASE WHEN any_value(side) = 1 THEN 'gone' ELSE 'new' END
    WHEN NOT EXISTS (FROM around WHERE around.s = shown.s AND around.side = 1) THEN 'new'
    WHEN NOT EXISTS (FROM around WHERE around.s = shown.s AND around.side = 2) THEN 'gone'
    ELSE 'changed' END AS status
  FROM shown GROUP BY s, grouping
"""

_THINGS = "SELECT s, grouping, status FROM thing ORDER BY grouping = '', grouping, s"
