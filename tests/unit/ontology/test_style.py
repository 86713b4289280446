"""The style guide of the ontology, as tests. Each collects all faults and shows them together."""

from __future__ import annotations

import re

import pytest
from rdflib import BNode, Literal, Node, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCAT, DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD

from kg.rdf.units import load_units
from kg.settings import ONTOLOGY
from tests.unit.ontology.contract import TERMS
from tests.unit.ontology.files import (
    ALIGNMENTS,
    ALL,
    CORE,
    KINDS,
    core,
    declared,
    graph_of,
    is_ours,
    local,
    names_used,
)

QUANTITY = URIRef("http://qudt.org/schema/qudt/QuantityValue")
DOMAIN_INCLUDES = URIRef(ONTOLOGY + "domainIncludes")
RANGE_INCLUDES = URIRef(ONTOLOGY + "rangeIncludes")
UNIT_WORD = URIRef(ONTOLOGY + "unitWord")
DATATYPES = {XSD.string, XSD.integer, XSD.decimal, XSD.double, XSD.boolean, XSD.date, RDFS.Literal}
WIDER: dict[Node | None, set[URIRef]] = {
    XSD.integer: {XSD.decimal, RDFS.Literal},
    **{other: {RDFS.Literal} for other in DATATYPES - {XSD.integer}},
}

GRAPH = core()
NAMES = sorted(declared(GRAPH))
CLASSES = {term for term in NAMES if (term, RDF.type, OWL.Class) in GRAPH}
ANNOTATIONS = {term for term in NAMES if (term, RDF.type, OWL.AnnotationProperty) in GRAPH}
PROPERTIES = [term for term in NAMES if term not in CLASSES | ANNOTATIONS]


def values(term: URIRef, predicate: URIRef) -> list[Node]:
    return list(GRAPH.objects(term, predicate))


def test_there_is_something_to_check() -> None:
    assert len(CORE) >= len(CLASSES) >= 15, "modules or classes are missing"
    assert len(PROPERTIES) > 150, "properties are missing"
    assert len(ALL) > len(CORE) + len(ALIGNMENTS), "the reference data and the context are missing"


def test_a_term_is_of_one_kind() -> None:
    kinds = {local(term): [kind for kind in KINDS if (term, RDF.type, kind) in GRAPH] for term in NAMES}
    assert {name: found for name, found in kinds.items() if len(found) != 1} == {}


def test_a_term_is_declared_in_one_file() -> None:
    files = {local(term): [path.name for path in CORE if term in declared(graph_of(path))] for term in NAMES}
    assert {name: found for name, found in files.items() if len(found) != 1} == {}


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition], ids=["label", "definition"])
def test_a_term_has_exactly_one(predicate: URIRef) -> None:
    found = {local(term): values(term, predicate) for term in NAMES}
    assert {name: texts for name, texts in found.items() if len(texts) != 1} == {}
    languages = {
        name: texts for name, texts in found.items() for text in texts if getattr(text, "language", "") != "en"
    }
    assert languages == {}


def test_a_definition_is_a_full_sentence() -> None:
    sentence = re.compile(r"[A-Z][^\n]{20,}[A-Za-z0-9)]\.")
    texts = {(local(term), str(text)) for term in NAMES for text in values(term, SKOS.definition)}
    texts |= {(local(term), str(text)) for term in NAMES for text in values(term, SKOS.scopeNote)}
    assert [(name, text) for name, text in sorted(texts) if not sentence.fullmatch(text) or "  " in text] == []


def test_definitions_and_labels_are_unique() -> None:
    for predicate in (RDFS.label, SKOS.definition):
        texts = [str(text).casefold() for term in NAMES if term not in ANNOTATIONS for text in values(term, predicate)]
        twice = {text for text in texts if texts.count(text) > 1}
        # A class and the property that leads to it share their word, as Accelerator and accelerator do.
        pairs = {str(label).casefold() for term in CLASSES for label in values(term, RDFS.label)}
        assert twice - pairs == set()
        assert all(texts.count(text) == 2 for text in twice)


def test_a_label_is_made_of_the_words_of_the_name() -> None:
    """Labels spell out what a name joins, so that a search for either finds the other."""
    faults = []
    for term in NAMES:
        name, label = local(term), str(values(term, RDFS.label)[0])
        first = re.split(r"(?<=[a-z0-9])(?=[A-Z])", name)[0].casefold()
        if first[:3] not in label.casefold() and name != "co2eEmissions":
            faults.append((name, label))
    assert faults == []


def test_a_term_says_who_defines_it() -> None:
    assert [local(term) for term in NAMES if values(term, RDFS.isDefinedBy) != [URIRef(ONTOLOGY)]] == []


