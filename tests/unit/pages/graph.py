"""A graph over a store in memory, a small release-like one, and what every page must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import html5rdf  # type: ignore[import-untyped]
import pyoxigraph as ox

from kg.pages import Site, SiteSettings, Term
from kg.pages.graph import Row
from kg.pages.store import StoreGraph as Held
from kg.rdf.prefixes import prefixes
from kg.settings import DEFAULT_BASE

BASE = "https://kg.example/"
KG = "https://kg.example/ns#"
EX = f"{BASE}id/"
PREFIXES = f"""
PREFIX kg: <{KG}> PREFIX ex: <{EX}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX qudt: <http://qudt.org/schema/qudt/> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""
TEXT = "Hello. The <model>Orion-7B</model> has 7 billion parameters & runs on 128 chips."
# One passage, one model with a stated, a derived and a reference value, and a run that is told of by its own node.
RELEASE = f"""
GRAPH ex:graph\\/one {{
  ex:one a kg:Passage ; rdfs:label "one.txt" ; kg:fileName "one.txt" ; kg:notStated kg:year .
  ex:orion a kg:Model ; rdfs:label "Orion-7B" ; kg:name "Orion-7B" ; kg:parameterCount 7000000000 ; kg:describedIn ex:one ;
    kg:hasTrainingRun ex:run ; kg:releaseYear 2024 .
  ex:run a kg:TrainingRun ; rdfs:label "run of Orion-7B" ; kg:hasAllocation ex:allocation ; kg:trainingDuration ex:duration .
  ex:allocation a kg:HardwareAllocation ; kg:acceleratorCount 128 ; kg:accelerator ex:chip .
  ex:duration a kg:ExtractedStatement , qudt:QuantityValue ; rdf:subject ex:run ; rdf:predicate kg:trainingDuration ; rdf:object 10 ;
    qudt:numericValue 10 ; kg:unitText "week" ; kg:level "stated" ; kg:rule "tag:training" ; kg:verbatim "some 10 weeks" ; kg:approximate true .
  ex:said a kg:ExtractedStatement ; rdf:subject ex:orion ; rdf:predicate kg:parameterCount ; rdf:object 7000000000 ; kg:level "stated" ;
    kg:rule "tag:params" ; kg:verbatim "7 billion parameters" ; oa:hasSource ex:one ; oa:hasSelector <{EX}one#char=43,63> .
  <{EX}one#char=43,63> oa:start 43 ; oa:end 63 ; oa:exact "7 billion parameters" .
}}
GRAPH ex:graph\\/derived {{
  ex:run kg:trainingComputeOperationCounting 1.2E24 .
  ex:worked a kg:DerivedQuantity ; kg:quantityOf ex:run ; kg:quantityKind kg:trainingComputeOperationCounting ; qudt:numericValue 1.2E24 ;
    kg:unitText "FLOP" ; kg:level "estimated" ; kg:formula "6 × parameterCount × tokenCount" ; kg:assumption "dense" ;
    kg:caution "too much" ; kg:implausible true ; prov:wasDerivedFrom ex:said , ex:chip .
}}
GRAPH ex:graph\\/reference {{
  ex:chip a kg:Accelerator ; rdfs:label "Chip 1" ; skos:altLabel "C1" ; kg:memorySize 80 .
}}
"""


class StoreGraph(Held):
    """Answers from a store, and remembers the questions."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store, prefixes(DEFAULT_BASE))
        self.store = store
        self.asked: list[str] = []

    def select(self, query: str, bound: Mapping[str, Term] | None = None) -> list[Row]:
        self.asked.append(query)
        return super().select(query, bound)


def store(data: str) -> ox.Store:
    """Return a store of the data of an INSERT DATA, with all its triples in the default graph."""
    found = ox.Store()
    found.update(f"{PREFIXES} INSERT DATA {{ {data} }}")
    found.extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in list(found)])
    return found


def site(data: str = RELEASE, base: str = BASE) -> Site:
    """Return the site of some data."""
    return Site(StoreGraph(store(data)), SiteSettings(base=base))


def sound(html: str | None) -> str:
    """Return a page that is there and is well-formed HTML: each id once, no style or script in the page itself, no foreign asset."""
    assert html is not None
    parser = html5rdf.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(html)
    assert parser.errors == []
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    repeated = [name for name, count in Counter(e.get("id") for e in elements if e.get("id")).items() if count > 1]
    assert repeated == []
    assert not [e for e in elements if e.get("style") or any(name.startswith("on") for name in e.attrib)]
    scripts = [e for e in elements if e.tag == "script"]
    assert all(e.get("type") == "application/ld+json" or e.get("src", "").startswith("/static/") for e in scripts)
    assert not [e for e in elements if e.tag in ("img", "iframe", "object", "embed", "style", "base")]
    for e in elements:
        reference = e.get("href")
        if e.tag == "a" and reference:
            assert reference.startswith(("/", "?", "#", "http://", "https://", "mailto:")), reference
            assert not reference.startswith("//")
    return html


def text(html: str) -> str:
    """Return what a reader sees of a page, in one line."""
    document = html5rdf.HTMLParser(namespaceHTMLElements=False).parse(html)
    for element in list(document.iter()):
        if element.tag in ("script", "style"):
            element.text = ""
    return " ".join(" ".join(document.itertext()).split())
