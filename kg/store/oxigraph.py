"""Builds and opens Oxigraph stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryError

# So many quads are sorted at once, or so many bytes of lines.
_SOME = 100_000
_PIECE = 1 << 24


def build_store(quads: Path, triples: Path, folder: Path) -> None:
    """Make a store in `folder` of a file of N-Quads and the file of its distinct triples.

    The triples become the default graph, which so is the merge of all graphs, each triple once. (Oxigraph's own union of graphs repeats a triple
    for each graph that holds it, and every count over it is wrong.)
    """
    store = ox.Store(str(folder))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.bulk_load(path=str(triples), format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()


def open_store(folder: Path) -> ox.Store:
    """Open a store for reading; any number of processes may."""
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise QueryError(
            "KG501", f"the store cannot be opened: {error}", where=str(folder), advice="build the release again"
        ) from error


def memory_store(quads: Iterable[ox.Quad]) -> ox.Store:
    """Return a store in memory that holds the quads, and all their triples in the default graph."""
    store = ox.Store()
    store.extend(_merged(quads))
    return store


def file_store(quads: Iterable[ox.Quad], folder: Path) -> None:
    """Make a store in `folder` of quads that come in any order; their triples are in the default graph, too."""
    store = ox.Store(str(folder))
    waiting = _merged(quads)
    # The store takes very much memory for all of them at once, and no less time.
    while some := list(islice(waiting, _SOME)):
        store.bulk_extend(some)
    store.optimize()
    store.flush()


def lines_store(lines: Path, folder: Path) -> None:
    """Make a store in `folder` of a file of N-Triples without blank nodes, to which the store would give other labels in each piece of the file."""
    store = ox.Store(str(folder))
    with lines.open("rb") as file:
        # As in `file_store`: much memory for all at once.
        while some := file.read(_PIECE):
            store.bulk_load(some + file.readline(), format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()


def _merged(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Yield each quad, and the triple of one of a named graph for the default graph."""
    default = ox.DefaultGraph()
    for quad in quads:
        yield quad
        if quad.graph_name != default:
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
