"""The ontology with its alignments, and what the targets say themselves, under the rules of OWL 2 RL."""

from __future__ import annotations

import logging

import owlrl  # type: ignore[import-untyped]
import pytest
from rdflib import RDF, Graph, Literal, Namespace
from rdflib.namespace import PROV, SDO, XSD

from tests.unit.ontology.files import ALIGNMENTS, CORE, merged

KG = Namespace("https://kg.example/ns#")
EX = Namespace("https://kg.example/id/")
FAIR4ML = Namespace("https://w3id.org/fair4ml#")
MLS = Namespace("http://www.w3.org/ns/mls#")
QUDT = Namespace("http://qudt.org/schema/qudt/")
# owlrl reports a contradiction as a node with this property.
ERROR = Namespace("http://www.daml.org/2002/03/agents/agent-ont#").error

PREFIXES = """
@prefix ex: <https://kg.example/id/> .
@prefix kg: <https://kg.example/ns#> .
@prefix mls: <http://www.w3.org/ns/mls#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# Axioms of the targets that could clash with our alignments: PROV-O, ML-Schema 1.0 and SKOS.
TARGETS = """
prov:Activity owl:disjointWith prov:Entity .
prov:Organization rdfs:subClassOf prov:Agent .
prov:used rdfs:domain prov:Activity ; rdfs:range prov:Entity ; rdfs:subPropertyOf prov:wasInfluencedBy .
prov:wasDerivedFrom rdfs:domain prov:Entity ; rdfs:range prov:Entity .
prov:wasAttributedTo rdfs:domain prov:Entity ; rdfs:range prov:Agent .
prov:atLocation rdfs:range prov:Location .
mls:HyperParameterSetting rdfs:subClassOf mls:InformationEntity .
mls:InformationEntity owl:disjointWith mls:Process .
mls:specifiedBy rdfs:range mls:InformationEntity .
skos:broader rdfs:domain skos:Concept ; rdfs:range skos:Concept .
skos:Concept owl:disjointWith skos:ConceptScheme .
"""

CONSISTENT = """
ex:passage a kg:Passage ; kg:fileName "report.txt" ; kg:characterCount 812 ; kg:notStated kg:publicationYear .

ex:model a kg:Model ;
    kg:name "Example-7B" ; kg:parameterCount 7000000000 ; kg:releaseYear 2024 ; kg:describedIn ex:passage ;
    kg:developedBy ex:maker ; kg:evaluatedOn ex:benchmark ; kg:hasComponent ex:encoder ; kg:hasTrainingRun ex:run .
ex:encoder a kg:ModelComponent ; kg:role "vision encoder" ; kg:frozen true ; kg:basedOn ex:design .
ex:design a kg:ModelComponent ; kg:name "CLIP ViT-L/14" .
ex:benchmark a kg:Benchmark , kg:Dataset ; kg:name "MMMU" .

ex:run a kg:TrainingRun ;
    kg:trainingStage "pretraining" ; kg:trainedOn ex:data ; kg:atFacility ex:site ; kg:hasAllocation ex:allocation ;
    kg:acceleratorCount 128 ; kg:weightDecay 0.1 ; kg:hasHyperParameterSetting ex:setting ;
    kg:trainingDuration ex:statement ; kg:achievedThroughput 1.5E14 ; kg:trainingComputeHardwareMethod 2.1E22 .
ex:setting a kg:HyperParameterSetting ; kg:hyperParameter kg:weightDecay ; kg:settingValue 0.1 .
ex:data a kg:Dataset ; kg:tokenCount 300000000000 ; kg:hourCount 12.5 ; kg:wasDerivedFrom ex:web .
ex:web a kg:Dataset ; kg:name "LAION-5B" .

ex:allocation a kg:HardwareAllocation ; kg:accelerator ex:chip ; kg:acceleratorCount 128 ; kg:onCluster ex:cluster .
ex:chip a kg:GPU ; kg:manufacturer ex:maker ; kg:memorySize 80 ; kg:peakThroughputBF16 3.12E14 .
ex:chip skos:broader ex:family .
ex:family a kg:GPU ; kg:referenceVariant ex:chip .
ex:cluster a kg:Cluster ; kg:interconnect "InfiniBand" .
ex:site a kg:Facility ; kg:country ex:country .
ex:country a kg:Country ; kg:isoAlpha3 "FRA" ; kg:gridCarbonIntensity 56.0 .
ex:maker a kg:Organization ; kg:name "Example Labs" .

