"""Writes solutions as SPARQL 1.1 Query Results CSV: Oxigraph quotes no IRI, so that one with a comma in it is two fields to others (RFC 4180, 2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox


def csv_lines(results: ox.QuerySolutions) -> Iterator[bytes]:
    """Yield the names of the variables, then each row."""
    yield (",".join(variable.value for variable in results.variables) + "\r\n").encode()
    commas = max(0, len(results.variables) - 1)
    for solution in results:
        fields = ["" if term is None else _text(term) for term in solution]
        line = ",".join(fields)
        # Few rows have a field that must be quoted.
        if line.count(",") != commas or '"' in line or "\n" in line or "\r" in line:
            line = ",".join(map(_quoted, fields))
        yield f"{line}\r\n".encode()


def _text(term: Any) -> str:
    if isinstance(term, ox.Triple):
        return " ".join(map(_text, term))
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(term.value)


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"' if any(sign in field for sign in ',"\n\r') else field
