"""Queries of many shapes, over terms of any kind: what is read of a store for one is all that its answer needs."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query import excerpt
from tests.answers import answer

_PREFIXES = {"x": "http://x/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
_NODES = [ox.NamedNode(f"http://x/{name}") for name in "abc"]
_THINGS = [*_NODES, ox.BlankNode("n")]
_LITERALS = [
    *(ox.Literal(text) for text in ("0", "A")),
    *map(ox.Literal, (0, 1, 1.5, True)),
    ox.Literal("A", language="en"),
    ox.Literal("01", datatype=ox.NamedNode(_PREFIXES["xsd"] + "integer")),
]
_quads = st.builds(
    ox.Quad, st.sampled_from(_THINGS), st.sampled_from(_NODES), st.sampled_from([*_THINGS, *_THINGS, *_LITERALS])
)

_iris = st.sampled_from([str(each) for each in _NODES])
_variables = st.sampled_from(["?x", "?y", "?z", "?w"])
_verbs = _iris | _variables | st.sampled_from(["x:a", "x:b", "a", "x:a/x:b", "^x:a", "x:a|x:b", "x:a/^x:b"])
_objects = (
    _iris
    | _variables
    | st.sampled_from(
        ["x:b", '"0"', '"A"@EN', '"1"^^xsd:integer', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>', "1", "true"]
    )
)
_triples = st.tuples(_iris | _variables | _variables, _verbs, _objects).map(" ".join)
_expressions = st.sampled_from(
    [
        "?x = ?y",
        "?y > 0",
        "!BOUND(?z)",
        "?z",
        'LANG(?y) = "en"',
        "isLiteral(?w) || ?x != ?z",
        "?w IN (x:a, <http://x/b>)",
        "COALESCE(?z, 1) = 1",
    ]
)
_values = st.sampled_from(
    [
        "VALUES ?x { <http://x/a> x:b }",
        'VALUES (?y ?z) { (x:a 1) (UNDEF "A"@en) }',
        'VALUES ?w { "01"^^xsd:integer 1.5 UNDEF }',
        "VALUES ?z { 1 x:c }",
    ]
)
_bindings = st.sampled_from(
    ["BIND(x:a AS ?w)", "BIND(x:b AS ?z)", "BIND(1 AS ?y)", "BIND(?y AS ?v)", "BIND(STR(?x) AS ?z)"]
)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.one_of(
        _triples.map(lambda text: f"{text} ."),
        inner.map(lambda text: f"{{ {text} }}"),
        st.tuples(inner, inner).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
        inner.map(lambda text: f"OPTIONAL {{ {text} }}"),
        inner.map(lambda text: f"MINUS {{ {text} }}"),
        inner.map(lambda text: f"FILTER NOT EXISTS {{ {text} }}"),
        inner.map(lambda text: f"FILTER EXISTS {{ {text} }}"),
        _expressions.map(lambda text: f"FILTER({text})"),
        _bindings,
        _values,
    )
    return st.lists(items, min_size=1, max_size=4).map(" ".join)


# Most begin with what is often there, so that there is something to go on from.
_first = st.tuples(_iris, _iris | st.just("?p"), _variables).map(" ".join) | _triples | _values
_flat = st.lists(_triples.map(lambda text: f"{text} .") | _expressions.map("FILTER({})".format), min_size=1, max_size=2)
_inner = st.recursive(_flat.map(" ".join), _groups, max_leaves=3)
_patterns = st.tuples(_first, _groups(_inner)).map(" . ".join)
_forms = st.sampled_from(
    [
        "SELECT *",
        "SELECT DISTINCT ?x ?y",
        "SELECT ?x (COUNT(?y) AS ?n)",
        "SELECT (COUNT(*) AS ?n)",
        "ASK",
        "CONSTRUCT { ?x x:made ?y . <http://x/a> ?z ?w }",
    ]
)
_rests = st.sampled_from(["", "LIMIT 1", "ORDER BY DESC(?x) ?y", "GROUP BY ?x"])


# What a part finds, and what it does not find, is what the next begins with: a few that are about the same few statements.
_few = [ox.Quad(about, _NODES[0], value) for about in _NODES for value in _NODES[1:]]
_few += [ox.Quad(about, _NODES[0], ox.Literal(1)) for about in _NODES]
_parts = st.sampled_from(
    [
        "VALUES ?x { x:b }",
        "VALUES ?x { 1 }",
        "VALUES (?x ?y) { (UNDEF x:c) (x:b UNDEF) }",
        "BIND(x:b AS ?x)",
        "BIND(1 AS ?x)",
        "x:a x:a ?x .",
        "x:b x:a ?y .",
        "FILTER(?x = ?y)",
        *(
            f"{word} {{ {inner} }}"
            for word in ("OPTIONAL", "OPTIONAL", "MINUS", "FILTER NOT EXISTS")
            for inner in ("x:a x:a ?x", "x:b x:a ?x", "x:c x:a ?y . ?y x:a ?x", "x:c x:a ?y . ?z x:a ?x")
        ),
        "OPTIONAL { x:c x:a ?y BIND(x:b AS ?x) }",
        "OPTIONAL { x:c x:a ?y FILTER(?x = x:b) }",
    ]
)


@settings(max_examples=1500)
@given(st.lists(_quads, max_size=30), _forms, _patterns, _rests)
def test_an_excerpt_has_the_answer_of_the_store(quads: list[ox.Quad], form: str, pattern: str, rest: str) -> None:
    _check(quads, f"{form} {{ {pattern} }} {rest}")


@settings(max_examples=1500)
@given(st.sets(st.sampled_from(_few)), st.lists(_parts, min_size=2, max_size=4, unique=True).map(" ".join))
def test_parts_begin_with_what_others_found(quads: set[ox.Quad], pattern: str) -> None:
    _check(quads, f"SELECT * {{ {pattern} }}")


def _check(quads: Iterable[ox.Quad], text: str) -> None:
    found = excerpt(text, _PREFIXES)
    assume(found is not None)
    assert found is not None
    assert found.text(found.iris) == text
    store = ox.Store()
    store.extend(quads)
    part = found.store(store, found.iris)
    assume(part is not None)
    assert part is not None
    assert set(part) <= set(store)
    try:
        wanted = answer(store, text, _PREFIXES)
    except SyntaxError:
        # It is refused all the same.
        assume(False)
    assert answer(part, text, _PREFIXES) == wanted