def test_names_follow_the_style() -> None:
    wrong = [local(term) for term in CLASSES if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", local(term))]
    wrong += [
        local(term) for term in NAMES if term not in CLASSES and not re.fullmatch(r"[a-z][A-Za-z0-9]+", local(term))
    ]
    assert wrong == []


def test_one_class_a_file_named_after_it() -> None:
    kebab = {local(term): re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local(term)).lower() for term in CLASSES}
    found = {path.stem: [local(t) for t in declared(graph_of(path)) & CLASSES] for path in CORE}
    assert {stem: names for stem, names in found.items() if names} == {stem: [name] for name, stem in kebab.items()}
    assert {stem for stem, names in found.items() if not names} == {"kg", "shared"}


def test_a_property_has_a_domain_or_several_that_are_included() -> None:
    faults = {}
    for term in PROPERTIES:
        one, several = values(term, RDFS.domain), values(term, DOMAIN_INCLUDES)
        right = (len(one) == 1 and not several) or (not one and len(several) > 1)
        if not right or not set(one + several) <= CLASSES:
            faults[local(term)] = [*one, *several]
    assert faults == {}


def test_a_property_has_a_known_range() -> None:
    faults = {}
    for term in PROPERTIES:
        one, several = values(term, RDFS.range), values(term, RANGE_INCLUDES)
        known = DATATYPES if (term, RDF.type, OWL.DatatypeProperty) in GRAPH else {*CLASSES, QUANTITY, RDF.Property}
        right = (len(one) == 1 and not several) or (not one and several)
        if not right or not set(one + several) <= known:
            faults[local(term)] = [*one, *several]
    assert faults == {}


def test_a_sub_property_fits_its_super_property() -> None:
    faults = []
    for child, parent in GRAPH.subject_objects(RDFS.subPropertyOf):
        if parent not in PROPERTIES or GRAPH.value(child, RDF.type) != GRAPH.value(parent, RDF.type):
            faults.append((local(child), local(parent), "kind"))
        narrow, wide = GRAPH.value(child, RDFS.range), GRAPH.value(parent, RDFS.range)
        if narrow != wide and wide not in WIDER.get(narrow, set()):
            faults.append((local(child), local(parent), "range"))
        if parent in GRAPH.transitive_objects(parent, RDFS.subPropertyOf) and child == parent:
            faults.append((local(child), local(parent), "cycle"))
    assert faults == []


def test_super_classes_and_disjoint_classes_are_ours() -> None:
    related = [*GRAPH.subject_objects(RDFS.subClassOf), *GRAPH.subject_objects(OWL.disjointWith)]
    members = [Collection(GRAPH, node) for node in GRAPH.objects(None, OWL.members) if isinstance(node, BNode)]
    assert related
    assert len(members) == 2
    assert {term for pair in related for term in pair} | {term for names in members for term in names} <= CLASSES
    # Each class but the kinds of accelerator stands in a list, so that a new class is not forgotten.
    listed = {term for names in members for term in names}
    assert {local(term) for term in CLASSES - listed} == {"GPU", "TPU"}


def test_units_are_those_of_the_table() -> None:
    found = {local(term): str(word) for term, word in GRAPH.subject_objects(UNIT_WORD)}
    assert len(found) > 30, "no unit words found"
    assert {name: word for name, word in found.items() if word not in load_units()} == {}


def test_no_file_uses_an_unknown_term() -> None:
    names = {local(term) for term in NAMES}
    unknown = {path.name: sorted(names_used(path) - names) for path in ALL}
    assert sum(len(names_used(path)) for path in ALL) > 300, "the pattern finds no terms"
    assert {name: terms for name, terms in unknown.items() if terms} == {}


def test_the_core_says_nothing_about_foreign_terms() -> None:
    declarations = {(RDF.type, OWL.Class), (RDF.type, OWL.AnnotationProperty)}
    foreign = [(s, p, o) for s, p, o in GRAPH if isinstance(s, URIRef) and not s.startswith(ONTOLOGY)]
    assert foreign, "nothing is declared"
    assert [triple for triple in foreign if triple[1:] not in declarations] == []


def test_the_core_is_one_ontology_without_a_typed_version() -> None:
    header = URIRef(ONTOLOGY)
    assert list(GRAPH.subjects(RDF.type, OWL.Ontology)) == [header]
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.license):
        assert len(values(header, predicate)) == 1, predicate
    assert [p for p in (OWL.versionInfo, OWL.versionIRI, OWL.imports) if values(header, p)] == []


def test_every_text_has_a_language_and_no_stray_spaces() -> None:
    header = URIRef(ONTOLOGY)
    plain = {p for s, p, o in GRAPH if isinstance(o, Literal) and o.language is None and s != header}
    assert plain == {UNIT_WORD}
    assert [o for _, _, o in GRAPH if isinstance(o, Literal) and str(o) != str(o).strip()] == []


# The contract


def test_no_term_of_the_contract_is_missing_or_of_another_range() -> None:
    faults = []
    for carrier, name, range_ in TERMS:
        term = URIRef(ONTOLOGY + name)
        ranges = {str(value) for value in [*values(term, RDFS.range), *values(term, RANGE_INCLUDES)]}
        domains = {local(value) for value in [*values(term, RDFS.domain), *values(term, DOMAIN_INCLUDES)]}
        if range_ not in ranges or carrier not in domains:
            faults.append((carrier, name, range_, sorted(ranges), sorted(domains)))
    assert len(TERMS) > 180, "no contract found"
    assert faults == []


