"""Reads what the graph says about things: whole nodes, many at a time, within limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.pages.graph import Graph, Node, Term

__all__ = ["Node", "about", "blank_nodes", "first_iri", "first_literal", "iris_of", "is_true", "key", "lexicals"]

_BATCH = 200


def key(term: Term) -> str:
    """Return the name of a node: its IRI, or `_:` and the label of a blank one; an empty text for what is no node."""
    return term.value if isinstance(term, ox.NamedNode) else str(term) if isinstance(term, ox.BlankNode) else ""


def about(graph: Graph, iris: Iterable[str], limit: int) -> dict[str, Node]:
    """Return what is said of some things, about `limit` statements for 200 of them; a thing of which nothing is said is left out."""
    wanted = list(dict.fromkeys(iris))
    nodes: dict[str, Node] = {}
    for start in range(0, len(wanted), _BATCH):
        left = limit
        for iri in wanted[start : start + _BATCH]:
            node = graph.node(iri)
            if node and left > 0:
                nodes[iri] = node
                left -= sum(map(len, node.values()))
    return nodes


def blank_nodes(graph: Graph, terms: Iterable[Term], limit: int) -> dict[str, Node]:
    """Return what is said of the blank nodes among some terms, of those that they lead to, and so on, at most `limit` nodes."""
    nodes: dict[str, Node] = {}
    waiting = [term for term in terms if isinstance(term, ox.BlankNode)]
    while waiting and len(nodes) < limit:
        blank = waiting.pop(0)
        if str(blank) in nodes:
            continue
        node = graph.node(blank)
        nodes[str(blank)] = node
        waiting += [value for found in node.values() for value in found if isinstance(value, ox.BlankNode)]
    return nodes


def first_literal(node: Mapping[str, list[Term]], *predicates: str) -> ox.Literal | None:
    """Return the least literal of the first of some predicates that has one."""
    for predicate in predicates:
        found = [value for value in node.get(predicate, ()) if isinstance(value, ox.Literal)]
        if found:
            return min(found, key=str)
    return None


def first_iri(node: Mapping[str, list[Term]], *predicates: str) -> str | None:
    """Return the least IRI of the first of some predicates that has one."""
    for predicate in predicates:
        found = [value.value for value in node.get(predicate, ()) if isinstance(value, ox.NamedNode)]
        if found:
            return min(found)
    return None


def lexicals(node: Mapping[str, list[Term]], predicate: str) -> list[str]:
    """Return the texts of the literals of a predicate, in order."""
    return sorted({value.value for value in node.get(predicate, ()) if isinstance(value, ox.Literal)})


def is_true(node: Mapping[str, list[Term]], predicate: str) -> bool:
    """Say whether a predicate has the value true."""
    return any(text in ("true", "1") for text in lexicals(node, predicate))


def iris_of(nodes: Iterable[Mapping[str, list[Term]]]) -> set[str]:
    """Return all IRIs in some nodes: predicates, values, datatypes apart."""
    found: set[str] = set()
    for node in nodes:
        for predicate, terms in node.items():
            found.add(predicate)
            found.update(term.value for term in terms if isinstance(term, ox.NamedNode))
    return found
