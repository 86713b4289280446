"""Whatever stands in a table goes through a mapping and two parsers and comes back as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mapping import run_mapping
from tests.property.strategies import texts
from tests.session import session

_MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
@prefix d2rq: <http://www.wiwiss.fu-berlin.de/suhl/bizer/D2RQ/0.1#> .
<#session> d2rq:jdbcDSN "jdbc:duckdb:" .
<#Map> rml:logicalSource [ rml:source <#session> ; rml:referenceFormulation rml:SQL2008Table ; rml:iterator "t" ] ; rml:subjectMap [ rml:template "http://x/row/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/plain> ; rml:objectMap [ rml:reference "a" ] ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/typed> ; rml:objectMap [ rml:reference "a" ; rml:datatype <http://x/t> ] ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/tagged> ; rml:objectMap [ rml:reference "a" ; rml:language "en" ] ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/text> ; rml:objectMap [ rml:template "<{a}|{b}>" ; rml:termType rml:Literal ] ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/iri> ; rml:objectMap [ rml:template "http://x/v/{a}/{b}" ] ] ;
  rml:predicateObjectMap [ rml:predicate <http://x/blank> ; rml:objectMap [ rml:reference "a" ; rml:termType rml:BlankNode ] ] .
"""

_rows = st.lists(st.tuples(st.none() | texts, st.none() | texts), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with session() as opened, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.ttl"
        path.write_text(_MAPPING, encoding="utf-8")
        opened.execute("CREATE TABLE t (id INTEGER, a VARCHAR, b VARCHAR)")
        opened.execute("CREATE TABLE mapping AS SELECT $1 AS path", [str(path)])
        yield opened


@settings(max_examples=40)
@given(_rows)
def test_values_survive(con: duckdb.DuckDBPyConnection, rows: list[tuple[str | None, str | None]]) -> None:
    ((path,),) = con.execute("FROM mapping").fetchall()
    con.execute("DELETE FROM quads; DELETE FROM t")
    con.executemany("INSERT INTO t VALUES (?, ?, ?)", [(number, a, b) for number, (a, b) in enumerate(rows)])
    run_mapping(con, [Path(path)], "http://base/")
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o in con.execute("SELECT s, p, o FROM quads").fetchall())
    found = {
        (int(quad.subject.value.rpartition("/")[2]), quad.predicate.value.rpartition("/")[2]): quad.object
        for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)
    }
    expected: set[tuple[int, str]] = set()
    blanks: dict[str, str] = {}
    for number, (a, b) in enumerate(rows):
        if a is not None:
            assert found[number, "plain"] == ox.Literal(a)
            assert found[number, "typed"] == ox.Literal(a, datatype=ox.NamedNode("http://x/t"))
            assert found[number, "tagged"] == ox.Literal(a, language="en")
            assert blanks.setdefault(a, found[number, "blank"].value) == found[number, "blank"].value
            expected |= {(number, name) for name in ("plain", "typed", "tagged", "blank")}
        if a is not None and b is not None:
            assert found[number, "text"] == ox.Literal(f"<{a}|{b}>")
            iri = found[number, "iri"]
            assert [unquote(part) for part in iri.value.removeprefix("http://x/v/").split("/")] == [a, b]
            expected |= {(number, name) for name in ("text", "iri")}
    assert set(found) == expected
    assert len(set(blanks.values())) == len(blanks)
    assert len(rdflib.Graph().parse(data=lines, format="nt")) == len(expected)
