"""A database session with the relation of quads that exports are written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import pyoxigraph as ox

from kg.rdf.terms import macros


@contextmanager
def session(quads: Iterable[ox.Quad]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a session with the relation `quads`."""

    def graph(quad: ox.Quad) -> str | None:
        return None if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)

    rows = [(str(quad.subject), str(quad.predicate), canonical(quad.object), graph(quad)) for quad in quads]
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(macros())
        con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
        if rows:
            con.executemany("INSERT INTO quads VALUES (?, ?, ?, ?)", rows)
        yield con


def canonical(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """Return a term as canonical N-Quads has it."""
    a = ox.NamedNode("http://a/")
    line = ox.serialize([ox.Quad(a, a, term)], format=ox.RdfFormat.N_QUADS)
    assert line is not None
    return line.decode().removeprefix("<http://a/> <http://a/> ").removesuffix(" .\n")
