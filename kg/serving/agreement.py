"""Compares what a table says of a thing with what the graph says: which values of properties agree, and which contradict."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from kg.pages import Graph
from kg.pages.graph import Term
from kg.pages.names import OTHER_NAMES
from kg.pages.similar import folded, likeness
from kg.rdf.labels import LABELS
from kg.serving.messages import Problem

# What a property weighs beside a name.
_WEIGHT: Final = 0.5
_MOST_PROPERTIES: Final = 20
_MOST_VALUES: Final = 200
# A name that is spelled nearly so neither agrees nor contradicts.
_NEARLY: Final = 0.75
_TRUTHS: Final = {"true": "true", "1": "true", "yes": "true", "false": "false", "0": "false", "no": "false"}


class Wanted(NamedTuple):
    """A property, and the values of which a thing should have one."""

    property: str
    values: tuple[str, ...]


class Agreement(NamedTuple):
    """How many properties of a thing agree with what is wanted, and how many contradict it."""

    agree: int
    contradict: int

    def score(self, name: float) -> float:
        """Return the mean of the rating of the name, from 0 to 100, and of the properties: 100 for one that agrees, 0 for one that contradicts, half as heavy each."""
        agree, contradict = _WEIGHT * self.agree, _WEIGHT * self.contradict
        return round((name + 100 * agree) / (1 + agree + contradict), 1)


def wanted(asked: Any) -> tuple[Wanted, ...]:
    """Return the properties of a query; Problem 400 where they are none."""
    if asked is None:
        return ()
    if not isinstance(asked, list) or len(asked) > _MOST_PROPERTIES:
        raise Problem(400, f"`properties` must be a list of at most {_MOST_PROPERTIES} properties")
    found = []
    for each in asked:
        if not isinstance(each, dict) or not isinstance(each.get("pid"), str):
            raise Problem(400, "a property must be an object with the text `pid`, and its value `v`")
        value = each.get("v")
        texts = [_text(one) for one in (value if isinstance(value, list) else [value])[:_MOST_VALUES]]
        if any(texts):
            found.append(Wanted(each["pid"], tuple(filter(None, texts))))
    return tuple(found)


def agreement(graph: Graph, iri: str, asked: Sequence[Wanted]) -> Agreement:
    """Return how far a thing agrees with what is wanted; a property that it does not have says nothing."""
    rates = [_rate(graph, iri, each) for each in asked]
    return Agreement(sum(rate == 1 for rate in rates), sum(rate == -1 for rate in rates))


def _text(value: Any) -> str:
    """Return a value of a query as text; one that was matched before is an object with its `id`."""
    if isinstance(value, dict):
        value = value.get("id", value.get("name", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _rate(graph: Graph, iri: str, asked: Wanted) -> int:
    """Return 1 where a value is one of those that are wanted, -1 where all are others, and 0 where that is open."""
    try:
        bound: dict[str, Term] = {"s": ox.NamedNode(iri), "p": ox.NamedNode(asked.property)}
    except ValueError:
        return 0
    rows = graph.select(f"SELECT ?o ?s ?p WHERE {{ ?s ?p ?o }} LIMIT {_MOST_VALUES}", bound)
    rates = [_like(graph, row[0], text) for row in rows for text in asked.values]
    return max(rates, default=0) if len(rows) < _MOST_VALUES else int(1 in rates)


def _like(graph: Graph, value: Term | None, text: str) -> int:
    if isinstance(value, ox.NamedNode):
        return 1 if value.value == text else max((_alike(name, text) for name in _names(graph, value.value)), default=0)
    # What has no name cannot be compared.
    return _same(value, text) if isinstance(value, ox.Literal) else 0


def _names(graph: Graph, iri: str) -> list[str]:
    node = graph.node(iri)
    named = (node.get(prop, ()) for prop in (*LABELS, *OTHER_NAMES))
    return [term.value for terms in named for term in terms if isinstance(term, ox.Literal)]


def _same(literal: ox.Literal, text: str) -> int:
    """Compare a literal with a text: numbers by their value, truths by their words, all else by its letters."""
    own = literal.value
    if literal.datatype.value.endswith("#boolean"):
        return 1 if _TRUTHS.get(own) == _TRUTHS.get(text.casefold()) else -1
    one, other = _number(own), _number(text)
    if one is not None and other is not None:
        return 1 if one == other else -1
    return _alike(own, text)


def _alike(name: str, text: str) -> int:
    one, other = folded(name), folded(text)
    if one == other:
        return 1 if one or name == text else -1
    # Of a number or a date, one digit more is another.
    digits = any(letter.isdigit() for letter in one + other)
    return 0 if not digits and likeness(other, one) >= _NEARLY else -1


def _number(text: str) -> Decimal | None:
    """Return a number as people write it, with commas between thousands."""
    plain = text.strip()
    head, *groups = plain.split(",")
    if groups and len(head.lstrip("+-")) in (1, 2, 3) and all(len(each.partition(".")[0]) == 3 for each in groups):
        plain = plain.replace(",", "")
    with contextlib.suppress(ArithmeticError, ValueError):
        found = Decimal(plain)
        return found if found.is_finite() else None
    return None
