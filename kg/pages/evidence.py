"""What stands behind a value: the words of a source and the rule that read them, or the formula, its inputs and what it assumes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.pages.graph import Graph, Term
from kg.pages.labels import Text
from kg.pages.names import (
    DERIVED_FROM,
    NUMBER,
    OBJECT,
    PREDICATE,
    QUANTITY_KIND,
    QUANTITY_OF,
    SELECTOR,
    SOURCE,
    SUBJECT,
    TEXTS,
    UNIT_TEXT,
)
from kg.pages.numbers import sign
from kg.pages.reading import Node, about, first_iri, first_literal, is_true, lexicals
from kg.pages.values import Link, Value, Writer
from kg.rdf.namespaces import OA, RDFS
from kg.settings import ONTOLOGY

# Things that everybody tells of have very many statements; these are enough for a page.
_MOST = 400
_MOST_STATEMENTS = 20_000
# How much of a text is shown around a span.
_AROUND = 220
_LEVELS = ("stated", "derived", "estimated", "reference")


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a source: what stands before it and after it (empty where the graph has no text), and where it is; `place` is its address."""

    words: str
    before: str
    after: str
    source: Link | None
    start: int | None
    end: int | None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """What a value was computed from: a statement with its words, or a thing."""

    link: Link
    words: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a value is in the graph; `level` is stated, derived, estimated or reference."""

    level: str
    node: Link | None = None
    quote: Quote | None = None
    rule: str = ""
    formula: str = ""
    method: str = ""
    precision: str = ""
    inputs: tuple[Input, ...] = ()
    assumptions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    implausible: bool = False
    approximate: bool = False
    value: Value | None = None
    unit: str = ""

    @property
    def order(self) -> tuple[int, str, int, str]:
        """Sources in the order of their text, then what follows from them."""
        source = self.quote.source.label.text if self.quote and self.quote.source else ""
        start = (self.quote.start or 0) if self.quote else 0
        return (
            _LEVELS.index(self.level) if self.level in _LEVELS else 9,
            source,
            start,
            self.node.iri if self.node else "",
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The nodes of evidence about some things: by what they tell (subject, property), and all nodes that they refer to."""

    told: Mapping[tuple[str, str], tuple[str, ...]]
    nodes: Mapping[str, Node]

    def about_value(self, subject: str, prop: str, term: Term) -> list[str]:
        """Return the nodes that tell exactly this value."""
        return [node for node in self.told.get((subject, prop), ()) if self._tells(self.nodes[node], node, term)]

    def _tells(self, node: Node, name: str, term: Term) -> bool:
        if isinstance(term, ox.NamedNode) and term.value == name:
            return True
        values_ = node.get(OBJECT) or node.get(NUMBER, [])
        return any(value == term or _same_number(value, term) for value in values_)


