"""What a server knows of a request before it is run; tests/property/test_serving.py compares it with the truth."""

from __future__ import annotations

from time import perf_counter

import pyoxigraph as ox
import pytest

from kg.query.reading import read, scoped

_URL = "http://elsewhere.example/sparql"
_IRI = f"<{_URL}>"
_GROUP = "{ ?s ?p ?o }"


def accepted(text: str) -> bool:
    """Return whether the parser takes a query for one, and so would follow what it says: port 9 is closed to the engine."""
    try:
        ox.Store().query(text.replace(_URL, "http://127.0.0.1:9/"))
    except SyntaxError:
        return False
    except OSError as error:
        return "port 9" in str(error)
    return True


_SERVICES = {
    "plain": (f"SELECT * {{ SERVICE {_IRI} {_GROUP} }}", _URL),
    "silent": (f"ASK {{ SERVICE SILENT {_IRI} {_GROUP} }}", _URL),
    "letters": (f"SELECT * {{ sErViCe sILENT {_IRI} {_GROUP} }}", _URL),
    "no spaces": (f"SELECT*{{SERVICE{_IRI}{_GROUP}}}", _URL),
    "one word": (f"SELECT*{{SERVICESILENT{_IRI}{_GROUP}}}", _URL),
    "comments": (f"SELECT * {{ SERVICE # <urn:a>\n SILENT # SERVICE <urn:b>\r {_IRI} {_GROUP} }}", _URL),
    "escape in the IRI": (rf"SELECT * {{ SERVICE <http://elsewhere.example/sp\u0061r\U00000071l> {_GROUP} }}", _URL),
    "name": (f"PREFIX x: {_IRI} SELECT * {{ SERVICE x: {_GROUP} }}", None),
    "name without a space": (f"PREFIX x: {_IRI} SELECT * {{ SERVICEx:{_GROUP} }}", None),
    "empty prefix": (f"PREFIX : {_IRI} SELECT * {{ SERVICE: {_GROUP} }}", None),
    "silent name": (f"PREFIX x: {_IRI} SELECT * {{ SERVICE SILENTx: {_GROUP} }}", None),
    "silent name, one word": (f"PREFIX x: {_IRI} SELECT * {{ SERVICESILENTx: {_GROUP} }}", None),
    "prefix of that name": (f"PREFIX service: {_IRI} SELECT * {{ SERVICE service: {_GROUP} }}", None),
    "variable": (f"SELECT * {{ VALUES ?g {{ {_IRI} }} SERVICE ?g {_GROUP} }}", None),
    "behind a number": (f"SELECT * {{ OPTIONAL {{ ?s ?p 1SERVICE{_IRI}{_GROUP} }} }}", None),
    "behind a text": (f"SELECT * {{ OPTIONAL {{ ?s ?p 'x'SERVICE{_IRI}{_GROUP} }} }}", _URL),
    "behind a truth": (f"SELECT * {{ OPTIONAL {{ ?s ?p true SERVICE{_IRI}{_GROUP} }} }}", _URL),
    "in a filter": (f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {_IRI} {_GROUP} }} }}", _URL),
    "in an order": (f"SELECT * {{ ?s ?p ?o }} ORDER BY (EXISTS {{ SERVICE {_IRI} {_GROUP} }})", _URL),
    "in a graph of that prefix": (
        f"PREFIX service: <urn:> SELECT * {{ GRAPH service:g {{ SERVICE {_IRI} {_GROUP} }} }}",
        _URL,
    ),
    "an IRI with a quote": (
        f"SELECT * {{ OPTIONAL {{ ?s <http://x/it's> ?o }} SERVICE {_IRI} {_GROUP} FILTER('' = '') }}",
        _URL,
    ),
    "an escaped IRI with a quote": (
        rf"SELECT * {{ OPTIONAL {{ ?s <http://x/\u0041'> ?o }} SERVICE {_IRI} {_GROUP} FILTER('' = '') }}",
        _URL,
    ),
    "an escaped IRI with a quote, and an escaped quote": (
        rf"""SELECT * {{ OPTIONAL {{ ?s <http://x/\u0041'> "\u0022" }} SERVICE {_IRI} {_GROUP} FILTER(?x != 'z' || ?x != '''z''') }}""",
        _URL,
    ),
    "a comment that looks like an IRI": (
        f"SELECT * {{ OPTIONAL {{ ?s ?p ?o FILTER(?o<5#>'''\n) }} SERVICE {_IRI} {_GROUP} #'''\n }}",
        None,
    ),
    "a text that looks like an IRI": (
        f"SELECT * {{ OPTIONAL {{ ?s ?p ?o FILTER(?o<'x>') }} SERVICE {_IRI} {_GROUP} FILTER('' != '') }}",
        None,
    ),
    "a triple that looks like an IRI": (
        f"PREFIX : <urn:> SELECT * {{ <<:a:b'x>'>> :p ?o . SERVICE {_IRI} {_GROUP} FILTER('' != '') }}",
        None,
    ),
    "in a text that never ends": (f"SELECT * {{ ?s ?p 'never SERVICE {_IRI} }}", None),
    "escaped letters": (rf"SELECT * {{ \u0053ERVICE {_IRI} {_GROUP} }}", _URL),
    "at the end": ("SELECT * { ?s ?p ?o SERVICE", None),
}


