"""The pictures of a graph: what a thing is connected with, where facilities stand, and compute against time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup

from kg.pages.context import Context
from kg.pages.entity import Said
from kg.pages.graph import values, whole
from kg.pages.incoming import Incoming
from kg.pages.labels import Text
from kg.pages.listing import Asked, Filter
from kg.pages.names import NOT_STATED, TYPE
from kg.pages.pictures import Edge, Moment, Node, Place, Threshold, facility_map, neighbourhoods, timeline
from kg.pages.pictures.timeline import LEVELS, Level
from kg.pages.values import Link, Value
from kg.rdf.machinery import is_machinery
from kg.rdf.namespaces import XSD
from kg.settings import ONTOLOGY

_DOUBLE = ox.NamedNode(XSD + "double")
_NEIGHBOURS = 24
_LEAST_NEIGHBOURS = 2
_MOST = 2000
_COORDINATES = (
    ("http://www.w3.org/2003/01/geo/wgs84_pos#lat", "http://www.w3.org/2003/01/geo/wgs84_pos#long"),
    ("https://schema.org/latitude", "https://schema.org/longitude"),
)
# A year that a model was released in tells more than others that are stated of it.
_YEARS = (
    "releaseYear",
    "publicationYear",
    "finalizedYear",
    "checkpointFinalizedYear",
    "developmentYear",
    "evaluationYear",
    "year",
)
# Systemic risk is presumed over this (EU) 2024/1689, Article 51(2).
_THRESHOLDS = (Threshold("10²⁵ FLOP: systemic risk presumed (EU AI Act)", 1e25),)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the same as a table; `lead` says what it shows."""

    picture: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[Link | Value | str, ...], ...]
    lead: str = ""


def around(context: Context, said: Said, found: Sequence[Incoming], languages: Sequence[str]) -> Markup | None:
    """Return the picture of what a thing is connected with; None where that is next to nothing."""
    edges: list[Edge] = []
    links: dict[str, Link] = {}
    for prop, terms in sorted(said.node.items()):
        if prop in (TYPE, NOT_STATED):
            continue
        for term in sorted(terms, key=str)[:_NEIGHBOURS]:
            link = said.write.link(term.value) if isinstance(term, ox.NamedNode) else None
            if link and link.href and not link.outside and link.iri not in said.write.nodes and "#" not in link.iri:
                links[link.iri] = link
                edges.append(Edge(said.iri, link.iri, said.write.name(prop).text))
    for each in found:
        for link in each.links:
            if link.href and not link.outside:
                links[link.iri] = link
                edges.append(Edge(link.iri, said.iri, each.link.label.text))
    links.pop(said.iri, None)
    if len(links) < _LEAST_NEIGHBOURS:
        return None
    kinds = _kinds(context, (said.iri, *links), languages)
    nodes = [Node(said.iri, said.title.text, kinds.get(said.iri, ""))]
    nodes += [Node(iri, link.label.text, kinds.get(iri, ""), link.href) for iri, link in sorted(links.items())]
    return neighbourhoods(said.iri, nodes, edges, limit=_NEIGHBOURS)


def facilities(context: Context, languages: Sequence[str]) -> Chart | None:
    """Return the map of facilities by country, and of all things with coordinates; None where there are none."""
    facility = ONTOLOGY + "Facility"
    rows = context.graph.select(
        f"""SELECT ?c (MIN(?code) AS ?iso) (COUNT(DISTINCT ?f) AS ?n) WHERE {{
        ?f a <{facility}> ; <{ONTOLOGY}country> ?c . ?c <{ONTOLOGY}isoAlpha3> ?code }} GROUP BY ?c LIMIT {_MOST}"""
    )
    counted = [
        (row[0].value, row[1].value, whole(row[2]))
        for row in rows
        if isinstance(row[0], ox.NamedNode) and isinstance(row[1], ox.Literal)
    ]
    located = _located(context)
    if not counted and not located:
        return None
    write = context.writer({country for country, _, _ in counted} | {iri for iri, _, _ in located}, languages)
    page = context.class_page(facility)
    known = {
        row[0].value
        for row in context.graph.select(f"SELECT ?f WHERE {{ ?f a <{facility}> }} LIMIT {_MOST}")
        if isinstance(row[0], ox.NamedNode)
    }
    places, table = [], []
    for country, iso, count in sorted(counted, key=lambda each: (-each[2], each[1])):
        asked = Asked().with_filter(Filter(ONTOLOGY + "country", ox.NamedNode(country)))
        link = write.link(country)
        # Without a server nothing is filtered: there the country itself shows what is in it.
        places.append(Place(link.label.text, count, link.href if context.addresses.static else page + asked, iso))
        table.append((link, f"{count:,}"))
    for iri, latitude, longitude in located:
        link = write.link(iri)
        places.append(
            Place(link.label.text, 1, link.href, longitude=longitude, latitude=latitude, facility=iri in known)
        )
        table.append((link, f"{latitude:.2f}°, {longitude:.2f}°"))
    lead = (
        "Facilities by the country that their source states."
        if counted or known
        else "What the graph gives coordinates of."
    )
    heads = ("place", "facilities" if counted else "latitude, longitude")
    return Chart(facility_map(places), heads, tuple(table), lead)


