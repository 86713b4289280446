"""Networks: things are nodes, their literals attributes, and the links between things edges."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pyoxigraph as ox
import pytest

from kg.export.tabular import write_file
from tests.unit.export.tabular.graphs import BASE, LABEL, NAMES, TYPE, iri, quad, session, typed

P = f"{BASE}p"
NASTY = 'quote " \'\'\' """ back\\slash \\u0041\r\n\ttab &amp; <b> ]]> é葉 \U0001f600 \u2028 e\u0301 {} $1 @en ^^'
TRIPLES = [
    quad("model/a", TYPE, ox.NamedNode("https://kg.example/ns#Model")),
    quad("model/a", LABEL, ox.Literal("A")),
    quad("model/a", LABEL, ox.Literal("Der A", language="de")),
    quad("model/a", "p", ox.Literal(NASTY)),
    quad("model/a", "p", ox.Literal("")),
    quad("model/a", "count", typed("70400000000", "integer")),
    quad("model/a", "share", typed("0.10", "decimal")),
    quad("model/a", "flop", typed("1.89E24", "double")),
    quad("model/a", "run", iri("run/a.x")),
    quad("run/a.x", "run", iri("model/葉-篤正")),
    quad("run/a.x", "-odd.name", iri("passage/a#char=1,2")),
]


def written(quads: Sequence[ox.Quad], format_: str = "graphml", threads: int = 2) -> bytes:
    with TemporaryDirectory(prefix="kg-test-") as folder, session(quads, Path(folder), threads=threads) as con:
        target = io.BytesIO()
        write_file(con, target, Path(folder), format_, NAMES)
        return target.getvalue()


def graphml(quads: Sequence[ox.Quad]) -> nx.Graph[str]:
    return nx.read_graphml(io.BytesIO(written(quads)), force_multigraph=True)


@pytest.mark.parametrize("format_", ["graphml", "gexf"])
def test_an_empty_graph_is_a_file_too(format_: str) -> None:
    read = nx.read_graphml if format_ == "graphml" else nx.read_gexf
    assert len(read(io.BytesIO(written([], format_)))) == 0


@pytest.mark.parametrize("format_", ["graphml", "gexf", "parquet"])
def test_the_number_of_threads_does_not_matter(format_: str) -> None:
    quads = [
        quad(
            f"thing/{number % 40_000}",
            f"p{number % 7}",
            iri(f"thing/{number * 7 % 50_000}") if number % 3 else typed(str(number), "integer"),
        )
        for number in range(200_000)
    ]
    assert written(quads, format_, threads=1) == written(quads, format_, threads=4)


def test_gexf_tells_labels_types_and_the_kind_of_an_edge() -> None:
    data = written(TRIPLES, "gexf")
    graph = nx.read_gexf(io.BytesIO(data))
    node = graph.nodes[f"{BASE}model/a"]
    assert (node["label"], node["type"], node[f"<{BASE}count>"]) == ("A; Der A", "kg:Model", 70400000000)
    assert node[f"<{BASE}p>"] == "; " + NASTY
    assert graph.edges[f"{BASE}model/a", f"{BASE}run/a.x"]["label"] == f"<{BASE}run>"
    assert b'version="1.3"' in data


def test_things_are_nodes_and_links_edges() -> None:
    graph = graphml(TRIPLES)
    assert set(graph) == {BASE + local for local in ("model/a", "run/a.x", "model/葉-篤正", "passage/a#char=1,2")}
    assert {(source, target, data["property"]) for source, target, data in graph.edges(data=True)} == {
        (f"{BASE}model/a", f"{BASE}run/a.x", f"<{BASE}run>"),
        (f"{BASE}run/a.x", f"{BASE}model/葉-篤正", f"<{BASE}run>"),
        (f"{BASE}run/a.x", f"{BASE}passage/a#char=1,2", f"<{BASE}-odd.name>"),
    }


def test_literals_are_attributes_and_numbers_stay_numbers() -> None:
    node = graphml(TRIPLES).nodes[f"{BASE}model/a"]
    assert node["type"] == "kg:Model"
    assert node["label"] == "A; Der A"
    assert node[f"<{BASE}count>"] == 70400000000
    assert (node[f"<{BASE}share>"], node[f"<{BASE}flop>"]) == (0.1, 1.89e24)
    assert node[f"<{P}>"] == "; " + NASTY
    assert graphml(TRIPLES).nodes[f"{BASE}passage/a#char=1,2"] == {}


def test_an_attribute_has_one_type_whatever_its_values() -> None:
    quads = [
        quad("a", "p", typed("5", "integer")),
        quad("b", "p", typed("5.5", "decimal")),
        quad("a", "q", typed("5", "integer")),
        quad("b", "q", typed("6", "integer")),
        quad("b", "q", typed("7", "integer")),
        quad("a", "r", typed("five", "integer")),
        quad("a", "s", typed("1e400", "double")),
    ]
    graph = graphml(quads)
    assert (graph.nodes[f"{BASE}a"][f"<{P}>"], graph.nodes[f"{BASE}b"][f"<{P}>"]) == ("5", "5.5")
    assert (graph.nodes[f"{BASE}a"][f"<{BASE}q>"], graph.nodes[f"{BASE}b"][f"<{BASE}q>"]) == ("5", "6; 7")
    assert graph.nodes[f"{BASE}a"][f"<{BASE}r>"] == "five"


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert (
        graphml([quad("a", "p", ox.Literal("a\x00\x0b\ufffe\x7fb"))]).nodes[f"{BASE}a"][f"<{P}>"]
        == "a\ufffd\ufffd\ufffd\x7fb"
    )


def test_two_links_between_the_same_things_are_both_there() -> None:
    assert graphml([quad("a", "p", iri("b")), quad("a", "q", iri("b"))]).number_of_edges() == 2


def test_blank_nodes_are_nodes() -> None:
    quads = [ox.Quad(ox.BlankNode("x"), ox.NamedNode(P), ox.BlankNode("y"))]
    assert set(graphml(quads)) == {"_:b0", "_:b1"}


def test_the_order_of_values_does_not_matter() -> None:
    def orders() -> Iterator[bytes]:
        values = [quad("a", "p", ox.Literal(text)) for text in ("b", "a", "c")]
        yield written(values)
        yield written(values[::-1])

    assert len(set(orders())) == 1
