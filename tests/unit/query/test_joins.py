"""Which queries need all rows of patterns, what these are, and how they are written when they are read whole."""

from __future__ import annotations

import pytest

from kg.query.joins import joins

PREFIXES = {"x": "http://x/"}


def _written(query: str, *, whole: bool = True) -> str | None:
    found = joins(query, PREFIXES)
    if found is None:
        return None
    patterns = [*found.required, *found.optional]
    return " ".join(found.joined(patterns if whole else patterns[:1]).split())


@pytest.mark.parametrize(
    ("query", "needs_all"),
    [
        ("SELECT ?o (COUNT(?m) AS ?n) { ?m x:a ?o ; x:b ?p } GROUP BY ?o", True),
        ("select (sum(?o) as ?n) where { ?m x:a ?o ; x:b ?p }", True),
        ("SELECT ?m { ?m x:a ?o ; x:b ?p } ORDER BY ?o LIMIT 10", True),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p }", True),
        ("PREFIX y: <http://y/> SELECT DISTINCT ?o { ?m y:a ?o . ?m a y:B . }", True),
        ("SELECT DISTINCT ?o { ?m x:a ?o OPTIONAL { ?m x:b ?p . } }", True),
        ("SELECT ?o { ?m x:a ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p } LIMIT 10", False),
        ("SELECT REDUCED ?o { ?m x:a ?o ; x:b ?p } ORDER BY ?o", False),
        ("ASK { ?m x:a ?o ; x:b ?p } ORDER BY ?o", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o OPTIONAL { ?p x:b ?q } }", False),
        ("SELECT DISTINCT ?o { OPTIONAL { ?p x:b ?q } OPTIONAL { ?p x:c ?r } }", False),
        ("SELECT DISTINCT ?o { x:m x:a ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m x:a/x:c ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m ?v ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p } VALUES ?o { x:a }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p VALUES ?o { x:a } }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p { ?m x:c ?q } }", False),
        ("SELECT DISTINCT ?o { GRAPH ?g { ?m x:a ?o ; x:b ?p } }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p OPTIONAL { ?m x:c ?q } ?m x:d ?r }", False),
        ("SELECT DISTINCT ?o FROM x:g { ?m x:a ?o ; x:b ?p }", False),
        ("SELECT (EXISTS { ?m x:a ?o ; x:b ?p } AS ?n) {} ORDER BY ?n", False),
        ("BASE <http://b/> SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o .. ?m x:b ?p }", False),
        ("SELECT DISTINCT ?o { . ?m x:a ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { ?m x:a ?o ; x:b ?p . . }", False),
        ("SELECT DISTINCT ?o { FILTER(?o > 1) .. ?m x:a ?o ; x:b ?p }", False),
        ("SELECT DISTINCT ?o { FILTER(?o > 1) . ?m x:a ?o ; x:b ?p ; . FILTER(?p > 1) . }", True),
        ("SELECT DISTINCT ?o", False),
        ("}{ DISTINCT", False),
        ("", False),
    ],
)
def test_queries_that_need_all_rows_of_several_patterns_are_read(query: str, needs_all: bool) -> None:
    assert (joins(query, PREFIXES) is not None) == needs_all


def test_patterns_are_written_one_by_one() -> None:
    query = 'SELECT DISTINCT * { ?m x:a "b"@en, "1"^^x:c ; a <http://x/d> ; x:e $m, 5 FILTER(?n > 1) ?n x:f ?m . }'
    assert _written(query) == (
        'SELECT DISTINCT * { { SELECT ?m { ?m x:a "b"@en } } { SELECT ?m { ?m x:a "1"^^x:c } } { SELECT ?m { ?m a <http://x/d> } }'
        " { SELECT ?m { ?m x:e $m } } { SELECT ?m { ?m x:e 5 } } { SELECT ?n ?m { ?n x:f ?m } } FILTER(?n > 1) }"
    )
    assert _written(query, whole=False) == (
        'SELECT DISTINCT * { { SELECT ?m { ?m x:a "b"@en } } ?m x:a "1"^^x:c . ?m a <http://x/d> . ?m x:e $m . ?m x:e 5 . ?n x:f ?m . FILTER(?n > 1) }'
    )


def test_what_need_not_be_there_stays_in_its_place() -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?m x:a ?o OPTIONAL{?m x:b ?p} BIND(?o AS ?q) OPTIONAL { ?m x:c ?r FILTER(?r > 1) } MINUS { ?m x:d ?s } OPTIONAL { ?o x:e ?t . } FILTER(?t = ?o) }"
    assert _written(query) == (
        "SELECT (COUNT(*) AS ?n) { { SELECT ?m ?o { ?m x:a ?o } } OPTIONAL{{ SELECT ?m ?p { ?m x:b ?p } }} BIND(?o AS ?q) OPTIONAL { ?m x:c ?r FILTER(?r > 1) }"
        " MINUS { ?m x:d ?s } OPTIONAL {{ SELECT ?o ?t { ?o x:e ?t } }} FILTER(?t = ?o) }"
    )


def test_what_need_not_be_there_and_says_what_others_say_is_no_pattern_of_its_own() -> None:
    found = joins("SELECT DISTINCT ?m { ?m x:a ?o ; x:b ?p OPTIONAL { ?m x:c ?o } OPTIONAL { ?m x:c ?q } }", PREFIXES)
    assert found is not None
    assert [pattern.text for pattern in found.optional] == ["?m x:c ?q"]


def test_conditions_belong_to_the_pattern_that_has_their_variables() -> None:
    found = joins(
        "SELECT DISTINCT ?m { FILTER(?o > 1) ?m x:a $o ; x:b ?p FILTER ISIRI(?m) FILTER(?p > ?o) FILTER(?p > RAND()) FILTER NOT EXISTS { ?m x:c ?m } MINUS { ?m x:b ?p } }",
        PREFIXES,
    )
    assert found is not None
    assert [pattern.conditions for pattern in found.required] == [
        ("FILTER(?o > 1)", "FILTER ISIRI(?m)"),
        ("FILTER ISIRI(?m)",),
    ]


@pytest.mark.parametrize(
    ("patterns", "start"),
    [
        ("?m x:a ?o ; x:b ?p", "?m x:a ?o"),
        ("?m x:a ?o ; a x:B", "?m a x:B"),
        ("?m x:a ?o ; a x:B ; x:c 1", "?m x:c 1"),
    ],
)
def test_the_store_begins_with_what_it_guesses_to_have_fewest_rows(patterns: str, start: str) -> None:
    found = joins(f"SELECT DISTINCT ?m {{ {patterns} }}", PREFIXES)
    assert found is not None
    assert found.start.text == start
