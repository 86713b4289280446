"""What was read in a source: each statement with its words, in the order of the text, and the text with them marked where the graph holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import pyoxigraph as ox

from kg.pages import evidence as proof
from kg.pages.context import Context
from kg.pages.evidence import Evidence
from kg.pages.names import PREDICATE, SELECTOR, SOURCE, SUBJECT, TEXTS
from kg.pages.reading import Node, first_iri, first_literal, iris_of
from kg.pages.values import Link

_MOST = 500
_LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement that was read: of which thing, by which property, with its evidence; `anchor` is the fragment of its span."""

    subject: Link
    property: Link
    evidence: Evidence
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark over a span of a text: its anchor (empty where the mark only goes on), and what was read there."""

    anchor: str
    hint: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: the marks that open before it, and how many close after it."""

    text: str
    opened: tuple[Mark, ...] = ()
    closed: int = 0


def readings(context: Context, iri: str, languages: Sequence[str]) -> tuple[Reading, ...]:
    """Return what was read in a source, at most 500 statements; none for what is no source."""
    telling = (
        node.value
        for node, _ in context.graph.pointing(iri, SOURCE)
        if isinstance(node, ox.NamedNode) and PREDICATE in context.graph.node(node.value)
    )
    names = sorted(set(islice(telling, _MOST)))
    if not names:
        return ()
    nodes = proof.read(context.graph, names)
    write = context.writer(iris_of(nodes.values()) | set(nodes), languages)
    found = []
    for name in names:
        node: Node = nodes.get(name, {})
        subject, prop = first_iri(node, SUBJECT), first_iri(node, PREDICATE)
        shown = proof.shown(name, nodes, write) if node else None
        if subject and prop and shown and shown.quote:
            span = first_iri(node, SELECTOR) or ""
            anchor = span.partition("#")[2] if span.startswith(f"{iri}#") else ""
            found.append(Reading(write.link(subject), write.term(prop), shown, anchor))
    return _anchored_once(sorted(found, key=lambda each: (each.evidence.order, each.property.label.text)))


def marked(node: Mapping[str, Sequence[object]], found: Sequence[Reading]) -> tuple[Piece, ...]:
    """Return the text of a source in pieces, with the marks of its spans; none where the graph has no text.

    A span that begins within another and ends after it is closed with that one, and goes on in a mark without an anchor.
    """
    text = first_literal(dict(node), *TEXTS)  # type: ignore[arg-type]
    if text is None or len(text.value) > _LONGEST_TEXT:
        return ()
    spans = _spans(text.value, found)
    # From left to right, and of those that begin at one place the longest first: the order in which marks are opened.
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    ends = sorted({0, len(text.value), *(end for span in spans for end in span)})
    covers = [tuple(span for span in ordered if span[0] <= start and end <= span[1]) for start, end in pairwise(ends)]
    pieces: list[Piece] = []
    open_before: tuple[tuple[int, int], ...] = ()
    for (start, end), cover, after in zip(pairwise(ends), covers, [*covers[1:], ()], strict=True):
        opened = tuple(
            Mark(spans[span][0] if span[0] == start else "", ", ".join(dict.fromkeys(spans[span][1])))
            for span in cover[_common(open_before, cover) :]
        )
        pieces.append(Piece(text.value[start:end], opened, len(cover) - _common(cover, after)))
        open_before = cover
    return tuple(pieces)


def _spans(text: str, found: Sequence[Reading]) -> dict[tuple[int, int], tuple[str, list[str]]]:
    """Return the anchor of each span whose words stand at their place in the text, and the names of what was read there."""
    spans: dict[tuple[int, int], tuple[str, list[str]]] = {}
    for each in found:
        quote = each.evidence.quote
        if quote and quote.start is not None and quote.end is not None and quote.words:
            place = (quote.start, quote.end)
            if text[place[0] : place[1]] == quote.words:
                anchor = each.anchor or f"char={place[0]},{place[1]}"
                spans.setdefault(place, (anchor, []))[1].append(each.property.label.text)
    return spans


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many members two sequences have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _anchored_once(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Leave an anchor to the first reading of a span: an id stands once on a page."""
    seen: set[str] = set()
    once = []
    for each in found:
        once.append(Reading(each.subject, each.property, each.evidence, "" if each.anchor in seen else each.anchor))
        seen.add(each.anchor)
    return tuple(once)
