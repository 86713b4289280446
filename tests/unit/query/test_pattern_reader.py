"""Patterns are read token by token, and planned so that each part hangs on what is known."""

from __future__ import annotations

import pytest

from kg.query.pattern import Either, Optional, Part, Step, Values
from kg.query.pattern_reader import PatternReader
from kg.query.tokens import tokens

PREFIXES = {"x": "http://x/", "xsd": "http://www.w3.org/2001/XMLSchema#"}


def read(pattern: str) -> tuple[PatternReader, tuple[Part, ...]]:
    reader = PatternReader(tokens(f"SELECT * {{ {pattern} }}", 0), PREFIXES)
    parts, limit = reader.read()
    assert parts is not None
    assert limit is None
    return reader, parts


def test_patterns_are_followed_from_what_is_known() -> None:
    reader, parts = read("?x ?q ?y . <http://x/a> ?p ?x . ?z ?r ?y")
    assert [reader.steps.index(part) for part in parts if isinstance(part, Step)] == [0, 1, 2]
    first, second, third = reader.steps
    assert (first.subject, first.object) == (0, second.subject)
    assert second.object == third.object
    assert not reader.forward


def test_parts_come_in_the_order_in_which_they_hang_on_each_other() -> None:
    _, parts = read("?x x:p|x:q ?y VALUES ?x { x:a x:b } OPTIONAL { ?y x:r ?z } FILTER EXISTS { ?z x:s ?w }")
    assert [type(part) for part in parts] == [Values, Either, Optional, Optional]


@pytest.mark.parametrize(
    ("pattern", "loose"),
    [
        ("OPTIONAL { ?x x:q ?y }", False),
        ("OPTIONAL { ?x x:q ?y FILTER(?y = 1) }", True),
        ("OPTIONAL { ?x x:q ?z BIND(1 AS ?y) }", True),
        ("OPTIONAL { ?x x:q 1 }", True),
        ("OPTIONAL { ?x x:q ?x }", True),
        ("OPTIONAL { ?x x:q ?y VALUES ?y { x:b } }", True),
        ("MINUS { ?x x:q ?y }", True),
        ("FILTER(?x = 1) OPTIONAL { ?x x:q ?y }", False),
        ("VALUES ?y { x:b UNDEF } OPTIONAL { ?x x:q ?y }", False),
        ("VALUES ?y { 1 } OPTIONAL { ?x x:q ?y }", True),
        ("VALUES ?v { 1 } OPTIONAL { ?x x:q ?y }", True),
        ("BIND(1 AS ?y) OPTIONAL { ?x x:q ?y }", True),
        ("BIND(1 AS ?v) OPTIONAL { ?x x:q ?y }", False),
    ],
)
def test_what_may_fail_for_another_reason_than_missing_statements_is_loose(pattern: str, loose: bool) -> None:
    _, parts = read(f"<http://x/a> x:p ?x {pattern}")
    assert [part.loose for part in parts if isinstance(part, Optional)] == [loose]


def test_rows_of_nothing_are_counted() -> None:
    assert read("<http://x/a> ?p ?o")[0].width == 1
    assert read("<http://x/a> ?p ?o VALUES ?v { 1 2 3 } {} UNION {}")[0].width == 6
    with pytest.raises(ValueError, match="rows"):
        read("<http://x/a> ?p ?o " + "VALUES ?v { 1 2 3 4 5 6 } " * 3)


def test_only_datatypes_are_called() -> None:
    read("<http://x/a> ?p ?o FILTER(xsd:integer(?o) IN (x:b, x:c)) FILTER xsd:boolean(?o)")
    for expression in ("(x:f(?o))", "x:f(?o)", "<http://x/f>(?o)", "(<http://www.w3.org/2001/XMLSchema#integer>(?o))"):
        with pytest.raises(ValueError, match="function"):
            read(f"<http://x/a> ?p ?o FILTER {expression}")
