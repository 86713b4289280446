"""Small mappings for the tests of the front end, and what they become."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.parse import parse_mapping
from kg.mapping.rules import (
    Collection,
    ConstantTerm,
    Database,
    File,
    Formulation,
    LogicalSource,
    Reference,
    Rule,
    Rules,
    Template,
    TermMap,
    TermType,
)

BASE = "https://base.example/"
EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
GREL = "http://users.ugent.be/~bjdmeest/function/grel.ttl#"
# Eight lines, so that what follows begins on the ninth.
PREFIXES = """@prefix rml: <http://w3id.org/rml/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix grel: <http://users.ugent.be/~bjdmeest/function/grel.ttl#> .
@prefix ex: <http://example.org/> .
"""
FIRST_LINE = PREFIXES.count("\n") + 1
PEOPLE = '[ rml:source "people.csv" ; rml:referenceFormulation rml:CSV ]'
SUBJECT = 'rml:subjectMap [ rml:template "http://x/{id}" ]'


def parsed(
    folder: Path, text: str, *, name: str = "mapping.ttl", prefixes: str = PREFIXES, database: Database | None = None
) -> Rules:
    """Return what a mapping becomes that is written to a folder."""
    path = folder / name
    path.write_text(prefixes + text, encoding="utf-8")
    return parse_mapping(path, BASE, database)


def rules(folder: Path, text: str, prefixes: str = PREFIXES) -> list[Rule]:
    """Return the rules of a mapping."""
    return [each for each in parsed(folder, text, prefixes=prefixes).statements if isinstance(each, Rule)]


def collections(folder: Path, text: str) -> list[Collection]:
    """Return the collections of a mapping."""
    return [each for each in parsed(folder, text).statements if isinstance(each, Collection)]


def faults(folder: Path, text: str, *, name: str = "mapping.ttl", prefixes: str = PREFIXES) -> list[str]:
    """Return what is said of a mapping that is wrong, a line for each fault, without the folder."""
    with pytest.raises(MappingError) as caught:
        parsed(folder, text, name=name, prefixes=prefixes)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def fault(folder: Path, text: str, *, name: str = "mapping.ttl", prefixes: str = PREFIXES) -> str:
    """Return what is said of a mapping in which one thing is wrong."""
    (line,) = faults(folder, text, name=name, prefixes=prefixes)
    return line


def triples_map(*said: str, source: str = PEOPLE, subject: str = SUBJECT, name: str = "Map") -> str:
    """Return a triples map: its source on the first line, its subject on the second, and each of `said` on a line of its own.

    Each of `said` is an object map with ex:p as its predicate, or a whole predicate-object map.
    """
    lines = [
        f"  rml:predicateObjectMap [ {one if 'rml:predicate' in one else f'rml:predicate ex:p ; rml:objectMap [ {one} ]'} ]"
        for one in said
    ]
    return " ;\n".join((f"<#{name}> rml:logicalSource {source}", f"  {subject}", *lines)) + " .\n"


def csv(folder: Path, name: str = "people.csv") -> LogicalSource:
    """Return the source that is a CSV file beside the mapping."""
    return LogicalSource(Formulation.CSV, File(str(folder / name)))


def iri(text: str) -> ConstantTerm:
    """Return a constant IRI."""
    return ConstantTerm(f"<{text}>")


def reference(name: str, term_type: TermType = TermType.LITERAL) -> TermMap:
    """Return the term map of a reference."""
    return TermMap(Reference(name), term_type, BASE)


def template(*parts: str | Reference, term_type: TermType = TermType.IRI) -> TermMap:
    """Return the term map of a template."""
    return TermMap(Template(parts), term_type, BASE)
