"""Results of SPARQL: on files of RDF and on an endpoint, in three formats."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kg.errors import KgError, MappingError, SourceError
from kg.mapping.readers import Access, sparql_results
from kg.mapping.rules import Endpoint, Formulation, LogicalSource
from tests.unit.mapping.readers.opened import PLACE, file_source, opened
from tests.unit.mapping.readers.served import served

CSV, JSON, XML = Formulation.SPARQL_CSV, Formulation.SPARQL_JSON, Formulation.SPARQL_XML
GRAPH = '<http://x/a> <http://x/p> "one, \\"1\\"" .\n<http://x/a> <http://x/q> <http://x/b> .\n<http://x/b> <http://x/p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
QUERY = "SELECT ?s ?o ?q { ?s <http://x/p> ?o OPTIONAL { ?s <http://x/q> ?q } } ORDER BY ?s"


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    (tmp_path / "graph.nt").write_text(GRAPH)
    return tmp_path / "graph.nt"


@pytest.mark.parametrize("large", [1 << 26, 0], ids=["in memory", "on disk"])
def test_solutions_are_records(graph: Path, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql_results, "_LARGE", large)
    found = opened(file_source(CSV, graph, QUERY), ["s", "o", "q"])
    assert found.rows == [("http://x/a", 'one, "1"', "http://x/b"), ("http://x/b", "2", None)]
    found = opened(file_source(JSON, graph, QUERY), ["$.s.value", "o.datatype", "$.q.type"])
    assert found.rows == [
        ('"http://x/a"', None, '"uri"'),
        ('"http://x/b"', '"http://www.w3.org/2001/XMLSchema#integer"', None),
    ]
    found = opened(file_source(XML, graph, QUERY), ["sr:binding[@name='o']/sr:literal", "sr:binding/@name"])
    assert found.rows == [(['one, "1"'], ["s", "o", "q"]), (["2"], ["s", "o"])]


def test_files_make_one_graph(tmp_path: Path) -> None:
    (tmp_path / "1.nt").write_text("<http://x/a> <http://x/p> <http://x/b> .\n")
    (tmp_path / "2.ttl").write_text("<http://x/b> <http://x/p> <http://x/c> .\n")
    query = "SELECT ?o { <http://x/a> <http://x/p>/<http://x/p> ?o }"
    assert opened(file_source(CSV, tmp_path, query), ["o"]).values == ["http://x/c"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "the source has no query"),
        ("SELEC ?s", "the query cannot be answered"),
        ("ASK {}", "the query is no SELECT"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "the query is no SELECT"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is not followed"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is not followed"),
        ("SELECT * { { SELECT * { OPTIONAL { S\\u0045RVICE<http://127.0.0.1:9/>{ } } } } }", "SERVICE is not followed"),
    ],
)
def test_a_query_that_cannot_be_used_is_told(graph: Path, query: str, message: str) -> None:
    with pytest.raises(MappingError, match=rf"mapping\.ttl, line 7.*{message}.*\[KG224\]"):
        opened(file_source(CSV, graph, query), ["s"])


def test_the_word_service_is_no_clause(graph: Path) -> None:
    query = "PREFIX service: <http://x/> SELECT ?service { ?service service:p 'SERVICE' } # SERVICE"
    assert opened(file_source(CSV, graph, query), ["service"]).rows == []


def test_a_variable_that_is_not_there_is_told(graph: Path) -> None:
    with pytest.raises(MappingError, match=r"has no column x; it has the columns s, o, q \[KG205\]"):
        opened(file_source(CSV, graph, QUERY), ["x"])


def test_a_broken_graph_is_told(tmp_path: Path) -> None:
    (tmp_path / "graph.nt").write_text("no")
    (tmp_path / "graph.txt").write_text(GRAPH)
    for name in ("graph.nt", "graph.txt"):
        with pytest.raises(SourceError, match=r"\[KG(151|221)\]"):
            opened(file_source(CSV, tmp_path / name, QUERY), ["s"])


@pytest.mark.parametrize(
    ("formulation", "reference", "value", "content"),
    [
        (CSV, "s", "http://x/a", b"s\r\nhttp://x/a\r\n"),
        (JSON, "s.value", '"a"', b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"a"}}]}}'),
        (XML, "sr:binding/sr:uri", ["a"], b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><results><result><binding name="s"><uri>a</uri></binding></result></results></sparql>'),
    ],
)  # fmt: skip
def test_an_endpoint_is_asked_only_if_that_is_allowed(
    tmp_path: Path, formulation: Formulation, reference: str, value: object, content: bytes
) -> None:
    asked = []

    def answer(_: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked.append(parse_qs(body.decode())["query"])
        return 200, {}, content

    with served(answer) as base:
        source = LogicalSource(formulation, Endpoint(f"{base}/sparql"), QUERY, place=PLACE)
        with pytest.raises(KgError, match=r"\[KG222\]"):
            opened(source, [reference])
        assert asked == []
        found = opened(source, [reference], access=Access(network=(f"{base}/",), folder=tmp_path))
    assert found.values == [value]
    assert asked == [[QUERY]]