@pytest.mark.parametrize(("query", "service"), _SERVICES.values(), ids=_SERVICES)
def test_a_service_is_told(query: str, service: str | None) -> None:
    found = read(query).services
    assert service in found
    assert set(found) <= {service, None}


def test_the_clauses_above_are_clauses() -> None:
    """Else the test above would show little."""
    no_clause = ("a triple that looks like an IRI", "in a text that never ends", "escaped letters", "at the end")
    for name, (query, _) in _SERVICES.items():
        assert accepted(query) is (name not in no_clause), name


_LOADS = {
    f"LOAD {_IRI}": _URL,
    f"load silent{_IRI}into graph <urn:g>": _URL,
    f"LOADSILENT{_IRI}INTOGRAPH<urn:g>": _URL,
    f"CLEAR ALL;LOAD#c\n{_IRI}": _URL,
    f"INSERT DATA {{}} ; LOAD {_IRI}": _URL,
    f"PREFIX x: {_IRI} LOAD x:": None,
    f"PREFIX x: {_IRI} LOADx:": None,
    f"PREFIX : {_IRI} LOAD:": None,
    f"PREFIX x: {_IRI} LOADSILENTx: INTO GRAPH <urn:g>": None,
    f"PREFIX load: {_IRI} LOAD load:": None,
    rf"\u004cOAD {_IRI}": _URL,
}


@pytest.mark.parametrize(("update", "load"), _LOADS.items())
def test_a_load_is_told(update: str, load: str | None) -> None:
    found = read(update).loads
    assert load in found
    assert set(found) <= {load, None}


_GRAPHS: dict[str, tuple[str | None, ...]] = {
    "SELECT * FROM <urn:a> FROM NAMED <urn:b> { ?s ?p ?o }": ("urn:a", "urn:b"),
    "SELECT*FROM<urn:a>FROMNAMED<urn:b>{?s?p?o}": ("urn:a", "urn:b"),
    "ASK from # FROM <urn:x>\n named <urn:a> {}": ("urn:a",),
    r"ASK FROM <urn:\u0061> FROM <urn:a> {}": ("urn:a",),
    "PREFIX x: <urn:> ASK FROM x:a {}": (None,),
    "WITH <urn:a> DELETE { ?s ?p ?o } USING <urn:b> USING NAMED <urn:c> WHERE { ?s ?p ?o }": (
        "urn:b",
        "urn:c",
        "urn:a",
    ),
    "WITH<urn:a>DELETE{?s ?p ?o}USING<urn:b>USINGNAMED<urn:c>WHERE{?s ?p ?o}": ("urn:b", "urn:c", "urn:a"),
    "PREFIX : <urn:> WITH:a DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }": (None,),
    "PREFIX x: <urn:> DELETE { ?s ?p ?o } USINGx:a WHERE { ?s ?p ?o }": (None,),
    "PREFIX : <urn:> INSERT DATA {} ; WITH:a INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }": (None,),
}


@pytest.mark.parametrize(("text", "graphs"), _GRAPHS.items())
def test_graphs_are_told(text: str, graphs: tuple[str | None, ...]) -> None:
    assert read(text).graphs == graphs


_WORDS = ("SERVICE", "LOAD", "FROM", "USING", "WITH")


@pytest.mark.parametrize("word", [*_WORDS, *map(str.lower, _WORDS)])
def test_a_word_that_is_no_keyword(word: str) -> None:
    query = f"""
        # {word} <urn:x> {{
        BASE <http://x/> PREFIX {word}: <http://x/{word}> PREFIX x: <http://x/>
        SELECT ${word} {{
            ?{word} {word}:{word} x:{word} , <{word}> , <http://x/?a={word}&b#{word}> , x:{word}.{word} , x:a%20{word} ;
                x:p '{word} <urn:x> {{' , "{word}" , '''it's {word} "<urn:x>"''' , \"\"\"a "{word}" \"\"\" , 'x'@{word} , '\\'{word}' ,
                    '1'^^{word}:int , "\\"{word}" . # {word} <urn:x>
            GRAPH {word}:g {{ _:{word} ?p ?o }}
            FILTER(?o < 5 && ?o > 3 || ?p = {word}:x)
            FILTER(?o IN (<http://x/#a>, <urn:x#b>))
        }}"""
    assert accepted(query)
    found = read(query)
    assert (found.services, found.loads, found.graphs) == ((), (), ())
    described = f"PREFIX {word}: <urn:> DESCRIBE {word}:a {{ ?s ?p ?o }}"
    assert accepted(described)
    assert read(described).services == ()
    update = f"PREFIX {word}: <urn:> COPY {word}:a TO {word}:b ; CLEAR SILENT GRAPH {word}:a ; INSERT DATA {{ {word}:a {word}:b '{word}' }}"
    store = ox.Store()
    store.update("CREATE GRAPH <urn:a>")
    store.update(update)
    found = read(update)
    assert (found.services, found.loads, found.graphs) == ((), (), ())


