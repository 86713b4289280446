"""Queries of many shapes that need all rows: joined in another way, they have the answers that they have as they are."""

from __future__ import annotations

import random
import re

import pyoxigraph as ox
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query.joins import joins
from tests.answers import answer

_PREFIXES = {"x": "http://x/"}
_NODES = [ox.NamedNode(f"http://x/{name}") for name in "abc"]
_DECIMAL = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
_numbers = st.sampled_from([ox.Literal(1), ox.Literal(2), ox.Literal("1.0", datatype=_DECIMAL)])
_literals = _numbers | st.sampled_from([ox.Literal("a"), ox.Literal("a", language="en"), ox.Literal("b")])
_graphs = st.sampled_from([ox.DefaultGraph()] * 4 + _NODES[:1])
_subjects = st.sampled_from([*_NODES, ox.BlankNode("n")])
_quads = st.builds(ox.Quad, _subjects, st.sampled_from(_NODES), _subjects | _literals, _graphs)

_variables = st.sampled_from(["?m", "?m", "?n", "?o", "?p", "$m"])
_verbs = st.sampled_from(["x:a", "<http://x/b>", "x:c", "a"])
_objects = _variables | _variables | st.sampled_from(["x:b", "<http://x/c>", '"a"@en', "1", '"1"^^x:a'])
_triples = st.one_of(
    st.tuples(_variables, _verbs, _objects).map(" ".join),
    st.tuples(_variables, _verbs, _objects, _verbs, _objects).map(lambda drawn: "{} {} {} ; {} {}".format(*drawn)),
    st.tuples(_variables, _verbs, _objects, _objects).map(lambda drawn: "{} {} {}, {}".format(*drawn)),
)
_filters = st.sampled_from(
    [
        "FILTER(?n > 1)",
        "FILTER(?m != x:a && ?o < 2)",
        "FILTER ISIRI(?m)",
        "FILTER(!BOUND(?p) || BOUND(?q))",
        "FILTER EXISTS { ?m x:a ?o }",
        "FILTER NOT EXISTS { ?n ?any ?m }",
        "FILTER(?v = 3 || ?v = 1)",
    ]
)
_behind = st.one_of(
    st.tuples(_variables, _verbs, _objects | st.just("?q")).map(lambda drawn: "OPTIONAL {{ {} {} {} }}".format(*drawn)),
    st.tuples(_triples, _filters).map(lambda drawn: "OPTIONAL {{ {} . {} }}".format(*drawn)),
    _triples.map("MINUS {{ {} }}".format),
    st.sampled_from(["BIND(?n + 1 AS ?v)", "OPTIONAL { { ?m x:a ?q } UNION { ?m x:b ?q } }", "OPTIONAL { }"]),
    _filters,
)
_groups = st.tuples(
    st.lists(st.one_of(_triples.map("{} .".format), _triples.map("{} .".format), _filters), min_size=1, max_size=4),
    st.lists(_behind, max_size=3),
).map(lambda drawn: f"{{ {' '.join(drawn[0] + drawn[1])} }}")
_queries = st.one_of(
    st.tuples(
        st.sampled_from(["SELECT DISTINCT *", "SELECT DISTINCT ?m ?q", "SELECT (COUNT(*) AS ?all)"]), _groups
    ).map(" ".join),
    _groups.map("SELECT * WHERE {} ORDER BY ?n".format),
    _groups.map("SELECT ?m (COUNT(DISTINCT ?n) AS ?c) (MAX(?o) AS ?most) {} GROUP BY ?m HAVING(COUNT(*) > 1)".format),
)


@given(quads=st.lists(_quads, min_size=1, max_size=20), query=_queries, chance=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_patterns_that_are_read_whole_give_the_same_answer(
    quads: list[ox.Quad], query: str, chance: random.Random
) -> None:
    found = joins(query, _PREFIXES)
    assume(found is not None)
    assert found is not None
    store = ox.Store()
    store.extend(quads)
    try:
        wanted = answer(store, query, _PREFIXES)
    except SyntaxError:
        assume(False)
        raise
    # A comment may stand wherever a space may: in these queries, none stands in a text.
    query = "".join(
        " # { <x:a> \n " if part == " " and chance.random() < 0.1 else part for part in re.split("( )", query)
    )
    found = joins(query, _PREFIXES)
    assert found is not None
    patterns = [*found.required, *found.optional]
    whole = chance.sample(patterns, chance.randint(1, len(patterns)))
    assert answer(store, found.joined(whole), _PREFIXES) == wanted
