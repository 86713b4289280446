"""RDFC-1.0 for the groups of blank nodes that only their surroundings tell apart, in a process of its own that can be stopped.

The algorithm takes exponential time on groups that are made for it (a few blank nodes, each linked to each), and the library cannot be interrupted.
"""

from __future__ import annotations

import multiprocessing
from collections import defaultdict
from collections.abc import Iterable
from multiprocessing.connection import Connection
from time import monotonic
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from kg.errors import DiffError

# What all groups together may take, in seconds, and more for each of their quads.
_PATIENCE, _PATIENCE_PER_QUAD = 30.0, 0.001


class Canonicaliser:
    """Gives the canonical form of datasets, one after the other."""

    def __init__(self, quads: int, patience: float = _PATIENCE) -> None:
        """`quads` is how many there will be in all, `patience` the seconds that they may take besides what their number allows."""
        self._quads = quads
        self._patience = patience

    def __enter__(self) -> Self:
        # A fresh process: a fork would take over the threads of the database half-way.
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._deadline = monotonic() + self._patience + _PATIENCE_PER_QUAD * self._quads
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()
        self._line.close()

    def __call__(self, lines: list[str]) -> list[str]:
        """Return lines of N-Quads with canonical labels, sorted; DiffError where that takes too long."""
        self._line.send(lines)
        if not self._line.poll(max(0.0, self._deadline - monotonic())):
            raise DiffError(
                "KG660",
                f"{len(lines)} statements about blank nodes are too much alike to be compared in reasonable time",
                where=f"such as {lines[0]}",
                advice="give these nodes IRIs",
            )
        try:
            answer: list[str] = self._line.recv()
        except EOFError as error:
            raise DiffError(
                "KG660", "the comparison of blank nodes broke off", advice="give these nodes IRIs, or free some memory"
            ) from error
        return answer


def _serve(line: Connection) -> None:
    try:
        while True:
            line.send(canonical(line.recv()))
    except (EOFError, KeyboardInterrupt):
        return


def canonical(lines: list[str]) -> list[str]:
    """Return lines of N-Quads with canonical labels, sorted.

    The labels are those that RDFC-1.0 gives when each node has its colour as one more statement. So it is left with nodes that colours do not tell apart, where by
    itself it would take the third power of the length of a list to tell equal elements from each other.
    """
    quads = list(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))
    colour = ox.NamedNode("urn:x-kg:colour")
    marks = [ox.Quad(ox.BlankNode(node[2:]), colour, ox.Literal(number)) for node, number in colours(quads).items()]
    dataset = ox.Dataset([*quads, *marks])
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    # Marks stand in the default graph with a predicate that no quad of a graph of ours has; were there one, it would be in both forms or in none.
    return sorted(f"{quad} ." for quad in dataset if quad.predicate != colour)


def colours(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """Return a number for each blank node (`_:label`), the same in isomorphic graphs; nodes with one number stand in equal quads with nodes of equal numbers.

    This is colour refinement: nodes get new numbers until none of one number can be told apart by those of its neighbours. A node is looked at again only when a neighbour
    has got a new one.
    """
    places: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for quad in quads:
        terms = tuple(map(str, (quad.subject, quad.predicate, quad.object, quad.graph_name)))
        for node in filter(_is_blank, set(terms)):
            places[node].append(terms)
    number = dict.fromkeys(places, 0)
    sizes = {0: len(places)}
    looked_at = set(places)
    while looked_at:
        split: dict[int, dict[tuple[tuple[str, ...], ...], list[str]]] = defaultdict(lambda: defaultdict(list))
        for node in looked_at:
            seen = (
                tuple(term if not _is_blank(term) else "_:" if term == node else f"_:{number[term]}" for term in terms)
                for terms in places[node]
            )
            split[number[node]][tuple(sorted(seen))].append(node)
        renumbered = []
        for old in sorted(split):
            parts = [split[old][seen] for seen in sorted(split[old])]
            # One part keeps the number: that of the nodes which were not looked at, or else the largest, so that few are looked at again.
            if sum(map(len, parts)) == sizes[old]:
                parts.remove(max(parts, key=len))
            for part in parts:
                sizes[old] -= len(part)
                sizes[len(sizes)] = len(part)
                number |= dict.fromkeys(part, len(sizes) - 1)
                renumbered += part
        looked_at = {term for node in renumbered for terms in places[node] for term in filter(_is_blank, terms)}
    return number


def _is_blank(term: str) -> bool:
    return term.startswith("_:")
