"""The documentation of the terms that the graph is written with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.pages.context import Context
from kg.pages.entity import Property, said
from kg.pages.labels import Text, chosen
from kg.pages.names import UNIT_WORD
from kg.pages.numbers import sign
from kg.pages.thing import sparql
from kg.pages.values import Link, Writer
from kg.pages.vocabulary import DOMAINS, PARENTS, RANGES, TermInfo
from kg.rdf.labels import local_name
from kg.rdf.namespaces import OWL, RDF, RDFS, SKOS

# Of more terms than these only what every vocabulary says of its terms is shown.
_MOST_IN_FULL: Final = 500
# That a term is one of these is told by where it stands.
_PLAIN_TYPES: Final = frozenset((OWL + "Class", RDFS + "Class", RDF + "Property"))
# What the documentation of a term has a place for, as far as it has a name.
_TOLD: Final = frozenset(
    (*PARENTS, *DOMAINS, *RANGES, OWL + "deprecated", SKOS + "scopeNote", SKOS + "example", UNIT_WORD)
)


@dataclass(frozen=True, slots=True)
class TermShown:
    """A class or property as its documentation shows it; `count` is how often the graph uses it, `page` where to see that.

    `more` is what else the graph says of it, such as restrictions and unions.
    """

    iri: str
    anchor: str
    label: Text
    definitions: tuple[Text, ...]
    notes: tuple[Text, ...]
    examples: tuple[Text, ...]
    parents: tuple[Link, ...]
    classes: tuple[Link, ...]
    ranges: tuple[Link, ...]
    properties: tuple[Link, ...]
    unit: str
    deprecated: bool
    count: int | None
    page: str | None
    types: tuple[Link, ...] = ()
    more: tuple[Property, ...] = ()


def documented(
    context: Context, terms: Iterable[TermInfo], uses: Mapping[str, int], languages: Sequence[str]
) -> tuple[list[TermShown], list[TermShown]]:
    """Return classes and properties as they are shown, each by name; `uses` counts the things of classes and the statements of properties."""
    found = list(terms)
    carried: dict[str, list[str]] = {}
    for term in found:
        for class_ in term.classes:
            carried.setdefault(class_, []).append(term.iri)
    named = {term.iri for term in found} | {
        iri for term in found for iri in (*term.parents, *term.classes, *term.ranges)
    }
    write = context.writer(named, languages)
    anchors: dict[str, str] = {}
    for term in found:
        anchor = term.iri.partition("#")[2] or local_name(term.iri)
        anchors[term.iri] = anchor if anchor not in anchors.values() else f"{anchor}-{len(anchors)}"
    shown = {
        term.iri: _shown(
            context,
            term,
            anchors[term.iri],
            carried.get(term.iri, []),
            uses.get(term.iri),
            write,
            languages,
            in_full=len(found) <= _MOST_IN_FULL,
        )
        for term in found
    }
    by_name = sorted(found, key=lambda term: (write.name(term.iri).text.casefold(), term.iri))
    return (
        [shown[term.iri] for term in by_name if term.kind == "class"],
        [shown[term.iri] for term in by_name if term.kind == "property"],
    )


def _shown(
    context: Context,
    term: TermInfo,
    anchor: str,
    carried: Sequence[str],
    count: int | None,
    write: Writer,
    languages: Sequence[str],
    *,
    in_full: bool,
) -> TermShown:
    def links(iris: Iterable[str]) -> tuple[Link, ...]:
        return tuple(write.term(iri) for iri in sorted(iris, key=lambda iri: write.name(iri).text.casefold()))

    page = None
    if count:
        page = context.class_page(term.iri) if term.kind == "class" else sparql(context, term.iri, "?thing <> ?value .")
    return TermShown(
        term.iri,
        anchor,
        write.term(term.iri).label,
        tuple(chosen(term.definitions, languages)),
        tuple(chosen(term.notes, languages)),
        tuple(chosen(term.examples, languages)),
        links(term.parents),
        links(term.classes),
        links(term.ranges),
        links(carried),
        sign(term.unit) if term.unit else "",
        term.deprecated,
        count,
        page,
        *(_more(context, term.iri, languages) if in_full else ()),
    )


def _more(context: Context, iri: str, languages: Sequence[str]) -> tuple[tuple[Link, ...], tuple[Property, ...]]:
    """Return what kind of term it is, such as functional, and what the graph says of it beside what its documentation has a place for."""
    told = said(context, iri, languages) if context.graph.node(iri) else None
    found = []
    for group in told.groups if told else ():
        for each in group.properties if group.name != "Record" else ():
            # A name has been told there, and a node has no name.
            rest = each.told
            if each.link.iri in _TOLD:
                rest = tuple(one for one in rest if one.value.kind not in ("link", "text", "truth"))
            if rest:
                found.append(replace(each, told=rest, count=len(rest) + each.count - len(each.told)))
    return tuple(each for each in told.types if each.iri not in _PLAIN_TYPES) if told else (), tuple(found)
