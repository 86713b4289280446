"""Queries of many shapes that look for text: asked of the values that may hold it, they have the answers that they have asked of all."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query import text_search
from kg.serving.texts import Texts
from tests.answers import answer

_PREFIXES = {"x": "http://x/"}
_NODES = [ox.NamedNode(f"http://x/{name}") for name in "abc"]
# Letters that have other cases within and beyond ASCII, and what is written otherwise in a query than it is.
_LETTERS = "aAbBiIkKsS .-\u0130\u0131\u017f\u212a\u1e9e\u00df\u03a3\u03c3\u03c2\ufb01\u0149\"'\\\n\t\U0001f600"
_texts = st.text(st.sampled_from(_LETTERS), max_size=8)
_literals = st.builds(ox.Literal, _texts) | st.builds(ox.Literal, _texts, language=st.sampled_from(["en", "tr"]))
_others = st.sampled_from([ox.Literal(12), ox.Literal("ab", datatype=_NODES[0]), ox.BlankNode("ab"), *_NODES])
_graphs = st.sampled_from([ox.DefaultGraph(), ox.DefaultGraph(), *_NODES[:2]])
_quads = st.builds(
    ox.Quad, st.sampled_from(_NODES), st.sampled_from(_NODES), _literals | _literals | _literals | _others, _graphs
)

_needles = st.text(st.sampled_from("aAbBiIkKsS .-x:/hp\u0130\u00df"), min_size=2, max_size=3)
_patterns = st.text(st.sampled_from("aAbiKs.*+?^$"), min_size=2, max_size=5)
_variables = st.sampled_from(["?n", "?n", "?m", "?o"])
_seen = st.sampled_from(["{}", "STR({})", "LCASE({})", "LCASE(STR({}))", "UCASE({})"])
_calls = st.one_of(
    st.tuples(st.sampled_from(["CONTAINS", "strstarts", "STRENDS"]), _seen, _variables, _needles).map(
        lambda drawn: f'{drawn[0]}({drawn[1].format(drawn[2])}, "{drawn[3]}")'
    ),
    st.tuples(_seen, _variables, _needles).map(
        lambda drawn: f"CONTAINS({drawn[0].format(drawn[1])}, LCASE('{drawn[2]}'))"
    ),
    st.tuples(_seen, _variables, _patterns, st.sampled_from(["", ', "i"', ', ""', ', "q"', ', "s"'])).map(
        lambda drawn: f'REGEX({drawn[0].format(drawn[1])}, "{drawn[2]}"{drawn[3]})'
    ),
)
_more = st.sampled_from(["?m = x:a", "LANG(?n) = 'en'", "BOUND(?o)", "!CONTAINS(?n, 'a')", "1 = 1"])
_conditions = st.recursive(
    _calls | _calls | _more,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" && ", " || ", " = "]), inner).map(lambda drawn: f"({''.join(drawn)})"),
        inner.map(lambda drawn: f"({drawn})"),
        inner.map(lambda drawn: f"!({drawn})"),
    ),
    max_leaves=3,
)
_filters = st.one_of(_calls.map("FILTER {}".format), _conditions.map("FILTER({})".format))
_verbs = st.sampled_from(["x:a", "<http://x/b>", "x:c", "?p", "x:a/x:b", "^x:a", "x:a|x:b"])
_triples = st.one_of(
    st.tuples(st.sampled_from(["?m", "x:a", "?n"]), _verbs, st.sampled_from(["?n", "?n", "?o", "x:b", "'ab'"])).map(
        " ".join
    ),
    st.tuples(_verbs, _verbs).map(lambda drawn: f"?m {drawn[0]} ?o ; {drawn[1]} ?n"),
    _verbs.map(lambda drawn: f"?m {drawn} ?o, ?n"),
)


def _group(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.one_of(
        _filters,
        _triples.map("{} .".format),
        inner.map("OPTIONAL {}".format),
        inner.map("MINUS {}".format),
        inner.map("FILTER EXISTS {}".format),
        inner.map("FILTER NOT EXISTS {}".format),
        inner.map("GRAPH ?g {}".format),
        inner.map("{{ SELECT ?n WHERE {} }}".format),
        st.tuples(inner, inner).map(" UNION ".join),
        st.sampled_from(["VALUES ?n { 'ab' x:a }", "BIND('ab' AS ?v)", "VALUES ?m { x:a }"]),
    )
    return st.tuples(_triples, _filters, st.lists(parts, max_size=2)).map(
        lambda drawn: f"{{ {drawn[0]} {drawn[1]} {' '.join(drawn[2])} }}"
    ) | st.lists(parts | _triples.map("{} .".format), min_size=1, max_size=3).map(
        lambda drawn: f"{{ {' '.join(drawn)} }}"
    )


_groups = st.recursive(
    st.tuples(_triples, _filters).map(lambda drawn: f"{{ {drawn[0]} {drawn[1]} }}"), _group, max_leaves=3
)
_queries = st.tuples(
    st.sampled_from(
        [
            "SELECT *",
            "SELECT ?n",
            "SELECT DISTINCT ?m ?n",
            "SELECT (COUNT(?n) AS ?count)",
            "ASK",
            "CONSTRUCT { ?m x:a ?n }",
        ]
    ),
    _groups,
).map(" ".join)


@given(quads=st.lists(_quads, max_size=12), query=_queries)
@settings(deadline=None)
def test_the_values_that_may_hold_a_text_give_the_same_answer(quads: list[ox.Quad], query: str) -> None:
    search = text_search(query, _PREFIXES)
    assume(search is not None)
    assert search is not None
    store = ox.Store()
    store.extend(quads)
    try:
        wanted = answer(store, query, _PREFIXES)
    except SyntaxError:
        return
    texts = Texts(store, 1 << 30)
    texts.took(search, 1000.0)
    narrowed = texts.narrowed(search, 0.0)
    assume(narrowed is not None)
    assert narrowed is not None
    assert answer(store, narrowed, _PREFIXES) == wanted


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """Return a store on a disk, as those that are served: there, statements have an order."""
    return ox.Store(str(tmp_path_factory.mktemp("store")))


_rest = st.sampled_from(["", "LIMIT 1", "LIMIT 3", "OFFSET 2", "ORDER BY STRLEN(?n) LIMIT 2", "LIMIT 2 OFFSET 1"])
_some = st.sampled_from(["SELECT *", "SELECT ?n", "SELECT REDUCED ?m", "SELECT (SAMPLE(?m) AS ?any)"])


@given(quads=st.lists(_quads, max_size=20), form=_some, condition=_filters, rest=_rest)
@settings(max_examples=300)
def test_rows_of_a_lone_pattern_come_in_the_same_order(
    disk: ox.Store, quads: list[ox.Quad], form: str, condition: str, rest: str
) -> None:
    query = f"{form} {{ ?m x:a ?n {condition} }} {rest}"
    search = text_search(query, _PREFIXES)
    assume(search is not None)
    assert search is not None
    disk.clear()
    disk.extend(quads)
    texts = Texts(disk, 1 << 30)
    texts.took(search, 1000.0)
    narrowed = texts.narrowed(search, 0.0)
    assume(narrowed is not None)
    assert narrowed is not None
    assert _written(disk, narrowed) == _written(disk, query)


def _written(store: ox.Store, query: str) -> bytes | None:
    results = store.query(query, prefixes=_PREFIXES)
    assert isinstance(results, ox.QuerySolutions)
    return results.serialize(format=ox.QueryResultsFormat.JSON)
