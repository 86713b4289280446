"""Which queries look for a text among the values of a property, what those values must hold, and where they are written into the query."""

from __future__ import annotations

import sys

import pytest

from kg.query import folded, text_search

PREFIXES = {"x": "http://x/"}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('CONTAINS(?n, "GPT-4")', "gpt-4"),
        ("contains(?n, 'GPT-4')", "gpt-4"),
        ('STRSTARTS(STR(?n), "Or")', "or"),
        ('STRENDS(?n, "7B"@en)', "7b"),
        ('(CONTAINS(LCASE(STR(?n)), "gpt"))', "gpt"),
        ('(CONTAINS( LCASE ( ?n ) , LCASE( "GPT" ) ))', "gpt"),
        ('(?m != x:a && CONTAINS(?n, "gpt") && ?o > 3)', "gpt"),
        ('((CONTAINS(?n, "gpt")) && CONTAINS(?n, "turbo"))', "turbo"),
        ('CONTAINS(?n, "çédille")', "dille"),
        ("CONTAINS(?n, 'the \"model\" of')", "model"),
        ('REGEX(?n, "gpt", "i")', "gpt"),
        ('REGEX(STR(?n), "^GPT-[0-9]")', None),
        ('REGEX(?n, "^GPT.4")', "gpt"),
        ('REGEX(?n, "colou?r")', "colo"),
        ('REGEX(?n, "ab*cd")', "cd"),
        ('REGEX(?n, "abc+?d$")', "ab"),
        ('REGEX(?n, "abc+*d$")', "ab"),
        ('REGEX(?n, "gpt|llama")', None),
        ('REGEX(?n, "g p t", "x")', None),
        ('REGEX(?n, "g.*t")', None),
        ('CONTAINS(UCASE(?n), "GPT")', None),
        ('CONTAINS(?n, "é")', None),
        ('CONTAINS(?n, "g")', None),
        ('CONTAINS(?n, "")', None),
        ("CONTAINS(?n, ?text)", None),
        ('(!CONTAINS(?n, "gpt"))', None),
        ('(CONTAINS(?n, "gpt") = false)', None),
        ('(CONTAINS(?n, "gpt") || ?m = x:a)', None),
        ('(?m = x:a || (CONTAINS(?n, "gpt")))', None),
        ('((CONTAINS(?n, "gpt")) = false && true)', None),
        ('CONTAINS(?other, "gpt")', None),
        ('CONTAINS(LCASE(?n, "gpt")', None),
        ('NOT EXISTS { ?m x:name ?k FILTER(CONTAINS(?n, "gpt")) }', None),
    ],
)
def test_values_must_hold_the_words_that_stand_for_themselves(condition: str, words: str | None) -> None:
    search = text_search(f"SELECT * {{ ?m x:name ?n ; x:size ?o FILTER {condition} }}", PREFIXES)
    assert (None if search is None else search.words) == words


@pytest.mark.parametrize(
    ("pattern", "predicate"),
    [
        ("?m x:name ?n FILTER", "http://x/name"),
        ("?m x:name ?n . FILTER", "http://x/name"),
        ("?m <http://y/name> ?n FILTER", "http://y/name"),
        ("x:a x:name ?n FILTER", "http://x/name"),
        ("?m a x:Model ; x:name ?n ; x:size ?o . FILTER", "http://x/name"),
        ("?m a x:Model . ?m x:name ?n . ?m x:size ?o OPTIONAL { ?m x:of ?k } FILTER", "http://x/name"),
        ("?m ?p ?n FILTER", None),
    ],
)
def test_values_are_those_of_the_property(pattern: str, predicate: str | None) -> None:
    search = text_search(f'SELECT * {{ {pattern} CONTAINS(?n, "gpt") }}', PREFIXES)
    assert search is not None
    assert search.predicate == predicate


@pytest.mark.parametrize(
    "text",
    [
        # Bound elsewhere than in the triples that the group begins with.
        'SELECT * { OPTIONAL { ?m x:name ?n } FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { OPTIONAL { ?k x:name ?n } ?m x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name ?k OPTIONAL { ?m x:label ?n } FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name ?n OPTIONAL { ?m x:label ?k FILTER CONTAINS(?n, "gpt") } }',
        'SELECT (CONTAINS(?n, "gpt") AS ?o) { ?m x:name ?n }',
        'SELECT ?n { ?m x:name ?n } GROUP BY ?n HAVING(CONTAINS(?n, "gpt"))',
        # The value of a path, or no value.
        'SELECT * { ?m x:of/x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name|x:label ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m ^x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name+ ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name ?o, ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?n x:name ?o FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m ?n ?o FILTER CONTAINS(?n, "gpt") }',
        # Another meaning of the names, another server, no query, or what is not read here.
        'BASE <http://x/> PREFIX x: <y#> SELECT * { ?m x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { SERVICE x:s { ?m x:name ?n FILTER CONTAINS(?n, "gpt") } }',
        'INSERT { ?m x:found ?n } WHERE { ?m x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m y:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m <name> ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { _:m x:name ?n FILTER CONTAINS(?n, "gpt") }',
        'SELECT * { ?m x:name ?n FILTER CONTAINS(?n, "gp\\u0074") }',
        'SELECT * } ?m x:name ?n FILTER CONTAINS(?n, "gpt") {',
        'FILTER CONTAINS(?n, "gpt")',
        "SELECT * { ?m x:name ?n }",
        "",
    ],
)
def test_other_queries_are_left_as_they_are(text: str) -> None:
    assert text_search(text, PREFIXES) is None


