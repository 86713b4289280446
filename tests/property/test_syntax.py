"""What is told of any text that is not SPARQL."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query import why_not

_PREFIXES = {"x": "http://x/"}
# Words and signs of which each stands apart.
_PATTERNS = st.sampled_from(
    [
        "?s x:p ?o .",
        "?s x:p 'it' , \"x\" @en ; a x:C .",
        "?s x:p / ^ x:q * ?o .",
        "FILTER ( ?s > 3 && REGEX ( ?s , 'a' ) )",
        "OPTIONAL { ?s <http://x/p> '''a'b''' . }",
        "{ ?s ?p [ x:q 1.5 ] . } UNION { ?s ?p ( 1 2 ) . }",
        "VALUES ( ?v ?w ) { ( 1 'x' ) ( UNDEF x:y ) }",
        "BIND ( STRLEN ( ?s ) + 1 AS ?length )",
        "FILTER NOT EXISTS { ?s x:q ?b . }",
        "{ SELECT ( COUNT ( * ) AS ?n ) { ?x ?y ?z } GROUP BY ?x LIMIT 5 }",
    ]
)
_QUERIES = st.builds(
    lambda patterns, end: f"SELECT * WHERE {{ {' '.join(patterns)} }} {end}".split(),
    st.lists(_PATTERNS, unique=True, max_size=4),
    st.sampled_from(["", "ORDER BY DESC ( ?s ) ?o LIMIT 3", "VALUES ?v { 1 }"]),
)
_SPACES = st.sampled_from([" ", "\n", "   ", " # none ' {\n", "\t\r\n"])
_PIECES = st.lists(
    st.sampled_from(
        [
            *("SELECT", "*", "{", "}", "(", ")", "[", "]", "{|", "|}", "<<", ">>", "?s", "x:a", "y:b", "<u:x>", "<"),
            *("'", '"', "'''", "'a'", "\\", "\\u0061", "#", "\n", " ", "^^", "@en", "1", "-", ".", ";", ",", "FILTER"),
            *("INSERT DATA", "DELETE WHERE", "PREFIX", "BASE", "LIMIT", "AS", "\x00", "\u00a0", "\U0001f600", "é"),
        ]
    ),
    max_size=12,
).map(" ".join)


def refused(text: str, *, update: bool = False) -> str:
    try:
        if update:
            ox.Store().update(text)
        else:
            ox.Store().query(text, prefixes=_PREFIXES)
    except SyntaxError as error:
        return error.msg
    except (OSError, ValueError, RuntimeError):
        pass
    return ""


@given(st.one_of(_PIECES, st.text()), st.booleans())
def test_a_place_within_the_text_is_told_of_any_text(text: str, update: bool) -> None:
    said = refused(text, update=update)
    assume(said)
    fault = why_not(text, said, _PREFIXES, update=update)
    assert fault.what
    if fault.line:
        assert 1 <= fault.column <= len(text.split("\n")[fault.line - 1]) + 1


@given(st.one_of(_PIECES, st.text()), st.integers(0, 99), st.integers(0, 99), st.text(), st.booleans())
def test_whatever_is_said_something_is_told(text: str, line: int, column: int, said: str, update: bool) -> None:
    assert why_not(text, f"error at {line}:{column}: {said}", update=update).what
    assert why_not(text, f"none: {said}", update=update).what


@settings(max_examples=300)
@given(_QUERIES, st.data())
def test_a_sign_that_is_none_is_found_wherever_it_stands(query: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(query)))
    spaces = data.draw(st.lists(_SPACES, min_size=len(query), max_size=len(query)))
    before = "".join(word + space for word, space in zip(query[:place], spaces, strict=False))
    text = before + "\u00a7" + "".join(space + word for word, space in zip(query[place:], spaces, strict=False))
    fault = why_not(text, refused(text), _PREFIXES)
    assert (fault.line, fault.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


@given(st.lists(_PATTERNS, unique=True), st.lists(_SPACES, max_size=3))
def test_a_brace_that_is_not_closed_is_named(patterns: list[str], spaces: list[str]) -> None:
    text = f"SELECT * WHERE\n {{ {' '.join(patterns)}{''.join(spaces)}"
    fault = why_not(text, refused(text), _PREFIXES)
    assert fault.what == "the { at line 2, column 2 is not closed"
