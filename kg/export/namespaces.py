"""Which prefixes a file declares: those that it uses, under the names that people know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, count

from kg.export.survey import Survey
from kg.rdf.namespaces import (
    DC,
    DCAT,
    DCTERMS,
    FOAF,
    OA,
    OWL,
    PROV,
    QUDT,
    RDF,
    RDFS,
    SCHEMA,
    SCHEMA_OLD,
    SH,
    SKOS,
    UNIT,
    VOID,
    XSD,
)

# Prefixes as prefix.cc and the specifications write them.
_WELL_KNOWN = {
    "adms": "http://www.w3.org/ns/adms#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "bibo": "http://purl.org/ontology/bibo/",
    "brick": "https://brickschema.org/schema/Brick#",
    "cc": "http://creativecommons.org/ns#",
    "cr": "http://mlcommons.org/croissant/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": DC,
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "dctype": "http://purl.org/dc/dcmitype/",
    "doap": "http://usefulinc.com/ns/doap#",
    "foaf": FOAF,
    "geo": "http://www.opengis.net/ont/geosparql#",
    "gr": "http://purl.org/goodrelations/v1#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "mls": "http://www.w3.org/ns/mls#",
    "oa": OA,
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": PROV,
    "qb": "http://purl.org/linked-data/cube#",
    "qudt": QUDT,
    "rdf": RDF,
    "rdfs": RDFS,
    "rml": "http://w3id.org/rml/",
    "rr": "http://www.w3.org/ns/r2rml#",
    "schema": SCHEMA,
    "schema1": SCHEMA_OLD,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": SH,
    "skos": SKOS,
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "unit": UNIT,
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": VOID,
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": XSD,
}
# A name is made up for a namespace that shortens so many terms, and for so many namespaces.
_ENOUGH = 10
_MOST_MADE_UP = 30
# XML keeps the names in xml for itself.
_PREFIX = re.compile("(?!(?i:xml))[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
# The words of a namespace, and those that say little of it.
_WORD = re.compile("[a-z][a-z0-9-]*[a-z0-9]")
_SAYS_LITTLE = {"www", "http", "https", "com", "org", "net", "example", "id", "ns", "resource", "vocab", "ontology"}


def choose_prefixes(found: Survey, preferred: Mapping[str, str]) -> dict[str, str]:
    """Return namespace (as `Survey` has it, with `<`) to prefix, in the order of the prefixes, for the namespaces that are used.

    A namespace is called as `preferred` (prefix to namespace; what is first counts) or else the world calls it; one that is used often gets a name of
    its own from the last word in it that says something.
    """
    known: dict[str, str] = {}
    taken: set[str] = set()
    for prefix, namespace in (*preferred.items(), *_WELL_KNOWN.items()):
        if _PREFIX.fullmatch(prefix) and prefix not in taken and namespace not in known:
            known[namespace] = prefix
            taken.add(prefix)
    chosen: dict[str, str] = {}
    made_up = 0
    for space, uses in found.namespaces.items():
        namespace = space[1:]
        name = known.get(namespace)
        if name is None:
            if uses < _ENOUGH or made_up == _MOST_MADE_UP:
                continue
            name = _made_up(namespace, taken)
            taken.add(name)
            made_up += 1
        chosen[space] = name
    return dict(sorted(chosen.items(), key=lambda each: each[1]))


def _made_up(namespace: str, taken: set[str]) -> str:
    words: list[str] = _WORD.findall(namespace.lower().partition(":")[2])
    telling = [word for word in words if word not in _SAYS_LITTLE]
    word = (telling or words or ["ns"])[-1]
    return next(name for name in chain([word], (f"{word}{number}" for number in count(2))) if name not in taken)
