"""The vocabulary: what it reads of the ontology, what it refuses, and how fast it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from kg.errors import MappingError
from kg.rdf import namespaces
from kg.rdf.namespaces import QUDT, RDF, RDFS, XSD
from kg.rdf.vocabulary import Kind, Vocabulary, load_vocabulary
from kg.resources import resource
from kg.settings import ONTOLOGY
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """
@prefix kg: <https://kg.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def folder_with(folder: Path, turtle: str) -> Path:
    (folder / "terms.ttl").write_text(HEADER + turtle, encoding="utf-8")
    return folder


def test_a_term_has_all_that_the_ontology_says(vocabulary: Vocabulary) -> None:
    term = vocabulary.term("weightDecay")
    assert term.iri == "https://kg.example/ns#weightDecay"
    assert (term.kind, term.range) == ("datatype", XSD + "decimal")
    assert term.label == "weight decay"
    assert term.definition.endswith("at each update.")
    assert (term.parents, term.domains) == (("hyperParameterValue",), ("TrainingRun",))
    assert term.hyper_parameter
    assert vocabulary.term("memorySize").unit == "GigaBYTE"
    assert vocabulary.term("weightDecay").unit is None


@pytest.mark.parametrize(
    ("name", "kind", "range_"),
    [
        ("Model", "class", None),
        ("parameterCount", "datatype", XSD + "integer"),
        ("trainedOn", "object", ONTOLOGY + "Dataset"),
        ("trainingDuration", "quantity", QUDT + "QuantityValue"),
        ("reportedCompute", "quantity", QUDT + "QuantityValue"),
        ("settingValue", "datatype", RDFS + "Literal"),
        ("notStated", "object", RDF + "Property"),
        ("quantityOf", "object", None),
        ("domainIncludes", "annotation", None),
    ],
)
def test_kinds_and_ranges(vocabulary: Vocabulary, name: str, kind: Kind, range_: str | None) -> None:
    assert (vocabulary.term(name).kind, vocabulary.term(name).range) == (kind, range_)


def test_a_misspelt_name_is_an_error_with_the_right_one(vocabulary: Vocabulary) -> None:
    with pytest.raises(MappingError, match=r"no term 'parameterCuont'; did you mean parameterCount.*\[KG212\]"):
        vocabulary.term("parameterCuont")
    with pytest.raises(MappingError, match=r"docs/reference/ontology\.md"):
        vocabulary.term("zzz")
    assert "parameterCount" in vocabulary
    assert "parameterCuont" not in vocabulary


def test_ancestors_and_descendants_are_closures_without_the_term(tmp_path: Path) -> None:
    turtle = """
    kg:a a owl:DatatypeProperty ; rdfs:subPropertyOf kg:b , kg:c .
    kg:b a owl:DatatypeProperty ; rdfs:subPropertyOf kg:d .
    kg:c a owl:DatatypeProperty ; rdfs:subPropertyOf kg:d .
    kg:d a owl:DatatypeProperty .
    """
    vocabulary = load_vocabulary(folder_with(tmp_path, turtle))
    assert [term.name for term in vocabulary.ancestors("a")] == ["b", "c", "d"]
    assert [term.name for term in vocabulary.descendants("d")] == ["a", "b", "c"]
    assert vocabulary.ancestors("d") == ()


def test_a_circle_of_super_properties_ends(tmp_path: Path) -> None:
    turtle = """
    kg:a a owl:DatatypeProperty ; rdfs:subPropertyOf kg:b .
    kg:b a owl:DatatypeProperty ; rdfs:subPropertyOf kg:a .
    """
    vocabulary = load_vocabulary(folder_with(tmp_path, turtle))
    assert [term.name for term in vocabulary.ancestors("a")] == ["b"]


def test_hyper_parameters_are_those_below_the_super_property(vocabulary: Vocabulary) -> None:
    names = {term.name for term in vocabulary if term.hyper_parameter}
    assert names == {term.name for term in vocabulary.descendants("hyperParameterValue")}
    assert {"optimizer", "weightDecay", "globalBatchSize", "warmupSteps"} <= names
    assert names & {"hyperParameter", "hyperParameterValue", "curriculum", "tokensPerBatch"} == set()


