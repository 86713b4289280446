"""Where each statement about a thing comes from: its source words and rule, or its formula and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.run import run

_FIND = """
SELECT DISTINCT ?thing ?label ?rank WHERE {
  VALUES (?naming ?rank) { (rdfs:label 1) (skos:prefLabel 2) (kg:fileName 3) (skos:altLabel 4) }
  ?thing ?naming ?label
} ORDER BY ?thing ?rank ?label"""

# What belongs to a thing: a model's components and runs, a run's data, place and hardware.
_PARTS = """
SELECT DISTINCT ?thing ?part ?label WHERE {
  ?thing (kg:hasComponent|kg:hasTrainingRun|kg:trainedOn|kg:atFacility|kg:hasAllocation|kg:onCluster|kg:accelerator|^kg:describedIn)* ?part .
  OPTIONAL { ?part rdfs:label ?label }
} ORDER BY (?part != ?thing) ?part"""

_STATED = """
SELECT ?part ?property ?value ?value_label ?unit ?level ?approximate ?rule ?words ?start ?end ?file WHERE {
  ?statement rdf:subject ?part ; rdf:predicate ?property ; kg:level ?level ; kg:rule ?rule ; kg:verbatim ?words ;
    oa:hasSource/kg:fileName ?file ; oa:hasSelector ?span .
  ?span oa:start ?start ; oa:end ?end .
  OPTIONAL { ?statement rdf:object ?value OPTIONAL { ?value rdfs:label ?value_label } }
  OPTIONAL { ?statement kg:unitText ?unit }
  OPTIONAL { ?statement kg:approximate ?approximate }
} ORDER BY ?file ?start ?end ?property ?value"""

_DERIVED = """
SELECT ?part ?node ?property ?value ?unit ?level ?formula ?method ?precision ?approximate WHERE {
  ?node kg:quantityOf ?part ; kg:quantityKind ?property ; qudt:numericValue ?value ; kg:unitText ?unit ; kg:level ?level ; kg:formula ?formula .
  OPTIONAL { ?node kg:computeMethod ?method }
  OPTIONAL { ?node kg:atPrecision ?precision }
  OPTIONAL { ?node kg:approximate ?approximate }
} ORDER BY ?node"""

_INPUTS = """
SELECT DISTINCT ?node ?input ?label ?property ?words ?start ?file WHERE {
  ?node prov:wasDerivedFrom ?input .
  OPTIONAL { ?input rdf:predicate ?property ; kg:verbatim ?words ; oa:hasSource/kg:fileName ?file ; oa:hasSelector/oa:start ?start }
  OPTIONAL { ?input rdfs:label ?label }
} ORDER BY ?file ?start ?input"""

_NOTES = "SELECT ?node ?kind ?text WHERE { ?node ?kind ?text . FILTER (?kind IN (kg:assumption, kg:caution)) } ORDER BY ?kind ?text"

# What a reference table says: plain triples of the thing that no passage states and no rule derives.
_REFERENCE = """
SELECT ?part ?property ?value WHERE {
  GRAPH ?graph { ?part ?property ?value }
  FILTER (STRENDS(STR(?graph), "graph/reference") && ?property NOT IN (rdf:type, rdfs:label, skos:inScheme))
} ORDER BY ?property ?value"""

_FILES = "SELECT ?thing ?file WHERE { ?thing kg:describedIn?/kg:fileName ?file }"

_UNSTATED = "SELECT ?thing ?property WHERE { ?thing kg:describedIn?/kg:notStated ?property } ORDER BY ?property"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A thing and what is known of it; `entries` are plain values, ready for JSON, in the order in which they are shown."""

    iri: str
    label: str | None
    entries: tuple[dict[str, Any], ...]
    not_stated: tuple[str, ...]


def explain(store: ox.Store, name: str, prefixes: dict[str, str]) -> Explanation:
    """Explain the thing of that name: an IRI, a prefixed name, a label, or the beginning or a part of a label that fits one thing only.

    QueryError where nothing, or more than one thing, is so called.
    """
    asking = _Asking(store, prefixes)
    thing, label = _find(asking, name)
    entries: list[dict[str, Any]] = []
    # Others tell of a shared thing, too; of a thing that one passage describes, only that one is heard.
    files = {file.value for (file,) in asking(_FILES, thing=thing)}
    for part, part_label in asking(_PARTS, thing=thing):
        about = {"subject": part.value, "label": _plain(part_label)}
        entries += [about | asked for asked in _stated(asking, part) if not files or asked["source"] in files]
        entries += [about | asked for asked in _derived(asking, part)]
        entries += [
            about | {"kind": "reference", "property": prop.value, "value": _plain(value)}
            for prop, value in asking(_REFERENCE, part=part)
        ]
    unstated = tuple(prop.value for (prop,) in asking(_UNSTATED, thing=thing))
    return Explanation(thing.value, label, tuple(entries), unstated)


