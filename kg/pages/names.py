"""The namespaces and terms that pages know something about."""

from __future__ import annotations

from typing import Final

from kg.rdf.namespaces import DC, DCTERMS, FOAF, OA, OWL, PROV, QUDT, RDF, RDFS, SCHEMA, SCHEMA_OLD, SKOS
from kg.settings import ONTOLOGY

TYPE: Final = RDF + "type"
FIRST: Final = RDF + "first"
REST: Final = RDF + "rest"
NIL: Final = RDF + "nil"

OTHER_NAMES: Final = (SKOS + "altLabel", SKOS + "hiddenLabel", SCHEMA + "alternateName", ONTOLOGY + "fileName")
DESCRIPTIONS: Final = (
    SKOS + "definition",
    DCTERMS + "description",
    DC + "description",
    SCHEMA + "description",
    SCHEMA_OLD + "description",
    RDFS + "comment",
    DCTERMS + "abstract",
)
# A text that spans of it are quoted from.
TEXTS: Final = (
    ONTOLOGY + "text",
    SCHEMA + "text",
    SCHEMA_OLD + "text",
    "http://www.w3.org/2011/content#chars",
    "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#isString",
    RDF + "value",
)
# Where a thing comes from and what else it is called: what a reader looks for last.
ABOUT_RECORD: Final = frozenset(
    (
        *(DCTERMS + name for name in ("source", "identifier", "license", "rights", "creator", "publisher", "modified")),
        *(DCTERMS + name for name in ("created", "issued", "isVersionOf", "provenance", "conformsTo")),
        *(DC + name for name in ("source", "identifier", "rights", "creator", "publisher", "date")),
        *(OWL + name for name in ("sameAs", "versionInfo", "deprecated")),
        *(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "inScheme", "notation")),
        *(RDFS + name for name in ("seeAlso", "isDefinedBy")),
        *(ONTOLOGY + name for name in ("sha256", "fileName", "characterCount", "unlinked")),
        *(PROV + name for name in ("wasAttributedTo", "wasGeneratedBy", "hadPrimarySource")),
        *(SCHEMA + name for name in ("identifier", "sameAs", "url", "license")),
        FOAF + "page",
        FOAF + "homepage",
        OA + "hasSource",
    )
)

# How evidence is held: a statement about a subject, or a quantity of it.
SUBJECT: Final = RDF + "subject"
PREDICATE: Final = RDF + "predicate"
OBJECT: Final = RDF + "object"
QUANTITY_OF: Final = ONTOLOGY + "quantityOf"
QUANTITY_KIND: Final = ONTOLOGY + "quantityKind"
NOT_STATED: Final = ONTOLOGY + "notStated"
DERIVED_FROM: Final = PROV + "wasDerivedFrom"
SOURCE: Final = OA + "hasSource"
SELECTOR: Final = OA + "hasSelector"
NUMBER: Final = QUDT + "numericValue"
NUMBERS: Final = (NUMBER, QUDT + "value", SCHEMA + "value", RDF + "value")
UNITS: Final = (
    QUDT + "hasUnit",
    QUDT + "unit",
    SCHEMA + "unitText",
    SCHEMA + "unitCode",
    "http://www.ontology-of-units-of-measure.org/resource/om-2/hasUnit",
)
UNIT_TEXT: Final = ONTOLOGY + "unitText"
UNIT_WORD: Final = ONTOLOGY + "unitWord"
# The graph of a release that holds what curated tables say.
REFERENCE_GRAPH: Final = "graph/reference"
