"""Graphs for the tests of differences: random ones, and what says that two are the same."""

from __future__ import annotations

import random
from pathlib import Path
from types import TracebackType
from typing import Self

import pyoxigraph as ox
from hypothesis import strategies as st

from kg.diffing.canonical import canonical

IRIS = st.sampled_from([ox.NamedNode(f"http://x/{name}") for name in "ab"])
PREDICATES = st.sampled_from([ox.NamedNode(f"http://x/{name}") for name in "pq"])
BLANKS = st.sampled_from([ox.BlankNode(name) for name in ("b0", "b1", "b2", "n0_1")])
LITERALS = st.sampled_from(
    [
        ox.Literal("1"),
        ox.Literal(1),
        ox.Literal("1", datatype=ox.NamedNode("http://x/d")),
        ox.Literal('a "b" _:b0 .\n\\', language="en"),
        ox.Literal("<x> <y> _:z"),
    ]
)
GRAPHS = st.one_of(st.just(ox.DefaultGraph()), st.just(ox.NamedNode("http://x/g")), BLANKS)
QUADS = st.builds(ox.Quad, IRIS | BLANKS, PREDICATES, IRIS | BLANKS | LITERALS, GRAPHS)
DATASETS = st.lists(QUADS, max_size=10).map(ox.Dataset)


class AtOnce:
    """Stands in for the process that canonicalises, where what it is given is small."""

    def __init__(self, quads: int) -> None:
        self.quads = quads

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def __call__(self, lines: list[str]) -> list[str]:
        return canonical(lines)


def same(one: ox.Dataset, other: ox.Dataset) -> bool:
    """Return whether two datasets are isomorphic."""
    forms = [ox.Dataset(dataset) for dataset in (one, other)]
    for form in forms:
        form.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return forms[0] == forms[1]


def relabelled(dataset: ox.Dataset, seed: int) -> ox.Dataset:
    """Return a dataset with other labels of blank nodes."""
    numbers = list(range(20))
    random.Random(seed).shuffle(numbers)  # noqa: S311 - no secret
    names: dict[object, ox.BlankNode] = {}

    def renamed(term: object) -> object:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"r{numbers[len(names)]}"))
        return term

    return ox.Dataset(
        ox.Quad(renamed(quad.subject), quad.predicate, renamed(quad.object), renamed(quad.graph_name))  # type: ignore[arg-type]
        for quad in sorted(dataset, key=str)
    )


def write(dataset: ox.Dataset, path: Path, seed: int = 0) -> Path:
    """Write a dataset as N-Quads, in an order that the seed draws; return the path."""
    lines = sorted(f"{quad} .\n" for quad in dataset)
    random.Random(seed).shuffle(lines)  # noqa: S311 - no secret
    path.write_text("".join(lines), encoding="utf-8")
    return path
