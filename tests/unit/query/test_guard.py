"""SERVICE is refused wherever it is a clause, and nowhere else."""

from __future__ import annotations

from time import perf_counter

import pytest

from kg.errors import QueryError
from kg.query.guard import is_deep, refuse_deep, refuse_remote

_URL = "<http://elsewhere.example/sparql>"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ SERVICE {_URL} {{ ?s ?p ?o }} }}",
        f"select * {{ service {_URL} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SeRvIcE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT {_URL} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICESILENT{_URL}{{ ?s ?p ?o }} }}",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "SELECT * { SERVICE?where{ ?s ?p ?o } }",
        "SELECT * { SERVICE$where{ ?s ?p ?o } }",
        "PREFIX x: <http://x/> SELECT * { SERVICE x:sparql { ?s ?p ?o } }",
        "PREFIX : <http://x/> SELECT * { SERVICE:sparql { ?s ?p ?o } }",
        "PREFIX : <http://x/> SELECT * { SERVICE: { ?s ?p ?o } }",
        "PREFIX SERVICE: <http://y/> PREFIX : <http://x/> SELECT * { SERVICE:sparql # comment\n { ?s ?p ?o } }",
        "PREFIX x: <http://x/> SELECT * { SERVICEx:sparql { ?s ?p ?o } }",
        "PREFIX : <http://x/> SELECT * { SERVICESILENT:sparql { ?s ?p ?o } }",
        f"SELECT * {{ {{ {{ OPTIONAL {{ SERVICE {_URL} {{ ?s ?p ?o }} }} }} }} }}",
        f"SELECT * {{ ?s ?p 'text'SERVICE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p '''it's \"SERVICE\" '''SERVICE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 'it\\'s'SERVICE{_URL}{{ ?s ?p ?o }} }}",
        f'SELECT * {{ ?s ?p ""SERVICE{_URL}{{ ?s ?p ?o }} }}',
        f'SELECT * {{ ?s ?p """"quoted" """SERVICE{_URL}{{ ?s ?p ?o }} }}',
        f"SELECT * {{ ?s ?p trueSERVICE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 5.SERVICE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 5.0e1SERVICE{_URL}{{ ?s ?p ?o }} }}",
        "PREFIX : <http://x/> SELECT * { ?s ?p 5.SERVICE:sparql { ?s ?p ?o } }",
        f"PREFIX x: <http://x/> SELECT * {{ ?s ?p x:.SERVICE{_URL}{{ ?s ?p ?o }} }}",
        f"SELECT * {{ FILTER(1<2)SERVICE{_URL}{{ ?s ?p ?o }} FILTER(2>1) }}",
        f"SELECT * {{ # comment\r SERVICE {_URL} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ \\u0053ERVICE {_URL} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ S\\U00000045RVICE {_URL} {{ ?s ?p ?o }} }}",
        f"ASK {{ SERVICE {_URL} {{}} }}",
        f"CONSTRUCT WHERE {{ SERVICE {_URL} {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 'never closed SERVICE {_URL} }}",
    ],
)
def test_a_clause_is_refused(query: str) -> None:
    with pytest.raises(QueryError, match=r"SERVICE is not followed: a query never leaves this machine; .*\[KG502\]"):
        refuse_remote(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service $SERVICE { ?service ?p $SERVICE }",
        "SELECT * { ?s ?p <http://x/SERVICE> , <SERVICE> , <http://x/?q=SERVICE&x#SERVICE> }",
        "PREFIX x: <http://x/> SELECT * { ?s x:SERVICE x:a.SERVICE ; x:SERVICE.y x:a\\.SERVICE , x:a%20SERVICE }",
        "PREFIX service: <http://x/> SELECT * { ?s service:x service:y }",
        "SELECT * { ?s ?p 'SERVICE' , \"SERVICE\" , '''SERVICE <x> {''' , \"\"\"SERVICE\"\"\" }",
        "SELECT * { ?s ?p 'a\\'SERVICE' , \"a\\\" SERVICE <x> \" , '''a'' SERVICE''' , \"\"\"a\" SERVICE\"\"\" , '''\\''' SERVICE''' }",
        "SELECT * { ?s ?p 'SERVICE'@en , 'x'@service , 'x'^^<http://x/SERVICE> }",
        "# SERVICE <http://x> {\nSELECT * { ?s ?p ?o # SERVICE <http://x> { ?s ?p ?o }\n }",
        "SELECT * { _:SERVICE ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER (?o < 5 && ?o > 3) }",
        "SELECT * { ?s ?p '\\u0053ERVICE' }",
        "",
    ],
)
def test_a_name_a_text_or_a_comment_is_not(query: str) -> None:
    refuse_remote(query)


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "'''a",
        '"',
        "<a",
        ":a.",
        "'\\",
        "5.e",
        "%41",
        "@a-",
        '"""a"b',
        "\\u0041",
        '"""\\"',
        "a\\.",
        "a:..",
        "?",
        "#",
        "SERVIC E ",
    ],
)
def test_a_long_query_is_read_in_time(piece: str) -> None:
    """One who asks a server must not be able to keep it busy with the guard alone."""
    start = perf_counter()
    refuse_remote(piece * (200_000 // len(piece)))
    assert perf_counter() - start < 5


@pytest.mark.parametrize(("opening", "closing"), ["{}", "()", "[]", ("<<", ">>")])
def test_what_is_nested_too_deeply_is_refused(opening: str, closing: str) -> None:
    # The engine calls itself for each bracket, and has no room left at some number of them.
    for number, deep in ((500, False), (501, True)):
        assert is_deep(f"SELECT {opening * number}{closing * number}") is deep
    assert not is_deep(f"{opening} {closing} " * 1000)
    with pytest.raises(QueryError, match=r"nested too deeply.*500.*KG504"):
        refuse_deep(opening * 100_000)
