"""The server used by clients that nobody here wrote: rdflib, SPARQLWrapper, Comunica and curl."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper as sw  # noqa: N813
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.npm import installed
from tests.serving import Server, kg_serve

# rdflib and SPARQLWrapper leave connections to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TOKEN = "a-token-of-the-tests-0123456789"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LABELS = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT DISTINCT ?label { ?s rdfs:label ?label } ORDER BY ?label LIMIT 200"
TYPES = "CONSTRUCT { ?s a ?type } WHERE { ?s a ?type FILTER isIRI(?s) }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
RDF_TYPE = rdflib.RDF.type
S, P = rdflib.URIRef("https://kg.example/id/s"), rdflib.URIRef("https://kg.example/ns#p")
GRAPH = rdflib.URIRef("https://kg.example/id/graph")
DEFAULT = rdflib.graph.DATASET_DEFAULT_GRAPH_ID

Wrapped: TypeAlias = Callable[[str], sw.SPARQLWrapper]


@pytest.fixture(scope="module")
def server(release: Path) -> Iterator[Server]:
    with kg_serve(release) as server:
        yield server


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("written")
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    with kg_serve(folder / "store", "--writable", "--token-file", folder / "token") as server:
        yield server


@pytest.fixture
def emptied(written: Server) -> Server:
    assert written.change("DROP ALL", BEARER).status < 300
    return written


@pytest.fixture(scope="module")
def local(release: Path) -> ox.Store:
    """Return the same triples, in this process."""
    store = ox.Store()
    store.bulk_load(path=release / "graph.ttl")
    return store


def values(local: ox.Store, query: str) -> list[str]:
    solutions = local.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [str(row[0].value) for row in solutions]


def endpoint(server: Server) -> str:
    return server.url.rstrip("/") + server.query


def counted(server: Server) -> int:
    return int(json.loads(server.select(COUNT).body)["results"]["bindings"][0]["n"]["value"])


# rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_reads_rows(server: Server, local: ox.Store, method: Any, form: str) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint(server), method=method, returnFormat=form))
    assert [str(row[0]) for row in graph.query(LABELS)] == values(local, LABELS)  # type: ignore[index]


def test_rdflib_reads_booleans_and_graphs(server: Server, local: ox.Store) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint(server)))
    assert graph.query("ASK { ?s ?p ?o }").askAnswer is True
    assert graph.query("ASK { ?s <urn:none> ?o }").askAnswer is False
    made = graph.query(TYPES).graph
    triples: Any = local.query(TYPES)
    assert made is not None
    assert len(made) == len(list(triples)) > 0


def test_rdflib_reads_patterns(server: Server, local: ox.Store) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint(server)))
    assert len(graph) == len(local)
    models = set(graph.subjects(RDF_TYPE, None))
    assert {str(model) for model in models if isinstance(model, rdflib.URIRef)} == set(
        values(local, "SELECT DISTINCT ?s { ?s a ?type FILTER isIRI(?s) }")
    )


def test_rdflib_writes(emptied: Server) -> None:
    store = SPARQLUpdateStore(endpoint(emptied), endpoint(emptied), headers=BEARER)
    graph = rdflib.Graph(store, DEFAULT)
    strange = [
        rdflib.Literal('a "quoted" text\nwith \\ and \u2028 and 🜚'),
        rdflib.Literal("né", lang="fr"),
        rdflib.Literal(7),
    ]
    for value in strange:
        graph.add((S, P, value))
    assert set(graph.objects(S, P)) == set(strange)
    graph.remove((S, P, strange[0]))
    assert counted(emptied) == 2
    store.update("DELETE WHERE { ?s ?p ?o }")
    assert counted(emptied) == 0


def test_rdflib_writes_named_graphs(emptied: Server) -> None:
    store = SPARQLUpdateStore(endpoint(emptied), endpoint(emptied), headers=BEARER, autocommit=False)
    named = rdflib.Dataset(store).graph(GRAPH)
    named.add((S, P, rdflib.Literal("one")))
    store.commit()
    assert [str(value) for value in named.objects(S, P)] == ["one"]
    asked = f"ASK {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
    assert json.loads(emptied.select(asked).body)["boolean"] is True
    rdflib.Dataset(store).remove_graph(named)
    store.commit()
    assert json.loads(emptied.select(asked).body)["boolean"] is False


def test_rdflib_without_the_token_writes_nothing(emptied: Server) -> None:
    graph = rdflib.Graph(SPARQLUpdateStore(endpoint(emptied), endpoint(emptied)), DEFAULT)
    with pytest.raises(Exception, match=r"40[13]"):
        graph.add((S, P, rdflib.Literal("one")))
    assert counted(emptied) == 0


# SPARQLWrapper


def wrapped(server: Server, method: str = sw.GET, how: str = sw.URLENCODED) -> sw.SPARQLWrapper:
    client = sw.SPARQLWrapper(endpoint(server))
    client.setMethod(method)
    client.setRequestMethod(how)
    return client


@pytest.mark.parametrize(
    ("method", "how"), [(sw.GET, sw.URLENCODED), (sw.POST, sw.URLENCODED), (sw.POST, sw.POSTDIRECTLY)]
)
def test_sparqlwrapper_reads_rows(server: Server, local: ox.Store, method: str, how: str) -> None:
    client = wrapped(server, method, how)
    client.setQuery(LABELS)
    client.setReturnFormat(sw.JSON)
    found: Any = client.queryAndConvert()
    expected = values(local, LABELS)
    assert [row["label"]["value"] for row in found["results"]["bindings"]] == expected
    client.setReturnFormat(sw.XML)
    document: Any = client.queryAndConvert()
    assert [node.firstChild.data for node in document.getElementsByTagName("literal")] == expected
    client.setReturnFormat(sw.CSV)
    text: Any = client.queryAndConvert()
    assert [row["label"] for row in csv.DictReader(io.StringIO(text.decode(), newline=""))] == expected
    client.setReturnFormat(sw.TSV)
    text = client.queryAndConvert()
    assert len(text.decode().splitlines()) == len(expected) + 1


@pytest.mark.parametrize("form", [sw.TURTLE, sw.RDFXML, sw.JSONLD])
def test_sparqlwrapper_reads_graphs(server: Server, local: ox.Store, form: str) -> None:
    client = wrapped(server)
    client.setQuery(TYPES)
    client.setReturnFormat(form)
    answer: Any = client.queryAndConvert()
    graph = answer if isinstance(answer, rdflib.Graph) else rdflib.Graph().parse(data=answer, format="turtle")
    triples: Any = local.query(TYPES)
    assert len(graph) == len(list(triples)) > 0


@pytest.mark.parametrize("method", [sw.GET, sw.POST])
@pytest.mark.parametrize("query", [TYPES, "DESCRIBE ?s { ?s a ?type FILTER isIRI(?s) }"], ids=["CONSTRUCT", "DESCRIBE"])
def test_sparqlwrapper_reads_graphs_as_it_is(server: Server, local: ox.Store, query: str, method: str) -> None:
    client = wrapped(server, method)
    client.setQuery(query)
    graph: Any = client.queryAndConvert()
    triples: Any = local.query(query)
    assert len(graph) == len(list(triples)) > 0


def test_sparqlwrapper_names_the_fault(server: Server) -> None:
    client = wrapped(server)
    client.setQuery("SELECT ?s { ")
    with pytest.raises(sw.SPARQLExceptions.QueryBadFormed):
        client.query()


@pytest.mark.parametrize("how", [sw.URLENCODED, sw.POSTDIRECTLY])
def test_sparqlwrapper_writes(emptied: Server, how: str) -> None:
    client = wrapped(emptied, sw.POST, how)
    client.setQuery(f"INSERT DATA {{ <{S}> <{P}> 1, 2 }}")
    with pytest.raises(Exception, match=r"40[13]|[Uu]nauthorized|[Ff]orbidden|login"):
        client.query()
    assert counted(emptied) == 0
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.query()
    assert counted(emptied) == 2


# Comunica


@pytest.fixture(scope="session")
def comunica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install Comunica by its lock file; return its command."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    version = subprocess.run([node, "--version"], capture_output=True, check=True, text=True).stdout
    if int(version.lstrip("v").partition(".")[0]) < 18:
        pytest.skip(f"Comunica needs Node 18, here is {version.strip()}")
    modules = installed(Path(__file__).parent / "comunica", tmp_path_factory.mktemp("comunica"))
    return modules / ".bin" / "comunica-sparql"


def answered(comunica: Path, *arguments: str) -> str:
    command = [str(comunica), *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sparql@", ""], ids=["as an endpoint", "as whatever its description says"])
def test_comunica_reads(server: Server, local: ox.Store, comunica: Path, kind: str) -> None:
    source = kind + endpoint(server)
    rows = json.loads(answered(comunica, source, LABELS, "-t", "application/sparql-results+json"))
    assert [row["label"]["value"] for row in rows["results"]["bindings"]] == values(local, LABELS)
    made = answered(comunica, source, TYPES, "-t", "application/n-triples")
    triples: Any = local.query(TYPES)
    assert len(set(made.splitlines())) == len(list(triples)) > 0


@pytest.mark.slow
def test_comunica_joins_two_endpoints(server: Server, emptied: Server, comunica: Path, local: ox.Store) -> None:
    (name,) = values(local, "SELECT ?s { ?s a ?type ; <http://www.w3.org/2000/01/rdf-schema#label> ?l } LIMIT 1")
    assert emptied.change(f"INSERT DATA {{ <{name}> <{P}> 'seen' }}", BEARER).status < 300
    query = f"SELECT DISTINCT ?s ?note {{ ?s <{P}> ?note ; a ?type }}"
    sources = (f"sparql@{endpoint(server)}", f"sparql@{endpoint(emptied)}")
    rows = json.loads(answered(comunica, *sources, query, "-t", "application/sparql-results+json"))
    found = [(row["s"]["value"], row["note"]["value"]) for row in rows["results"]["bindings"]]
    assert found == [(name, "seen")]


# curl


def curl(*arguments: str, content: bytes | None = None) -> str:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")
    command = [program, "--silent", "--show-error", "--fail-with-body", "--max-time", "60", *arguments]
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    assert done.returncode in (0, 22), done.stderr.decode()
    return done.stdout.decode()


STATUS = ("--output", "/dev/null", "--write-out", "%{http_code} %{content_type}")


@pytest.mark.parametrize(
    "how",
    [
        ("--get", "--data-urlencode", "query@-"),
        ("--data-urlencode", "query@-"),
        ("--data-binary", "@-", "--header", "Content-Type: application/sparql-query"),
        ("--data-urlencode", "query@-", "--compressed"),
        ("--data-urlencode", "query@-", "--http1.0"),
        ("--data-urlencode", "query@-", "--http2"),
        ("--data-urlencode", "query@-", "--header", "Transfer-Encoding: chunked"),
        ("--data-urlencode", "query@-", "--header", "Expect: 100-continue"),
    ],
    ids=["get", "form", "direct", "compressed", "http1.0", "http2 offered", "chunked", "100-continue"],
)
def test_curl_reads(server: Server, local: ox.Store, how: tuple[str, ...]) -> None:
    text = curl(*how, "--header", "Accept: text/csv", endpoint(server), content=LABELS.encode())
    assert [row["label"] for row in csv.DictReader(io.StringIO(text, newline=""))] == values(local, LABELS)


@pytest.mark.parametrize(
    ("query", "media"),
    [
        *(
            (LABELS, media)
            for media in (
                "application/sparql-results+json",
                "application/sparql-results+xml",
                "text/csv",
                "text/tab-separated-values",
            )
        ),
        *(
            (TYPES, media)
            for media in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
        ),
    ],
)
def test_curl_gets_the_syntax_that_it_asks_for(server: Server, query: str, media: str) -> None:
    asked = ("--get", "--data-urlencode", f"query={query}", "--header", f"Accept: {media}", endpoint(server))
    status, _, found = curl(*STATUS, *asked).partition(" ")
    assert (status, found.partition(";")[0]) == ("200", media)
    headers = curl("--head", *asked)
    assert "200" in headers.splitlines()[0]
    assert media in headers


def test_curl_is_told_when_there_is_no_such_syntax(server: Server) -> None:
    asked = ("--get", "--data-urlencode", f"query={LABELS}", "--header", "Accept: image/png", endpoint(server))
    assert curl(*STATUS, *asked).startswith("406")


def test_curl_asks_again_only_for_what_changed(emptied: Server, tmp_path: Path) -> None:
    tags = ("--etag-save", str(tmp_path / "tag"), "--etag-compare", str(tmp_path / "tag"))
    asked = (*tags, *STATUS, "--get", "--data-urlencode", f"query={COUNT}", endpoint(emptied))
    assert curl(*asked).startswith("200")
    assert curl(*asked).startswith("304")
    assert emptied.change("INSERT DATA { <urn:s> <urn:p> 1 }", BEARER).status < 300
    assert curl(*asked).startswith("200")


def test_curl_writes_and_reads_graphs(emptied: Server, tmp_path: Path) -> None:
    store = emptied.url.rstrip("/") + emptied.store
    bearer = ("--header", f"Authorization: Bearer {TOKEN}")
    turtle = ("--header", "Content-Type: text/turtle")
    (tmp_path / "graph.ttl").write_text("<urn:s> <urn:p> 1, 2 .\n" * 100_000, encoding="utf-8")
    put = (*turtle, "--upload-file", str(tmp_path / "graph.ttl"), f"{store}?graph={GRAPH}")
    assert curl(*STATUS, *put)[:3] in ("401", "403")
    assert curl(*STATUS, *bearer, *put).startswith("201")
    assert curl(*STATUS, *bearer, *put)[:3] in ("200", "204")
    text = curl("--header", "Accept: application/n-triples", f"{store}?graph={GRAPH}")
    assert len(text.splitlines()) == 2
    assert curl(*STATUS, *bearer, "--request", "DELETE", f"{store}?graph={GRAPH}")[:3] in ("200", "204")
    assert curl(*STATUS, f"{store}?graph={GRAPH}").startswith("404")


def test_curl_sees_that_a_page_of_another_site_may_read(server: Server) -> None:
    origin = ("--header", "Origin: https://elsewhere.example")
    answered = curl(*origin, "--include", "--get", "--data-urlencode", f"query={COUNT}", endpoint(server))
    assert "access-control-allow-origin: *" in answered.lower()
    asks = ("--request", "OPTIONS", "--header", "Access-Control-Request-Method: POST")
    preflight = curl(*origin, *asks, "--header", "Access-Control-Request-Headers: content-type", "--include", endpoint(server))  # fmt: skip
    assert preflight.splitlines()[0].split()[1] in ("200", "204")
    assert "content-type" in preflight.lower().partition("access-control-allow-headers:")[2].partition("\n")[0]


@pytest.mark.parametrize("target", ["/store?default", f"/resource.rdf?iri={S}", f"/sparql?query=DESCRIBE%20%3C{S}%3E"])
def test_rdf_xml_is_read_whatever_the_values_are(emptied: Server, target: str) -> None:
    """By a parser that takes XML as its specification has it."""
    text = r"a\rb\r\nc \u0001 \uFFFE < \U0001F600 " + "x" * 20_000 + r" \r"
    assert emptied.change(f'INSERT DATA {{ <{S}> <{P}> "{text}" }}', BEARER).status == 204
    answer = emptied.ask(target, headers={"Accept": "application/rdf+xml"})
    assert (answer.status, answer.media) == (200, "application/rdf+xml")
    read = rdflib.Graph().parse(data=answer.body, format="xml")
    wanted = "a\rb\r\nc \ufffd \ufffd < \U0001f600 " + "x" * 20_000 + " \r"
    assert [str(value) for value in read.objects(S, P)] == [wanted]