class _Asking:
    """Runs queries and gives rows as tuples."""

    def __init__(self, store: ox.Store, prefixes: dict[str, str]) -> None:
        self.store = store
        self.prefixes = prefixes

    def __call__(self, query: str, **bound: ox.NamedNode) -> list[tuple[Any, ...]]:
        results = run(self.store, query, self.prefixes, bound)
        assert isinstance(results, ox.QuerySolutions)  # noqa: S101 - all queries here are SELECT
        # A variable is bound in the query only if the query gives it back.
        free = [variable.value for variable in results.variables if variable.value not in bound]
        return [tuple(solution[name] for name in free) for solution in results]


def _find(asking: _Asking, name: str) -> tuple[ox.NamedNode, str | None]:
    labels: dict[ox.NamedNode, str] = {}
    exact: dict[ox.NamedNode, str] = {}
    begun: dict[ox.NamedNode, str] = {}
    near: dict[ox.NamedNode, str] = {}
    prefix, colon, local = name.partition(":")
    iri = (
        name.strip("<>")
        if "://" in name
        else asking.prefixes[prefix] + local
        if colon and prefix in asking.prefixes
        else None
    )
    for thing, label, _ in asking(_FIND):
        labels.setdefault(thing, label.value)
        if label.value.casefold() == name.casefold():
            exact.setdefault(thing, label.value)
        elif label.value.casefold().startswith(name.casefold()):
            begun.setdefault(thing, label.value)
        elif name.casefold() in label.value.casefold():
            near.setdefault(thing, label.value)
    if iri is not None:
        node = _node(iri)
        if not asking("SELECT ?thing ?p WHERE { ?thing ?p ?o } LIMIT 1", thing=node):
            raise QueryError(
                "KG507", "the graph says nothing about this IRI", where=name, advice="`kg stats` shows what is in it"
            )
        return node, labels.get(node)
    found = exact or begun or near
    if len(found) == 1:
        ((thing, label),) = found.items()
        return thing, label
    if not found:
        raise QueryError(
            "KG507",
            f"nothing is called {name!r}",
            advice="give a label, a part of one, or an IRI; `kg stats` shows what is in the graph",
        )
    some = "".join(f"\n  {label}  <{thing.value}>" for thing, label in list(found.items())[:10])
    raise QueryError("KG508", f"{len(found)} things are called {name!r}", advice=f"give one of the IRIs:{some}")


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError("KG507", f"this is no IRI: {error}", where=iri) from error


def _stated(asking: _Asking, part: ox.NamedNode) -> list[dict[str, Any]]:
    return [
        {
            "kind": "stated" if level.value == "stated" else level.value,
            "property": prop.value,
            "value": _plain(value_label) or _plain(value),
            "unit": _plain(unit),
            "approximate": approximate is not None,
            "rule": rule.value,
            "text": words.value,
            "start": int(start.value),
            "end": int(end.value),
            "source": file.value,
        }
        for prop, value, value_label, unit, level, approximate, rule, words, start, end, file in asking(
            _STATED, part=part
        )
    ]


def _derived(asking: _Asking, part: ox.NamedNode) -> list[dict[str, Any]]:
    entries = []
    for node, prop, value, unit, level, formula, method, precision, approximate in asking(_DERIVED, part=part):
        notes = asking(_NOTES, node=node)
        entries.append(
            {
                "kind": level.value,
                "property": prop.value,
                "value": _plain(value),
                "unit": _plain(unit),
                "formula": formula.value,
                "method": _plain(method),
                "precision": _plain(precision),
                "approximate": approximate is not None,
                "inputs": [
                    {"property": _plain(of), "text": words.value, "source": file.value, "start": int(start.value)}
                    if words is not None
                    else {"thing": thing.value, "label": _plain(label)}
                    for thing, label, of, words, start, file in asking(_INPUTS, node=node)
                ],
                "assumptions": [text.value for kind, text in notes if kind.value.endswith("assumption")],
                "cautions": [text.value for kind, text in notes if kind.value.endswith("caution")],
            }
        )
    return entries


def _plain(term: Any) -> str | None:
    return None if term is None else str(term.value)
