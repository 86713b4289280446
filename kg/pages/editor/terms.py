"""The prefixes, classes and properties of a graph, as the editor completes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from kg.pages.graph import Graph, whole
from kg.pages.vocabulary import Vocabulary, defined, shipped
from kg.rdf.prefixes import shortened

_MOST: Final = 1000  # of classes and of properties: more than these nobody looks through
_SENTENCE: Final = 200
_CLASSES: Final = (
    f"SELECT ?term (COUNT(*) AS ?n) WHERE {{ ?s a ?term }} GROUP BY ?term ORDER BY DESC(?n) STR(?term) LIMIT {_MOST}"
)
_PROPERTIES: Final = (
    f"SELECT ?term (COUNT(*) AS ?n) WHERE {{ ?s ?term ?o }} GROUP BY ?term ORDER BY DESC(?n) STR(?term) LIMIT {_MOST}"
)


def terms(graph: Graph, prefixes: Mapping[str, str], vocabulary: Vocabulary | None = None) -> dict[str, object]:
    """Return `prefixes`, and `classes` and `properties` with the most used first: a JSON object, the same for the same graph.

    Each term has its `iri`, its `name` under the prefixes, its `count`, and a `label` and `about` where `vocabulary` says them in English
    (None: the terms that the graph defines, and the shipped ones).
    """
    known = vocabulary if vocabulary is not None else shipped() | defined(graph)
    return {
        "prefixes": dict(sorted(prefixes.items())),
        "classes": _counted(graph, _CLASSES, prefixes, known),
        "properties": _counted(graph, _PROPERTIES, prefixes, known),
    }


def _counted(graph: Graph, query: str, prefixes: Mapping[str, str], known: Vocabulary) -> list[dict[str, object]]:
    names = dict(prefixes)
    found: list[dict[str, object]] = []
    for term, count in graph.select(query):
        if isinstance(term, ox.NamedNode):
            info = known.terms.get(term.value)
            said = {"label": _english(info.labels), "about": _english(info.definitions)} if info else {}
            found.append(
                {"iri": term.value, "name": shortened(term.value, names), "count": whole(count)}
                | {key: text for key, text in said.items() if text}
            )
    return found


def _english(texts: tuple[ox.Literal, ...]) -> str:
    """Return a text in English or in no language, else any: cut where it is long."""
    ordered = sorted(texts, key=lambda text: ((text.language or "en").partition("-")[0] != "en", text.value))
    text = ordered[0].value if ordered else ""
    return text if len(text) <= _SENTENCE else text[: _SENTENCE - 1].rstrip() + "…"
