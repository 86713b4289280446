"""The terms of the mapping vocabularies, and how older ones are read as RML of the W3C community group."""

from __future__ import annotations

RML = "http://w3id.org/rml/"
RML_2014 = "http://semweb.mmlab.be/ns/rml#"
R2RML = "http://www.w3.org/ns/r2rml#"
QUERY_LANGUAGE = "http://semweb.mmlab.be/ns/ql#"
D2RQ = "http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#"
CSVW = "http://www.w3.org/ns/csvw#"

# Terms of R2RML and RML of 2014 whose names changed; all others kept theirs.
_RENAMED = {
    R2RML + "logicalTable": RML + "logicalSource",
    R2RML + "column": RML + "reference",
    R2RML + "sqlQuery": RML + "query",
    QUERY_LANGUAGE + "CSV": RML + "CSV",
    QUERY_LANGUAGE + "JSONPath": RML + "JSONPath",
    QUERY_LANGUAGE + "XPath": RML + "XPath",
}


def current(iri: str) -> str:
    """Return the term of today's RML for a term of RML, RML of 2014 or R2RML; other IRIs are returned as they are."""
    if iri in _RENAMED:
        return _RENAMED[iri]
    for old in (R2RML, RML_2014):
        if iri.startswith(old):
            return RML + iri[len(old) :]
    return iri
