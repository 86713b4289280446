"""Chooses what the page of a class shows: the properties that make good columns, and those that make good filters."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from kg.pages.context import Context
from kg.pages.graph import Graph, Term, values
from kg.pages.names import (
    ABOUT_RECORD,
    DESCRIPTIONS,
    OTHER_NAMES,
    PREDICATE,
    SELECTOR,
    SOURCE,
    TEXTS,
    TYPE,
    UNIT_TEXT,
)
from kg.pages.vocabulary import Vocabulary
from kg.rdf.labels import LABELS
from kg.rdf.namespaces import RDF, RDFS, SKOS, XSD

# Columns and facets are chosen from so many things of the class.
_SAMPLE = 1000
_COLUMNS = 5
_FACETS = 6
_NO_COLUMN = frozenset(
    (TYPE, *LABELS, *OTHER_NAMES, *DESCRIPTIONS, *TEXTS, SELECTOR, SOURCE, RDFS + "seeAlso", SKOS + "note")
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the things of a class have in common: the properties for columns, and those for facets."""

    columns: tuple[str, ...]
    facets: tuple[str, ...]


def mixed_units(graph: Graph, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the properties whose numbers have units that differ from statement to statement, so that they cannot be compared as they stand."""
    rows = graph.select(f"SELECT DISTINCT ?p WHERE {{ ?e <{UNIT_TEXT}> ?u ; <{PREDICATE}> ?p }} LIMIT {_SAMPLE}")
    found = {row[0].value for row in rows if isinstance(row[0], ox.NamedNode)}
    return frozenset(prop for prop in found if vocabulary.unit(prop) is None)


def shape(context: Context, class_: str, mixed: frozenset[str]) -> Shape:
    """Choose columns and facets from what a thousand things of the class have; `mixed` are properties that are no use as filters."""
    query = f"""SELECT ?s ?p ?o WHERE {{ {{ SELECT ?s WHERE {{ ?s a {values([class_])} }} LIMIT {_SAMPLE} }} ?s ?p ?o }} LIMIT {_SAMPLE * 40}"""
    held: dict[str, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
    things = set()
    for thing, prop, value in context.graph.select(query):
        if thing is not None and isinstance(prop, ox.NamedNode) and value is not None:
            things.add(thing)
            held[prop.value][thing].append(value)
    usable = {
        prop: found
        for prop, found in held.items()
        if prop not in _NO_COLUMN and not any(isinstance(v, ox.BlankNode) for f in found.values() for v in f)
    }
    columns = sorted((-_worth(prop, found, len(things)), prop) for prop, found in usable.items())
    chosen = [prop for worth, prop in columns[: _COLUMNS * 3] if worth < 0]
    facets = sorted(
        (-len(found), prop) for prop, found in usable.items() if _is_facet(found, len(things)) and prop not in mixed
    )
    named = _named(context, {prop: usable[prop] for prop in (*chosen, *(prop for _, prop in facets))})
    return Shape(
        tuple([prop for prop in chosen if prop in named][:_COLUMNS]),
        tuple([prop for _, prop in facets if prop in named][:_FACETS]),
    )


def _named(context: Context, held: dict[str, dict[Term, list[Term]]]) -> set[str]:
    """Return those properties whose values have names: an address in a table tells a reader nothing."""
    first = {prop: next(iter(next(iter(found.values())))) for prop, found in held.items()}
    names = context.labels.of({term.value for term in first.values() if isinstance(term, ox.NamedNode)}, ())
    return {prop for prop, term in first.items() if not isinstance(term, ox.NamedNode) or names[term.value].named}


def _worth(prop: str, found: dict[Term, list[Term]], things: int) -> float:
    """Rate a column: how many things have it, whether their values differ, and whether they are short."""
    flat = [value for each in found.values() for value in each]
    differing = len(set(flat))
    per_thing = len(flat) / len(found)
    length = sum(len(str(value)) for value in flat if isinstance(value, ox.Literal)) / len(flat)
    worth = len(found) / max(1, things) + (0.2 if differing > 1 or things == 1 else -0.6)
    worth -= 0.08 * min(per_thing - 1, 8) + (0.5 if length > 120 else 0)
    if isinstance(flat[0], ox.Literal):
        # A number compares things better than a word does.
        worth += 0.15 if flat[0].datatype.value not in (XSD + "string", RDF + "langString") else 0
    elif differing == len(flat) > 1:
        # Each thing links to another of its own: that says little.
        worth -= 0.35
    return worth - (0.6 if prop in ABOUT_RECORD else 0)


def _is_facet(found: dict[Term, list[Term]], things: int) -> bool:
    """Say whether values are shared by things, and few enough to choose from."""
    flat = Counter(value for each in found.values() for value in set(each))
    short = all(len(value.value) <= 80 for value in flat if isinstance(value, ox.Literal))
    shared = sum(count for count in flat.values() if count > 1)
    return short and len(flat) > 1 and shared >= max(2, 0.4 * sum(flat.values())) and len(found) >= 0.1 * things
