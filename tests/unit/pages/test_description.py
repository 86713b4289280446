"""The data forms hold what the page says."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.pages import Download, Site, SiteSettings
from tests.unit.pages.graph import BASE, EX, KG, StoreGraph, site, store


def subjects(triples: list[ox.Triple]) -> set[str]:
    return {triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)}


def test_a_description_has_statements_evidence_links_and_the_document() -> None:
    found = site().description(EX + "orion")
    assert {EX + "orion", EX + "said", EX + "one#char=43,63", BASE + "id/orion.html"} <= subjects(found)
    topic = [t for t in found if t.predicate.value == "http://xmlns.com/foaf/0.1/primaryTopic"]
    assert [t.object for t in topic] == [ox.NamedNode(EX + "orion")]
    assert ox.serialize(found, format=ox.RdfFormat.TURTLE)


def test_what_links_to_a_thing_is_in_its_description() -> None:
    assert ox.Triple(
        ox.NamedNode(EX + "orion"), ox.NamedNode(KG + "hasTrainingRun"), ox.NamedNode(EX + "run")
    ) in site().description(EX + "run")


def test_blank_nodes_come_with_their_thing() -> None:
    found = site('ex:a ex:p [ ex:q [ ex:r "deep" ] ] .').description(EX + "a")
    assert ox.Literal("deep") in [triple.object for triple in found]


def test_a_document_describes_all_its_hash_iris() -> None:
    data = '<https://kg.example/id/doc#a> rdfs:label "1" . <https://kg.example/id/doc#b> rdfs:label "2" .'
    assert {EX + "doc#a", EX + "doc#b"} <= subjects(site(data).description(EX + "doc"))
    assert KG + "Model" in subjects(site().description("https://kg.example/ns"))


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert site().description(EX + "nothing") == []


def test_a_hub_has_a_bounded_description() -> None:
    data = " ".join(f"ex:s{number} ex:p ex:hub ." for number in range(5000)) + ' ex:hub rdfs:label "hub" .'
    assert len(site(data).description(EX + "hub")) < 100


@pytest.mark.parametrize(
    ("iri", "kind"),
    [
        (EX + "orion", "thing"),
        (EX + "graph/one", "thing"),
        ("https://kg.example/ns", "document"),
        (EX + "nothing", None),
        ("nonsense", None),
    ],
)
def test_an_address_is_of_a_thing_a_document_or_nothing(iri: str, kind: str | None) -> None:
    assert site().kind(iri) == kind


def test_the_data_set_is_described_with_its_endpoint_classes_and_files() -> None:
    settings = SiteSettings(
        title="T",
        origin="https://o.example",
        license="https://l.example/",
        downloads=(Download("all", "/dump.nq", "application/n-quads", 5),),
    )
    found = Site(StoreGraph(store("ex:a a ex:C .")), settings).dataset_description()
    objects = {triple.object.value for triple in found if not isinstance(triple.object, ox.Triple)}
    assert {
        "https://o.example/sparql",
        "https://o.example/dump.nq",
        EX + "C",
        "https://l.example/",
        "T",
        "5",
    } <= objects


def test_relations_name_the_forms_and_the_class() -> None:
    found = {(link.rel, link.href) for link in site().links(EX + "orion")}
    assert {
        ("canonical", "/id/orion.html"),
        ("alternate", "/id/orion.ttl"),
        ("describedby", "/id/orion.jsonld"),
        ("type", KG + "Model"),
        ("collection", "/class/kg:Model"),
    } <= found
    assert str(site().links(EX + "orion")[1]) == '</id/orion.html>; rel="alternate"; type="text/html"'
