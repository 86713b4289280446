"""What `kg build` writes: all of it, the same each time, and readable by others."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import to_isomorphic

from kg.rdf.quads import parse_file
from tests.e2e.conftest import kg
from tests.serving import kg_serve
from tests.shared import ROOT, shared_path

FILES = {"graph.nq.zst", "graph.ttl", "manifest.json", "report.html", "report.json", "report.ttl", "store", "void.ttl"}


def test_release_holds_its_files(release: Path) -> None:
    assert {path.name for path in release.iterdir()} == FILES
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert [source["name"] for source in manifest["sources"]] == sorted(path.stem for path in ROOT.glob("seeds/*.txt"))
    for source in manifest["sources"]:
        assert hashlib.sha256((ROOT / "seeds" / f"{source['name']}.txt").read_bytes()).hexdigest() == source["sha256"]
    assert manifest["findings"]["violation"] == 2
    assert manifest["quads"] == sum(1 for _ in parse_file(release / "graph.nq.zst"))


def test_error_flags_are_in_the_report(release: Path) -> None:
    findings = json.loads((release / "report.json").read_text(encoding="utf-8"))["findings"]
    wrong = {(each["code"], each["source"]) for each in findings if each["severity"] == "violation"}
    assert wrong == {
        (code, "001_8ea9fc188a3530c8.txt") for code in ("utilization-above-1", "reported-compute-implausible")
    }
    assert all(each["text"] for each in findings if each["severity"] == "violation")


def test_release_has_no_blank_node_and_is_sorted(release: Path) -> None:
    lines = [str(quad) for quad in parse_file(release / "graph.nq.zst")]
    assert len(lines) > 4000
    assert not any("_:" in line.split(" ")[0] for line in lines)
    ox.parse(path=str(release / "graph.ttl"))


def test_builds_are_the_same_bytes(release: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other place"
    elsewhere.mkdir()
    shutil.copytree(ROOT / "seeds", elsewhere / "a folder")
    sources = [f"a folder/{path.name}" for path in sorted((elsewhere / "a folder").glob("*.txt"), reverse=True)]
    assert len(sources) == 5
    done = kg("build", *sources, "-o", "out", "--threads", "2", cwd=elsewhere, env={"PYTHONHASHSEED": "12345"})
    assert done.returncode == 0, done.stderr.decode()
    for name in ("graph.nq.zst", "graph.ttl", "void.ttl", "report.json", "report.ttl", "report.html"):
        assert (elsewhere / "out" / name).read_bytes() == (release / name).read_bytes(), name


def test_title_and_licence_are_settings(tmp_path: Path) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    done = kg(
        "build",
        ROOT / "seeds" / "000_5e80782ab8af4a1a.txt",
        "-o",
        tmp_path / "out",
        "--title",
        "Our models",
        "--license",
        licence,
    )
    assert done.returncode == 0, done.stderr
    described = (tmp_path / "out" / "void.ttl").read_text(encoding="utf-8")
    assert '"Our models"@en' in described
    assert f"<{licence}>" in described
    with kg_serve(tmp_path / "out") as server:
        home = server.ask("/", headers={"Accept": "text/html"}).text
    assert "Our models" in home
    assert licence in home
    refused = kg("build", ROOT / "seeds" / "000_5e80782ab8af4a1a.txt", "-o", tmp_path / "other", "--license", "no iri")
    assert refused.returncode == 2
    assert b"--license" in refused.stderr


def test_base_is_a_setting(tmp_path: Path) -> None:
    done = kg("build", ROOT / "seeds", "-o", tmp_path / "out", "--base", "https://data.example.org/id/")
    assert done.returncode == 0, done.stderr.decode()
    subjects = {quad.subject.value for quad in parse_file(tmp_path / "out" / "graph.nq.zst")}  # type: ignore[union-attr]
    assert len(subjects) > 500
    assert all(subject.startswith("https://data.example.org/id/") for subject in subjects)


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld", "trig", "nq", "nt"])
def test_exports_are_read_back_by_others(release: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"graph.{suffix}"
    done = kg("export", release, "-o", target)
    assert done.returncode == 0, done.stderr.decode()
    quads = set(parse_file(release / "graph.nq.zst"))
    with_graphs = suffix in ("jsonld", "trig", "nq")
    expected = quads if with_graphs else {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads}
    assert set(ox.parse(path=str(target))) == expected
    formats = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "trig": "trig", "nq": "nquads", "nt": "nt"}
    dataset = rdflib.Dataset()
    dataset.parse(target, format=formats[suffix])
    reference = rdflib.Graph()
    for quad in expected:
        reference.add(_triple(quad))
    merged = rdflib.Graph()
    for subject, predicate, value, _ in dataset.quads():
        merged.add((subject, predicate, value))
    assert to_isomorphic(merged) == to_isomorphic(reference)
    if with_graphs:
        assert len(set(dataset.quads())) == len(quads)


def _triple(quad: ox.Quad) -> tuple[rdflib.URIRef, rdflib.URIRef, rdflib.URIRef | rdflib.Literal]:
    value = quad.object
    term: rdflib.URIRef | rdflib.Literal
    if isinstance(value, ox.Literal):
        datatype = (
            None
            if value.language or value.datatype.value.endswith("XMLSchema#string")
            else rdflib.URIRef(value.datatype.value)
        )
        term = rdflib.Literal(value.value, lang=value.language, datatype=datatype)
    else:
        assert isinstance(value, ox.NamedNode)
        term = rdflib.URIRef(value.value)
    return rdflib.URIRef(quad.subject.value), rdflib.URIRef(quad.predicate.value), term  # type: ignore[union-attr]


def test_extract_quotes_the_source(tmp_path: Path) -> None:
    lead = "Ein Vorwort – 葉篤正 😀 \U0001d538\r\n"
    for path in ROOT.glob("seeds/*.txt"):
        (tmp_path / path.name).write_bytes(lead.encode() + path.read_bytes())
    done = kg("extract", tmp_path)
    assert done.returncode == 0
    facts = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(facts) > 200
    for fact in facts:
        text = Path(fact["source"]).read_bytes().decode()
        assert fact["text"] == text[fact["start"] : fact["end"]]


@pytest.mark.slow
def test_a_corpus_is_built_and_its_tags_are_exact(tmp_path: Path) -> None:
    corpus = shared_path("passages", "passages.jsonl")
    done = kg("build", ROOT / "seeds", corpus, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr.decode()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["sources"]) == 5 + len(corpus.read_text(encoding="utf-8").splitlines())
    assert manifest["quads"] > 100_000
