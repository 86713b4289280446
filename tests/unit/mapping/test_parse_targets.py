"""Logical targets: to which files the quads of a term map go."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.rules import Target
from tests.unit.mapping.parsing import FIRST_LINE, fault, rules, triples_map

DUMP = 'ex:{0} rml:target [ a rml:FilePath ; rml:path "{0}.nq" ] .\n'
DUMPS = "".join(DUMP.format(name) for name in "abcdefg")


def names(targets: tuple[Target, ...]) -> str:
    """Return the targets' names in one text."""
    return "".join(target.path.removesuffix(".nq") for target in targets)


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ('rml:target [ a rml:FilePath ; rml:path "./a.nq" ]', Target("a.nq")),
        ('rml:target [ rml:root rml:CurrentWorkingDirectory ; rml:path "a.nq" ]', Target("a.nq")),
        ('rml:target [ rml:root rml:MappingDirectory ; rml:path "a.nq" ]', Target("{folder}/a.nq")),
        ('rml:target [ rml:root "/abs" ; rml:path "a.nq" ]', Target("/abs/a.nq")),
        ('rml:target "a.nq"', Target("{folder}/a.nq")),
        ("rml:target [ <http://rdfs.org/ns/void#dataDump> <file:///abs/a.nq> ]", Target("/abs/a.nq")),
        ('rml:target [ rml:path "a" ] ; rml:encoding rml:UTF-16', Target("a", encoding="utf-16")),
        ('rml:target [ rml:path "a" ; rml:encoding rml:UTF-8 ; rml:mode rml:Write ]', Target("a")),
        ('rml:target [ rml:path "a" ] ; rml:compression rml:gzip', Target("a", compression="gzip")),
        ('rml:target [ rml:path "a" ; rml:compression rml:tarxz ]', Target("a", compression="tarxz")),
        *(
            (f'rml:target [ rml:path "a" ] ; rml:serialization formats:{name}', Target("a", syntax))
            for name, syntax in {
                "N-Quads": "nq",
                "N-Triples": "nt",
                "Turtle": "ttl",
                "TriG": "trig",
                "N3": "n3",
                "RDF_XML": "rdf",
                "JSON-LD": "jsonld",
                "RDF_JSON": "rj",
            }.items()
        ),
    ],
)
def test_a_target_is_a_file(tmp_path: Path, described: str, expected: Target) -> None:
    (rule,) = rules(tmp_path, triples_map(f'rml:reference "a" ; rml:logicalTarget [ {described} ]'))
    wanted = Target(expected.path.format(folder=tmp_path), expected.syntax, expected.encoding, expected.compression)
    assert rule.targets == (wanted,)


def test_a_quad_goes_to_the_targets_of_all_its_term_maps(tmp_path: Path) -> None:
    subject = """rml:subjectMap [ rml:template "{id}" ; rml:logicalTarget ex:a ; rml:class ex:C ;
        rml:graphMap [ rml:constant ex:g ; rml:logicalTarget ex:b ] ]"""
    said = """rml:predicateMap [ rml:constant ex:p ; rml:logicalTarget ex:c ] ; rml:graphMap [ rml:constant ex:h ; rml:logicalTarget ex:d , ex:a ] ;
        rml:objectMap [ rml:reference "x" ; rml:logicalTarget ex:e ; rml:languageMap [ rml:constant "en" ; rml:logicalTarget ex:f ] ] ,
            [ rml:reference "y" ; rml:datatypeMap [ rml:reference "t" ; rml:logicalTarget ex:g ] ]"""
    found = rules(tmp_path, triples_map(said, subject=subject) + DUMPS)
    assert [names(rule.targets) for rule in found] == ["ab", "acefb", "acefd", "acgb", "acgd"]


def test_without_a_target_quads_go_to_the_output(tmp_path: Path) -> None:
    found = rules(tmp_path, triples_map('rml:reference "x"', 'rml:reference "y" ; rml:logicalTarget ex:a') + DUMPS)
    assert [names(rule.targets) for rule in found] == ["", "a"]


def test_a_parent_s_subject_goes_where_it_says(tmp_path: Path) -> None:
    parent = triples_map(subject='rml:subjectMap [ rml:template "p{id}" ; rml:logicalTarget ex:b ]', name="Parent")
    child = triples_map("rml:parentTriplesMap <#Parent> ; rml:logicalTarget ex:a")
    (rule,) = rules(tmp_path, child + parent + DUMPS)
    assert names(rule.targets) == "ab"


@pytest.mark.parametrize(
    ("described", "what", "advice"),
    [
        ("rdf:value 1", "the logical target says not where", "add rml:target"),
        ("rml:target []", "this target is not supported", "name a file"),
        ("rml:target <http://x/sparql>", "this target is not supported", "name a file"),
        ('rml:target [ rml:path "a" ] ; rml:serialization formats:RDFa', "there is no serialization RDFa", "formats:RDF_XML"),
        ('rml:target [ rml:path "a" ] ; rml:mode rml:Append', "a target is always written anew", "use rml:Write"),
        ('rml:target [ rml:path "a" ] ; rml:compression rml:brotli', "there is no compression 'brotli'", "known are"),
    ],
)  # fmt: skip
def test_a_fault_of_a_target_is_told_with_its_line(tmp_path: Path, described: str, what: str, advice: str) -> None:
    found = fault(tmp_path, triples_map('rml:reference "a" ; rml:logicalTarget ex:T') + f"ex:T {described} .")
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 3} (ex:T): {what}")
    assert advice in found
