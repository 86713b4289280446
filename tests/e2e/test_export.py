"""`kg export` by the command line: every RDF syntax says the same, in the same bytes each time, packed or not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import zstandard

from tests.e2e.conftest import kg

FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
RDFLIB = {"nt": "nt", "ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


def quads(release: Path) -> set[ox.Quad]:
    data = zstandard.ZstdDecompressor().decompressobj().decompress((release / "graph.nq.zst").read_bytes())
    found = set(ox.parse(data, format=ox.RdfFormat.N_QUADS))
    assert len(found) > 1000
    return found


def triples(release: Path) -> set[ox.Quad]:
    return {ox.Quad(each.subject, each.predicate, each.object) for each in quads(release)}


@pytest.mark.parametrize("format_", FORMATS)
def test_a_release_in_each_syntax_is_the_same_graph(release: Path, tmp_path: Path, format_: str) -> None:
    output = tmp_path / f"graph.{format_}"
    done = kg("export", release, "-o", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    meant = quads(release) if format_ in ("nq", "trig", "jsonld") else triples(release)
    assert set(ox.parse(path=str(output), format=FORMATS[format_])) == meant
    if format_ in RDFLIB:
        assert len(rdflib.Dataset().parse(str(output), format=RDFLIB[format_])) > 0


def test_the_lines_are_those_of_the_release(release: Path) -> None:
    written = kg("export", release, "--format", "nq").stdout
    packed = (release / "graph.nq.zst").read_bytes()
    assert written == zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    lines = kg("export", release, "--format", "nt").stdout.splitlines()
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("format_", ["ttl", "jsonld"])
def test_a_packed_file_holds_what_standard_output_shows_each_time(release: Path, tmp_path: Path, format_: str) -> None:
    shown = kg("export", release, "--format", format_).stdout
    assert kg("export", release, "--format", format_, env={"PYTHONHASHSEED": "7"}).stdout == shown
    for suffix in ("gz", "zst"):
        assert kg("export", release, "-o", tmp_path / f"a.{format_}.{suffix}").returncode == 0
    assert gzip.decompress((tmp_path / f"a.{format_}.gz").read_bytes()) == shown
    packed = (tmp_path / f"a.{format_}.zst").read_bytes()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == shown


def test_a_file_keeps_its_own_prefixes(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        "@prefix mine: <http://a.example/ns#> . @prefix other: <http://b.example/> . mine:a mine:p [ mine:q ( 1 2 ) ] ."
    )
    done = kg("export", tmp_path / "a.ttl", "--format", "ttl")
    assert done.stdout.decode() == (
        "@prefix mine: <http://a.example/ns#> .\n\nmine:a mine:p [\n        mine:q ( 1 2 )\n    ] .\n"
    )


def test_evidence_as_reifiers(release: Path, tmp_path: Path) -> None:
    done = kg("export", release, "-o", tmp_path / "a.ttl", "--evidence", "reifiers")
    assert done.returncode == 0, done.stderr
    found = list(ox.parse(path=str(tmp_path / "a.ttl"), format=ox.RdfFormat.TURTLE))
    terms = [each for each in found if isinstance(each.object, ox.Triple)]
    extracted = [each for each in triples(release) if str(each.object) == "<https://kg.example/ns#ExtractedStatement>"]
    assert len(terms) == len(extracted) > 100
    assert len(found) == len(triples(release)) - 2 * len(terms)


def test_a_frame_is_a_tree_for_each_model(release: Path) -> None:
    document = json.loads(kg("export", release, "--format", "jsonld", "--frame", "Model").stdout)
    models = {str(each.subject) for each in triples(release) if str(each.object) == "<https://kg.example/ns#Model>"}
    assert len(document["@graph"]) == len(models) > 3
    assert all("Model" in each["type"] for each in document["@graph"])
    assert any(isinstance(each.get("hasTrainingRun"), list | dict) for each in document["@graph"])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--format", "rdf", "--evidence", "reifiers"], b"KG520"),
        (["--format", "ttl", "--frame", "Model"], b"KG520"),
        (["--format", "jsonld", "--frame", "Nothing"], b"KG521"),
    ],
)
def test_what_cannot_be_is_an_error(release: Path, options: list[str], code: bytes) -> None:
    done = kg("export", release, *options)
    assert done.returncode == 3
    assert code in done.stderr
    assert done.stdout == b""
