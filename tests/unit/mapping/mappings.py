"""Small mappings over small tables, for the tests of mapping."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kg.mapping import run_mapping
from tests.session import QuadRow, quads_of, session

BASE = "https://base.example/"
PREFIXES = """
@prefix rml: <http://w3id.org/rml/> .
@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://example.org/> .
<#session> d2rq:jdbcDSN "jdbc:duckdb:" .
"""
XSD = "http://www.w3.org/2001/XMLSchema#"


def quoted(text: str) -> str:
    """Return a text as a string of Turtle and SPARQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'


def table(name: str) -> str:
    """Return a logical source that is a table of the session."""
    return f"[ rml:source <#session> ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator {quoted(name)} ]"


def query(sql: str) -> str:
    """Return a logical source that is a query of the session."""
    return f"[ rml:source <#session> ; rml:referenceFormulation rml:SQL2008Query ; rml:iterator {quoted(sql)} ]"


def csv(file: str) -> str:
    """Return a logical source that is a CSV file."""
    return f"[ rml:source {quoted(file)} ; rml:referenceFormulation rml:CSV ]"


def triples_map(
    *said: str, source: str, subject: str = 'rml:template "http://example.org/{id}"', name: str = "Map"
) -> str:
    """Return a triples map; each of `said` is an object map with ex:p as its predicate, or a whole predicate-object map."""
    maps = [
        f"rml:predicateObjectMap [ {one if 'rml:predicate' in one else f'rml:predicate ex:p ; rml:objectMap [ {one} ]'} ]"
        for one in said
    ]
    return f"<#{name}> " + " ; ".join((f"rml:logicalSource {source}", f"rml:subjectMap [ {subject} ]", *maps)) + " .\n"


def write(folder: Path, turtle: str, prefixes: str = PREFIXES) -> Path:
    """Write a mapping to a folder."""
    path = folder / "mapping.rml.ttl"
    path.write_text(prefixes + turtle, encoding="utf-8")
    return path


def mapped(folder: Path, turtle: str, *setup: str, prefixes: str = PREFIXES) -> set[QuadRow]:
    """Return what a mapping makes in a session in which the statements of `setup` were run before."""
    with session() as con:
        run(con, folder, turtle, *setup, prefixes=prefixes)
        return quads_of(con)


def run(con: duckdb.DuckDBPyConnection, folder: Path, turtle: str, *setup: str, prefixes: str = PREFIXES) -> None:
    """Run a mapping in a session."""
    for statement in setup:
        con.execute(statement)
    run_mapping(con, [write(folder, turtle, prefixes)], BASE)


def objects(quads: set[QuadRow]) -> list[str]:
    """Return the objects of quads, sorted."""
    return sorted(value for _, _, value, _ in quads)
