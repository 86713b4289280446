"""The graph of the things of the world, without the evidence for what is said of them.

DuckDB finds things and links; networkx gets the result only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg.rdf.labels import LABELS, humanised, local_name
from kg.rdf.machinery import is_machinery
from kg.rdf.namespaces import RDF
from kg.rdf.vocabulary import load_vocabulary
from kg.settings import ONTOLOGY

if TYPE_CHECKING:
    import duckdb
    import networkx as nx

_TYPE: Final = f"<{RDF}type>"
# What a passage is in is where knowledge comes from, not what it is about.
_SOURCES: Final = frozenset((ONTOLOGY + "Passage",))
# By these a thing holds what is nothing without it: a run is of one model, an allocation of one run.
_HOLDS: Final = tuple(
    f"<{ONTOLOGY}{name}>" for name in ("hasTrainingRun", "hasAllocation", "hasHyperParameterSetting", "atFacility")
)

_THINGS = """
CREATE OR REPLACE TEMP TABLE entity_things AS
WITH typed AS (SELECT DISTINCT s, o FROM quads WHERE p = $type),
     sizes AS (SELECT o, count(*) AS size FROM typed GROUP BY o)
SELECT s AS thing, first(o ORDER BY size DESC, o) AS class, list(o ORDER BY o) AS classes
FROM typed JOIN sizes USING (o) WHERE NOT list_contains($hidden::VARCHAR[], o) GROUP BY s
HAVING NOT list_has_any(list(o), $without::VARCHAR[])
UNION ALL
SELECT DISTINCT s, NULL, []::VARCHAR[] FROM quads ANTI JOIN typed USING (s)
"""
_LINKS = """
CREATE OR REPLACE TEMP TABLE entity_links AS
SELECT DISTINCT s, p, o FROM quads
SEMI JOIN entity_things AS a ON s = a.thing SEMI JOIN entity_things AS b ON o = b.thing WHERE s <> o AND p <> $type
"""
# A part is led to by one thing only: through a property that holds parts, or because it has no name outside the file.
_PARTS = """
CREATE OR REPLACE TEMP TABLE entity_parts AS
SELECT o AS part, any_value(s) AS holder, min(p) AS p FROM entity_links
WHERE $merge GROUP BY o HAVING count(DISTINCT s) = 1 AND (bool_and(list_contains($holds::VARCHAR[], p)) OR starts_with(o, '_:'))
"""
# Each part stands for the thing that holds it, however many steps away.
_MERGED = """
CREATE OR REPLACE TEMP TABLE entity_edges AS
WITH RECURSIVE held(thing, holder, path) AS (
  SELECT thing, thing, []::VARCHAR[] FROM entity_things ANTI JOIN entity_parts ON thing = part
  UNION ALL
  SELECT part, held.holder, list_append(path, p) FROM held JOIN entity_parts ON entity_parts.holder = held.thing)
SELECT DISTINCT held.holder AS s, list_append(path, p) AS path, o
FROM entity_links JOIN held ON held.thing = s ANTI JOIN entity_parts ON part = o WHERE held.holder <> o
"""
# Of several labels: the best property, then no language or English, then the alphabet.
_NAMED = """
SELECT s, first(kg_lexical(o) ORDER BY list_position($labels::VARCHAR[], p), NOT regexp_matches(o, '("|@en(-[a-z0-9-]+)?)$'), o)
FROM quads WHERE list_contains($labels::VARCHAR[], p) AND starts_with(o, '"') AND trim(kg_lexical(o)) <> '' GROUP BY s
"""


def entities(
    con: duckdb.DuckDBPyConnection, *, parts: bool = False, evidence: bool = False, without: Iterable[str] = ()
) -> nx.MultiDiGraph[str]:
    """Return the things of the relation `quads` and the links between them; each link once, however many graphs state it.

    A node is an IRI or `_:` with a label; it has `label`, `kind` (its class in words), `type` (the IRI of the most frequent of its classes, or
    None) and `types` (all). An edge has `label` (the property in words) and `path`: the properties that lead there. Evidence and passages are
    left out unless `evidence`; things of the classes `without` always. Unless `parts`, a part that one thing alone holds (the run of a model, its hardware
    allocation, a blank node) is no node: what it leads to, its holder leads to, and `path` has the steps.
    """
    import networkx as nx

    given = {"type": _TYPE}
    classes = [row[0] for row in con.execute("SELECT DISTINCT o FROM quads WHERE p = $type", given).fetchall()]
    hidden = [] if evidence else [each for each in classes if is_machinery(each[1:-1]) or each[1:-1] in _SOURCES]
    con.execute(_THINGS, given | {"hidden": hidden, "without": [f"<{iri}>" for iri in without]})
    con.execute(_LINKS, given)
    con.execute(_PARTS, {"holds": list(_HOLDS), "merge": not parts})
    con.execute(_MERGED)
    names = property_names(con)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    nodes = con.execute(
        f"""SELECT thing, class, classes, label FROM entity_things ANTI JOIN entity_parts ON thing = part
        LEFT JOIN ({_NAMED}) AS named(s, label) ON s = thing ORDER BY thing""",
        {"labels": [f"<{iri}>" for iri in LABELS]},
    )
    for thing, class_, types, label in nodes.fetchall():
        kind = names.get(class_) or humanised(class_[1:-1]) if class_ else "thing"
        key = plain(thing)
        graph.add_node(
            key,
            label=label or f"{kind} {key if key.startswith('_:') else local_name(key)}",
            kind=kind,
            type=plain(class_) if class_ else None,
            types=tuple(plain(each) for each in types),
        )
    for subject, path, value in con.execute("SELECT s, path, o FROM entity_edges ORDER BY s, path, o").fetchall():
        way = tuple(plain(each) for each in path)
        label = names.get(path[-1]) or humanised(way[-1])
        graph.add_edge(plain(subject), plain(value), key=" ".join(way), label=label, path=way)
    return graph


def plain(term: str) -> str:
    """Return an IRI without its brackets; a blank node stays as it is."""
    return term[1:-1] if term.startswith("<") else term


def property_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the names in words of the properties and classes that are used, by their terms: the graph's own, else those of our ontology."""
    rows = con.execute(
        f"""SELECT s, label FROM ({_NAMED}) AS named(s, label)
        SEMI JOIN (SELECT DISTINCT p AS s FROM quads UNION SELECT o FROM quads WHERE p = $type) USING (s)""",
        {"labels": [f"<{iri}>" for iri in LABELS], "type": _TYPE},
    ).fetchall()
    return {f"<{term.iri}>": term.label for term in load_vocabulary() if term.label} | dict(rows)
