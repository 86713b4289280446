"""The classes of a graph, and the things of one class: a table with search, filters, an order and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.pages.context import Context
from kg.pages.entity import by_label
from kg.pages.graph import BY_TEXT, Graph, Term, values, whole
from kg.pages.labels import Text
from kg.pages.listing import Asked, Filter
from kg.pages.names import (
    OBJECT,
    PREDICATE,
    SUBJECT,
    UNIT_TEXT,
)
from kg.pages.numbers import sign
from kg.pages.order import SORTED, Orders
from kg.pages.reading import Node, about
from kg.pages.search import Index
from kg.pages.shape import Shape
from kg.pages.values import Link, Value, Writer
from kg.rdf.machinery import is_machinery

_FACET_VALUES = 8
# A facet counts at most so many things; of a larger class it says so.
FACETED = 20_000
# A class of more things than this stands in the order of the store until a reader asks for another.
_ALPHABETICAL = 20_000
_PER_CELL = 3
_MOST_UNITS = 2000
_SHORT = 3
_SAME = 2
_ENGLISH = ("en",)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class and how many things it has; `evidence` says that these are about values and not about the world."""

    link: Link
    count: int
    href: str
    definition: Text | None
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that things of a class share, how many, and the query that asks for them, or for them no longer."""

    value: Value
    count: int
    query: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A property with its most frequent values; `more` says that there are others."""

    link: Link
    values: tuple[FacetValue, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of one thing in one column; `more` are not shown."""

    values: tuple[Value, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A page of the things of a class."""

    columns: tuple[Link, ...]
    rows: tuple[tuple[Link, tuple[Cell, ...]], ...]
    count: int
    facets: tuple[Facet, ...]
    filters: tuple[tuple[Link, Value, str], ...]
    sampled: bool
    sortable: bool
    last_page: int


def counts(graph: Graph) -> dict[str, int]:
    """Return the classes of the graph with the number of their things."""
    rows = graph.select("SELECT ?c (COUNT(*) AS ?n) WHERE { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) LIMIT 2000")
    return {row[0].value: whole(row[1]) for row in rows if isinstance(row[0], ox.NamedNode)}


def listed(context: Context, found: dict[str, int], languages: Sequence[str]) -> tuple[ClassCount, ...]:
    """Return classes with their names, by name."""
    write = context.writer(found, languages)
    alike = Counter(write.term(iri).label.text.casefold() for iri in found)
    return tuple(
        sorted(
            (
                ClassCount(
                    _told_apart(write.term(iri), alike),
                    count,
                    context.class_page(iri),
                    context.definition(iri, languages),
                    is_machinery(iri),
                )
                for iri, count in found.items()
            ),
            key=lambda each: by_label(each.link),
        )
    )


def _told_apart(link: Link, alike: Mapping[str, int]) -> Link:
    """Return a class with the host of its vocabulary in its name where another class is called the same."""
    host = urlsplit(link.iri).netloc
    if alike[link.label.text.casefold()] < _SAME or not host:
        return link
    return link._replace(label=link.label._replace(text=f"{link.label.text} ({host})"))


def table(
    context: Context,
    index: Index,
    orders: Orders,
    class_: str,
    asked: Asked,
    total: int,
    languages: Sequence[str],
    form: Shape,
    mixed: frozenset[str],
    known: Sequence[str] | None = None,
) -> Table:
    """Return a page of the things of a class, with all that a reader can ask for next; `known` are the things on it, if somebody knows them."""
    size = context.settings.page_size
    body, bound = _pattern(index, class_, asked)
    narrowed = bool(asked.search or asked.filters)
    count = _count(context, body, bound) if narrowed else total
    last = max(1, -(-count // size))
    start = (min(asked.page, last) - 1) * size
    things_ = (
        _things(context, orders, body, bound, asked, languages, total=count, start=start, size=size)
        if known is None
        else known
    )
    nodes = about(context.graph, things_, 400 * size)
    # Nobody can filter without a server.
    facets = {} if context.addresses.static else _facets(context, form.facets, body, bound)
    named = {*things_, *form.columns, *form.facets, *(each.prop for each in asked.filters)}
    named |= {value.value for found in facets.values() for value, _ in found if isinstance(value, ox.NamedNode)}
    named |= {each.value.value for each in asked.filters if isinstance(each.value, ox.NamedNode)}
    for node in nodes.values():
        for prop in form.columns:
            named |= {term.value for term in node.get(prop, ())[:_PER_CELL] if isinstance(term, ox.NamedNode)}
    write = context.writer(named, languages)
    units = _units(context, things_, mixed & set(form.columns))
    return Table(
        tuple(write.term(prop) for prop in form.columns),
        tuple((write.link(thing), _cells(form, thing, nodes.get(thing, {}), write, units)) for thing in things_),
        count,
        tuple(_facet(prop, found, asked, write) for prop, found in facets.items() if found),
        tuple(
            (write.term(each.prop), write.value(each.value, each.prop), asked.without_filter(each))
            for each in asked.filters
        ),
        count > FACETED,
        count <= SORTED,
        last,
    )


def _pattern(index: Index, class_: str, asked: Asked) -> tuple[str, dict[str, Term]]:
    """Return the graph pattern of what is asked for, and the values of its variables.

    An IRI stands in the text, after it has been checked to be one, and lets the store begin with the rarest pattern. A literal is the value of a
    variable, of which the store knows nothing beforehand: it comes first, and the class is looked up for what it leaves.
    """
    of_class = f"?s a {values([class_])} ."
    first, rest = "", ""
    bound: dict[str, Term] = {}
    if asked.search:
        first += f"VALUES ?s {{ {values(index.matching(asked.search))} }} "
    for number, each in enumerate(asked.filters):
        if isinstance(each.value, ox.NamedNode):
            rest += f" ?s {values([each.prop])} {values([each.value.value])} ."
        else:
            first += f"?s {values([each.prop])} ?v{number} . "
            bound[f"v{number}"] = each.value
    return (f"{first} FILTER EXISTS {{ {of_class}{rest} }}" if bound else f"{first}{of_class}{rest}"), bound


def things(context: Context, orders: Orders, class_: str, total: int, *, start: int, size: int) -> list[str]:
    """Return the IRIs of some things of a class in the order of its pages."""
    body = f"?s a {values([class_])} ."
    return _things(context, orders, body, {}, Asked(), _ENGLISH, total=total, start=start, size=size)


def _count(context: Context, body: str, bound: dict[str, Term]) -> int:
    also = "".join(f" ?{name}" for name in bound)
    rows = context.graph.select(
        f"SELECT (COUNT(DISTINCT ?s) AS ?n){also} WHERE {{ {body} }}" + (f" GROUP BY{also}" if also else ""), bound
    )
    return whole(rows[0][0]) if rows else 0


def _things(
    context: Context,
    orders: Orders,
    body: str,
    bound: dict[str, Term],
    asked: Asked,
    languages: Sequence[str],
    *,
    total: int,
    start: int,
    size: int,
) -> list[str]:
    """Return the IRIs of some things in the order that is asked for."""
    sort = asked.sort or ("label" if total <= _ALPHABETICAL and not asked.search else "")
    if sort and total <= SORTED:
        order = (
            orders.by_name(body, bound, languages, total, descending=asked.descending)
            if sort == "label"
            else orders.of(body, bound, sort, total, descending=asked.descending)
        )
        return list(order[start : start + size])
    also = "".join(f" ?{name}" for name in bound)
    # A thing is in its class once.
    once = "DISTINCT" if asked.search or asked.filters else ""
    query = f"SELECT {once} ?s{also} WHERE {{ {body} FILTER (isIRI(?s)) }} LIMIT {size} OFFSET {start}"
    return [row[0].value for row in context.graph.select(query, bound) if isinstance(row[0], ox.NamedNode)]


def _facets(
    context: Context, props: Sequence[str], body: str, bound: dict[str, Term]
) -> dict[str, list[tuple[ox.NamedNode | ox.Literal, int]]]:
    also = "".join(f" ?{name}" for name in bound)
    found: dict[str, list[tuple[ox.NamedNode | ox.Literal, int]]] = {}
    for prop in props:
        query = f"""SELECT ?o (COUNT(*) AS ?n){also} WHERE {{ {{ SELECT ?s{also} WHERE {{ {body} }} LIMIT {FACETED} }} ?s {values([prop])} ?o }}
          GROUP BY ?o{also} ORDER BY DESC(?n) {BY_TEXT} LIMIT {_FACET_VALUES + 1}"""
        found[prop] = [
            (row[0], whole(row[1]))
            for row in context.graph.select(query, bound)
            if isinstance(row[0], ox.NamedNode | ox.Literal)
        ]
    return found


def _facet(prop: str, found: Sequence[tuple[ox.NamedNode | ox.Literal, int]], asked: Asked, write: Writer) -> Facet:
    shown = []
    for term, count in found[:_FACET_VALUES]:
        each = Filter(prop, term)
        chosen = each in asked.filters
        query = asked.without_filter(each) if chosen else asked.with_filter(each)
        shown.append(FacetValue(write.value(term, prop), count, query, chosen))
    return Facet(write.term(prop), tuple(shown), len(found) > _FACET_VALUES)


def _units(context: Context, things: Sequence[str], props: Iterable[str]) -> dict[tuple[str, str, Term], str]:
    """Return the unit of each number of some things that stands with the statement and not with the property."""
    wanted, of = values(props), values(things)
    if not wanted:
        return {}
    query = f"""SELECT ?s ?p ?o ?u WHERE {{ VALUES ?s {{ {of} }} ?e <{SUBJECT}> ?s ; <{PREDICATE}> ?p ; <{OBJECT}> ?o ; <{UNIT_TEXT}> ?u .
      VALUES ?p {{ {wanted} }} }} LIMIT {_MOST_UNITS}"""
    return {
        (thing.value, prop.value, number): sign(unit.value, number.value)
        for thing, prop, number, unit in context.graph.select(query)
        if isinstance(thing, ox.NamedNode) and isinstance(prop, ox.NamedNode)
        if isinstance(number, ox.Literal) and isinstance(unit, ox.Literal)
    }


def _cells(
    form: Shape, thing: str, node: Node, write: Writer, units: Mapping[tuple[str, str, Term], str]
) -> tuple[Cell, ...]:
    cells = []
    for prop in form.columns:
        shown = sorted((write.value(term, prop) for term in node.get(prop, ())), key=lambda value: value.order)
        if units:
            shown = [each._replace(unit=each.unit or units.get((thing, prop, each.term), "")) for each in shown]
        # A unit that is in the name of the column need not be in each of its cells.
        heading = write.term(prop).label.text.casefold()
        shown = [each._replace(unit="") if len(each.unit) > _SHORT and each.unit in heading else each for each in shown]
        cells.append(Cell(tuple(shown[:_PER_CELL]), max(0, len(shown) - _PER_CELL)))
    return tuple(cells)
