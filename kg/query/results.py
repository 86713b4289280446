"""Results to text: a table for people, the standard formats for programs."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from kg.errors import QueryError
from kg.query.csv_rows import csv_lines
from kg.query.run import Results
from kg.rdf.namespaces import XSD
from kg.rdf.prefixes import shortened
from kg.rdf.xml_text import fit_for_xml

_SOLUTIONS = {
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_TRIPLES = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES}
FORMATS = ("table", "csv", *_SOLUTIONS, *_TRIPLES)


def render(results: Results, format_: str, prefixes: dict[str, str]) -> bytes:
    """Return results in a format of FORMATS; QueryError where the kind of query has no such format."""
    if isinstance(results, ox.QueryTriples):
        if format_ not in (*_TRIPLES, "table"):
            raise QueryError("KG505", f"a graph cannot be written as {format_}", advice="use --format ttl or nt")
        syntax = _TRIPLES["nt" if format_ == "nt" else "ttl"]
        # The triples come in no fixed order.
        return (
            ox.serialize(sorted(results, key=str), format=syntax, prefixes=None if format_ == "nt" else prefixes) or b""
        )
    if format_ in _TRIPLES:
        raise QueryError(
            "KG505", f"{format_} is for CONSTRUCT and DESCRIBE", advice="use --format table, csv, tsv, json or xml"
        )
    if format_ != "table":
        if isinstance(results, ox.QueryBoolean) and format_ in ("csv", "tsv"):
            return f"{str(bool(results)).lower()}\n".encode()
        if isinstance(results, ox.QuerySolutions) and format_ == "csv":
            return b"".join(csv_lines(results))
        found: list[bytes] = []
        take = fit_for_xml(found.append) if format_ == "xml" else found.append
        take(results.serialize(format=_SOLUTIONS[format_]) or b"")
        return b"".join(found)
    if isinstance(results, ox.QueryBoolean):
        return b"yes\n" if results else b"no\n"
    return _table(results, prefixes).encode()


def _table(results: ox.QuerySolutions, prefixes: dict[str, str]) -> str:
    """Return aligned columns, numbers to the right, and the number of rows below."""
    names = [variable.value for variable in results.variables]
    rows = [[_cell(solution[name], prefixes) for name in names] for solution in results]
    numeric = [
        all(_is_number(row[place]) for row in rows) and any(row[place] for row in rows) for place in range(len(names))
    ]
    widths = [max([len(name), *(len(row[place]) for row in rows)]) for place, name in enumerate(names)]

    def line(cells: list[str]) -> str:
        return "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ).rstrip()

    count = "no row" if not rows else "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return "\n".join([line(names), line(["─" * width for width in widths]), *map(line, rows), f"({count})", ""])


def _cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, prefixes: dict[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return shortened(term.value, prefixes)
    if isinstance(term, ox.Literal):
        number = term.datatype.value in (XSD + "double", XSD + "float", XSD + "decimal")
        return _printable(_number(term) if number else term.value)
    return _printable(str(term))


def _printable(text: str) -> str:
    """Return a text without what would tear the table or drive the terminal."""
    return "".join(character if character.isprintable() else "␣" if character.isspace() else "�" for character in text)


def _number(term: ox.Literal) -> str:
    """Return a number as people read it: a large or small one in scientific notation, six digits behind the point at the most."""
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return term.value
    if not value.is_finite() or value == 0:
        return term.value
    if term.datatype.value != XSD + "decimal" and not Decimal("1e-4") <= abs(value) < Decimal("1e15"):
        mantissa, _, exponent = f"{value:.6e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    text = f"{value:.6f}" if -value.as_tuple().exponent > 6 and abs(value) >= Decimal("0.01") else f"{value:f}"  # type: ignore[operator]
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_number(text: str) -> bool:
    try:
        Decimal(text or "0")
    except InvalidOperation:
        return False
    return True
