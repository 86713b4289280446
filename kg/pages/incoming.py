"""What links to a thing: how many by each property, and some of them; all of them a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.pages.addresses import is_iri
from kg.pages.context import Context
from kg.pages.graph import whole
from kg.pages.names import OBJECT, PREDICATE, QUANTITY_KIND, QUANTITY_OF, SUBJECT, TYPE
from kg.pages.values import Link

FEW = 8
# Beyond this many links the count ends: it is more than anybody reads.
_COUNTED = 200_000
_LOOKED_AT = 1000
# The evidence of a thing is shown with its values.
_SHOWN_ELSEWHERE = frozenset((SUBJECT, QUANTITY_OF, TYPE))
# What is said by each of these is evidence about other things.
_EVIDENCE = frozenset((OBJECT, PREDICATE, QUANTITY_KIND))


@dataclass(frozen=True, slots=True)
class Incoming:
    """The things that have a thing as the value of one property: `links` are some of `count`, `all` is the address of the list of all."""

    link: Link
    links: tuple[Link, ...]
    count: int
    at_least: bool
    all: str | None


@dataclass(frozen=True, slots=True)
class Raw:
    """The same before labels are known."""

    prop: str
    subjects: tuple[str, ...]
    blank: int
    count: int


def incoming(context: Context, iri: str) -> Sequence[Raw]:
    """Return what links to a thing, the properties with few links first among equals by name."""
    # The parts of a page ask for it one after the other.
    context.graph.note((iri,))
    found: Sequence[Raw] | None = context.newest.get(iri)
    if found is None:
        found = _found(context, iri)
        context.newest.clear()
        context.newest[iri] = found
    return found


def _found(context: Context, iri: str) -> list[Raw]:
    near = list(islice(context.graph.pointing(iri), _LOOKED_AT + 1))
    if len(near) <= _LOOKED_AT:
        return _sorted(near)
    # What so many link to is counted by the store.
    this = {"o": ox.NamedNode(iri)}
    counted = context.graph.select(
        f"SELECT ?p (COUNT(*) AS ?n) ?o WHERE {{ {{ SELECT ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {_COUNTED} }} }} GROUP BY ?p ?o",
        this,
    )
    counts = {row[0].value: whole(row[1]) for row in counted if isinstance(row[0], ox.NamedNode)}
    found = []
    for prop, count in sorted(counts.items(), key=lambda each: (each[0] in _EVIDENCE, each[0])):
        if prop not in _SHOWN_ELSEWHERE and is_iri(prop):
            subjects, blank = subjects_page(context, iri, prop, 1, FEW)
            found.append(Raw(prop, subjects, blank, count))
    return found


def _sorted(near: Sequence[tuple[ox.NamedNode | ox.BlankNode, str]]) -> list[Raw]:
    """Return links that were looked at one by one."""
    by_property: dict[str, list[ox.NamedNode | ox.BlankNode]] = {}
    for subject, prop in near:
        by_property.setdefault(prop, []).append(subject)
    found = []
    for prop, subjects in sorted(by_property.items(), key=lambda each: (each[0] in _EVIDENCE, each[0])):
        if prop not in _SHOWN_ELSEWHERE and is_iri(prop):
            few = [subject for subject in subjects[:FEW] if isinstance(subject, ox.NamedNode)]
            blank = len(subjects[:FEW]) - len(few)
            found.append(Raw(prop, tuple(subject.value for subject in few), blank, len(subjects)))
    return found


def subjects_page(context: Context, iri: str, prop: str, page: int, size: int) -> tuple[tuple[str, ...], int]:
    """Return a page of the things that have a thing as the value of a property, and how many of them are blank nodes."""
    rows = context.graph.select(
        f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {size} OFFSET {(page - 1) * size}",
        {"p": ox.NamedNode(prop), "o": ox.NamedNode(iri)},
    )
    subjects = [row[0].value for row in rows if isinstance(row[0], ox.NamedNode)]
    return tuple(subjects), sum(isinstance(row[0], ox.BlankNode) for row in rows)


def named(context: Context, iri: str, raw: Sequence[Raw], languages: Sequence[str]) -> tuple[Incoming, ...]:
    """Return what links to a thing with the labels of it all."""
    if not raw:
        return ()
    write = context.writer({each.prop for each in raw} | {iri for each in raw for iri in each.subjects}, languages)
    return tuple(
        Incoming(
            write.term(each.prop),
            tuple(
                sorted((write.link(subject) for subject in each.subjects), key=lambda link: link.label.text.casefold())
            ),
            each.count,
            each.count >= _COUNTED,
            context.addresses.listing(iri, "in", each.prop) if each.count > len(each.subjects) else None,
        )
        for each in raw
    )