@pytest.mark.parametrize(
    ("query", "volatile"),
    [
        ("SELECT (NOW() AS ?n) {}", True),
        ("SELECT * { BIND(rand ( ) AS ?n) }", True),
        ("SELECT * { BIND(STRUUID() AS ?n) }", True),
        ("SELECT * { BIND(UUID() AS ?n) }", True),
        ("SELECT * { BIND(BNODE('a') AS ?n) }", True),
        ("SELECT ?now { ?now ?rand ?uuid }", False),
    ],
)
def test_queries_with_another_answer_each_time(query: str, volatile: bool) -> None:
    assert read(query).volatile is volatile


# Graphs of a request for an update

_DATA = (
    """INSERT DATA { <urn:a> <urn:p> 1 . GRAPH <urn:g> { <urn:a> <urn:p> 2 } GRAPH <urn:h> { <urn:a> <urn:p> 3 } }"""
)


def done(update: str) -> set[str]:
    store = ox.Store()
    store.update(_DATA)
    store.update(update)
    return {str(quad) for quad in store}


# An update, and what it comes to with USING <urn:g> in its place.
_SCOPED = {
    "INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }": "INSERT { ?s <urn:q> ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "insert{?s <urn:q> ?o}where{?s ?p ?o}": "INSERT { ?s <urn:q> ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p 1 } INSERT { ?s <urn:q> ?o } # WHERE {\n WHERE { ?s ?p ?o }": "DELETE { ?s ?p 1 } INSERT { ?s <urn:q> ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "DELETE WHERE { ?s ?p ?o }": "DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "DELETE#\nWHERE{?s ?p ?o}": "DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "DELETEWHERE{?s ?p ?o}": "DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "DELETE WHERE { GRAPH <urn:h> { ?s ?p ?o } }": "DELETE { GRAPH <urn:h> { ?s ?p ?o } } USING <urn:g> WHERE { GRAPH <urn:h> { ?s ?p ?o } }",
    "INSERT { ?s <urn:q> 'WHERE {' } WHERE { { SELECT ?s WHERE { ?s ?p ?o } } }": "INSERT { ?s <urn:q> 'WHERE {' } USING <urn:g> WHERE { { SELECT ?s WHERE { ?s ?p ?o } } }",
    "CLEAR GRAPH <urn:h> ; DELETE WHERE { ?s ?p 1 } ; INSERT { ?s <urn:where> ?o } WHERE { ?s ?p ?o } ; DROP SILENT GRAPH <urn:x>": "CLEAR GRAPH <urn:h> ; DELETE { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p 1 } ; INSERT { ?s <urn:where> ?o } USING <urn:g> WHERE { ?s ?p ?o }",
    "PREFIX where: <urn:> INSERT DATA { where:a where:where 'DELETE WHERE {' }": "INSERT DATA { <urn:a> <urn:where> 'DELETE WHERE {' }",
    "": "",
}


@pytest.mark.parametrize(("update", "meant"), _SCOPED.items())
def test_an_update_of_the_graphs_that_a_request_names(update: str, meant: str) -> None:
    assert done(scoped(update, ("urn:g",), ())) == done(meant)


def test_several_graphs_and_named_ones() -> None:
    update = "INSERT { ?s <urn:q> ?o } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    found = scoped(update, ("urn:g",), ("urn:h",))
    assert done(found) - done("") == {
        '<urn:a> <urn:q> "2"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '<urn:a> <urn:q> "3"^^<http://www.w3.org/2001/XMLSchema#integer>',
    }
    both = scoped("INSERT { ?s <urn:q> ?o } WHERE { ?s ?p ?o }", ("urn:g", "urn:h"), ())
    assert done(both) == done(found)


@pytest.mark.parametrize(
    "update",
    [
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "PREFIX : <urn:> WITH:g DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } USINGNAMED<urn:g> WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p 'never ends } WHERE { ?s ?p ?o }",
    ],
)
def test_who_names_graphs_twice_is_refused(update: str) -> None:
    with pytest.raises(ValueError, match=r"the update names its graphs|cannot be read"):
        scoped(update, ("urn:h",), ())


# Cost


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "'''a",
        '"',
        "<a",
        "<#'",
        "(1<#",
        "<<",
        ":a.",
        "'\\",
        "5.e",
        "%41",
        "@a-",
        "\\u0041",
        "{",
        "FROM:a ",
        "<a>",
        "?a ",
        "#",
    ],
)
def test_a_long_request_is_read_in_time(piece: str) -> None:
    start = perf_counter()
    text = "SERVICE " + piece * (100_000 // len(piece))
    read(text)
    assert perf_counter() - start < 5


def test_long_requests_are_not_remembered() -> None:
    """There may be many of them, and each as long as its sender likes."""
    from kg.query import reading

    before = reading._remembered.cache_info().misses
    read("SELECT * { ?s ?p '" + "a" * 20_000 + "' }")
    assert reading._remembered.cache_info().misses == before
    assert read("ASK {}") is read("ASK {}")
