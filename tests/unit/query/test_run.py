"""Running queries on a store."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.query import run

NAMES = {"kg": "https://kg.example/ns#", "x": "http://x/"}


def store() -> ox.Store:
    found = ox.Store()
    found.add(ox.Quad(ox.NamedNode("http://x/s"), ox.NamedNode("https://kg.example/ns#p"), ox.Literal("5")))
    return found


def rows(query: str, bound: dict[str, ox.NamedNode] | None = None) -> list[tuple[str, ...]]:
    results = run(store(), query, NAMES, bound)
    assert isinstance(results, ox.QuerySolutions)
    return [tuple(str(term) for term in row) for row in results]


def test_our_prefixes_need_no_declaration_and_may_have_one() -> None:
    assert rows("SELECT ?o { x:s kg:p ?o }") == [('"5"',)]
    assert rows("PREFIX x: <http://other/> SELECT ?o { x:s kg:p ?o }") == []


def test_a_bound_variable_is_a_value_and_no_text() -> None:
    evil = ox.NamedNode("http://x/s%3E%20%3Fp%20%3Fo")
    assert rows("SELECT ?s ?o { ?s kg:p ?o }", {"s": ox.NamedNode("http://x/s")}) == [("<http://x/s>", '"5"')]
    assert rows("SELECT ?s ?o { ?s kg:p ?o }", {"s": evil}) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "SELECT *\nWHERE { ?s ?p }",
            r"^query, line 2, column 15: the query is not SPARQL: something is missing .*\[KG503\]$",
        ),
        ("", r"^query, line 1, column 1: the query is not SPARQL: there is nothing in it; "),
        (
            "INSERT DATA { <x:s> <x:p> <x:o> }",
            r"^query, line 1, column 1: .*: INSERT begins an update, which `kg serve --writable` takes; a query changes nothing; ",
        ),
        (
            "SELECT * {\n none:x kg:p ?o }",
            r"^query, line 2, column 2: the query is not SPARQL: the prefix none: is not declared; declare it with PREFIX none: <...>; ",
        ),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", r"KG502"),
        ("SELECT * { FILTER" + "(" * 100_000, r"nested too deeply.*KG504"),
    ],
)
def test_a_query_that_is_none_is_an_error(query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        run(store(), query, NAMES)


def test_an_update_changes_nothing() -> None:
    found = store()
    with pytest.raises(QueryError):
        run(found, "DELETE WHERE { ?s ?p ?o }", NAMES)
    assert len(found) == 1
