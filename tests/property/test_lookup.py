"""Look-ups of any shape, over terms of any kind: what is read as one is answered as the store answers it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import pyoxigraph as ox
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query import graph_lookup, lookup
from tests.property.strategies import AWKWARD

_NODES = [ox.NamedNode(f"http://x/{name}") for name in "abcd"]
_THINGS = [*_NODES, ox.BlankNode("n")]
_LITERALS = [
    *(ox.Literal(text) for text in ("0", AWKWARD.replace("\x00", ""))),
    ox.Literal("A", language="en"),
    ox.Literal("A", language="en-GB"),
    ox.Literal("0", datatype=_NODES[2]),
    *map(ox.Literal, (0, 1.5, True)),
]
_quads = st.builds(
    ox.Quad, st.sampled_from(_THINGS), st.sampled_from(_NODES), st.sampled_from([*_THINGS, *_THINGS, *_LITERALS])
)

_iris = st.sampled_from([str(each) for each in _NODES])
_variables = st.sampled_from(["?x", "?y", "?z"])
_verbs = _iris | _variables | st.sampled_from(["x:a", "a"])
_objects = _iris | _variables | st.sampled_from(["x:b", '"0"', '"A"@EN', '"0"^^x:c'])
_more = st.one_of(
    st.tuples(st.just("."), _iris | _variables, _verbs, _objects),
    st.tuples(st.just("."), _variables, _verbs, _objects),
    st.tuples(st.just(";"), _verbs, _objects),
    st.tuples(st.just(","), _objects),
    st.tuples(st.sampled_from([".", ";", ",", "7", "}", "?x", "''"])),
    st.sampled_from(
        [
            'FILTER(LANG(?x) = "en")',
            "FILTER(LANG(?y) = '' || LANG(?y) = 'EN')",
            "FILTER LANGMATCHES(LANG(?z), 'EN') .",
            "OPTIONAL {",
            "} .",
        ]
    ).map(lambda each: (each,)),
    st.tuples(
        st.just("OPTIONAL {"),
        _iris | _variables,
        _verbs,
        _objects,
        st.sampled_from(["}", "FILTER(LANG(?y) = '') }", "FILTER LANGMATCHES(LANG(?x), 'en') }"]),
    ),
).map(" ".join)
_patterns = st.tuples(_iris | _variables, _verbs, _objects, st.lists(_more, max_size=4).map(" ".join)).map(" ".join)
_forms = st.sampled_from(
    [
        "SELECT *",
        "SELECT ?x",
        "SELECT ?y ?x",
        "ASK",
        "SELECT (COUNT(*) AS ?n)",
        "SELECT (COUNT(?y) AS ?n)",
        "SELECT (COUNT(DISTINCT ?x) AS ?n)",
    ]
)


@settings(max_examples=1000)
@given(st.lists(_quads, max_size=30), _forms, _patterns, st.sampled_from(["", "LIMIT 1"]))
def test_a_lookup_is_what_the_store_takes_it_for(quads: list[ox.Quad], form: str, pattern: str, rest: str) -> None:
    text = f"{form} {{ {pattern} }} {rest}"
    prefixes = {"x": "http://x/"}
    found = lookup(text, prefixes)
    assume(found is not None)
    assert found is not None
    store = ox.Store()
    store.extend(quads)
    answer = found.answer(store, found.iris)
    # Which rows of a join are the first is left to the store.
    assert answer is not None or rest
    assume(answer is not None)
    assert answer is not None
    results = store.query(text, prefixes=prefixes)
    assert not isinstance(results, ox.QueryTriples)
    wanted = results.serialize(format=ox.QueryResultsFormat.JSON) or b""
    if form == "ASK":
        assert answer == wanted
    elif rest:
        # Which row is the first is not said.
        rows, expected = (json.loads(each)["results"]["bindings"] for each in (answer, wanted))
        assert len(rows) == len(expected)
    else:
        whole = [json.loads(each) for each in (answer, wanted)]
        assert whole[0]["head"] == whole[1]["head"]
        counted = [Counter(json.dumps(row) for row in each["results"]["bindings"]) for each in whole]
        assert counted[0] == counted[1]


_triples = st.tuples(_iris | _variables, _verbs, _objects).map(" ".join)
_graphs = st.one_of(
    st.lists(_iris, min_size=1, max_size=3).map(lambda iris: f"DESCRIBE {' '.join(iris)}"),
    st.builds("CONSTRUCT {{ {0} . {1} }} WHERE {{ {2} }}".format, _triples, _triples, _patterns),
    _patterns.map("CONSTRUCT WHERE {{ {0} }}".format),
)


def _written(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


@settings(max_examples=1000)
@given(st.lists(_quads, max_size=30), _graphs)
def test_a_graph_is_what_the_store_makes(quads: list[ox.Quad], text: str) -> None:
    prefixes = {"x": "http://x/"}
    found = graph_lookup(text, prefixes, _written)
    assume(found is not None)
    assert found is not None
    store = ox.Store()
    store.extend(quads)
    answer = found.answer(store, found.iris)
    assert answer is not None
    results = store.query(text, prefixes=prefixes)
    assert isinstance(results, ox.QueryTriples)
    assert sorted(answer.splitlines()) == sorted(_written(results).splitlines())
