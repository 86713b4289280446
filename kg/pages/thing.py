"""Puts the page of a thing together: what is said of it, what was read in it, what links to it, and the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from kg.pages import charts, links
from kg.pages.addresses import is_iri
from kg.pages.context import Context
from kg.pages.description import MEDIA_TYPES, island
from kg.pages.entity import Said, said, statements, values_page
from kg.pages.graph import whole
from kg.pages.incoming import incoming, named, subjects_page
from kg.pages.listing import page_number, pages
from kg.pages.names import SOURCE, TYPE
from kg.pages.readings import marked, readings
from kg.pages.values import Link, Value
from kg.rdf.labels import local_name

_LEGEND = {
    "stated": "a source says so; open it for the words",
    "derived": "follows from stated values by arithmetic alone",
    "estimated": "follows under an assumption, which is given",
    "reference": "from a curated table, not from the source",
}
_FORMS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}


class Form(NamedTuple):
    """Another form of a page: its name, its address and its media type."""

    name: str
    href: str
    type: str


@dataclass(frozen=True, slots=True)
class Instances:
    """The page of the things of a class, and how many they are."""

    href: str
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of all values of a property, or of all things that have a value."""

    link: Link
    incoming: bool
    values: tuple[Value, ...]
    count: int
    page: int
    last: int
    numbers: tuple[int | None, ...]
    back: str
    query: Callable[[int], str]


def thing(
    context: Context,
    iri: str,
    languages: Sequence[str],
    params: Mapping[str, Sequence[str]],
    instances: int,
    broader: Mapping[str, str],
) -> dict[str, Any] | None:
    """Return the values for the template of a thing; None where the graph does not know it."""
    raw = incoming(context, iri)
    told = said(context, iri, languages) or (
        _bare(context, iri, languages) if raw or instances or _holds(context, iri) else None
    )
    if told is None:
        return None
    types = tuple(link.iri for link in told.types)
    listed = _listed(context, told, languages, params)
    found = () if listed else named(context, iri, raw, languages)
    read = () if listed else readings(context, iri, languages)
    document = context.addresses.document(iri, "html")
    return {
        "title": told.title.text,
        "said": told,
        "types": tuple(_of_class(context, link) for link in told.types),
        "links": links.of_thing(context, iri, types),
        "forms": forms(context, iri),
        "sparql": sparql(context, iri),
        "list": listed,
        # What was read in a source is told already.
        "incoming": tuple(each for each in found if not (read and each.link.iri == SOURCE)),
        "readings": read,
        "full_text": marked(told.node, read),
        "picture": None if listed or not context.settings.pictures else charts.around(context, told, found, languages),
        "class_page": Instances(context.class_page(iri), instances) if instances else None,
        "legend": [] if listed else _legend(told),
        "island": island(iri, told.node, broader, context.absolute(document)),
    }


def long_lists(context: Context, iri: str) -> Iterator[tuple[str, str, int]]:
    """Yield what the page of a thing shows a part of: `of` or `in`, the property, and how many values or things there are."""
    for prop, count in statements(context, iri)[1].items():
        if prop != TYPE:
            yield "of", prop, count
    for each in incoming(context, iri):
        # What was read in a source is told already.
        if each.count > len(each.subjects) and not (each.prop == SOURCE and readings(context, iri, ())):
            yield "in", each.prop, each.count


def forms(context: Context, iri: str) -> tuple[Form, ...]:
    """Return the data forms of a page."""
    return tuple(
        Form(name, context.addresses.document(iri, suffix), MEDIA_TYPES[suffix])
        for suffix, name in _FORMS.items()
        if suffix in context.addresses.suffixes
    )


def sparql(context: Context, iri: str) -> str | None:
    """Return the address of the query page with a query about a thing; None where the IRI cannot stand in a query, or nobody answers one."""
    if context.addresses.static or not is_iri(iri):
        return None
    query = f"SELECT ?property ?value WHERE {{\n  <{iri}> ?property ?value .\n}}\nLIMIT 1000"
    return f"{context.addresses.page('query')}?query={quote(query, safe='')}"


def _bare(context: Context, iri: str, languages: Sequence[str]) -> Said:
    """Return a thing of which nothing is said, but which is the value of something."""
    write = context.writer([iri], languages)
    return Said(iri, write.name(iri), (), (), (), (), (), (), (), None, {}, write)


def _holds(context: Context, iri: str) -> bool:
    """Say whether an IRI is that of a named graph."""
    return bool(context.graph.select("SELECT ?p ?g WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1", {"g": ox.NamedNode(iri)}))


def _of_class(context: Context, link: Link) -> Link:
    """Return a class as a link to the page of its things."""
    return context.once(("class link", link), lambda: link._replace(href=context.class_page(link.iri), outside=False))


def _legend(told: Said) -> list[tuple[str, str]]:
    levels = {each.level for group in told.groups for prop in group.properties for each in prop.told}
    return [(name, meaning) for name, meaning in _LEGEND.items() if name in levels]


def _listed(
    context: Context, told: Said, languages: Sequence[str], params: Mapping[str, Sequence[str]]
) -> Listed | None:
    """Return the page of a list that `in` or `of` asks for; None where neither does, or where there is nothing in it."""
    for name in ("in", "of"):
        prop = next(iter(params.get(name, ())), "")
        if prop and is_iri(prop) and prop != TYPE:
            return _list(context, told, languages, name, prop, page_number(params))
    return None


def _list(context: Context, told: Said, languages: Sequence[str], name: str, prop: str, page: int) -> Listed | None:
    pattern, fixed = ("?s ?p ?x", "?s ?p") if name == "of" else ("?x ?p ?s", "?s ?p")
    counted = context.graph.select(
        f"SELECT (COUNT(*) AS ?n) {fixed} WHERE {{ {pattern} }} GROUP BY {fixed}",
        {"s": ox.NamedNode(told.iri), "p": ox.NamedNode(prop)},
    )
    count = whole(counted[0][0]) if counted else 0
    if not count:
        return None
    size = context.settings.list_size
    last = max(1, -(-count // size))
    page = min(page, last)
    if name == "of":
        terms = values_page(context, told.iri, prop, page, size)
    else:
        terms = [
            ox.NamedNode(subject)
            for subject in subjects_page(context, told.iri, prop, page, size)[0]
            if is_iri(subject)
        ]
    write = context.writer({prop} | {term.value for term in terms if isinstance(term, ox.NamedNode)}, languages)
    return Listed(
        write.term(prop),
        name == "in",
        tuple(write.value(term, prop) for term in terms),
        count,
        page,
        last,
        tuple(pages(page, last)),
        context.addresses.url(told.iri) if context.addresses.static else context.addresses.document(told.iri, "html"),
        lambda number: context.addresses.listing(told.iri, name, prop, number),
    )


def document(
    context: Context, iri: str, things: Sequence[str], languages: Sequence[str], most: int = 50
) -> dict[str, Any]:
    """Return the values for the template of a document of hash IRIs: each thing with its fragment as the anchor."""
    shown = [(each, said(context, each, languages)) for each in things[:most]]
    return {
        "title": local_name(iri),
        "iri": iri,
        "links": links.of_thing(context, iri),
        "forms": forms(context, iri),
        "count": len(things),
        "things": [
            {"anchor": each.partition("#")[2] or "top", "said": told} for each, told in shown if told is not None
        ],
    }