ex:statement a kg:ExtractedStatement , qudt:QuantityValue ;
    rdf:subject ex:run ; rdf:predicate kg:trainingDuration ; kg:level "stated" ; kg:approximate true ;
    kg:verbatim "three weeks" ; kg:unitText "week" .
ex:derived a kg:DerivedQuantity ;
    kg:quantityOf ex:run ; kg:quantityKind kg:acceleratorHours ; kg:level "derived" ; kg:assumption "None." ;
    prov:wasDerivedFrom ex:statement , ex:chip .
"""

# What is said wrongly, and the words of the message that find it; each case has things of its own.
CONTRADICTIONS = {
    "a model that is a facility": ("ex:a a kg:Model , kg:Facility .", ("Model", "Facility", "id/a")),
    "an accelerator of two kinds": ("ex:b a kg:GPU , kg:TPU .", ("GPU", "TPU", "id/b")),
    "a model that is a benchmark": ("ex:c a kg:Model , kg:Benchmark .", ("Model", "Benchmark", "id/c")),
    "a run at an organization": ("ex:d kg:atFacility [ a kg:Organization ] .", ("Facility", "Organization")),
    "a data set that trains": ("ex:e a kg:Dataset ; kg:trainedOn ex:e2 .", ("TrainingRun", "Dataset", "id/e")),
    "a model as an accelerator": ("ex:f kg:accelerator ex:f2 . ex:f2 a kg:Model .", ("Accelerator", "Model", "id/f2")),
    "a run that is an entity": ("ex:g a kg:TrainingRun , prov:Entity .", ("Activity", "Entity", "id/g")),
    "an accelerator as a scheme": ("ex:h a kg:GPU , skos:ConceptScheme .", ("Concept", "ConceptScheme", "id/h")),
    "a count that is no number": ('ex:i kg:acceleratorCount "128 chips"^^xsd:integer .', ("128 chips", "integer")),
}


def closure(data: str) -> Graph:
    graph = merged([*CORE, *ALIGNMENTS])
    graph.parse(data=PREFIXES + TARGETS + data, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def contradictions(graph: Graph) -> list[str]:
    return sorted(str(message) for message in graph.objects(None, ERROR))


def test_the_ontology_alone_is_consistent() -> None:
    assert contradictions(closure("")) == []


def test_a_good_example_is_consistent_and_means_what_the_alignments_say() -> None:
    graph = closure(CONSISTENT)
    assert contradictions(graph) == []
    expected = [
        (EX.model, RDF.type, FAIR4ML.MLModel),
        (EX.model, RDF.type, SDO.CreativeWork),
        (EX.model, FAIR4ML.trainedOn, EX.data),
        (EX.model, KG.year, Literal(2024)),
        (EX.model, SDO.name, Literal("Example-7B")),
        (EX.run, RDF.type, PROV.Activity),
        (EX.run, PROV.used, EX.data),
        (EX.run, KG.hyperParameterValue, Literal("0.1", datatype=XSD.decimal)),
        (EX.run, KG.trainingCompute, Literal("2.1E22", datatype=XSD.double)),
        (EX.setting, MLS.specifiedBy, KG.weightDecay),
        (EX.data, KG.datasetSize, Literal(300_000_000_000)),
        (EX.data, PROV.wasDerivedFrom, EX.web),
        (EX.chip, RDF.type, KG.Accelerator),
        (EX.derived, RDF.type, QUDT.Quantity),
    ]
    assert [triple for triple in expected if triple not in graph] == []


@pytest.fixture(scope="module")
def messages() -> list[str]:
    """Return what the reasoner says about all wrong examples at once: a closure takes a second."""
    logger = logging.getLogger("rdflib.term")
    logger.disabled = True  # it logs the wrong literal, which is meant here
    try:
        return contradictions(closure("".join(data for data, _ in CONTRADICTIONS.values())))
    finally:
        logger.disabled = False


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_found(case: str, messages: list[str]) -> None:
    words = CONTRADICTIONS[case][1]
    assert any(all(word in message for word in words) for message in messages), messages