# Alignments

TARGETS = {
    "croissant": "http://mlcommons.org/croissant/",
    "dcat": str(DCAT),
    "fair4ml": "https://w3id.org/fair4ml#",
    "mldcat-ap": "http://data.europa.eu/it6/",
    "mls": "http://www.w3.org/ns/mls#",
    "prov-o": str(PROV),
    "qudt": "http://qudt.org/schema/qudt/",
    "schema-org": str(SDO),
    "skos": str(SKOS),
}
# The foreign terms that were looked up in the target's own files, which the header of each alignment names;
# rdflib knows those of the other targets.
LOOKED_UP = {
    "croissant": "RAI/dataPreprocessingProtocol RAI/dataCollectionRawData RAI/dataManipulationProtocol",
    "fair4ml": "MLModel evaluatedOn trainedOn mlTask intendedUse modelCategory hasCO2eEmissions",
    "mldcat-ap": "MachineLearningModel Run Benchmark Hardware Parameter hasBenchmark trainedOn totalNumberOfParameters "
    "modelArchitecture intendedUse hasInputModality hasParameter trainingTime hasProvider releaseDate powerConsumption "
    "carbonEmitted",
    "mls": "Run Model Dataset HyperParameterSetting specifiedBy hasValue hasInput",
    "qudt": "Quantity hasQuantityKind hasUnit",
}
CLOSED = {"dcat": DCAT, "prov-o": PROV, "schema-org": SDO, "skos": SKOS}
AXIOMS = {RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.propertyChainAxiom}
MATCHES = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
ALIGNMENT = pytest.mark.parametrize("name", sorted(TARGETS))


def test_each_alignment_has_its_file() -> None:
    assert [path.stem for path in ALIGNMENTS] == sorted(TARGETS)


def aligned(name: str) -> list[tuple[Node, Node, Node]]:
    graph = graph_of(next(path for path in ALIGNMENTS if path.stem == name))
    return [triple for triple in graph if triple[1] in AXIOMS | MATCHES]


@ALIGNMENT
def test_an_alignment_has_a_header_and_imports_nothing(name: str) -> None:
    graph = graph_of(next(path for path in ALIGNMENTS if path.stem == name))
    header = URIRef(f"https://kg.example/ns/alignments/{name}")
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [header]
    assert list(graph.objects(header, DCTERMS.references)) == [URIRef(TARGETS[name])]
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.license, SKOS.editorialNote):
        assert len(list(graph.objects(header, predicate))) == 1, predicate
    assert list(graph.subject_objects(OWL.imports)) == []


@ALIGNMENT
def test_an_alignment_relates_our_terms_to_those_of_one_target(name: str) -> None:
    graph = graph_of(next(path for path in ALIGNMENTS if path.stem == name))
    triples = aligned(name)
    assert triples, "the alignment says nothing"
    for subject, predicate, other in triples:
        chain = predicate == OWL.propertyChainAxiom and isinstance(other, BNode)
        ours, theirs = (Collection(graph, other), subject) if chain else ([subject], other)
        assert all(is_ours(term) and term in NAMES for term in ours), (subject, predicate, other)
        assert str(theirs).startswith(TARGETS[name]), (subject, predicate, other)
    structure = {RDF.type, RDF.first, RDF.rest, *AXIOMS, *MATCHES}
    rest = {
        (s, p) for s, p, _ in graph if p not in structure and s != URIRef(f"https://kg.example/ns/alignments/{name}")
    }
    assert rest == set(), "an alignment holds axioms and matches only"


@ALIGNMENT
def test_the_foreign_terms_of_an_alignment_exist(name: str) -> None:
    graph = graph_of(next(path for path in ALIGNMENTS if path.stem == name))
    header = URIRef(TARGETS[name])
    terms = {str(term) for triple in graph for term in triple if str(term).startswith(TARGETS[name]) and term != header}
    found = {term.removeprefix(TARGETS[name]) for term in terms}
    if name == "skos":  # the annotations of the header are SKOS too
        found -= {"editorialNote"}
    assert found, "the alignment names no term of its target"
    if name in CLOSED:
        assert {term for term in found if term not in CLOSED[name]} == set()
    else:
        assert found == set(LOOKED_UP[name].split())


@ALIGNMENT
def test_a_foreign_term_of_an_axiom_is_declared(name: str) -> None:
    """OWL tools read an axiom about an undeclared property as an annotation."""
    graph = graph_of(next(path for path in ALIGNMENTS if path.stem == name))
    for subject, predicate, other in aligned(name):
        if predicate in MATCHES:
            assert (predicate, RDF.type, OWL.AnnotationProperty) in graph
            continue
        chain = predicate == OWL.propertyChainAxiom
        theirs, expected = (subject, OWL.ObjectProperty) if chain else (other, GRAPH.value(subject, RDF.type))
        assert (theirs, RDF.type, expected) in graph, (subject, predicate, other)
