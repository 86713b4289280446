"""Small graphs of things for the tests of questions."""

from __future__ import annotations

import networkx as nx
import pyoxigraph as ox

from kg.analysis import entities
from tests.session import session

NAMES = {"kg": "https://kg.example/ns#", "x": "https://x.example/"}
HEAD = """
@prefix kg: <https://kg.example/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://x.example/> .
"""
# Two models share a dataset and, by way of their runs, an accelerator with its maker; a third shares only the maker.
MODELS = (
    HEAD
    + """
x:falcon a kg:Model ; rdfs:label "Falcon" ; x:trainedOn x:web ; kg:hasTrainingRun x:run-1 ; kg:hasComponent [ a kg:ModelComponent ; x:like x:clip ] .
x:orion a kg:Model ; rdfs:label "Orion" ; x:trainedOn x:web ; kg:hasTrainingRun x:run-2 .
x:lyra a kg:Model ; rdfs:label "Lyra" ; kg:hasTrainingRun x:run-3 .
x:run-1 a kg:TrainingRun ; kg:hasAllocation x:use-1 . x:use-1 a kg:HardwareAllocation ; kg:accelerator x:a100 .
x:run-2 a kg:TrainingRun ; kg:hasAllocation x:use-2 . x:use-2 a kg:HardwareAllocation ; kg:accelerator x:a100 .
x:run-3 a kg:TrainingRun ; kg:hasAllocation x:use-3 . x:use-3 a kg:HardwareAllocation ; kg:accelerator x:h100 .
x:a100 a kg:Accelerator, skos:Concept ; skos:prefLabel "A100"@en, "A-cent"@fr ; rdfs:label "other" ; kg:manufacturer x:nvidia .
x:h100 a kg:Accelerator ; rdfs:label "H100" ; kg:manufacturer x:nvidia .
x:nvidia a kg:Organization ; rdfs:label "NVIDIA" .
x:web a kg:Dataset ; rdfs:label "RefinedWeb" .
x:clip a kg:ModelComponent ; rdfs:label "CLIP" .
x:alone a kg:Dataset ; rdfs:label "Alone" .
x:trainedOn rdfs:label "trained on" .
x:statement a kg:ExtractedStatement ; rdf:subject x:falcon ; rdf:object x:web .
x:passage a kg:Passage . x:falcon kg:describedIn x:passage .
"""
)
X = "https://x.example/"


def graph_of(turtle: str, **options: object) -> nx.MultiDiGraph[str]:
    """Return the entities of a graph in Turtle."""
    rows = [
        (str(quad.subject), str(quad.predicate), str(quad.object), None)
        for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    ]
    return entities(session(rows), **options)  # type: ignore[arg-type]