def find(graph: Graph, subjects: Iterable[str]) -> Found:
    """Return the evidence about some things, with the spans, sources and inputs that it refers to."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    telling = (
        (subject, node.value, prop)
        for subject in dict.fromkeys(subjects)
        for about_, kind in ((SUBJECT, PREDICATE), (QUANTITY_OF, QUANTITY_KIND))
        for node, _ in graph.pointing(subject, about_)
        if isinstance(node, ox.NamedNode)
        for prop in graph.node(node.value).get(kind, ())
    )
    for subject, node, prop in islice(telling, _MOST):
        if isinstance(prop, ox.NamedNode):
            told[subject, prop.value].append(node)
    nodes = about(graph, sorted({node for found in told.values() for node in found}), _MOST_STATEMENTS)
    return Found({place: tuple(sorted(found)) for place, found in told.items()}, _followed(graph, nodes))


def read(graph: Graph, iris: Iterable[str]) -> Mapping[str, Node]:
    """Return nodes of evidence by their IRIs, with what they refer to."""
    return _followed(graph, about(graph, sorted(set(iris)), _MOST_STATEMENTS))


def _followed(graph: Graph, nodes: dict[str, Node]) -> dict[str, Node]:
    """Add the spans, sources and inputs of some nodes, and the sources of inputs."""
    for _ in range(2):
        wanted = {
            term.value
            for node in nodes.values()
            for predicate in (SELECTOR, SOURCE, DERIVED_FROM)
            for term in node.get(predicate, ())
            if isinstance(term, ox.NamedNode) and term.value not in nodes
        }
        if wanted:
            nodes = nodes | about(graph, sorted(wanted), _MOST_STATEMENTS)
    return nodes


def shown(node: str, nodes: Mapping[str, Node], write: Writer) -> Evidence:
    """Return a node of evidence as a page shows it."""
    said = nodes[node]
    level = first_literal(said, ONTOLOGY + "level")
    prop = first_iri(said, PREDICATE, QUANTITY_KIND)
    value = next(iter(sorted(said.get(OBJECT, ()) or said.get(NUMBER, ()), key=str)), None)
    unit = first_literal(said, UNIT_TEXT)
    return Evidence(
        level=level.value if level else "stated",
        node=write.link(node),
        quote=_quote(said, nodes, write),
        rule=_one(said, ONTOLOGY + "rule"),
        formula=_one(said, ONTOLOGY + "formula"),
        method=_one(said, ONTOLOGY + "computeMethod"),
        precision=_one(said, ONTOLOGY + "atPrecision"),
        inputs=tuple(_inputs(said, nodes, write)),
        assumptions=tuple(lexicals(said, ONTOLOGY + "assumption")),
        cautions=tuple(lexicals(said, ONTOLOGY + "caution")),
        implausible=is_true(said, ONTOLOGY + "implausible"),
        approximate=is_true(said, ONTOLOGY + "approximate"),
        value=write.value(value, prop) if value is not None else None,
        unit=sign(unit.value, value.value if isinstance(value, ox.Literal) else "") if unit else "",
    )


def _quote(said: Node, nodes: Mapping[str, Node], write: Writer) -> Quote | None:
    selector = first_iri(said, SELECTOR) or ""
    span = nodes.get(selector, {})
    words = _one(said, ONTOLOGY + "verbatim") or _one(span, OA + "exact")
    source = first_iri(said, SOURCE)
    if not words and not source:
        return None
    start, end = _offset(span, OA + "start"), _offset(span, OA + "end")
    text = first_literal(nodes.get(source or "", {}), *TEXTS)
    before, after = _one(span, OA + "prefix"), _one(span, OA + "suffix")
    place = write.link(selector).href if source and selector.startswith(f"{source}#") else None
    # The text is only believed where the words stand at their place.
    if text is not None and start is not None and end is not None and text.value[start:end] == (words or None):
        before = _cut_before(text.value[max(0, start - _AROUND) : start], whole=start <= _AROUND)
        after = _cut_after(text.value[end : end + _AROUND], whole=end + _AROUND >= len(text.value))
    return Quote(words, before, after, _source(source, nodes, write) if source else None, start, end, place)


def _source(source: str, nodes: Mapping[str, Node], write: Writer) -> Link:
    link = write.link(source)
    label = first_literal(nodes.get(source, {}), RDFS + "label", ONTOLOGY + "fileName")
    return Link(Text(label.value, label.language), link.iri, link.href, link.outside) if label else link


def _inputs(said: Node, nodes: Mapping[str, Node], write: Writer) -> Iterable[Input]:
    for term in sorted(said.get(DERIVED_FROM, ()), key=str):
        if not isinstance(term, ox.NamedNode):
            continue
        node = nodes.get(term.value, {})
        prop = first_iri(node, PREDICATE, QUANTITY_KIND)
        link = write.link(term.value)
        if prop:
            link = Link(write.name(prop), link.iri, link.href, link.outside)
        yield Input(link, _one(node, ONTOLOGY + "verbatim"))


def _one(node: Node, predicate: str) -> str:
    literal = first_literal(node, predicate)
    return literal.value if literal else ""


def _offset(node: Node, predicate: str) -> int | None:
    text = _one(node, predicate)
    return int(text) if text.isascii() and text.isdecimal() else None


def _cut_before(text: str, *, whole: bool) -> str:
    return text if whole else "… " + (text.partition(" ")[2] or text)


def _cut_after(text: str, *, whole: bool) -> str:
    return text if whole else (text.rpartition(" ")[0] or text) + " …"


def _same_number(one: Term, other: Term) -> bool:
    """Say whether two literals are one number in two datatypes: a quantity holds a decimal where the plain value is a double."""
    if not (isinstance(one, ox.Literal) and isinstance(other, ox.Literal)):
        return False
    try:
        return float(one.value) == float(other.value)
    except ValueError:
        return False
