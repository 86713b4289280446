"""What people often take for SPARQL, and what is told of it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.query import why_not
from kg.query.mistakes import shown

_NAMED = "an expression in SELECT stands in parentheses and has a name, as in (COUNT(*) AS ?n)"
_ORDER = "GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET stand in this order, behind the } of the pattern"
_UNION = "UNION stands between two groups, within the braces of the pattern: { { ... } UNION { ... } }"
_COMMA = "commas stand between values of one property and between arguments; leave it out"
_DESC = "DESC stands behind ORDER BY and before what it sorts by, which is in parentheses: DESC(?x)"
_TRIPLE = "a triple has a subject, a property and a value"
_GROUPED = "has a variable that is not in GROUP BY, as it must be where things are grouped or counted"
_TAKEN = "the pattern has the variable behind AS already; give it another name"
_VARIABLE = "a variable is written ?{0}, and any other name has a prefix or stands in < >"


def told(text: str) -> tuple[int, str]:
    prefixes = {"x": "http://x/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text, prefixes=prefixes)
    fault = why_not(text, caught.value.msg, prefixes)
    assert fault.line == 1
    return fault.column, fault.what


# The sign ¦ stands where the fault is told.
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT * WHERE ¦?s ?p ?o }", "{ is missing before ?s"),
        ("SELECT * { ?s ?p 'it'¦s' }", "the text ends before s; within it, ' is written \\'"),
        ("PREFIX x: ¦http://x/ SELECT * { ?s x:a ?o }", "an IRI stands in < >, as in <http://...>"),
        ("PREFIX ¦x <http://x/> SELECT * { ?s x:a ?o }", "a prefix ends with a colon, as in PREFIX x: <...>"),
        ("SELECT * { ?s ¦http://x/a ?o }", "an IRI stands in < >, as in <http://...>"),
        ("SELECT * { ?s x:a ?o ¦?s x:b ?c }", f"?s cannot follow ?o: {_TRIPLE}, and a . stands before the next"),
        ("SELECT * { ?s x:a ?o ; ?s x:b ¦?c }", f"?c cannot follow x:b: {_TRIPLE}, and a . stands before the next"),
        ("SELECT * { ¦s x:a ?o }", "s cannot stand here: " + _VARIABLE.format("s")),
        ("SELECT ¦name { ?s x:a ?name }", _VARIABLE.format("name") + "; WHERE { begins the pattern"),
        ("SELECT ?a¦, ?b { ?a x:a ?b }", _COMMA),
        ("SELECT ?a ?b FROM ¦{ ?a x:a ?b }", "{ cannot stand here, behind FROM"),
        ("SELECT ?a { ?a x:a ?b FILTER ¦?b > 3 }", "the condition of FILTER stands in parentheses: FILTER (...)"),
        ("SELECT ?a { ?a x:a ?b . ¦WHERE ?b > 3 }", "WHERE cannot stand here, behind ."),
        ("SELECT ¦count(*) { ?a x:a ?b }", _NAMED),
        ("SELECT ¦COUNT(?a) AS ?n { ?a x:a ?b }", _NAMED),
        ("SELECT (COUNT(?a) ¦?n) { ?a x:a ?b }", _NAMED),
        ("SELECT (COUNT(?a)¦) { ?a x:a ?b }", _NAMED),
        ("SELECT ?b (COUNT(?a) AS ?n) { ?a x:a ?b }¦", f"SELECT {_GROUPED}"),
        ("SELECT ?b ?c (COUNT(?a) AS ?n) { ?a x:a ?b ; x:c ?c } GROUP BY ?b¦", f"SELECT {_GROUPED}"),
        ("SELECT ?a { ?a x:a ?b } LIMIT 3 ¦ORDER BY ?a", _ORDER),
        ("SELECT ?a { ?a x:a ?b } ORDER ¦?a", "BY is missing behind ORDER"),
        ("SELECT ?a { ?a x:a ?b } ORDER BY DESC ¦?a", _DESC),
        ("SELECT ?a { ?a x:a ?b } ORDER BY ?a DESC¦", _DESC),
        ("SELECT ?a { ?a x:a ?b } ORDER BY ?a¦, ?b", _COMMA),
        ("SELECT ?a { ?a x:a ?b } GROUP BY ?a¦, ?b", _COMMA),
        ("SELECT ?a { ?a x:a ?b } LIMIT 3¦, 5", "LIMIT has one number; OFFSET tells how many rows are passed over"),
        ("SELECT ?a { ?a x:a ?b } LIMIT ¦?n", "a whole number stands behind LIMIT"),
        ("SELECT ?a { ?a x:a ?b FILTER(?b =¦= 3) }", "equal is written ="),
        ("SELECT ?a { ?a x:a ?b FILTER(?b ¦<> 3) }", "unequal is written !="),
        (
            "SELECT ?a { ?a x:a ?b FILTER(?b ¦LIKE '%a%') }",
            "SPARQL has no LIKE; CONTAINS, STRSTARTS and REGEX look into texts",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(?b ¦AND ?a) }",
            "SPARQL has no AND; write && between conditions, and . between triples",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(?b = 1 ¦and ?a = 2) }",
            "SPARQL has no AND; write && between conditions, and . between triples",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(NOT ¦?b = 1) }",
            "NOT stands before IN and EXISTS alone; elsewhere it is written !",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(¦LENGTH(?b) > 1) }",
            "LENGTH is no function that can stand here; SPARQL has STRLEN",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(¦LOWER(?b) = 'a') }",
            "LOWER is no function that can stand here; SPARQL has LCASE",
        ),
        ("SELECT ?a { ?a x:a ?b FILTER(CONTAINS(?b¦)) }", "CONTAINS has too few arguments"),
        ("SELECT ?a { ?a x:a ?b FILTER(CONTAINS(?b ¦'a')) }", "a comma or an operator is missing between ?b and 'a'"),
        ("SELECT ?a { ?a x:a ¦“abc” }", "a text stands in straight quotes, \" or '"),
        ("SELECT ?a { ?a x:a ¦‘abc’ }", "a text stands in straight quotes, \" or '"),
        (
            "SELECT ?a { ?a x:a ?b FILTER(?b = ¦null) }",
            "SPARQL has no NULL; BOUND(?x) tells whether a variable has a value",
        ),
        (
            "SELECT ?a { ?a x:a ?b FILTER(?b ¦IS NULL) }",
            "SPARQL has no NULL; BOUND(?x) tells whether a variable has a value",
        ),
        ("SELECT ?a { ?a x:a ?b FILTER EXISTS ¦?a x:c ?d }", "{ is missing before ?a"),
        ("SELECT ?a { ?a x:a ?b OPTIONAL ¦?a x:c ?d }", "{ is missing before ?a"),
        ("SELECT ?a { ?a x:a ?b } ¦UNION { ?a x:c ?b }", _UNION),
        ("SELECT ?a { ?a x:a ?b . ¦UNION { ?a x:c ?b } }", _UNION),
        (
            "SELECT ?a { { ?a x:a ?b } ¦OR { ?a x:c ?b } }",
            "SPARQL has no OR; write || between conditions, and UNION between groups in braces",
        ),
        ("SELECT ?a WHERE { ?a x:a ?b BIND(?b + 1¦) }", "BIND gives a value a name, as in BIND (?x + 1 AS ?y)"),
        ("SELECT ?a WHERE { ?a x:a ?b BIND(?c AS ?b) ¦}", _TAKEN),
        ("SELECT ?a WHERE { ?a x:a ?b BIND ¦?b AS ?c }", "( is missing before ?b"),
        ("SELECT ?a WHERE { ?a x:a ¦}", f"something is missing before }}: {_TRIPLE}"),
        ("SELECT ?a WHERE { ?a x:a ?b, ¦}", f"something is missing before }}: {_TRIPLE}"),
        ("SELECT ?a WHERE { ?a x:a ?b ¦: x:c ?d }", "the prefix : is not declared; declare it with PREFIX : <...>"),
        ("SELECT ?a WHERE { VALUES ?a { 'x'¦, 'y' } ?a x:a ?b }", _COMMA),
        ("SELECT ?a WHERE { VALUES ?a ¦( 'x' 'y' ) ?a x:a ?b }", "{ is missing before ("),
        (
            "SELECT ?a WHERE { VALUES (?a ?b) { ('x') ¦} }",
            "The VALUES clause rows should have exactly the same number of values as there are variables. To set a value to undefined use UNDEF.",
        ),
        ("SELECT ?a WHERE { ?a x:a ?b } HAVING COUNT(?b) ¦> 2", f"SELECT {_GROUPED}"),
        ("SELECT DISTINCT ¦{ ?a x:a ?b }", "SELECT names variables before the {, or * for all of them"),
        ("SELECT ¦{ ?a x:a ?b }", "SELECT names variables before the {, or * for all of them"),
        ("SELECT ?a ¦WERE { ?a x:a ?b }", _VARIABLE.format("WERE") + "; WHERE { begins the pattern"),
        ("SELECT ?a ¦IN { ?a x:a ?b }", _VARIABLE.format("IN") + "; WHERE { begins the pattern"),
        ("SELECT ?a WHERE { ?a x:a ?b FILTER(?b IN ¦[1,2]) }", "( is missing before ["),
        ("SELECT ?a WHERE { ?a x:a ?b FILTER(?b >= 3 ¦& ?b < 4) }", "and is written &&"),
        ("SELECT ?a WHERE { ?a x:a ?b }¦;", "; cannot stand here, behind }"),
        (
            "SELECT ?a WHERE { ?a x:a/ ¦?b }",
            '?b cannot stand here, behind /; expected one of "!", "(", ":", "<", "^", "a"',
        ),
        ("SELECT ?a WHERE { ?a x:a ¦@en }", "@en cannot stand here, behind x:a"),
        ("SELECT ?a WHERE { ?a x:a 'x'¦^xsd:string }", "a datatype stands behind ^^"),
        ("SELECT ?a WHERE { ?a x:a ¦2024-01-01 }", 'a date is written "2024-01-31"^^xsd:date'),
        ("SELECT ?model¦-name WHERE { ?model-name x:a 1 }", "a variable has no - in its name"),
        ("SELECT ¦? WHERE { ? x:a 1 }", "a variable has a name, as ?x"),
        ("SELECT ?a WHERE { ¦a x:a 1 }", "a cannot stand here: " + _VARIABLE.format("a")),
        ("SELECT ?x WHERE { ?x ¦is x:a }", "is cannot stand here, behind ?x"),
        ("SELECT ?x WHERE { ?x x:a ¦TRUE . ?y IS x:b }", "true is written in small letters"),
        ("SELECT ?x (?x AS ?x) WHERE { ?x x:a 1 }¦", _TAKEN),
        ("SELECT ?x WHERE { ?x x:a ?y } GROUP BY ?y¦", f"SELECT {_GROUPED}"),
        (
            "SELECT * WHERE { ?x x:a ?y } GROUP BY ?y¦",
            "SELECT * cannot stand where things are grouped or counted; name the variables",
        ),
        ("SELECT (SUM(?y) AS ?s) (?s/2 AS ?h) ?x WHERE { ?x x:a ?y }¦", f"an expression in SELECT {_GROUPED}"),
        ("SELECT ?x WHERE { ?x x:a ?y FILTER(SUM(?y) > 3) }¦", f"SELECT {_GROUPED}"),
        ("SELECT ?x { ?x x:a ?y FILTER(MAX(?y)) }¦", f"SELECT {_GROUPED}"),
        ("DESCRIBE ¦{ ?x ?p ?o }", '{ cannot stand here, behind DESCRIBE; expected one of "$", "*", ":", "<", "?"'),
        ("CONSTRUCT ¦?s ?p ?o WHERE { ?s ?p ?o }", "?s cannot stand here, behind CONSTRUCT"),
        (
            "CONSTRUCT { ?s ?p ?o ¦FILTER(?o > 1) } WHERE { ?s ?p ?o }",
            "FILTER cannot stand here, behind ?o; the { at line 1, column 11 is not closed yet",
        ),
        ("ASK¦", "something is missing at the end, behind ASK"),
        ("SELECT¦", "something is missing at the end, behind SELECT"),
        ("SELECT *¦", "something is missing at the end, behind *"),
        ("SELECT ?a WHERE¦", "{ is missing at the end"),
        ("SELECT ?a WHERE { ?a x:a 5 ¦5 }", f"5 cannot follow 5: {_TRIPLE}, and a . stands before the next"),
        (
            "SELECT ?a WHERE { ?a x:a ¦'C:\\data' }",
            "a \\ in a text begins an escape, as \\n does; by itself it is written \\\\",
        ),
        ("SELECT ?a WHERE { ?a x:a¦\xa0?b }", "U+00A0 NO-BREAK SPACE cannot stand here, behind x:a"),
        ("SELECT ?a WHERE { SELECT ?a { ?a x:a ?b } ¦?a x:c ?d }", "?a cannot stand here, behind }"),
        ("SELECT ?a WHERE { ?a x:a ?b ¦LIMIT 5 }", _ORDER),
        ("SELECT ?a WHERE { ?a x:a ?b ¦ORDER BY ?a }", _ORDER),
        ("SELECT ?a WHERE { ?a x:a ?b MINUS ¦?a x:c ?d }", "{ is missing before ?a"),
        (
            "SELECT ?a WHERE { GRAPH ¦{ ?a x:a ?b } }",
            '{ cannot stand here, behind GRAPH; expected one of "$", ":", "<", "?"',
        ),
        ("SELECT ?a WHERE { ?a x:a ?b } ¦WHERE { ?a x:a ?b }", "WHERE cannot stand here, behind }"),
        ("SELECT ?a ¦AS ?b WHERE { ?a x:a ?c }", _NAMED),
        ("SELECT (?a as ?b) WHERE { ?a x:a 'x'¦@ }", "@ cannot stand here, behind 'x'"),
        ("SELECT ?a WHERE { ?a x:a ?b FILTER(?b > 3) . FILTER(?b < 5) . ¦. }", ". cannot stand here, behind ."),
        ("SELECT ?a WHERE { ?a x:a ?b FILTER(?b =¦> 3) }", "greater or equal is written >="),
        (
            "SELECT ?a WHERE { ?a x:a ?b FILTER(YEAR(?b) ¦BETWEEN 1 AND 3) }",
            "SPARQL has no BETWEEN; write ?x >= 1 && ?x <= 9",
        ),
        (
            "SELECT ?a WHERE { ?a x:a ?b FILTER(!EXISTS { ?a ?b ?c }) FILTER(NOT ¦EXIST { ?a ?b ?c }) }",
            "NOT stands before IN and EXISTS alone; elsewhere it is written !",
        ),
        ("SELECT ?a WHERE { ?a x:a ?b } OFFSET¦", "a whole number stands behind OFFSET"),
        ("SELECT ?a ?b WHERE { {?a x:a ?b} UNION ¦?c x:d ?e }", "{ is missing before ?c"),
        ("SELECT ¦TOP 5 ?a WHERE { ?a x:a ?b }", "SPARQL has no TOP; LIMIT stands at the end"),
        ("SELECT ?a FROM ¦x WHERE { ?a x:a ?b }", "x cannot stand here: " + _VARIABLE.format("x")),
        ("SELECT ?a WHERE { ¦IF(?a) }", "IF cannot stand here, behind {"),
        ("SELECT * WHERE { GRAPH ?g ¦?s ?p ?o }", "{ is missing before ?s"),
        ("SELECT ?s WHERE { ?s a ¦Model }", "Model cannot stand here: " + _VARIABLE.format("Model")),
        (
            "SELECT (COUNT(?s) as ?n) ?s { ?s x:a ?o } GROUP BY ?s HAVING ¦?n > 2",
            "the condition of HAVING stands in parentheses: HAVING (...)",
        ),
        ("SELECT ?s { ?s x:a ?o . } LIMIT ¦= 5", "a whole number stands behind LIMIT"),
        (
            "SELECT ?s WHERE { FILTER(?o = 3¦; ?s = 4) }",
            "; cannot stand here, behind 3; the ( at line 1, column 25 is not closed yet",
        ),
        (
            "¦@prefix x: <http://x/> . SELECT ?s { ?s x:a ?o }",
            "a query declares a prefix with PREFIX x: <...>, without @ and .",
        ),
        ("SELECT ?x WHERE { BIND('a' ¦?b) }", "a comma or an operator is missing between 'a' and ?b"),
        ("SELECT ?x { ?x x:p ¦`abc` }", "a text stands in straight quotes, \" or '"),
        ("SELECT ?x { ?x x:p ?y FILTER(¦isnull(?y)) }", "isnull is no function that can stand here; SPARQL has BOUND"),
        ("SELECT ?x { ?x x:p ?y FILTER(YEAR ¦?y > 1) }", "( is missing before ?y"),
        (
            "SELECT ?x WHERE { ?x ¦<p> 1 }",
            "an IRI here is none: it has no scheme, such as http:, or a sign that no IRI has",
        ),
        ("SELECT ?s { ?s x:a ?o FILTER(?o ¦≥ 3) }", "U+2265 GREATER-THAN OR EQUAL TO cannot stand here, behind ?o"),
        ("SELECT ?s { ?s x:a ?o . ?s x:a+- ¦?o }", "?o cannot stand here, behind -"),
        ("SELECT * { VALUES ?v { 1 ¦OPTIONAL { ?s ?p ?o } }", "OPTIONAL cannot stand here, behind 1"),
        (
            'SELECT ?x { ?x x:p ?y FILTER regex(?y, ¦"\\d+") }',
            "a \\ in a text begins an escape, as \\n does; by itself it is written \\\\",
        ),
        ("SELECT * { { SELECT ?x { ?x ?y ?z } LIMIT 5 ¦?s x:a ?o } }", "?s cannot stand here, behind 5"),
        ("SELECT * { ?s ?p ?o } ORDER BY¦", "something is missing at the end, behind BY"),
    ],
)
def test_a_mistake_of_people(text: str, what: str) -> None:
    before, _, after = text.partition("¦")
    assert told(before + after) == (len(before) + 1, what)


def test_what_is_told_of_a_token_is_short_and_can_be_seen() -> None:
    assert shown("a" * 1000) == "a" * 50
    assert shown("'''a\n\x1b[2Jb'''") == "'''a  [2Jb'''"
    assert shown("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert shown("\x07") == "U+0007"
    assert (shown("é"), shown("{")) == ("é", "{")
