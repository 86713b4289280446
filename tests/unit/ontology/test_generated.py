"""What docs/generate.py makes of the ontology is up to date, and the context means what the ontology says."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyoxigraph
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import XSD

from kg.rdf.vocabulary import load_vocabulary
from tests.shared import ROOT
from tests.unit.ontology.files import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

KG = Namespace("https://kg.example/ns#")
SCRIPT = ROOT / "docs" / "generate.py"


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT), run_name="generate")


def test_generated_files_are_up_to_date(generator: dict[str, Any]) -> None:
    assert generator["OUTPUTS"], "nothing is generated"
    assert generator["stale"]() == {}, "run: python docs/generate.py"


def test_a_changed_file_is_noticed(generator: dict[str, Any], tmp_path: Path) -> None:
    for name in generator["OUTPUTS"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    page = tmp_path / "docs" / "reference" / "ontology.md"
    page.write_text(page.read_text(encoding="utf-8").replace("## Cluster", "## Heap"), encoding="utf-8")
    (tmp_path / "ontology" / "context.jsonld").unlink()
    found = generator["stale"](tmp_path)
    assert set(found) == {"docs/reference/ontology.md", "ontology/context.jsonld"}
    assert "-## Heap" in found["docs/reference/ontology.md"]
    assert "+## Cluster" in found["docs/reference/ontology.md"]


def test_the_check_needs_no_installed_package(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_names_every_term_and_links_to_sections_that_exist() -> None:
    page = (ROOT / "docs" / "reference" / "ontology.md").read_text(encoding="utf-8")
    assert [term.name for term in load_vocabulary() if f"`kg:{term.name}`" not in page] == []
    sections = {line[3:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("## ")}
    links = {part.split(")")[0] for part in page.split("](#")[1:]}
    assert links
    assert links - sections == set()


def test_the_context_has_every_class_and_property() -> None:
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert context["@version"] == 1.1
    names = {term.name for term in load_vocabulary() if term.kind != "annotation"}
    ours = {
        name
        for name, entry in context.items()
        if str(entry["@id"] if isinstance(entry, dict) else entry).startswith("kg:")
    }
    assert ours == names


def test_the_context_gives_values_their_types() -> None:
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))
    document = {
        **context,
        "id": "https://kg.example/id/run/x.pretraining",
        "type": "TrainingRun",
        "acceleratorCount": 128,
        "weightDecay": "0.1",
        "optimizer": "AdamW",
        "modelParallelism": True,
        "achievedThroughput": "3.2E14",
        "atFacility": "https://kg.example/id/facility/x",
        "trainingDuration": "https://kg.example/id/statement/x.1-2.trainingDuration",
    }
    parsed = pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD)
    graph = Graph().parse(data="\n".join(f"{quad.triple} ." for quad in parsed), format="nt")
    run = URIRef(document["id"])
    assert set(graph) == {
        (run, RDF.type, KG.TrainingRun),
        (run, KG.acceleratorCount, Literal("128", datatype=XSD.integer)),
        (run, KG.weightDecay, Literal("0.1", datatype=XSD.decimal)),
        (run, KG.optimizer, Literal("AdamW")),
        (run, KG.modelParallelism, Literal("true", datatype=XSD.boolean)),
        (run, KG.achievedThroughput, Literal("3.2E14", datatype=XSD.double)),
        (run, KG.atFacility, URIRef("https://kg.example/id/facility/x")),
        (run, KG.trainingDuration, URIRef("https://kg.example/id/statement/x.1-2.trainingDuration")),
    }
