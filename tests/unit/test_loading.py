"""`kg.load`: a graph as an object, and all the ways out of it."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from pathlib import Path

import networkx as nx
import pandas as pd
import polars as pl
import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.errors import QueryError, ReleaseError, SourceError
from kg.loading import LoadedGraph, Table
from kg.loading.values import python_value
from kg.rdf.namespaces import XSD

TRIG = """
@prefix kg: <https://kg.example/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix x: <https://x.example/> .
x:one { x:a a kg:Model ; rdfs:label "<b>A</b>" ; kg:parameterCount 7 ; kg:evaluatedOn x:q, x:r ; x:on "2024-05-01"^^xsd:date ; x:odd "07"^^xsd:integer . }
x:two { x:a kg:parameterCount 7 . x:b a kg:Model ; rdfs:label "B"@en ; x:ratio 0.5 ; x:open true ; kg:hasComponent [ a kg:ModelComponent ; kg:role "eye" ] . }
x:q a kg:Benchmark ; rdfs:label "Q" . x:r a kg:Benchmark ; rdfs:label "R" .
x:run a kg:TrainingRun . x:a kg:hasTrainingRun x:run .
"""
X = "https://x.example/"


@pytest.fixture
def graph(tmp_path: Path) -> LoadedGraph:
    path = tmp_path / "graph.trig"
    path.write_text(TRIG, encoding="utf-8")
    return kg.load(path)


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl", ".rdf", ".jsonld", ".trig"])
def test_a_file_of_any_syntax_is_loaded(tmp_path: Path, suffix: str) -> None:
    syntax = ox.RdfFormat.from_extension(suffix[1:])
    assert syntax is not None
    path = tmp_path / f"graph{suffix}"
    quads = [quad.triple for quad in ox.parse(TRIG, format=ox.RdfFormat.TRIG)]
    ox.serialize(set(quads), str(path), format=syntax)
    loaded = kg.load(str(path))
    assert len(loaded) == len(set(quads))
    assert len(loaded.query("SELECT ?m { ?m a kg:Model }")) == 2


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("this is no Turtle", encoding="utf-8")
    loaded = kg.load(broken)
    assert repr(loaded) == f"kg.load({str(broken)!r})"
    with pytest.raises(SourceError, match="KG151"):
        loaded.to_arrow()


def test_what_is_no_graph_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="KG404"):
        kg.load(tmp_path / "nowhere")
    other = tmp_path / "text.docx"
    other.touch()
    with pytest.raises(SourceError, match="KG151"):
        kg.load(other)


def test_a_loaded_graph_does_not_change(graph: LoadedGraph) -> None:
    with pytest.raises(AttributeError):
        graph.path = Path("elsewhere")  # type: ignore[misc]


def test_quads_are_counted_and_classes_iterated(graph: LoadedGraph) -> None:
    expected = len(set(ox.parse(TRIG, format=ox.RdfFormat.TRIG)))
    assert len(graph) == expected
    assert [(each.name, each.label, each.count) for each in graph] == [
        ("kg:Benchmark", "benchmark", 2),
        ("kg:Model", "model", 2),
        ("kg:ModelComponent", "model component", 1),
        ("kg:TrainingRun", "training run", 1),
    ]
    assert repr(graph).endswith(f"# {expected} quads")


def test_arrow_has_each_quad_with_its_parts(graph: LoadedGraph) -> None:
    table = graph.to_arrow()
    rows = {(row["s"], row["p"], row["o"], row["g"]): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows == len(graph)
    count = rows[f"<{X}a>", "<https://kg.example/ns#parameterCount>", f'"7"^^<{XSD}integer>', f"<{X}one>"]
    assert (count["kind"], count["value"], count["datatype"], count["language"], count["number"]) == (
        "literal",
        "7",
        XSD + "integer",
        None,
        7.0,
    )
    label = next(row for row in rows.values() if row["language"])
    assert (label["value"], label["language"]) == ("B", "en")
    link = next(row for row in rows.values() if row["p"].endswith("evaluatedOn>"))
    assert (link["kind"], link["value"], link["datatype"], link["g"]) == ("iri", X + "q", None, f"<{X}one>")
    assert {row["kind"] for row in rows.values()} == {"iri", "blank", "literal"}
    assert {row["g"] for row in rows.values()} == {None, f"<{X}one>", f"<{X}two>"}


def test_pandas_and_polars_have_the_rows_of_arrow(graph: LoadedGraph) -> None:
    table = graph.to_arrow()
    assert isinstance(graph.to_pandas(), pd.DataFrame)
    assert graph.to_pandas()["s"].tolist() == table["s"].to_pylist()
    assert isinstance(graph.to_polars(), pl.DataFrame)
    assert graph.to_polars()["o"].to_list() == table["o"].to_pylist()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_missing_is_named(graph: LoadedGraph, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(QueryError, match=f"{library} is not installed; pip install {library}.*KG675"):
        getattr(graph, f"to_{library}")()


def test_rdflib_has_all_graphs_and_literals_as_they_are_written(graph: LoadedGraph) -> None:
    dataset = graph.to_rdflib()
    assert isinstance(dataset, rdflib.Dataset)
    assert sum(1 for _ in dataset.quads()) == len(graph)
    odd = dataset.value(rdflib.URIRef(X + "a"), rdflib.URIRef(X + "odd")) or next(
        quad[2] for quad in dataset.quads((None, rdflib.URIRef(X + "odd"), None, None))
    )
    assert str(odd) == "07"
    merged = graph.to_rdflib(graphs=False)
    assert len(merged) == len(graph) - 1
    assert (rdflib.URIRef(X + "b"), rdflib.RDFS.label, rdflib.Literal("B", lang="en")) in merged


def test_networkx_has_things_with_what_is_said_of_them(graph: LoadedGraph) -> None:
    network = graph.to_networkx()
    assert isinstance(network, nx.MultiDiGraph)
    node = network.nodes[X + "a"]
    assert (node["label"], node["kind"], node["type"]) == ("<b>A</b>", "model", "https://kg.example/ns#Model")
    assert node["attributes"] == {
        "kg:parameterCount": 7,
        f"<{X}odd>": 7,
        f"<{X}on>": dt.date(2024, 5, 1),
        "rdfs:label": "<b>A</b>",
    }
    assert network.nodes[X + "b"]["attributes"][f"<{X}ratio>"] == Decimal("0.5")
    assert {data["label"] for _, _, data in network.out_edges(X + "a", data=True)} == {
        "evaluated on",
        "has training run",
    }
    assert X + "run" not in graph.to_networkx(parts=False)


def test_a_class_is_a_table_with_types(graph: LoadedGraph) -> None:
    for name in ("Model", "kg:Model", "https://kg.example/ns#Model"):
        table = graph.table(name)
        assert table["id"] == [X + "a", X + "b"]
        assert table["parameterCount"] == [7, None]
        assert table["evaluatedOn"] == [[X + "q", X + "r"], None]
        assert table["on"] == [dt.date(2024, 5, 1), None]
        assert table["open"] == [None, True]
    with pytest.raises(QueryError, match=r"Benchmark, Model.*KG672"):
        graph.table("Nothing")


def test_a_query_gives_values_of_python(graph: LoadedGraph) -> None:
    table = graph.query(
        "SELECT ?m ?n ?r { ?m a kg:Model OPTIONAL { ?m kg:parameterCount ?n } OPTIONAL { ?m <https://x.example/ratio> ?r } } ORDER BY ?m"
    )
    assert table.columns == ("m", "n", "r")
    assert list(table) == [(X + "a", 7, None), (X + "b", None, Decimal("0.5"))]
    assert table.to_dicts()[0] == {"m": X + "a", "n": 7, "r": None}
    assert table["n"] == [7, None]
    assert table[-1][0] == X + "b"
    assert len(table[:1]) == 1
    frame = table.to_pandas()
    assert str(frame["n"].dtype) == "Int64"
    assert table.to_polars()["n"].to_list() == [7, None]
    with pytest.raises(KeyError, match="there are m, n, r"):
        table["other"]


def test_questions_of_each_kind_give_a_table(graph: LoadedGraph) -> None:
    assert list(graph.query("ASK { ?m a kg:Model }")) == [(True,)]
    triples = graph.query("CONSTRUCT { ?m kg:parameterCount ?n } WHERE { ?m kg:parameterCount ?n }")
    assert (triples.columns, list(triples)) == (("s", "p", "o"), [(X + "a", "https://kg.example/ns#parameterCount", 7)])
    empty = graph.query("SELECT ?m { ?m a <https://x.example/None> }")
    assert (len(empty), empty.to_arrow().num_rows, repr(empty)) == (0, 0, "m\n─\n(0 rows)")


def test_values_are_bound_and_not_pasted(graph: LoadedGraph) -> None:
    query = "SELECT ?m ?label { ?m rdfs:label ?label }"
    assert graph.query(query, {"label": "<b>A</b>"})["m"] == [X + "a"]
    assert list(graph.query(query, {"label": '" } DELETE {'})) == []
    count = "SELECT ?m ?n { ?m kg:parameterCount ?n }"
    assert graph.query(count, {"n": 7})["m"] == [X + "a"]
    assert graph.query(count, {"m": ox.NamedNode(X + "b")}).rows == ()
    with pytest.raises(TypeError, match="list"):
        graph.query(count, {"n": [7]})


def test_a_query_that_is_none_is_told(graph: LoadedGraph) -> None:
    with pytest.raises(QueryError, match="KG503"):
        graph.query("SELECT")
    with pytest.raises(QueryError, match="KG502"):
        graph.query("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


def test_a_column_of_several_kinds_becomes_text_in_arrow() -> None:
    table = Table(("v", "big"), [(1, 10**30), ("two", 1), (None, None)])
    assert table.to_arrow()["v"].to_pylist() == ["1", "two", None]
    assert table.to_arrow()["big"].to_pylist() == [str(10**30), "1", None]


def test_a_notebook_shows_a_graph_with_nothing_unescaped(graph: LoadedGraph) -> None:
    shown = graph._repr_html_()
    assert "&lt;b&gt;A&lt;/b&gt;" in shown
    assert "<b>A" not in shown
    assert f'<a href="{X}a" rel="noreferrer">' in shown
    assert "<code>kg:Model</code>" in shown


def test_a_notebook_shows_a_table_with_nothing_unescaped() -> None:
    table = Table(
        ("<i>", "n"), [("<script>", 1234567), ("javascript:alert(1)", True), ("https://x.example/?a&b", None)]
    )
    shown = table._repr_html_()
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert shown.count("<a ") == 1
    assert '<a href="https://x.example/?a&amp;b" rel="noreferrer">' in shown
    assert ">1234567<" in shown
    assert "the first 20 are shown" in Table(("n",), [(n,) for n in range(30)])._repr_html_()


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("7", "integer", 7),
        ("+07", "long", 7),
        ("1_000", "integer", "1_000"),
        ("1e3", "decimal", "1e3"),
        ("1.50", "decimal", Decimal("1.50")),
        ("INF", "double", float("inf")),
        ("2024-02-30", "date", "2024-02-30"),
        ("2024-02-03T04:05:06Z", "dateTime", dt.datetime(2024, 2, 3, 4, 5, 6, tzinfo=dt.UTC)),
        ("1", "boolean", True),
        ("yes", "boolean", "yes"),
        ("P1Y", "duration", "P1Y"),
    ],
)
def test_a_literal_becomes_a_value_where_its_datatype_allows_it(text: str, datatype: str, value: object) -> None:
    found = python_value(text, XSD + datatype)
    assert (found, type(found)) == (value, type(value))
