"""A difference as SPARQL Update, blank nodes included.

An update cannot name a blank node that a store has. A group of them is deleted by its whole pattern: nodes that are linked so, to nothing more, and one match of possibly several
equal ones. Where a group is too large to be matched, all quads with blank nodes are replaced, which is right for groups of any size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from kg.diffing.quads import NEW, OLD, Difference
from kg.rdf import patch
from kg.rdf.quads import columns_of

if TYPE_CHECKING:
    from kg.rdf.patch import Row

# Larger groups are not matched: stores look for patterns in time that may grow with all orders of their parts.
_MOST_NODES, _MOST_QUADS = 12, 60
_SIZES = "SELECT 1 FROM changes WHERE side = 1 AND root IS NOT NULL GROUP BY root HAVING count(*) > ? OR len(list_distinct(flatten(list([s, o, g])).list_filter(lambda term: starts_with(term, '_:')))) > ? LIMIT 1"
_ALL_BLANK = "DELETE {{ {0} }} WHERE {{ {0} FILTER ({1}) }} ;\n"


def sparql_update(found: Difference) -> Iterator[str]:
    """Yield a SPARQL Update that makes the new graph of the old one, up to the labels of blank nodes."""
    if found.con.execute(_SIZES, [_MOST_QUADS, _MOST_NODES]).fetchone():
        yield from _deletions_of_all()
        added = _all_new(found)
    else:
        for group in _groups(found, OLD):
            yield deletion(group)
        added = _groups(found, NEW)
    yield from patch.sparql_update(found.rows(OLD, "root IS NULL"), found.rows(NEW, "root IS NULL"))
    for group in added:
        yield insertion(group)


def deletion(group: list[Row]) -> str:
    """Return an operation that deletes one group of quads linked by blank nodes, of possibly several equal ones, and nothing of a larger one."""
    variables = _variables(group)
    rows = [_renamed(row, variables) for row in group]
    conditions = [f"isBlank({name})" for name in variables.values()]
    conditions += [f"{one} != {other}" for one, other in combinations(variables.values(), 2)]
    pattern = patch.quads(rows)
    filters = "\n".join(f"FILTER ({condition})" for condition in conditions)
    nothing_else = "\n".join(_nothing_else(name, rows) for name in variables.values())
    names = " ".join(variables.values())
    return f"DELETE {{\n{pattern}}} WHERE {{ SELECT {names} WHERE {{\n{pattern}{filters}\n{nothing_else}\n}} LIMIT 1 }} ;\n"


def insertion(group: list[Row]) -> str:
    """Return an operation that adds quads with blank nodes."""
    variables = _variables(group)
    if not any(row[3] in variables for row in group):
        return f"INSERT DATA {{\n{patch.quads(group)}}} ;\n"
    # Data may not name a graph by a blank node.
    fresh = " ".join(f"BIND (BNODE() AS {name})" for name in variables.values())
    return f"INSERT {{\n{patch.quads(_renamed(row, variables) for row in group)}}} WHERE {{ {fresh} }} ;\n"


def _groups(found: Difference, side: int) -> Iterator[list[Row]]:
    cursor = found.con.cursor().execute(
        f"SELECT root, s, p, o, g FROM changes WHERE side = {side} AND root IS NOT NULL ORDER BY min(s) OVER (PARTITION BY root), root, g NULLS FIRST, s, p, o"
    )
    rows = iter(cursor.fetchone, None)
    for _, some in groupby(rows, key=lambda row: row[0]):
        yield [(s, p, o, g) for _, s, p, o, g in some]


def _all_new(found: Difference) -> Iterator[list[Row]]:
    """Yield all quads of the new graph that have blank nodes."""
    yield found.con.execute(
        f"SELECT s, p, o, g FROM ({columns_of('(SELECT line FROM special WHERE side = 2)')}) ORDER BY g NULLS FIRST, s, p, o"
    ).fetchall()


def _deletions_of_all() -> Iterator[str]:
    yield _ALL_BLANK.format("?s ?p ?o", "isBlank(?s) || isBlank(?o)")
    yield _ALL_BLANK.format("GRAPH ?g { ?s ?p ?o }", "isBlank(?s) || isBlank(?o) || isBlank(?g)")


def _variables(group: Iterable[Row]) -> dict[str, str]:
    labels = sorted({term for row in group for term in row if term is not None and term.startswith("_:")})
    return {label: f"?b{number}" for number, label in enumerate(labels)}


def _renamed(row: Row, variables: dict[str, str]) -> Row:
    s, p, o, g = row
    return variables.get(s, s), p, variables.get(o, o), variables.get(g, g) if g else None


def _nothing_else(node: str, rows: list[Row]) -> str:
    """Return conditions that a node stands in no other quad than these: as a subject, as an object, and as the name of a graph."""
    out: dict[str | None, list[str]] = defaultdict(list)
    into: dict[str | None, list[str]] = defaultdict(list)
    for s, p, o, g in rows:
        if s == node:
            out[g].append(f"?p = {p} && sameTerm(?x, {o})")
        if o == node:
            into[g].append(f"?p = {p} && sameTerm(?x, {s})")
    inside = [f"?p = {p} && sameTerm(?x, {s}) && sameTerm(?y, {o})" for s, p, o, g in rows if g == node]
    return "\n".join(
        (
            _none(f"{node} ?p ?x", out[None]),
            _none(f"?x ?p {node}", into[None]),
            _none(f"GRAPH ?g {{ {node} ?p ?x }}", _in_graphs(out)),
            _none(f"GRAPH ?g {{ ?x ?p {node} }}", _in_graphs(into)),
            _none(f"GRAPH {node} {{ ?x ?p ?y }}", inside),
        )
    )


def _in_graphs(known: dict[str | None, list[str]]) -> list[str]:
    return [f"sameTerm(?g, {graph}) && {each}" for graph, some in known.items() if graph for each in some]


def _none(pattern: str, known: list[str]) -> str:
    but = f" FILTER (!({' || '.join(f'({each})' for each in known)}))" if known else ""
    return f"FILTER NOT EXISTS {{ {pattern}{but} }}"
