"""Small graphs and shapes for tests, written as TriG with the usual prefixes."""

from __future__ import annotations

import duckdb
import pyoxigraph as ox

from kg.rdf.namespaces import OA, PROV, QUDT, RDF, RDFS, SH, SKOS, XSD
from kg.settings import DEFAULT_BASE, ONTOLOGY, SHAPES
from kg.validation import Engine, Report, Shapes, read_shapes, validate

EX = "http://example.org/"
_PREFIXES = {
    "": EX,
    "id": DEFAULT_BASE,
    "kg": ONTOLOGY,
    "kgsh": SHAPES,
    "oa": OA,
    "prov": PROV,
    "qudt": QUDT,
    "rdf": RDF,
    "rdfs": RDFS,
    "sh": SH,
    "skos": SKOS,
    "xsd": XSD,
}
_HEAD = f"@base <{DEFAULT_BASE}> .\n" + "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _PREFIXES.items())


def quads(text: str) -> list[tuple[str, str, str, str | None]]:
    """Return the quads of a TriG text as canonical terms."""
    return [
        (
            str(quad.subject),
            str(quad.predicate),
            str(quad.object),
            None if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name),
        )
        for quad in ox.parse(_HEAD + text, format=ox.RdfFormat.TRIG)
    ]


def connection(text: str) -> duckdb.DuckDBPyConnection:
    """Return a connection whose relation of quads holds a TriG text."""
    con = duckdb.connect()
    con.execute("CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    for quad in quads(text):
        con.execute("INSERT INTO quads VALUES ($1, $2, $3, $4)", list(quad))
    return con


def shapes(text: str) -> Shapes:
    """Return the shapes of a Turtle text."""
    return read_shapes(quad[:3] for quad in quads(text))


def report(data: str, shape_text: str, engine: Engine = "auto") -> Report:
    """Return what validation finds in a TriG text."""
    with connection(data) as con:
        return validate(con, shapes(shape_text), engine=engine)


def found(data: str, shape_text: str, engine: Engine = "auto") -> list[tuple[str | None, str | None, str | None]]:
    """Return entity, local path and value of each finding."""
    return [
        (
            (finding.entity or "").removeprefix(EX),
            None if finding.path is None else finding.path.replace(EX, ""),
            None if finding.value is None else finding.value.replace(EX, "").replace(XSD, ""),
        )
        for finding in report(data, shape_text, engine).findings
    ]
