"""Finds a thing or a class by what people call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kg.analysis.picturing import labelled
from kg.errors import QueryError
from kg.rdf.labels import local_name

if TYPE_CHECKING:
    import networkx as nx

_MOST = 5


def thing(graph: nx.MultiDiGraph[str], name: str, prefixes: Mapping[str, str]) -> str:
    """Return the node that a name stands for: an IRI, with a prefix or without, a label in any case, or the end of an IRI.

    QueryError where there is none (KG670), and where there are several (KG671).
    """
    for iri in _iris(name, prefixes):
        if iri in graph:
            return iri
    folded = name.casefold()
    labels: dict[str, str] = labelled(graph)
    found = [node for node, label in labels.items() if label.casefold() == folded]
    found = found or [node for node in labels if local_name(node).casefold() == folded]
    if not found:
        every = {label.casefold() for label in labels.values()}
        near = sorted(label for label in every if folded and folded in label)[:_MOST] or get_close_matches(
            folded, every, n=_MOST
        )
        known = sorted({label for label in labels.values() if label.casefold() in near})[:_MOST]
        raise QueryError(
            "KG670",
            "there is no thing of this name in the graph",
            where=name,
            advice=f"did you mean {' or '.join(known)}?"
            if known
            else "give its label or its IRI; parts of things are found with --parts",
        )
    if len(found) > 1:
        some = ", ".join(sorted(found)[:_MOST]) + (", …" if len(found) > _MOST else "")
        raise QueryError(
            "KG671", f"{len(found)} things have this name: {some}", where=name, advice="give the IRI of one"
        )
    return found[0]


def class_(found: Iterable[str], name: str, prefixes: Mapping[str, str]) -> str:
    """Return the one of some classes (IRIs) that a name stands for: an IRI, with a prefix or without, or the end of one in any case; KG672 if none is."""
    known = sorted(set(found))
    for iri in _iris(name, prefixes):
        if iri in known:
            return iri
    folded = name.casefold()
    for iri in known:
        if local_name(iri).casefold() == folded:
            return iri
    raise QueryError(
        "KG672",
        "no thing in the graph has this class",
        where=name,
        advice=f"there are {', '.join(local_name(iri) for iri in known)}" if known else "the graph has no classes",
    )


def _iris(name: str, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    prefix, colon, local = name.partition(":")
    expanded = (prefixes[prefix] + local,) if colon and prefix in prefixes else ()
    return (name.removeprefix("<").removesuffix(">"), *expanded)
