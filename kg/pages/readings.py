"""What was read in a source: each statement with its words, in the order of the text, and the text with them marked where the graph holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

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


def readings(context: Context, iri: str, languages: Sequence[str]) -> tuple[Reading, ...]:
    """Return what was read in a source, at most 500 statements; none for what is no source."""
    rows = context.graph.select(
        f"SELECT ?e ?s WHERE {{ ?e <{SOURCE}> ?s ; <{PREDICATE}> ?p }} LIMIT {_MOST}", {"s": ox.NamedNode(iri)}
    )
    names = sorted({row[0].value for row in rows if isinstance(row[0], ox.NamedNode)})
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


def marked(node: Mapping[str, Sequence[object]], found: Sequence[Reading]) -> list[tuple[str, str, str]]:
    """Return the text of a source in pieces: the text, the anchor of a span (empty between spans) and what was read there; none where the graph has no text."""
    text = first_literal(dict(node), *TEXTS)  # type: ignore[arg-type]
    if text is None or len(text.value) > _LONGEST_TEXT:
        return []
    spans: dict[tuple[int, int], tuple[str, list[str]]] = {}
    for each in found:
        quote = each.evidence.quote
        if (
            quote
            and quote.start is not None
            and quote.end is not None
            and text.value[quote.start : quote.end] == quote.words
        ):
            anchor, hints = spans.setdefault(
                (quote.start, quote.end), (each.anchor or f"char={quote.start},{quote.end}", [])
            )
            hints.append(each.property.label.text)
    # Where spans overlap the text is cut at each end, and a piece belongs to the shortest span over it.
    ends = sorted({0, len(text.value), *(end for span in spans for end in span)})
    pieces: list[tuple[str, str, str]] = []
    used: set[str] = set()
    for start, end in pairwise(ends):
        over = sorted((b - a, a, b) for a, b in spans if a <= start and end <= b)
        anchor, hints = spans[over[0][1], over[0][2]] if over else ("", [])
        pieces.append(
            (
                text.value[start:end],
                anchor if anchor not in used else f"{anchor}-{start}",
                ", ".join(dict.fromkeys(hints)),
            )
        )
        used.add(anchor)
    return pieces


def _anchored_once(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Leave an anchor to the first reading of a span: an id stands once on a page."""
    seen: set[str] = set()
    once = []
    for each in found:
        once.append(Reading(each.subject, each.property, each.evidence, "" if each.anchor in seen else each.anchor))
        seen.add(each.anchor)
    return tuple(once)
