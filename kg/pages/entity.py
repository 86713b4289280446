"""What a page says of a thing: its properties with their values, and what stands behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import pyoxigraph as ox

from kg.pages import evidence as proof
from kg.pages.addresses import is_iri
from kg.pages.context import Context
from kg.pages.evidence import Evidence
from kg.pages.graph import BY_TEXT, LONGEST, Term, is_cut, whole
from kg.pages.labels import Text, chosen
from kg.pages.names import (
    ABOUT_RECORD,
    DESCRIPTIONS,
    NOT_STATED,
    OTHER_NAMES,
    REFERENCE_GRAPH,
    TEXTS,
    TYPE,
)
from kg.pages.reading import Node, about, blank_nodes, iris_of, key
from kg.pages.values import Link, Value, Writer
from kg.rdf.labels import LABELS
from kg.settings import ONTOLOGY

PER_PROPERTY = 100
_SMALL_NODE = 12
_MOST_NODES = 60
_MOST_BLANKS = 200
_WORKED_OUT = frozenset(("derived", "estimated"))
_NODES = frozenset(("link", "node", "cut"))
_TEXTS_OF_HEAD = frozenset((*DESCRIPTIONS, *OTHER_NAMES[:3], *TEXTS[:-1]))
# The size of a number, and nothing for what is none; that which is not a number is not equal to itself.
_NUMBER = "IF(xsd:double(?o) = xsd:double(?o), xsd:double(?o), 0)"


class Told(NamedTuple):
    """A value and what stands behind it; `level` is empty where the graph does not say."""

    value: Value
    level: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def implausible(self) -> bool:
        """Whether the value cannot be true together with others."""
        return any(each.implausible for each in self.evidence)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Return what to beware of."""
        return tuple(dict.fromkeys(text for each in self.evidence for text in each.cautions))

    @property
    def approximate(self) -> bool:
        """Whether the source hedges the value."""
        return self.value.approximate or any(each.approximate for each in self.evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A property with its values; `count` is how many there are, `more` the address of all where some are left out.

    One that is `shared` stands on other pages, too.
    """

    link: Link
    told: tuple[Told, ...]
    count: int
    definition: Text | None = None
    more: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Properties under a heading."""

    name: str
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said of a thing, ready to be shown; `elsewhere` are its names in other languages, `node` is the same as it stands in the graph."""

    iri: str
    title: Text
    types: tuple[Link, ...]
    descriptions: tuple[Text, ...]
    other_names: tuple[Text, ...]
    elsewhere: tuple[Text, ...]
    groups: tuple[Group, ...]
    not_stated: tuple[Link, ...]
    leftover: tuple[Property, ...]
    graphs: tuple[tuple[Link, int], ...]
    own: Evidence | None
    node: Node
    write: Writer


def said(context: Context, iri: str, languages: Sequence[str]) -> Said | None:
    """Return what the graph says of a thing; None where it is the subject of nothing."""
    node, counts = statements(context, iri)
    if not node:
        return None
    nodes = _in_place(context, node, languages)
    own = proof.read(context.graph, [iri]) if _is_evidence(node) else {}
    found = proof.find(context.graph, [iri, *(name for name in nodes if not name.startswith("_:"))])
    nodes |= {name: found.nodes[name] for name in _values_of(node) if _is_evidence(found.nodes.get(name, {}))}
    inner = proof.read(context.graph, [name for name in nodes if name not in found.nodes and _is_evidence(nodes[name])])
    known = {**found.nodes, **inner, **own}
    graphs = _graphs(context, iri)
    missing = _not_stated(context, node)
    named = iris_of([node, *nodes.values(), *known.values()]) | {iri, *nodes, *known, *missing}
    named |= {graph for held in graphs.values() for graph in held} | {prop for _, prop in found.told}
    write = context.writer((name for name in named if not name.startswith("_:")), languages, nodes)
    teller = _Teller(context, iri, node, write, proof.Found(found.told, known), graphs, languages)
    title = write.name(iri)
    properties = [
        teller.property(prop, terms, counts.get(prop, len(terms)))
        for prop, terms in node.items()
        if not _in_head(prop, terms, found.told.get((iri, prop)))
    ]
    return Said(
        iri,
        title,
        tuple(sorted((write.term(name) for name in _iris(node, TYPE)), key=by_label)),
        tuple(chosen([term for prop in DESCRIPTIONS if prop in node for term in node[prop]], languages)),
        _other_names(node, title, languages),
        _elsewhere(node, title),
        _grouped(properties),
        tuple(sorted((write.term(name) for name in missing), key=by_label)),
        teller.leftover(),
        tuple(
            sorted(((write.link(name), count) for name, count in _counted(graphs)), key=lambda each: by_label(each[0]))
        ),
        proof.shown(iri, known, write) if own else None,
        node,
        write,
    )


def statements(context: Context, iri: str) -> tuple[Node, dict[str, int]]:
    """Return the values of each property of a thing, and the true number of those of which some are left out."""
    node = context.graph.node(iri)
    if not is_cut(node):
        return node, {}
    counted = context.graph.select(
        "SELECT ?p (COUNT(*) AS ?n) ?s WHERE { ?s ?p ?o } GROUP BY ?p ?s", {"s": ox.NamedNode(iri)}
    )
    counts = {row[0].value: whole(row[1]) for row in counted if isinstance(row[0], ox.NamedNode)}
    node = {
        prop: found
        for prop in sorted(filter(is_iri, counts))
        if (found := values_page(context, iri, prop, 1, PER_PROPERTY))
    }
    return node, {prop: count for prop, count in counts.items() if count > len(node.get(prop, ()))}


def values_page(context: Context, iri: str, prop: str, page: int, size: int) -> list[Term]:
    """Return a page of the values of one property: things and texts by name, then numbers by size."""
    rows = context.graph.select(
        f"SELECT ?o ?s ?p WHERE {{ ?s ?p ?o }} ORDER BY {_NUMBER} {BY_TEXT} LIMIT {size} OFFSET {(page - 1) * size}",
        {"s": ox.NamedNode(iri), "p": ox.NamedNode(prop)},
    )
    return [row[0] for row in rows if row[0] is not None]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts values and evidence together."""

    context: Context
    iri: str
    node: Node
    write: Writer
    found: proof.Found
    graphs: Mapping[tuple[str, Term], tuple[str, ...]]
    languages: Sequence[str]

    def property(self, prop: str, terms: Sequence[Term], count: int) -> Property:
        if count > len(terms) or (self.iri, prop) in self.found.told or not all(map(self._is_plain, terms)):
            return self._property(prop, terms, count)
        # Nothing is known but the value itself: wherever it is the value, it looks alike.
        levels = tuple(self._is_reference(prop, term) for term in terms)
        key_ = ("property", prop, tuple(terms), levels, *self.languages)
        return self.context.once(key_, lambda: self._property(prop, terms, count, shared=True))

    def _is_plain(self, term: Term) -> bool:
        return isinstance(term, ox.Literal) or (
            isinstance(term, ox.NamedNode) and term.value not in self.write.nodes and term.value not in self.found.nodes
        )

    def _is_reference(self, prop: str, term: Term) -> bool:
        return bool(self.graphs) and any(graph.endswith(REFERENCE_GRAPH) for graph in self.graphs.get((prop, term), ()))

    def _property(self, prop: str, terms: Iterable[Term], count: int, *, shared: bool = False) -> Property:
        told = [self.told(prop, term) for term in terms]
        if len(told) > 1:
            told.sort(key=lambda each: each.value.order)
        more = None
        if count > len(told):
            more = self.context.addresses.listing(self.iri, "of", prop)
        definition = self.context.definition(prop, self.languages)
        return Property(self.write.term(prop), tuple(told), count, definition, more, shared)

    def told(self, prop: str, term: Term) -> Told:
        shown = self._shown(prop, term) if self.found.nodes else []
        level = shown[0].level if shown else ""
        if not level and self._is_reference(prop, term):
            level = "reference"
        value = self.write.value(term, prop)
        if shown and value.number and not value.unit:
            value = value._replace(unit=next((each.unit for each in shown if each.unit), ""))
        return Told(value, level, tuple(shown))

    def _shown(self, prop: str, term: Term) -> list[Evidence]:
        """Return what stands behind a value."""
        nodes = self.found.about_value(self.iri, prop, term)
        name = key(term)
        if name in self.found.nodes and name not in nodes and _is_evidence(self.found.nodes[name]):
            nodes = [*nodes, name]
        return sorted((proof.shown(node, self.found.nodes, self.write) for node in nodes), key=lambda each: each.order)

    def leftover(self) -> tuple[Property, ...]:
        """Return what sources say of the thing in other words than the graph: the readings that fit no value of it."""
        left = []
        for (subject, prop), nodes in self.found.told.items():
            if subject != self.iri:
                continue
            used = {name for term in self.node.get(prop, ()) for name in self.found.about_value(subject, prop, term)}
            shown = sorted(
                (proof.shown(name, self.found.nodes, self.write) for name in nodes if name not in used),
                key=lambda each: each.order,
            )
            told = tuple(Told(each.value, each.level, (each,)) for each in shown if each.value)
            if told:
                left.append(
                    Property(self.write.term(prop), told, len(told), self.context.definition(prop, self.languages))
                )
        return tuple(sorted(left, key=lambda each: by_label(each.link)))


def by_label(link: Link) -> tuple[str, str]:
    """Return the key by which links are sorted."""
    return link.label.text.casefold(), link.iri


def _in_place(context: Context, node: Node, languages: Sequence[str]) -> dict[str, Node]:
    """Return the nodes that are shown where they are a value: blank ones, and small ones that have no name of their own."""
    blanks = blank_nodes(context.graph, (term for terms in node.values() for term in terms), _MOST_BLANKS)
    near = sorted(
        {
            term.value
            for prop, terms in node.items()
            if prop not in (TYPE, NOT_STATED) and len(terms) <= _MOST_NODES
            for term in terms
            if isinstance(term, ox.NamedNode) and term.value not in context.vocabulary.terms
        }
    )
    names = context.labels.of(near, languages)
    unnamed = [iri for iri in near if not names[iri].named][:_MOST_NODES]
    nodes = about(context.graph, unnamed, _MOST_NODES * _SMALL_NODE * 4)
    small = {
        iri: found
        for iri, found in nodes.items()
        if sum(len(terms) for terms in found.values()) <= (_SMALL_NODE if not _is_evidence(found) else _MOST_BLANKS)
    }
    inner = blank_nodes(
        context.graph, (term for found in small.values() for terms in found.values() for term in terms), _MOST_BLANKS
    )
    return {**blanks, **inner, **small}


def _is_evidence(node: Node) -> bool:
    return ONTOLOGY + "rule" in node or ONTOLOGY + "formula" in node


def _values_of(node: Node) -> set[str]:
    return {term.value for terms in node.values() for term in terms if isinstance(term, ox.NamedNode)}


def _graphs(context: Context, iri: str) -> dict[tuple[str, Term], tuple[str, ...]]:
    """Return the named graphs that hold each statement of a thing."""
    held: dict[tuple[str, Term], tuple[str, ...]] = {}
    for prop, term, graph in islice(context.graph.graphs(iri), LONGEST * 3):
        held[prop, term] = (*held.get((prop, term), ()), graph)
    return held


def _counted(graphs: Mapping[tuple[str, Term], tuple[str, ...]]) -> list[tuple[str, int]]:
    return sorted(Counter(graph for held in graphs.values() for graph in held).items())


def _not_stated(context: Context, node: Node) -> set[str]:
    """Return the properties that the thing's own text does not state."""
    missing = set(_iris(node, NOT_STATED))
    for passage in _iris(node, ONTOLOGY + "describedIn"):
        missing.update(_iris(context.graph.node(passage), NOT_STATED))
    return missing


def _iris(node: Node, predicate: str) -> list[str]:
    return sorted({term.value for term in node.get(predicate, ()) if isinstance(term, ox.NamedNode)})


def _other_names(node: Node, title: Text, languages: Sequence[str]) -> tuple[Text, ...]:
    named = (node[prop] for prop in (*LABELS, *OTHER_NAMES[:3]) if prop in node)
    found = (text for terms in named for text in chosen(terms, languages))
    return tuple({text.text: text for text in found if text.text != title.text}.values())


def _elsewhere(node: Node, title: Text) -> tuple[Text, ...]:
    """Return the names of a thing in other languages than that of its title, one for each, by language."""
    found: dict[str, Text] = {}
    for prop in LABELS:
        for term in sorted(node.get(prop, ()), key=str):
            if (
                isinstance(term, ox.Literal)
                and term.language
                and term.value.strip()
                and term.language != title.language
            ):
                found.setdefault(term.language, Text(term.value, term.language))
    return tuple(found[language] for language in sorted(found))


def _in_head(prop: str, terms: Sequence[Term], told: Sequence[str] | None) -> bool:
    """Say whether the head of the page shows a property already."""
    if prop in (TYPE, NOT_STATED):
        return True
    if prop in _TEXTS_OF_HEAD:
        return all(isinstance(term, ox.Literal) for term in terms)
    return prop in LABELS and not told


def _grouped(properties: Iterable[Property]) -> tuple[Group, ...]:
    """Put properties under headings: what was worked out apart from what was said, links apart from plain values, the record last."""
    groups: dict[str, list[Property]] = {name: [] for name in ("Facts", "Worked out", "Connections", "Record")}
    for prop in properties:
        if prop.link.iri in ABOUT_RECORD:
            name = "Record"
        elif not _WORKED_OUT.isdisjoint(levels := [told.level for told in prop.told]) and "stated" not in levels:
            name = "Worked out"
        else:
            name = "Connections" if any(told.value.kind in _NODES for told in prop.told) else "Facts"
        groups[name].append(prop)
    return tuple(
        Group(name, tuple(sorted(found, key=lambda each: by_label(each.link))))
        for name, found in groups.items()
        if found
    )