LONE = '?m x:name ?n FILTER CONTAINS(?n, "gpt")'


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"SELECT * {{ {LONE} }} LIMIT 10", True),
        (f"SELECT ?n {{ {LONE} }} ORDER BY ?n OFFSET 10 LIMIT 10", True),
        ("SELECT REDUCED ?n { ?m <http://x/name> ?n . FILTER(CONTAINS(?n, 'gpt')) . FILTER(?n > 'a') }", True),
        (f"SELECT (SAMPLE(?n) AS ?k) {{ {LONE} BIND(STRLEN(?n) AS ?l) }} GROUP BY ?l", True),
        (f"SELECT * {{ {LONE} ?m a x:Model }}", True),
        (f"SELECT * {{ {LONE} ?m a x:Model }} LIMIT 10", False),
        (f"SELECT * {{ {LONE} . ?m a x:Model }} offset 10", False),
        (f"SELECT * {{ ?m a x:Model . {LONE} }} LIMIT 10", False),
        ("SELECT * { ?m a x:Model ; x:name ?n FILTER CONTAINS(?n, 'gpt') } LIMIT 10", False),
        ("SELECT * { ?m x:name ?n ; a x:Model FILTER CONTAINS(?n, 'gpt') } LIMIT 10", False),
        ("SELECT * { x:a x:name ?n FILTER CONTAINS(?n, 'gpt') } LIMIT 10", False),
        ("SELECT * { ?m ?p ?n FILTER CONTAINS(?n, 'gpt') } LIMIT 10", False),
        (f"SELECT * {{ {LONE} OPTIONAL {{ ?m x:size ?s }} }} LIMIT 10", False),
        (f"SELECT * {{ GRAPH x:g {{ {LONE} }} }} LIMIT 10", False),
        (f"SELECT * {{ {{ SELECT ?m {{ {LONE} }} LIMIT 10 }} ?m a x:Model }}", False),
        (f"CONSTRUCT {{ ?m a x:Found }} WHERE {{ {LONE} ?m a x:Model }} LIMIT 10", False),
        (f"SELECT REDUCED ?n {{ {LONE} ?m a x:Model }}", False),
        (f"SELECT (SAMPLE(?n) AS ?k) {{ {LONE} ?m a x:Model }}", False),
        (f"SELECT (GROUP_CONCAT(?n) AS ?k) {{ {LONE} }}", False),
        (f"SELECT * FROM x:g {{ {LONE} }}", False),
    ],
)
def test_where_an_answer_depends_on_the_order_of_rows_it_stays(text: str, asked: bool) -> None:
    assert (text_search(text, PREFIXES) is not None) is asked


def test_values_are_written_behind_the_triples() -> None:
    search = text_search('SELECT * { GRAPH ?g { ?m x:name ?n . FILTER CONTAINS(?n, "gpt") } }', PREFIXES)
    assert search is not None
    assert search.among(['"GPT-4"@en', "<http://x/gpt>"]) == (
        'SELECT * { GRAPH ?g { ?m x:name ?n .  VALUES ?n { "GPT-4"@en <http://x/gpt> } FILTER CONTAINS(?n, "gpt") } }'
    )


def test_queries_that_look_for_other_texts_are_of_one_shape() -> None:
    texts = [f'SELECT ?m {{ ?m x:name ?n FILTER CONTAINS(LCASE(?n), "{text}") }} LIMIT 20' for text in ("gpt", "llama")]
    first, second = (text_search(text, PREFIXES) for text in texts)
    assert first is not None
    assert second is not None
    assert first.shape == second.shape
    assert first.words != second.words


def test_every_letter_has_one_in_folded_text() -> None:
    letters = "".join(map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))))
    assert len(folded(letters)) == len(letters)


def test_letters_of_ascii_stand_in_folded_text_wherever_another_case_has_them() -> None:
    for letter in map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))):
        ascii_ = {each for case in (letter, letter.lower(), letter.casefold()) for each in case if each.isascii()}
        # What has two letters or more for another case is compared with none of them, but for the one in which Turkish and ASCII meet.
        if len(letter.casefold()) == 1 or letter == "\u0130":
            assert {each.lower() for each in ascii_} <= {folded(letter)}, hex(ord(letter))
