"""The files of a release: the same quads give the same bytes, in whatever order they come."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import zstandard

from kg.rdf.namespaces import DCAT, DCTERMS, RDF, VOID
from kg.rdf.terms import literal
from kg.release import open_release, write_graph, write_manifest, write_quads, write_triples, write_turtle, write_void
from kg.settings import ONTOLOGY, Settings
from tests.session import QuadRow, session

BASE = "https://x.example/id/"
MODEL, RUN = f"<{BASE}model/a>", f"<{BASE}run/a.x>"
TYPE, LABEL = f"<{RDF}type>", "<http://www.w3.org/2000/01/rdf-schema#label>"
GRAPH, OTHER = f"<{BASE}graph/a>", f"<{BASE}graph/b>"
NASTY = "quote \" back\\slash\r\n\ttab \x00\x01\x7f é葉 \U0001f600 \u2028 \uffff, ; ' $$"

QUADS: list[QuadRow] = [
    (MODEL, TYPE, f"<{ONTOLOGY}Model>", GRAPH),
    (MODEL, TYPE, f"<{ONTOLOGY}Model>", OTHER),
    (MODEL, LABEL, literal(NASTY), GRAPH),
    (MODEL, LABEL, literal("x", language="en"), OTHER),
    (MODEL, f"<{ONTOLOGY}hasTrainingRun>", RUN, GRAPH),
    (MODEL, f"<{ONTOLOGY}parameterCount>", '"70"^^<http://www.w3.org/2001/XMLSchema#integer>', GRAPH),
    (RUN, TYPE, f"<{ONTOLOGY}TrainingRun>", GRAPH),
    (RUN, f"<{BASE}p>", literal(""), None),
    (RUN, "<http://a.example/before-every-other>", literal("z"), None),
    (MODEL, f"<{BASE}p>", literal("\uffff"), None),
    (MODEL, f"<{BASE}p>", literal("\U00010000"), None),
]


def shuffled(seed: int) -> list[QuadRow]:
    """Return the quads in another order, some of them twice."""
    generator = random.Random(seed)  # noqa: S311 - no secret
    rows = QUADS + generator.sample(QUADS, 4)
    generator.shuffle(rows)
    return rows


def written(folder: Path, quads: Sequence[QuadRow]) -> dict[str, bytes]:
    folder.mkdir()
    with session(quads) as con:
        write_graph(con, folder)
        write_turtle(write_triples(con, folder), folder, BASE)
        write_void(con, folder, Settings(BASE))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_quads_are_canonical_lines_sorted_by_code_point(tmp_path: Path) -> None:
    with session(shuffled(1)) as con:
        lines = write_quads(con, tmp_path).read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert lines == sorted(" ".join(term for term in row if term is not None) + " ." for row in QUADS)


def test_what_is_written_is_what_was_there(tmp_path: Path) -> None:
    with session(QUADS) as con:
        path = write_quads(con, tmp_path)
    found = {
        (
            str(q.subject),
            str(q.predicate),
            str(q.object),
            None if isinstance(q.graph_name, ox.DefaultGraph) else str(q.graph_name),
        )
        for q in ox.parse(path=path)
    }
    assert found == set(QUADS)
    dataset = rdflib.Dataset()
    dataset.parse(path, format="nquads")
    assert len(list(dataset.quads())) == len(QUADS)


def test_the_same_quads_give_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "first", QUADS)
    assert set(first) == {"graph.nq", "graph.nq.zst", "graph.nt", "graph.ttl", "void.ttl"}
    for seed in range(3):
        assert written(tmp_path / str(seed), shuffled(seed)) == first


def test_the_graph_is_compressed(tmp_path: Path) -> None:
    with session(QUADS) as con:
        plain = write_graph(con, tmp_path)
    data = (tmp_path / "graph.nq.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompress(data) == plain.read_bytes()
    assert zstandard.frame_content_size(data) == plain.stat().st_size


def test_each_triple_is_written_once_and_types_come_first(tmp_path: Path) -> None:
    with session(shuffled(2)) as con:
        path = write_triples(con, tmp_path)
    triples = [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in ox.parse(path=path)]
    assert set(triples) == {row[:3] for row in QUADS}
    assert len(triples) == len(set(triples))
    subjects = [subject for subject, _, _ in triples]
    assert subjects == sorted(subjects)
    for subject in set(subjects):
        kinds = [predicate == TYPE for its, predicate, _ in triples if its == subject]
        assert kinds == sorted(kinds, reverse=True)


def test_turtle_is_for_people_and_says_the_same(tmp_path: Path) -> None:
    with session(QUADS) as con:
        write_turtle(write_triples(con, tmp_path), tmp_path, BASE)
    text = (tmp_path / "graph.ttl").read_text(encoding="utf-8")
    assert "\nmodel:a a kg:Model ;" in text
    found = {tuple(str(part) for part in quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert found == {row[:3] for row in QUADS}
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == len({row[:3] for row in QUADS})


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's a [folder]*? {x} ; \\ é"
    assert set(written(folder, QUADS)) == {"graph.nq", "graph.nq.zst", "graph.nt", "graph.ttl", "void.ttl"}


def test_an_empty_graph_is_written_too(tmp_path: Path) -> None:
    files = written(tmp_path / "empty", [])
    assert files["graph.nq"] == files["graph.nt"] == b""
    assert zstandard.ZstdDecompressor().decompress(files["graph.nq.zst"]) == b""
    assert len(rdflib.Graph().parse(data=files["void.ttl"], format="turtle")) > 5


def test_the_description_counts_what_is_there(tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(data=written(tmp_path / "out", shuffled(3))["void.ttl"], format="turtle")
    dataset = rdflib.URIRef(BASE + "void")
    void = rdflib.Namespace(VOID)

    def number(thing: rdflib.term.Node, name: str) -> int:
        return int(str(graph.value(thing, void[name])))

    def counted(partition: str, key: str, counts: str) -> dict[str, int]:
        return {
            str(graph.value(part, void[key])): number(part, counts) for part in graph.objects(dataset, void[partition])
        }

    assert counted("classPartition", "class", "entities") == {f"{ONTOLOGY}Model": 1, f"{ONTOLOGY}TrainingRun": 1}
    properties = counted("propertyPartition", "property", "triples")
    assert properties == {
        f"{RDF}type": 2,
        LABEL[1:-1]: 2,
        f"{ONTOLOGY}hasTrainingRun": 1,
        f"{ONTOLOGY}parameterCount": 1,
        f"{BASE}p": 3,
        "http://a.example/before-every-other": 1,
    }
    names = ("triples", "distinctSubjects", "properties", "distinctObjects")
    assert {name: number(dataset, name) for name in names} == {
        "triples": 10,
        "distinctSubjects": 2,
        "properties": 6,
        "distinctObjects": 10,
    }
    assert set(map(str, graph.objects(dataset, void.vocabulary))) == {
        ONTOLOGY,
        RDF,
        LABEL[1:-1].removesuffix("label"),
        BASE,
        "http://a.example/",
    }
    titles = {
        str(title)
        for part in graph.objects(dataset, rdflib.URIRef(DCAT + "distribution"))
        for title in graph.objects(part, rdflib.URIRef(DCTERMS + "title"))
    }
    assert titles == {"graph.nq.zst", "graph.ttl"}


def test_the_description_names_no_dump_that_is_not_there(tmp_path: Path) -> None:
    with session(QUADS) as con:
        write_graph(con, tmp_path)
        write_void(con, tmp_path, Settings(BASE))
    assert "graph.ttl" not in (tmp_path / "void.ttl").read_text(encoding="utf-8")


def test_the_description_tells_title_and_licence(tmp_path: Path) -> None:
    with session(QUADS) as con:
        write_void(con, tmp_path, Settings(BASE, title='A "title"', license="https://x.example/licence"))
    graph = rdflib.Graph().parse(tmp_path / "void.ttl")
    dataset = rdflib.URIRef(BASE + "void")
    assert graph.value(dataset, rdflib.URIRef(DCTERMS + "title")) == rdflib.Literal('A "title"', lang="en")
    assert graph.value(dataset, rdflib.URIRef(DCTERMS + "license")) == rdflib.URIRef("https://x.example/licence")


def test_a_predicate_without_a_namespace_is_described_too(tmp_path: Path) -> None:
    assert b"urn:x:p" in written(tmp_path / "out", [("<urn:x:s>", "<urn:x:p>", "<urn:x:o>", None)])["void.ttl"]


@pytest.mark.parametrize("text", ["é葉", 'a "b"', "\U0001f600"])
def test_a_manifest_comes_back(tmp_path: Path, text: str) -> None:
    content = {"settings": {"base": BASE}, "text": text, "list": [1, 2.5, None]}
    write_manifest(tmp_path, content)
    assert open_release(tmp_path).manifest == content
    assert (tmp_path / "manifest.json").read_text(encoding="utf-8") == json.dumps(
        content, indent=2, ensure_ascii=False
    ) + "\n"
