"""What schemathesis sends where a text has to be of a language that it does not know. It is run in an environment of its own."""

from __future__ import annotations

import json
from zlib import crc32

import schemathesis  # type: ignore[import-not-found]
from hypothesis import strategies as st

IRIS = (
    "https://kg.example/id/accelerator/google-tpu-v5p",
    "https://kg.example/ns#TPU",
    "https://kg.example/ns",
    "http://www.w3.org/2000/01/rdf-schema#label",
    "https://x.example/\u00e9t\u00e9/%20?a=b&c#d",
    "urn:x:y",
)
QUERIES = (
    "SELECT * { ?s ?p ?o } LIMIT 4",
    "SELECT ?s (NOW() AS ?now) { ?s a ?t } LIMIT 1",
    "SELECT * { <https://kg.example/ns#TPU> ?p ?o }",
    "SELECT * { ?s ?p ?o . ?s ?q ?n }",
    "ASK { ?s rdfs:label 'TPU v5p' }",
    "CONSTRUCT { ?s a ?t . ?b rdfs:label '\u00e9'@fr } WHERE { ?s a ?t BIND(BNODE() AS ?b) } LIMIT 3",
    "DESCRIBE <https://kg.example/ns#TPU>",
    "SELECT * FROM <https://x.example/none> { ?s ?p ?o }",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
)
UPDATES = (
    "INSERT DATA { <urn:x:s> <urn:x:p> 1 . GRAPH <urn:x:y> { <urn:x:s> rdfs:label '\u00e9' } }",
    "DELETE WHERE { ?s <urn:x:p> ?o }",
    "WITH <urn:x:y> DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER isIRI(?o) }",
    "CREATE SILENT GRAPH <https://kg.example/ns>; DROP SILENT GRAPH <urn:x:y>",
    "LOAD <http://127.0.0.1:9/>",
)
TRIPLES = '<urn:x:s> <urn:x:p> "\u00e9\\u00e9" .'
XML = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:"><r:Description x:p="\u00e9"/></r:RDF>'
JSON_LD = '{"@id": "urn:x:s", "urn:x:p": ["\u00e9", 1.5e3, {"@list": []}]}'
TURTLE = "@prefix x: <urn:x:> . x:s x:p [ x:p 1, '\u00e9'@fr ], ( 2 <> ) ."


ACCEPTED = (
    *("*/*", "text/html", "text/turtle", "application/ld+json;q=0.5, text/plain", "application/n-triples"),
    *("application/sparql-results+xml, application/rdf+xml", "text/csv, text/n3", "application/json", "image/png"),
)


def _bytes(*texts: str) -> st.SearchStrategy[bytes]:
    return st.sampled_from([text.encode() for text in texts])


for name, texts in {"iri": IRIS, "sparql-query": QUERIES, "sparql-update": UPDATES}.items():
    schemathesis.openapi.format(name, st.sampled_from(texts))
for name, texts in {
    "text/turtle": (TURTLE, TRIPLES, ""),
    "text/n3": (TURTLE, TRIPLES),
    "application/n-triples": (TRIPLES, ""),
    "text/plain": (TRIPLES, ""),
    "application/rdf+xml": (XML,),
    "application/ld+json": (JSON_LD, "[]"),
}.items():
    schemathesis.openapi.media_type(name, _bytes(*texts))
for name, texts in {"application/sparql-query": QUERIES, "application/sparql-update": UPDATES}.items():
    schemathesis.openapi.media_type(name, _bytes(*texts))


@schemathesis.hook  # type: ignore[untyped-decorator]
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, object]) -> None:
    """Send an `Accept`, the same one whenever the same is asked, as schemathesis sends none of its own; write fields of a form as JSON where the document has them so."""
    del context, kwargs
    if "Accept" not in case.headers:
        case.headers["Accept"] = ACCEPTED[
            crc32(repr((case.query, case.path_parameters, case.body)).encode()) % len(ACCEPTED)
        ]
    if case.path == "/reconcile" and isinstance(case.body, dict):
        case.body = {name: json.dumps(value) for name, value in case.body.items()}
