"""What was removed from a graph and added to it, as RDF Patch and as SPARQL Update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TypeAlias

# Subject, predicate, object and graph (None: the default graph) in canonical N-Triples, which SPARQL reads, too.
Row: TypeAlias = tuple[str, str, str, str | None]

# So many quads are one operation: what a store parses at once.
_OPERATION = 10_000


def rdf_patch(removed: Iterable[Row], added: Iterable[Row]) -> Iterator[str]:
    """Yield an RDF Patch: deletions, then additions, as one transaction."""
    yield "TX .\n"
    for mark, rows in (("D", removed), ("A", added)):
        yield from (f"{mark} {s} {p} {o} {g} .\n" if g else f"{mark} {s} {p} {o} .\n" for s, p, o, g in rows)
    yield "TC .\n"


def sparql_update(removed: Iterable[Row], added: Iterable[Row]) -> Iterator[str]:
    """Yield a SPARQL Update, in operations of limited size; no row may hold a blank node, which has no name there that a store would know."""
    for verb, rows in (("DELETE DATA", iter(removed)), ("INSERT DATA", iter(added))):
        while some := list(islice(rows, _OPERATION)):
            yield f"{verb} {{\n{quads(some)}}} ;\n"


def quads(rows: Iterable[Row]) -> str:
    """Return rows as the quads of a SPARQL operation, each graph in a block."""
    lines = []
    for graph, some in groupby(rows, key=lambda row: row[3]):
        block = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in some)
        lines.append(f"GRAPH {graph} {{\n{block}}}\n" if graph else block)
    return "".join(lines)