FAMILIES = {
    "hyperParameterValue": """globalBatchSize localBatchSize contextLength initialContextLength optimizer adamBeta1
        adamBeta2 adamEpsilon weightDecay dropout learningRate peakLearningRate minLearningRate learningRateSchedule
        warmupSteps warmupType gradientClipNorm stepCount epochCount""",
    "year": """releaseYear developmentYear evaluationYear finalizedYear checkpointFinalizedYear publicationYear""",
    "datasetSize": """tokenCount pairCount clipCount exampleCount imageCount documentCount sampleCount hourCount
        storageSize""",
    "trainingCompute": """trainingComputeHardwareMethod trainingComputeOperationCounting reportedComputeFLOP""",
    "modelFlopsUtilization": """modelFlopsUtilizationReported impliedUtilization""",
    "peakThroughput": """peakThroughputFP64 peakThroughputFP32 peakThroughputTF32 peakThroughputBF16
        peakThroughputFP16 peakThroughputFP8 peakThroughputINT8 peakThroughputFP4""",
    "Accelerator": """GPU TPU""",
}


@pytest.mark.parametrize("parent", FAMILIES)
def test_super_properties_gather_what_belongs_together(vocabulary: Vocabulary, parent: str) -> None:
    assert {term.name for term in vocabulary.descendants(parent)} == set(FAMILIES[parent].split())


def test_terms_come_in_alphabetical_order_and_cannot_be_changed(vocabulary: Vocabulary) -> None:
    names = [term.name for term in vocabulary]
    assert len(names) == len(vocabulary) > 190
    assert names == sorted(names)
    with pytest.raises(FrozenInstanceError):
        vocabulary.term("Model").label = "robot"  # type: ignore[misc]
    with pytest.raises(TypeError):
        vocabulary.terms["Robot"] = vocabulary.term("Model")  # type: ignore[index]


def test_a_folder_is_read_once_and_the_default_is_our_ontology(vocabulary: Vocabulary) -> None:
    assert load_vocabulary() is vocabulary
    assert load_vocabulary(resource("ontology")) is vocabulary


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"no ontology here.*\[KG211\]"):
        load_vocabulary(tmp_path)


def test_a_broken_file_is_an_error_with_its_name_and_line(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"terms\.ttl: .*\[KG211\]") as caught:
        load_vocabulary(folder_with(tmp_path, "\nkg:a a owl:Class ;; oops"))
    assert "line" in str(caught.value)


def test_an_undeclared_super_property_is_an_error(tmp_path: Path) -> None:
    turtle = "kg:weightDecay a owl:DatatypeProperty ; rdfs:subPropertyOf kg:weihgt . kg:weight a owl:DatatypeProperty ."
    with pytest.raises(MappingError, match="no term 'weihgt'; did you mean weight"):
        load_vocabulary(folder_with(tmp_path, turtle))


def test_loading_is_fast_and_needs_no_heavy_library() -> None:
    code = "import sys, kg.rdf.vocabulary as v; v.load_vocabulary(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "kg.rdf.vocabulary" in done.stdout.split()
    assert {"rdflib", "pandas", "pyarrow", "pyshacl", "difflib"} & set(done.stdout.split()) == set()
    times = []
    for _ in range(5):
        start = perf_counter()
        load_vocabulary.__globals__["_load"].__wrapped__(resource("ontology"))
        times.append(perf_counter() - start)
    assert min(times) < 0.03, "reading all modules takes less than 30 ms"


def test_namespaces_end_where_names_begin() -> None:
    found = {name: value for name, value in vars(namespaces).items() if name.isupper()}
    names = "DC DCAT DCTERMS FOAF OA OWL PROV QUDT RDF RDFS SCHEMA SCHEMA_OLD SH SKOS UNIT VOID XSD"
    assert sorted(found) == names.split()
    assert [name for name, value in found.items() if not value.startswith("http") or value[-1] not in "#/"] == []
