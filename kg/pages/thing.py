"""Puts the page of a thing together: what is said of it, what was read in it, what links to it, and the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox
from markupsafe import Markup

from kg.pages import charts, links
from kg.pages.addresses import is_iri
from kg.pages.context import Context
from kg.pages.description import MEDIA_TYPES, island
from kg.pages.entity import Said, by_label, said, statements, values_page
from kg.pages.graph import whole
from kg.pages.incoming import incoming, named, subjects_page
from kg.pages.labels import Text
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
_VARIABLE = re.compile(r"\?\w+")
# The ids of the page itself.
_TAKEN = frozenset(
    (
        *("around", "classes", "content", "find", "graphs", "held", "incoming", "iri", "leftover"),
        *("own", "properties", "readings", "unstated"),
    )
)
_NUMBERED = re.compile(r"(?:group|part|h-classes|h-properties)-(?:[0-9]+|rest)")
# So many of the things of a document that are not told in full are named.
_MOST_NAMED = 5000
# So many things that a named graph speaks of are named on its page.
_FEW_SUBJECTS = 50
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
class Holding:
    """What a named graph holds: how many statements, some of the things that they are about, and where to ask for all."""

    count: int
    things: tuple[Link, ...]
    more: bool
    query: str | None


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
        "translations": tuple((name, _in_language(context, iri, name)) for name in told.elsewhere),
        "list": listed,
        # A static site would have to write the page again with each statement of the graph.
        "holds": None if listed or context.addresses.static else _held(context, iri, languages),
        # What was read in a source is told already.
        "incoming": tuple(each for each in found if not (read and each.link.iri == SOURCE)),
        "readings": read,
        "full_text": marked(told.node, read),
        "picture": None if listed or not context.settings.pictures else charts.around(context, told, found, languages),
        "class_page": Instances(context.class_page(iri), instances) if instances else None,
        "legend": [] if listed else _legend(told),
        "island": island(iri, told.node, broader, context.absolute(document)),
        # What else its document holds is put in where it is known.
        "within": Markup(),
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


def _in_language(context: Context, iri: str, name: Text) -> str | None:
    """Return the address of the page of a thing in the language of one of its names; None where nobody could answer."""
    if context.addresses.static:
        return None
    address = context.addresses.document(iri, "html")
    return f"{address}{'&' if '?' in address else '?'}lang={quote(name.language or '', safe='')}"


def sparql(context: Context, iri: str, pattern: str = "<> ?property ?value .") -> str | None:
    """Return the address of the query page with a query for a pattern, in which `<>` is a thing; None where it cannot stand there, or nobody answers."""
    if context.addresses.static or not is_iri(iri):
        return None
    asked = " ".join(_VARIABLE.findall(pattern))
    query = f"SELECT {asked} WHERE {{\n  {pattern.replace('<>', f'<{iri}>')}\n}}\nLIMIT 1000"
    return f"{context.addresses.page('query')}?query={quote(query, safe='')}"


def _bare(context: Context, iri: str, languages: Sequence[str]) -> Said:
    """Return a thing of which nothing is said, but which is the value of something."""
    write = context.writer([iri], languages)
    return Said(iri, write.name(iri), (), (), (), (), (), (), (), (), None, {}, write)


def _holds(context: Context, iri: str) -> bool:
    """Say whether an IRI is that of a named graph."""
    return bool(context.graph.select("SELECT ?p ?g WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 1", {"g": ox.NamedNode(iri)}))


def _held(context: Context, iri: str, languages: Sequence[str]) -> Holding | None:
    """Return what the named graph of an IRI holds; None where it is that of none."""
    if not _holds(context, iri):
        return None
    this = {"g": ox.NamedNode(iri)}
    counted = context.graph.select("SELECT (COUNT(*) AS ?n) ?g WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", this)
    rows = context.graph.select(
        f"SELECT DISTINCT ?s ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (isIRI(?s)) }} LIMIT {_FEW_SUBJECTS + 1}", this
    )
    found = [row[0].value for row in rows if isinstance(row[0], ox.NamedNode)]
    write = context.writer(found[:_FEW_SUBJECTS], languages)
    links_ = sorted(map(write.link, found[:_FEW_SUBJECTS]), key=by_label)
    query = sparql(context, iri, "GRAPH <> { ?thing ?property ?value }")
    return Holding(whole(counted[0][0]), tuple(links_), len(found) > _FEW_SUBJECTS, query)


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


def document(context: Context, iri: str, things: Sequence[str], languages: Sequence[str]) -> dict[str, Any]:
    """Return the values for the template of a document of hash IRIs that nothing is said of itself."""
    return {
        "title": local_name(iri),
        "iri": iri,
        "links": links.of_thing(context, iri),
        "forms": forms(context, iri),
        **within(context, things, languages),
    }


def _anchor(iri: str) -> str:
    """Return the id of the section about the thing of a hash IRI; empty where the page has another element of that id."""
    fragment = iri.partition("#")[2] or "top"
    return "" if fragment in _TAKEN or _NUMBERED.fullmatch(fragment) else fragment


def within(context: Context, things: Sequence[str], languages: Sequence[str], most: int = 200) -> dict[str, Any]:
    """Return the things of the hash IRIs of a document for a template: each with its fragment as the anchor, and how many there are.

    The first are told in full, of the rest the names.
    """
    shown = [(each, said(context, each, languages) or _bare(context, each, languages)) for each in things[:most]]
    rest = things[most : most + _MOST_NAMED]
    write = context.writer(rest, languages)
    return {
        "count": len(things),
        "rest": [
            (_anchor(each), link if context.addresses.static else link._replace(href=context.addresses.apart(each)))
            for each in rest
            for link in [write.link(each)]
        ],
        "things": [
            {
                "anchor": _anchor(each),
                "said": told,
                "types": tuple(_of_class(context, link) for link in told.types),
                "page": None if context.addresses.static else context.addresses.apart(each),
            }
            for each, told in shown
        ],
    }