def compute(context: Context, languages: Sequence[str]) -> Chart | None:
    """Return training compute against time; None where the graph has no compute with a year."""
    kinds = [
        term.iri
        for term in context.vocabulary.of_kind("property")
        if ONTOLOGY + "trainingCompute" in (term.iri, *term.parents)
    ]
    rows = context.graph.select(
        f"""SELECT ?m ?p ?v ?l ?y ?t WHERE {{
        VALUES ?p {{ {values(kinds)} }} VALUES ?y {{ {values(ONTOLOGY + name for name in _YEARS)} }}
        ?r ?p ?v . ?m <{ONTOLOGY}hasTrainingRun> ?r ; ?y ?t .
        OPTIONAL {{ ?d <{ONTOLOGY}quantityOf> ?r ; <{ONTOLOGY}quantityKind> ?p ; <{ONTOLOGY}level> ?l }} }} LIMIT {_MOST * 10}"""
    )
    ranks = {ONTOLOGY + name: rank for rank, name in enumerate(_YEARS)}
    best: dict[tuple[str, str, str], tuple[int, str, str]] = {}
    for row in rows:
        if any(term is None or isinstance(term, ox.Triple) for term in row[:3] + row[4:6]):
            continue
        model_, prop_, amount_, level_, kind_, year_ = (getattr(term, "value", "") for term in row[:6])
        found = (ranks[kind_], year_, level_ or "stated")
        place = (model_, prop_, amount_)
        best[place] = min(best.get(place, found), found)
    if not best:
        return None
    write = context.writer({iri for model, prop, _ in best for iri in (model, prop)}, languages)
    moments, table = [], []
    for (model, prop, amount), (_, year, level) in sorted(best.items(), key=lambda each: (each[1][1], each[0])):
        value = _float(amount)
        if value is None or value <= 0:
            continue
        link = write.link(model)
        trusted: Level = next((known for known in LEVELS if known == level), "estimated")
        moments.append(Moment(link.label.text, year, value, trusted, link.href))
        table.append(
            (link, year, write.value(ox.Literal(amount, datatype=_DOUBLE), prop), write.name(prop).text, level)
        )
    return Chart(
        timeline(moments, thresholds=_THRESHOLDS),
        ("model", "year", "training compute", "method", "level"),
        tuple(table),
    )


def _kinds(context: Context, iris: Iterable[str], languages: Sequence[str]) -> Mapping[str, str]:
    """Return what kind of thing each of some things is, in a word."""
    classes: dict[str, list[str]] = {}
    for iri in iris:
        types = [term.value for term in context.graph.node(iri).get(TYPE, ()) if isinstance(term, ox.NamedNode)]
        if types:
            classes[iri] = types
    names = context.labels.of(sorted({name for found in classes.values() for name in found}), languages)
    return {iri: names.get(_special(context, found), Text("")).text for iri, found in classes.items()}


def _special(context: Context, classes: Sequence[str]) -> str:
    """Return the class that says most of a thing: none of another vocabulary's machinery, and none that another is a kind of."""
    terms = context.vocabulary.terms
    parents = {parent for name in classes if name in terms for parent in terms[name].parents}
    return min(classes, key=lambda name: (is_machinery(name), name in parents, name not in terms, name))


def _located(context: Context) -> list[tuple[str, float, float]]:
    union = " UNION ".join(f"{{ ?s <{latitude}> ?a ; <{longitude}> ?o }}" for latitude, longitude in _COORDINATES)
    found = []
    for thing, latitude, longitude in context.graph.select(
        f"SELECT DISTINCT ?s ?a ?o WHERE {{ {union} }} LIMIT {_MOST}"
    ):
        if isinstance(thing, ox.NamedNode) and isinstance(latitude, ox.Literal) and isinstance(longitude, ox.Literal):
            north, east = _float(latitude.value), _float(longitude.value)
            if north is not None and east is not None:
                found.append((thing.value, north, east))
    return sorted(found)


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None
