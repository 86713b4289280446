"""Blocks that are laid aside: all rows come back, once, and the survey of the blocks is that of the whole graph, whatever the cuts."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg.export.blocks
from kg.export.aside import lay_aside
from kg.export.survey import survey, survey_of
from kg.rdf.namespaces import RDF, XSD
from tests.unit.export.session import canonical, session

IRIS = st.sampled_from(
    ["http://a/x#a", "http://a/x#b.", "http://a/y/1", "http://a/", "urn:u:1", "http://a/x/(y)", RDF + "nil"]
).map(ox.NamedNode)
LITERALS = st.builds(
    lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)),
    st.sampled_from(["1", "01", "true", "a \\ \n b", "\x08"]),
    st.sampled_from([XSD + "integer", XSD + "boolean", XSD + "string", "http://a/x#d"]),
)
QUADS = st.lists(
    st.builds(
        ox.Quad,
        IRIS | st.just(ox.BlankNode("b0")),
        st.sampled_from([RDF + "type", "http://a/x#p", "http://a/z/q"]).map(ox.NamedNode),
        IRIS | LITERALS,
        st.just(ox.DefaultGraph()) | IRIS,
    ),
    min_size=1,
    max_size=40,
    unique=True,
)


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=30)
@given(QUADS, st.integers(1, 12), st.booleans(), st.booleans())
def test_blocks_come_back_and_are_surveyed_as_the_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quads: list[ox.Quad], size: int, graphs: bool, ordered: bool
) -> None:
    monkeypatch.setattr(kg.export.blocks, "_ROWS", size)
    with session(sorted(quads, key=str) if ordered else quads) as con:
        whole = survey(con, graphs=graphs)
        blocks = lay_aside(con, tmp_path, graphs=graphs, ordered=ordered)
        assert blocks
        assert survey_of(con) == whole
    found = []
    for block in blocks:
        taken = block.taken()
        subjects, facts = taken.subjects.to_pylist(), taken.facts.to_pylist()
        assert len({(fact["p"], fact["o"]) for fact in facts}) == len(facts)
        for row in taken.rows.to_pylist():
            subject, fact = subjects[row["subject"]], facts[row["fact"]]
            found.append((subject["g"] or "", subject["s"], fact["p"], fact["o"]))
    graph_of = (str(quad.graph_name) if graphs and isinstance(quad.graph_name, ox.NamedNode) else "" for quad in quads)
    meant = [(g, str(q.subject), str(q.predicate), canonical(q.object)) for g, q in zip(graph_of, quads, strict=True)]
    assert sorted(found) == sorted(meant)
    assert [row[:2] for row in found] == sorted(row[:2] for row in found)
    assert not list(tmp_path.iterdir()), "a block goes when it is taken, and so does what was laid aside to be sorted"


def test_blank_nodes_as_objects_are_for_another_writer(tmp_path: Path) -> None:
    a = ox.NamedNode("http://a/x#a")
    with session([ox.Quad(a, a, a), ox.Quad(a, a, ox.BlankNode("b0"))]) as con:
        assert lay_aside(con, tmp_path, graphs=False, ordered=True) is None
        assert lay_aside(con, tmp_path, graphs=False, ordered=True, xml=True)
