"""What one can do with a graph that is there: a file of any syntax, or somebody else's endpoint."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import targets
from kg.errors import KgError, ReleaseError, SourceError

TURTLE = """
@prefix kg: <https://kg.example/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://kg.example/id/model/a> a kg:Model ; rdfs:label "A" ; kg:parameterCount 7 ; kg:hasComponent [ kg:role "eye" ] .
"""


@pytest.fixture(params=["a.ttl", "a.ttl.gz", "a.nt", "a.rdf", "a.jsonld"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / str(request.param)
    triples = [quad.triple for quad in ox.parse(TURTLE, format=ox.RdfFormat.TURTLE)]
    syntax = {".nt": ox.RdfFormat.N_TRIPLES, ".rdf": ox.RdfFormat.RDF_XML, ".jsonld": ox.RdfFormat.JSON_LD}.get(
        path.suffix, ox.RdfFormat.TURTLE
    )
    data = ox.serialize(triples, format=syntax)
    assert data is not None
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


def test_a_file_can_be_queried(file: str) -> None:
    assert targets.query(file, "SELECT ?n { ?m kg:parameterCount ?n }", None) == b"n\n\xe2\x94\x80\n7\n(1 row)\n"


def test_a_file_can_be_explained(file: str) -> None:
    assert targets.explain(file, "A").iri == "https://kg.example/id/model/a"


def test_a_file_can_be_counted(file: str) -> None:
    assert ("class", "kg:Model", 1) in targets.stats(file)


def test_a_file_can_be_exported_with_the_same_bytes_each_time(file: str, tmp_path: Path) -> None:
    outputs = [tmp_path / f"out{number}.ttl" for number in range(2)]
    for output in outputs:
        targets.export(file, str(output), None)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert b"model:a a kg:Model" in outputs[0].read_bytes()


def test_a_file_can_be_validated(file: str) -> None:
    assert targets.validate(file, (), "auto").findings


@pytest.mark.parametrize("target", ["http://x.example/sparql", "https://x.example/sparql"])
def test_an_address_is_asked(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(*arguments: Any) -> bytes:
        asked.append(arguments)
        return b"answer"

    monkeypatch.setattr("kg.query.ask_endpoint", ask)
    assert targets.query(target, "ASK {}", None) == b"answer"
    assert asked[0][:3] == (target, "ASK {}", "table")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/a.ttl", "http:/x", "-"])
def test_another_address_is_none(target: str) -> None:
    with pytest.raises(ReleaseError, match="KG404"):
        targets.query(target, "ASK {}", None)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.ttl", b"<s> <p>", "KG151"),
        ("a.docx", b"", "KG151"),
        ("a.ttl.gz", b"no gzip", "KG150"),
        ("a.nt", b"\xff", "KG15"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for ask in (lambda: targets.query(str(path), "ASK {}", None), lambda: targets.stats(str(path))):
        with pytest.raises(SourceError, match=code):
            ask()


def test_a_folder_that_is_no_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(KgError, match=r"has no manifest\.json.*KG404"):
        targets.stats(str(tmp_path))
