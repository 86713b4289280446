"""Counts of what a graph holds."""

from __future__ import annotations

from collections import defaultdict

from kg.query import counts
from kg.rdf.namespaces import RDF
from kg.rdf.terms import literal
from kg.settings import ONTOLOGY
from tests.session import QuadRow, session

QUADS: list[QuadRow] = [
    ("<http://x/a>", f"<{RDF}type>", f"<{ONTOLOGY}Model>", "<http://x/g>"),
    ("<http://x/a>", f"<{RDF}type>", f"<{ONTOLOGY}Model>", "<http://x/h>"),
    ("<http://x/b>", f"<{RDF}type>", f"<{ONTOLOGY}Model>", "<http://x/h>"),
    ("<http://x/s>", f"<{RDF}type>", f"<{ONTOLOGY}Passage>", None),
    ("<http://x/s>", f"<{ONTOLOGY}level>", literal("stated"), None),
    ("<http://x/t>", f"<{ONTOLOGY}level>", literal("stated"), None),
    ("<http://x/u>", f"<{ONTOLOGY}level>", literal("derived"), None),
    ("<http://x/s>", f"<{ONTOLOGY}rule>", literal('tag:"x"'), None),
]


def counted(quads: list[QuadRow]) -> dict[str, list[tuple[str, int]]]:
    groups: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    with session(quads) as con:
        for group, name, number in counts(con, {"kg": ONTOLOGY, "rdf": RDF}):
            groups[group].append((name, number))
    return dict(groups)


def test_all_is_counted_the_most_frequent_first() -> None:
    assert counted(QUADS) == {
        "graph": [("quads", 8), ("triples", 7), ("named graphs", 2), ("subjects", 5)],
        "class": [("kg:Model", 2), ("kg:Passage", 1)],
        "property": [("rdf:type", 3), ("kg:level", 3), ("kg:rule", 1)],
        "level": [("stated", 2), ("derived", 1)],
        "rule": [('tag:"x"', 1)],
    }


def test_an_empty_graph_has_nothing() -> None:
    assert counted([]) == {"graph": [("quads", 0), ("triples", 0), ("named graphs", 0), ("subjects", 0)]}
