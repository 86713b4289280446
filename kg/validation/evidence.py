"""From what was found back to the words of the source: which span of which passage a finding leads to.

The evidence is in the graph itself: statements (rdf:subject, rdf:predicate, rdf:object) with their span (oa:hasSelector) and passage (oa:hasSource),
and derived quantities with the statements that they come from. The nearest of these is taken:

0. the finding is about a statement, or about the span of one;
1. the statement that says the value of the property;
2. a statement of the property;
3. the inputs of the derived quantity that gives the property its value;
4. the first statement about the entity: where a value is missing, the place that tells of the entity;
5. the first statement of the passage (named graph) that the entity comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.rdf.namespaces import OA, PROV, RDF
from kg.settings import ONTOLOGY
from kg.validation.sql import quoted

if TYPE_CHECKING:
    import duckdb

_TERMS: Final = {
    "subject": f"<{RDF}subject>",
    "predicate": f"<{RDF}predicate>",
    "object": f"<{RDF}object>",
    "selector": f"<{OA}hasSelector>",
    "source": f"<{OA}hasSource>",
    "start": f"<{OA}start>",
    "end": f"<{OA}end>",
    "exact": f"<{OA}exact>",
    "from": f"<{PROV}wasDerivedFrom>",
    "file": f"<{ONTOLOGY}fileName>",
    "of": f"<{ONTOLOGY}quantityOf>",
    "kind": f"<{ONTOLOGY}quantityKind>",
}


def _value(name: str) -> str:
    return f"any_value(o) FILTER (p = '{_TERMS[name]}') AS \"{name}\""


def _number(term: str) -> str:
    return f"TRY_CAST(regexp_extract({term}, '\"([0-9]+)\"', 1) AS BIGINT)"


def place(con: duckdb.DuckDBPyConnection, quads: str) -> str:
    """Return SQL of the relation (id, source, start, stop, words) of the spans that the rows of `kg_told` lead back to.

    `kg_told` has an id, a focus (a term), a path (an IRI) and a value (a term); a row that leads nowhere has no place. Source and
    words are terms.
    """
    if con.execute(f"SELECT 1 FROM {quads} WHERE p = '{_TERMS['selector']}' LIMIT 1").fetchone() is None:
        return "SELECT -1 AS id, NULL AS source, NULL AS start, NULL AS stop, NULL AS words WHERE false"
    derived = f"(SELECT s, o FROM {quads} WHERE p = '{_TERMS['from']}')"
    names = [name for name in _TERMS if name != "from"]
    return f"""
    WITH facts AS MATERIALIZED (
      SELECT s, {", ".join(map(_value, names))}, any_value(g) AS g
      FROM {quads} WHERE p IN ({", ".join(quoted(_TERMS[name]) for name in names)}) GROUP BY s),
    spans AS MATERIALIZED (
      SELECT a.s AS statement, a.selector, f.file AS source, {_number("b.start")} AS start,
        {_number('b."end"')} AS stop, b."exact" AS words, a.g
      FROM facts a JOIN facts b ON b.s = a.selector LEFT JOIN facts f ON f.s = a.source),
    told AS MATERIALIZED (SELECT DISTINCT focus, '<' || path || '>' AS path, value FROM kg_told),
    inputs AS (
      SELECT t.focus, NULL AS path, d.o AS statement FROM told t JOIN {derived} d ON d.s = t.focus
      UNION ALL SELECT q."of", q.kind, d.o FROM facts q JOIN {derived} d ON d.s = q.s),
    homes AS (SELECT t.focus, min(q.g) AS g FROM told t JOIN {quads} q ON q.s = t.focus GROUP BY t.focus),
    heads AS (SELECT g, arg_min(statement, (source, start, statement)) AS statement FROM spans GROUP BY g),
    near AS (
      SELECT t.*, 0 AS distance, t.focus AS statement FROM told t
      UNION ALL SELECT t.*, 0, p.statement FROM told t JOIN spans p ON p.selector = t.focus
      UNION ALL SELECT t.*, CASE WHEN a.predicate = t.path THEN CASE WHEN t.value IN (a."object", a.s) THEN 1 ELSE 2 END
        ELSE 4 END, a.s FROM told t JOIN facts a ON a.subject = t.focus
      UNION ALL SELECT t.*, 3, i.statement FROM told t
        JOIN inputs i ON i.focus = t.focus AND (i.path = t.path OR i.path IS NULL)
      UNION ALL SELECT t.*, 5, k.statement FROM told t JOIN homes h ON h.focus = t.focus JOIN heads k ON k.g = h.g),
    best AS (
      SELECT n.focus, n.path, n.value, arg_min(p, (n.distance, p.source, p.start, p.stop, p.statement)) AS span
      FROM near n JOIN spans p ON p.statement = n.statement GROUP BY n.focus, n.path, n.value)
    SELECT k.id, b.span.source AS source, b.span.start AS start, b.span.stop AS stop, b.span.words AS words
    FROM kg_told k JOIN best b ON b.focus = k.focus AND b.path IS NOT DISTINCT FROM '<' || k.path || '>'
      AND b.value IS NOT DISTINCT FROM k.value
    """
