"""How a graph shows in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from kg.loading.table import link
from kg.rdf.labels import LABELS, local_name
from kg.rdf.namespaces import RDF

if TYPE_CHECKING:
    import duckdb

    from kg.loading.graph import ClassCount, LoadedGraph

_SOME: Final = 3  # things of a class
_CLASSES: Final = 40
_THINGS = f"""
SELECT class, list({{thing: thing, label: label}} ORDER BY thing) FROM (
  SELECT t.o AS class, t.s AS thing, min(kg_lexical(l.o)) AS label, row_number() OVER (PARTITION BY t.o ORDER BY t.s) AS place
  FROM (SELECT DISTINCT s, o FROM quads WHERE p = '<{RDF}type>' AND starts_with(s, '<')) AS t
  LEFT JOIN quads AS l ON l.s = t.s AND list_contains($labels::VARCHAR[], l.p) AND starts_with(l.o, '"')
  GROUP BY t.o, t.s) WHERE place <= {_SOME} GROUP BY class
"""


def overview(graph: LoadedGraph, con: duckdb.DuckDBPyConnection) -> str:
    """Return what is in a graph as HTML: numbers, classes with some of their things, and prefixes. All that comes from the graph is escaped.

    `con` holds its relation `quads`.
    """
    rows = con.execute(_THINGS, {"labels": [f"<{iri}>" for iri in LABELS]}).fetchall()
    things = {class_[1:-1]: found for class_, found in rows}
    world = [each for each in graph.classes if not each.evidence]
    other = [each for each in graph.classes if each.evidence]
    about = f"{'a release' if graph.release else 'a file'}, {len(graph):,} quads, {len(graph.classes)} classes"
    used = [(prefix, namespace) for prefix, namespace in graph.prefixes.items() if _is_used(con, namespace)]
    listed = Markup().join(
        Markup("<li><code>{}:</code> {}</li>").format(prefix, link(namespace, namespace)) for prefix, namespace in used
    )
    return str(
        Markup(
            "<div><p><strong>{}</strong>: {}</p>{}{}<details><summary>Prefixes</summary><ul>{}</ul></details></div>"
        ).format(
            graph.path.name or str(graph.path),
            about,
            _table(world, things),
            Markup("<details><summary>Evidence and vocabularies</summary>{}</details>").format(_table(other, things))
            if other
            else "",
            listed,
        )
    )


def _table(classes: list[ClassCount], things: dict[str, list[dict[str, str | None]]]) -> Markup:
    cells = Markup(
        "<tr><td style='text-align: left'>{}</td><td style='text-align: left'><code>{}</code></td><td style='text-align: right'>{:,}</td>"
        "<td style='text-align: left'>{}</td></tr>"
    )
    body = Markup().join(
        cells.format(link(each.iri, each.label), each.name, each.count, _some(each, things.get(each.iri, [])))
        for each in classes[:_CLASSES]
    )
    more = len(classes) - _CLASSES
    rest = (
        Markup("<tr><td colspan='4' style='text-align: left'>and {:,} more classes</td></tr>").format(more)
        if more > 0
        else ""
    )
    heads = Markup().join(
        Markup("<th style='text-align: left'>{}</th>").format(head)
        for head in ("class", "name", "things", "some of them")
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}{}</tbody></table>").format(heads, body, rest)


def _some(each: ClassCount, found: list[dict[str, str | None]]) -> Markup:
    links = [
        link((thing["thing"] or "")[1:-1], thing["label"] or local_name((thing["thing"] or "")[1:-1]))
        for thing in found
    ]
    return Markup(", ").join(links) + (Markup(", …") if each.count > len(found) else "")


def _is_used(con: duckdb.DuckDBPyConnection, namespace: str) -> bool:
    """Say whether an IRI of the graph begins with a namespace."""
    start = f"<{namespace}"
    query = (
        "SELECT 1 FROM quads WHERE starts_with(s, $start) OR starts_with(p, $start) OR starts_with(o, $start) LIMIT 1"
    )
    return con.execute(query, {"start": start}).fetchall() != []
