"""The data behind a page: the triples that describe a thing, a document of hash IRIs, or the data set as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from kg.pages import evidence
from kg.pages.addresses import is_iri
from kg.pages.context import Context
from kg.pages.graph import Term
from kg.pages.incoming import incoming
from kg.pages.names import TYPE
from kg.pages.reading import Node, about, blank_nodes
from kg.rdf.labels import LABELS
from kg.rdf.namespaces import DCAT, DCTERMS, FOAF, SCHEMA, VOID, XSD

# What one answer holds at most of each kind.
_MOST_STATEMENTS: Final = 20_000
_MOST_BLANKS = 1000
_MOST_USED = 100
_MOST_PER_HASH = 2000
_LONGEST = 2000
MEDIA_TYPES: Final = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}


def description(context: Context, iri: str, parts: Iterable[str]) -> list[ox.Triple]:
    """Return what the graph says of a thing and of the things with its hash IRIs (`parts`), their blank nodes and evidence, and what links to it."""
    things = [iri, *list(parts)[:_MOST_PER_HASH]]
    nodes = about(context.graph, things, _MOST_STATEMENTS)
    found = evidence.find(context.graph, things[:200])
    told = {**{name: node for name, node in found.nodes.items() if name not in nodes}, **nodes}
    terms = (term for node in told.values() for values in node.values() for term in values)
    told |= blank_nodes(context.graph, terms, _MOST_BLANKS)
    triples = dict.fromkeys(_triples(told))
    for each in incoming(context, iri):
        for subject in filter(is_iri, each.subjects):
            triples[ox.Triple(ox.NamedNode(subject), ox.NamedNode(each.prop), ox.NamedNode(iri))] = None
    return list(triples)


def uses(context: Context, iris: Iterable[str]) -> list[ox.Triple]:
    """Return statements that use IRIs of which nothing is said: those of a named graph, and some of a property, of a class, or with it as a value."""
    found: list[Any] = []
    for iri in list(iris)[:_MOST_USED]:
        this = ox.NamedNode(iri)
        ask: Any = context.graph.select
        held = ask(f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {_MOST_STATEMENTS}", {"g": this})
        found += [(row[0], row[1], row[2]) for row in held]
        said = ask(f"SELECT ?s ?o ?p WHERE {{ ?s ?p ?o }} LIMIT {_MOST_USED}", {"p": this})
        found += [(row[0], this, row[1]) for row in said]
        near = ask(f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {_MOST_USED}", {"o": this})
        found += [(row[0], row[1], this) for row in near]
    return list(dict.fromkeys(ox.Triple(*each) for each in found))


def metadata(context: Context, iri: str) -> list[ox.Triple]:
    """Return what is to be said of the document itself: what it is about, which data set it belongs to, under which licence."""
    document = ox.NamedNode(context.absolute(context.addresses.document(iri, "html")))
    # A document has one primary topic at most.
    topic = FOAF + ("topic" if context.addresses.bundle(iri.partition("#")[0]) else "primaryTopic")
    said: list[tuple[str, Term]] = [(TYPE, _named(FOAF + "Document")), (topic, ox.NamedNode(iri))]
    if context.settings.dataset:
        said.append((VOID + "inDataset", _named(context.settings.dataset)))
    if context.settings.license:
        said.append((DCTERMS + "license", _named(context.settings.license)))
    return [ox.Triple(document, _named(predicate), value) for predicate, value in said]


def dataset(context: Context, class_counts: Mapping[str, int], triples: int) -> list[ox.Triple]:
    """Return the description of the data set as a whole (VoID and DCAT), with where to ask and what to download."""
    this = ox.NamedNode(
        context.settings.dataset or context.absolute(context.addresses.page(".well-known/void")) + "#dataset"
    )
    settings = context.settings
    home = ox.NamedNode(context.absolute(context.addresses.page("")))
    endpoint = ox.NamedNode(context.absolute(context.addresses.page("sparql")))
    said: list[tuple[ox.NamedNode, str, Term]] = [
        (this, TYPE, ox.NamedNode(VOID + "Dataset")),
        (this, TYPE, ox.NamedNode(DCAT + "Dataset")),
        (this, DCTERMS + "title", ox.Literal(settings.title)),
        (this, FOAF + "homepage", home),
        (this, VOID + "uriSpace", ox.Literal(settings.base)),
        (this, VOID + "triples", _whole(triples)),
    ]
    if settings.description:
        said.append((this, DCTERMS + "description", ox.Literal(settings.description)))
    if settings.license:
        said.append((this, DCTERMS + "license", ox.NamedNode(settings.license)))
    service = ox.NamedNode(context.absolute(context.addresses.page(".well-known/void")) + "#sparql")
    asked: list[tuple[ox.NamedNode, str, Term]] = [
        (this, VOID + "sparqlEndpoint", endpoint),
        (this, VOID + "openSearchDescription", ox.NamedNode(context.absolute(context.addresses.page("search")))),
        (service, TYPE, ox.NamedNode(DCAT + "DataService")),
        (service, DCTERMS + "title", ox.Literal("SPARQL endpoint", language="en")),
        (service, DCAT + "endpointURL", endpoint),
        (service, DCAT + "servesDataset", this),
    ]
    said += [] if context.addresses.static else asked
    for number, file in enumerate(settings.downloads, 1):
        place = ox.NamedNode(f"{context.absolute(context.addresses.page('.well-known/void'))}#file-{number}")
        address = ox.NamedNode(context.absolute(file.href))
        media = ox.NamedNode(f"https://www.iana.org/assignments/media-types/{file.media_type}")
        said += [
            (this, DCAT + "distribution", place),
            (this, VOID + "dataDump", address),
            (place, TYPE, ox.NamedNode(DCAT + "Distribution")),
            (place, DCTERMS + "title", ox.Literal(file.name)),
            (place, DCAT + "downloadURL", address),
            (place, DCAT + "mediaType", media),
        ]
        if file.size is not None:
            said.append((place, DCAT + "byteSize", _whole(file.size)))
    for number, (class_, count) in enumerate(sorted(class_counts.items()), 1):
        part = ox.NamedNode(f"{context.absolute(context.addresses.page('.well-known/void'))}#class-{number}")
        said += [
            (this, VOID + "classPartition", part),
            (part, VOID + "class", ox.NamedNode(class_)),
            (part, VOID + "entities", _whole(count)),
        ]
    return [ox.Triple(subject, ox.NamedNode(predicate), value) for subject, predicate, value in said]


def dataset_island(context: Context) -> dict[str, Any]:
    """Return the data set as a whole as JSON-LD for search engines."""
    about: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Dataset",
        "name": context.settings.title,
        "url": context.absolute(context.addresses.page("")),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "encodingFormat": file.media_type,
                "contentUrl": context.absolute(file.href),
            }
            for file in context.settings.downloads
        ],
    }
    more = {
        "@id": context.settings.dataset,
        "description": context.settings.description,
        "license": context.settings.license,
    }
    return about | {key: value for key, value in more.items() if value}


def island(iri: str, node: Node, names: Mapping[str, str], page: str) -> dict[str, object]:
    """Return what is said of a thing as JSON-LD for search engines: our terms in full, and the name, the page and what our terms mean in schema.org's."""
    said: dict[str, object] = {"@context": {"schema": SCHEMA}, "@id": iri}
    types = [term.value for term in node.get(TYPE, ()) if isinstance(term, ox.NamedNode)]
    broader = [names[name] for name in types if name in names]
    said["@type"] = sorted({*types, *(f"schema:{name.removeprefix(SCHEMA)}" for name in broader)}) or ["schema:Thing"]
    label = next((term for prop in LABELS for term in node.get(prop, ()) if isinstance(term, ox.Literal)), None)
    if label is not None and (name := _json(label)) is not None:
        said["schema:name"] = name
    said["schema:mainEntityOfPage"] = {"@id": page}
    for predicate, terms in sorted(node.items()):
        few = terms if len(terms) == 1 else sorted(terms, key=str)[:20]
        values = [shown for term in few if (shown := _json(term)) is not None]
        if predicate != TYPE and values:
            said[predicate] = values[0] if len(values) == 1 else values
            if predicate in names:
                said[f"schema:{names[predicate].removeprefix(SCHEMA)}"] = said[predicate]
    return said


def _json(term: Term) -> object:
    if isinstance(term, ox.NamedNode):
        return {"@id": term.value}
    if not isinstance(term, ox.Literal):
        return None
    # A part of a text would be a statement that nobody made.
    if len(term.value) > _LONGEST:
        return None
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return term.value if term.datatype.value == XSD + "string" else {"@value": term.value, "@type": term.datatype.value}


def _triples(nodes: Mapping[str, Node]) -> Iterator[ox.Triple]:
    for name, node in nodes.items():
        if not name.startswith("_:") and not is_iri(name):
            continue
        subject = ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)
        for predicate, terms in node.items():
            if is_iri(predicate):
                named = _named(predicate)
                for term in terms:
                    yield ox.Triple(subject, named, term)


@lru_cache(1024)
def _named(iri: str) -> ox.NamedNode:
    """Return an IRI that most documents hold as a term."""
    return ox.NamedNode(iri)


def _whole(count: int) -> ox.Literal:
    return ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer"))
