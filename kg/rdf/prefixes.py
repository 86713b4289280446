"""The prefixes under which people read our graphs."""

from __future__ import annotations

import re

from kg.rdf.namespaces import DCTERMS, OA, OWL, PROV, QUDT, RDF, RDFS, SH, SKOS, UNIT, XSD
from kg.settings import ONTOLOGY, SHAPES

# A prefix for each kind of minted thing, so that names without "/" remain; `derived` things are named after their run.
_KINDS = (
    "model",
    "component",
    "run",
    "allocation",
    "accelerator",
    "cluster",
    "facility",
    "country",
    "dataset",
    "benchmark",
    "organization",
    "passage",
    "statement",
    "derived",
    "setting",
    "graph",
    "method",
)


def prefixes(base: str) -> dict[str, str]:
    """Return prefix to namespace: the vocabularies that we use, and a prefix for each kind of thing minted under `base`."""
    return {
        "kg": ONTOLOGY,
        "kgsh": SHAPES,
        "rdf": RDF,
        "rdfs": RDFS,
        "xsd": XSD,
        "owl": OWL,
        "skos": SKOS,
        "dcterms": DCTERMS,
        "prov": PROV,
        "oa": OA,
        "qudt": QUDT,
        "unit": UNIT,
        "sh": SH,
    } | {kind: f"{base}{kind}/" for kind in _KINDS}


# A local name that needs no escape (PN_LOCAL of SPARQL and Turtle, without ":"), of letters that all parsers know in a name.
_LETTER = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    "\ufdf0-\uffef"
)
_MORE = "0-9\u00b7\u0300-\u036f\u203f\u2040-"
LOCAL_NAME = f"[0-9{_LETTER}](?:[.{_LETTER}{_MORE}]*[{_LETTER}{_MORE}])?"
_LOCAL = re.compile(LOCAL_NAME)


def shortened(iri: str, names: dict[str, str]) -> str:
    """Return `prefix:local` where a prefix fits and the local part needs no escape, else `<iri>`."""
    best = max((item for item in names.items() if iri.startswith(item[1])), key=lambda item: len(item[1]), default=None)
    if best is None or not _LOCAL.fullmatch(iri, len(best[1])):
        return f"<{iri}>"
    return f"{best[0]}:{iri[len(best[1]) :]}"
