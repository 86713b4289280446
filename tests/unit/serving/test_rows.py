"""Results are cut after whole rows; tests/property/test_serving.py tries it on results of all kinds."""

from __future__ import annotations

from time import perf_counter

import pyoxigraph as ox
import pytest

from kg.serving import rows
from kg.serving.rows import Rows

FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}


def written(query: str, format_: str) -> bytes:
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=FORMATS[format_]) or b""


def cut(data: bytes, format_: str, limit: int, size: int) -> tuple[bytes, bool]:
    """Feed results in pieces; return what came out, and whether a row was left out."""
    counter = Rows(format_, limit)
    out = b""
    for start in range(0, len(data), size):
        out += counter.feed(data[start : start + size])
        if counter.full:
            return out + counter.stop(), True
    out += counter.rest()
    return out, counter.full


def count(data: bytes, format_: str) -> int:
    """Return how many rows there are, as others count them."""
    found = ox.parse_query_results(data, format=FORMATS[format_])
    assert isinstance(found, ox.QuerySolutions)
    return len(list(found))


@pytest.fixture(params=[0, rows.KEPT], ids=["at once", "late"])
def look(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have results looked through from the start, or only when there may be too many."""
    monkeypatch.setattr(rows, "KEPT", request.param)


_TEXTS = r"""'a' '}},{"x":' '</result><result>' 'a\r\nb' 'a\nb' 'c\td' '"' '""' ',' '\\' '\\"' ']}}' '{' '}' UNDEF '' ' ' <urn:x>"""
QUERIES = {
    "no row": "SELECT ?x { FILTER(false) }",
    "no variable": "SELECT * { {} UNION {} UNION {} }",
    "no value": "SELECT ?x ?y { {} UNION {} UNION {} }",
    "texts": f"SELECT ?x {{ VALUES ?x {{ {_TEXTS} }} }}",
    "pairs": f"SELECT * {{ VALUES ?x {{ {_TEXTS} }} VALUES ?y {{ {_TEXTS} }} }}",
    "triples": "SELECT * { VALUES ?n { 1 2 3 4 5 } BIND(<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> '},{' )>> )>> AS ?t) }",
}


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("size", [1, 10, 100_000])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("format_", FORMATS)
def test_as_many_rows_as_the_limit_says(format_: str, query: str, size: int) -> None:
    data = written(query, format_)
    there = count(data, format_)
    for limit in {0, 1, 2, there - 1, there, there + 1} - {-1}:
        out, full = cut(data, format_, limit, size)
        assert full == (there > limit)
        assert out == data if not full else count(out, format_) == limit


@pytest.mark.usefixtures("look")
def test_triples_may_nest_as_deep_as_they_like() -> None:
    term = "<urn:o>"
    for _ in range(50):
        term = f"<<( <urn:s> <urn:p> {term} )>>"
    data = written(f"SELECT * {{ VALUES ?n {{ 1 2 3 }} BIND({term} AS ?t) }}", "json")
    for limit in (1, 2, 3):
        out, full = cut(data, "json", limit, 1000)
        assert (count(out, "json"), full) == (limit, limit < 3)


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("format_", FORMATS)
def test_a_long_row_hides_none(format_: str) -> None:
    """A long row is looked at again only when there is twice as much; rows behind it count all the same."""
    long = "a" * 100_000
    data = written(f"SELECT ?x {{ VALUES ?x {{ 'first' '{long}' 'third' 'fourth' }} }}", format_)
    for limit in range(5):
        out, full = cut(data, format_, limit, 90_000)
        assert (count(out, format_), full) == (limit, limit < 4)


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("format_", FORMATS)
def test_results_can_be_stopped_anywhere_behind_their_head(format_: str) -> None:
    data = written("SELECT ?x { VALUES ?x { 1 2 3 4 5 6 7 8 } }", format_)
    seen = set()
    for end in range(len(data)):
        counter = Rows(format_, 100)
        out = counter.feed(data[:end])
        if counter.begun:
            out += counter.stop()
            seen.add(count(out, format_))
    assert seen >= set(range(8))


def test_the_word_of_it_in_xml() -> None:
    data = written("SELECT ?x { VALUES ?x { 1 2 } }", "xml")
    assert cut(data, "xml", 1, 10)[0].endswith(b"</result></results><!-- truncated --></sparql>")


def test_few_rows_are_never_looked_through() -> None:
    counter = Rows("json", 1000)
    data = written("SELECT ?x { VALUES ?x { 1 2 } }", "json")
    assert counter.feed(data) == b""
    assert (counter.rest(), counter.count) == (data, 0)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_row_of_many_pieces_is_read_in_time(format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "KEPT", 0)
    data = written("SELECT ?x { VALUES ?x { 'b' } }", format_).replace(b"b", b"b" * 10_000_000)
    start = perf_counter()
    out, full = cut(data, format_, 10, 2000)
    assert perf_counter() - start < 5
    assert (out, full) == (data, False)
