"""What things are called: the properties that name them, and words made of an IRI where none does."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from kg.rdf.namespaces import DC, DCTERMS, FOAF, RDFS, SCHEMA, SCHEMA_OLD, SKOS
from kg.settings import ONTOLOGY

# What a thing is called, the best first.
LABELS: Final = (
    SKOS + "prefLabel",
    RDFS + "label",
    SCHEMA + "name",
    SCHEMA_OLD + "name",
    FOAF + "name",
    DCTERMS + "title",
    DC + "title",
    ONTOLOGY + "name",
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s+]+")


def local_name(iri: str) -> str:
    """Return the end of an IRI, after the last `#`, `/` or `:`, without its escapes; the whole IRI where that is empty."""
    end = re.split(r"[#/:]", iri.rstrip("#/:"))[-1] or iri
    return unquote(end, errors="replace")


def humanised(iri: str) -> str:
    """Return the end of an IRI as words: `wasDerivedFrom` as `was derived from`."""
    words = [word for word in _WORDS.split(local_name(iri)) if word]
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or iri
