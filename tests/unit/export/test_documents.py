"""Turtle, TriG and JSON-LD as people read them: prefixes, blank nodes and lists in place, frames, reifiers."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pyld.jsonld
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.export import Options, export
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.prefixes import prefixes
from tests.unit.export.session import session

NAMES = prefixes("https://x.example/id/")
PLAIN = Options()
OXIGRAPH = {
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
}
RDFLIB = {"trig": "trig", "jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}
DOCUMENT = """
@prefix ex: <http://ex.example/ns#> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:a sh:property [ sh:path ex:p ; sh:in ( "a" 1 ex:b [ ex:p 1, 2 ] ( "x" ( ) ) ) ; ex:q [ ex:p 3 ; ex:q [ ex:p 2.5 ] ] ] , [ sh:path ex:q ], [] ; ex:z 1 .
ex:b ex:l () ; ex:m ( 1 2 3 ) , ( "1" "2"@en "x"^^ex:d ) ; a ex:C, [ ex:u "f" ] , "lit" , () .
_:x ex:p _:y . _:y ex:p _:x .
_:s ex:p 1 . ex:c ex:r _:s, ex:a . ex:d ex:r _:s .
[] ex:p "top"@en , true , 1.5 , 1.10 , -0.0 , .5 , +1.0 , 100.0 , 1e3, 1.50E-07 , -1.0e6 , +5 , -0 , "01"^^<http://www.w3.org/2001/XMLSchema#integer>, "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .
ex:o ex:p "multi\\nline \\"quoted\\" \\\\ back" ; <http://weird.example/a/b%20c> <http://ex.example/ns#a/b> .
_:l1 rdf:first 1 ; rdf:rest _:l1 .
_:l2 rdf:first 1 ; rdf:rest _:l3 . _:l3 rdf:first 1 ; rdf:rest _:l2 .
_:l4 rdf:first 1 , 2 ; rdf:rest () .
ex:e ex:r [ rdf:first 1 ; rdf:rest ex:notnil ] , [ rdf:first 1 ; rdf:rest ( 2 ) ; ex:p 3 ] , _:l4 .
ex:f rdf:rest ( 1 2 ) ; rdf:first ( ) , ( 3 ) .
ex:t ex:p [ ex:q ex:t ] , <urn:x:y> , <kg:x> , <mailto:a@b.example> , <ex:> .
"""
GRAPHS = """
@prefix ex: <http://ex.example/ns#> .
ex:a ex:p [ ex:q 1 ; ex:q [ ex:p 1 ], [ ex:p [ ex:q 4 ] ] ] , ( 1 [ ex:p ( 2 ) ] ) .
ex:g { ex:a ex:p [ ex:q 1 ; ex:r ( ex:a _:x ) ] . _:y ex:p _:z . ex:b ex:p _:two }
ex:h { _:z ex:q 3 . ex:a ex:p ex:b , "x"@en . ex:c ex:p _:two }
_:gg { ex:a ex:p _:gh . ex:q ex:p [ ex:p 1 ] }
_:gh { ex:a ex:p [] }
"""


def parsed(text: str, format_: ox.RdfFormat = ox.RdfFormat.TRIG) -> list[ox.Quad]:
    names: dict[str, ox.BlankNode] = {}

    def named(term: Any) -> Any:
        return names.setdefault(term.value, ox.BlankNode(f"b{len(names)}")) if isinstance(term, ox.BlankNode) else term

    return [
        ox.Quad(named(each.subject), each.predicate, named(each.object), named(each.graph_name))
        for each in ox.parse(text, format=format_)
    ]


def written(quads: list[ox.Quad], format_: str, options: Options = PLAIN, names: dict[str, str] = NAMES) -> str:
    target = io.BytesIO()
    with session(quads) as con:
        export(con, target, format_, names, options)
    return target.getvalue().decode()


def canonical(quads: list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(each) for each in dataset}


def without_graphs(quads: list[ox.Quad]) -> list[ox.Quad]:
    return list(dict.fromkeys(ox.Quad(each.subject, each.predicate, each.object) for each in quads))


def expected(quads: list[ox.Quad], format_: str) -> list[ox.Quad]:
    return quads if format_ in ("trig", "jsonld", "nq") else without_graphs(quads)


def rdflib_graphs(text: str, format_: str) -> list[rdflib.Graph]:
    """Return the default graph and the named ones, as graphs of triples."""
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format=format_)
    named = sorted((each for each in dataset.graphs() if len(each)), key=lambda each: str(each.identifier))
    return [rdflib.Graph() + each for each in named]


def same(one: rdflib.Graph, other: rdflib.Graph) -> bool:
    """Say whether graphs are isomorphic; rdflib's own test takes long, and is at a loss where blank nodes are alike."""
    first, second = (parsed(graph.serialize(format="nt"), ox.RdfFormat.N_TRIPLES) for graph in (one, other))
    return canonical(first) == canonical(second)


@pytest.mark.parametrize("format_", OXIGRAPH)
@pytest.mark.parametrize("text", [DOCUMENT, GRAPHS], ids=["document", "graphs"])
def test_blank_nodes_and_lists_come_back(text: str, format_: str) -> None:
    quads = parsed(text)
    assert len(quads) > 20
    found = list(ox.parse(written(quads, format_), format=OXIGRAPH[format_]))
    assert canonical(found) == canonical(expected(quads, format_))


@pytest.mark.parametrize("format_", RDFLIB)
def test_rdflib_reads_the_same(format_: str) -> None:
    quads = parsed(DOCUMENT)
    # Literals as they are written, not as numbers.
    normalize, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        (found,) = rdflib_graphs(written(quads, format_), RDFLIB[format_])
        (meant,) = rdflib_graphs(written(quads, "nt"), "nt")
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
    assert len(meant) > 50
    assert same(found, meant)


@pytest.mark.parametrize("format_", ["trig", "jsonld"])
def test_rdflib_reads_the_same_graphs(format_: str) -> None:
    named = [each for each in parsed(GRAPHS) if not isinstance(each.graph_name, ox.BlankNode)]
    found = rdflib_graphs(written(named, format_), RDFLIB[format_])
    meant = rdflib_graphs(written(named, "nq"), "nquads")
    assert len(meant) == 3
    assert all(same(one, other) for one, other in zip(found, meant, strict=True))


def test_pyld_reads_the_same_json_ld() -> None:
    # PyLD changes the lexical form of a double, in a string too.
    quads = [each for each in parsed(DOCUMENT) if "XMLSchema#double" not in str(each.object)]
    lines = pyld.jsonld.to_rdf(json.loads(written(quads, "jsonld")), {"format": "application/n-quads"})
    assert canonical(list(ox.parse(lines, format=ox.RdfFormat.N_QUADS))) == canonical(quads)


def test_what_is_used_once_is_in_place() -> None:
    text = written(parsed(DOCUMENT), "ttl", names={"e": "http://ex.example/ns#"})
    assert text.startswith("@prefix e: <http://ex.example/ns#> .\n@prefix rdf: ")
    assert (
        '        sh:in ( "a" 1 e:b [\n                e:p 1 ,\n                    2\n            ] ( "x" () ) ) ;\n'
        in text
    )
    assert "e:m ( 1 2 3 ) ,\n" in text
    assert len(set(re.findall(r"_:\w+", text))) == 8, (
        "the empty one, two circles, one in its own list, two used twice, one that is not used"
    )


def test_a_prefix_that_is_not_used_is_not_declared() -> None:
    triples = [
        ox.Quad(
            ox.NamedNode("https://x.example/id/model/a"),
            ox.NamedNode(RDF + "type"),
            ox.NamedNode("https://kg.example/ns#Model"),
        )
    ]
    assert written(triples, "ttl") == (
        "@prefix kg: <https://kg.example/ns#> .\n@prefix model: <https://x.example/id/model/> .\n\nmodel:a a kg:Model .\n"
    )
    in_a_list = parsed("<http://a/x/s> <http://a/x/p> ( 1 ) .")
    assert "rdf" not in written(in_a_list, "ttl")


def test_a_namespace_that_is_used_often_gets_a_name() -> None:
    quads = parsed(
        "".join(f"<http://data.example/places/p{n}> <http://xmlns.com/foaf/0.1/name> '{n}' ." for n in range(20))
    )
    text = written(quads, "ttl")
    assert text.startswith(
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n@prefix places: <http://data.example/places/> .\n\n"
    )
    assert 'places:p7 foaf:name "7" .\n' in text


def test_json_ld_uses_our_terms_and_native_values() -> None:
    text = """@prefix kg: <https://kg.example/ns#> . <https://x.example/id/model/a> a kg:Model ; kg:parameterCount 7, "07"^^<http://www.w3.org/2001/XMLSchema#integer> ;
        kg:name "A", "B"@de ; kg:describedIn <https://x.example/id/passage/p> ; kg:proprietary true ; kg:dropout 0.1 ."""
    document = json.loads(written(parsed(text), "jsonld"))
    assert document["@graph"] == [
        {
            "id": "model:a",
            "type": "Model",
            "describedIn": "passage:p",
            "dropout": "0.1",
            "name": ["A", {"@value": "B", "@language": "de"}],
            "parameterCount": ["07", 7],
            "proprietary": True,
        }
    ]
    assert document["@context"]["parameterCount"] == {"@id": "kg:parameterCount", "@type": "xsd:integer"}
    assert "tokenCount" not in document["@context"], "only what is used"


FRAMED = """
@prefix kg: <https://kg.example/ns#> . @prefix ex: <http://ex.example/ns#> .
ex:m1 a kg:Model ; ex:run ex:r1 , ex:r2 ; ex:like ex:m2 . ex:m2 a kg:Model ; ex:run ex:r3 ; ex:like ex:m1 .
ex:r1 ex:on ex:c ; ex:of ex:m1 ; ex:steps ( 1 [ ex:n 2 ] ) . ex:r2 ex:on ex:c ; ex:next ex:r2 . ex:r3 ex:on ex:c . ex:c ex:in ex:land . ex:other ex:in ex:land .
"""


def test_a_frame_is_a_tree_for_each_thing_of_a_class() -> None:
    text = written(
        parsed(FRAMED), "jsonld", Options(frame="https://kg.example/ns#Model"), {"ex": "http://ex.example/ns#"}
    )
    cluster = {"id": "ex:c", "ex:in": "ex:land"}
    first, second = json.loads(text)["@graph"]
    steps = first["ex:run"][0].pop("ex:steps")["@list"]
    assert (steps[0], steps[1]["ex:n"]) == (1, 2)
    assert first == {
        "id": "ex:m1",
        "type": "Model",
        "ex:like": "ex:m2",
        "ex:run": [
            {"id": "ex:r1", "ex:of": "ex:m1", "ex:on": cluster},
            {"id": "ex:r2", "ex:next": "ex:r2", "ex:on": "ex:c"},
        ],
    }
    assert second == {"id": "ex:m2", "type": "Model", "ex:like": "ex:m1", "ex:run": {"id": "ex:r3", "ex:on": cluster}}
    told = canonical([each for each in parsed(FRAMED) if "other" not in str(each.subject)])
    assert canonical(list(ox.parse(text, format=ox.RdfFormat.JSON_LD))) == told


def test_a_frame_without_things_is_an_error() -> None:
    with pytest.raises(QueryError, match=r"nothing of the class http://ex.example/ns#None.*\[KG521\]"):
        written(parsed(FRAMED), "jsonld", Options(frame="http://ex.example/ns#None"))


REIFIED = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix ex: <http://ex.example/ns#> . @prefix kg: <https://kg.example/ns#> .
ex:g { ex:s ex:p "o" . ex:st a kg:ExtractedStatement ; rdf:subject ex:s ; rdf:predicate ex:p ; rdf:object "o" ; kg:level "stated" .
  ex:only rdf:subject ex:s ; rdf:predicate ex:p ; rdf:object _:b . _:b ex:p 1 . }
ex:two rdf:subject ex:s , ex:t ; rdf:predicate ex:p ; rdf:object 1 . ex:half rdf:subject ex:s .
ex:bad rdf:subject "s" ; rdf:predicate ex:p ; rdf:object 1 .
"""


@pytest.mark.parametrize("format_", ["ttl", "trig", "nt", "nq"])
def test_statements_become_reifiers(format_: str) -> None:
    ex = "http://ex.example/ns#"
    source = expected(parsed(REIFIED), format_)
    text = written(parsed(REIFIED), format_, Options(reifiers=True))
    found = list(ox.parse(text, format=OXIGRAPH[format_]))
    terms = [each for each in found if isinstance(each.object, ox.Triple)]
    assert {each.subject.value for each in terms} == {f"{ex}st", f"{ex}only"}
    assert all(each.predicate.value == RDF + "reifies" for each in terms)
    # Nothing is lost: written out again, the parts are those of before.
    back = [each for each in found if not isinstance(each.object, ox.Triple)]
    for each in terms:
        assert isinstance(each.object, ox.Triple)
        back.extend(
            ox.Quad(each.subject, ox.NamedNode(RDF + name), getattr(each.object, name), each.graph_name)
            for name in ("subject", "predicate", "object")
        )
    assert canonical(back) == canonical(source)


@pytest.mark.parametrize("format_", ["rdf", "jsonld"])
def test_a_triple_term_is_an_error_where_it_cannot_be_told(format_: str) -> None:
    a = ox.NamedNode("http://a.example/a")
    quads = [
        ox.Quad(a, ox.NamedNode(RDF + "reifies"), ox.Triple(a, a, ox.BlankNode("b0"))),
        ox.Quad(ox.BlankNode("b0"), a, a),
    ]
    assert set(ox.parse(written(quads, "ttl"), format=ox.RdfFormat.TURTLE)) == set(quads)
    with pytest.raises(QueryError, match="KG513"):
        written(quads, format_)


@pytest.mark.parametrize(
    ("format_", "options"),
    [("rdf", Options(reifiers=True)), ("jsonld", Options(reifiers=True)), ("ttl", Options(frame="x"))],
)
def test_a_format_without_such_an_option_is_an_error(format_: str, options: Options) -> None:
    with pytest.raises(QueryError, match="KG520"):
        written(parsed(REIFIED), format_, options)


# Whatever the graph


IRIS = st.sampled_from(
    [
        "http://a/x#a",
        "http://a/x#b.",
        "http://a/x#1",
        "http://a/",
        "http://a/é/葉",
        "urn:u:1",
        "kg:x",
        "http://a/x/(y)'",
        "http://a/x#-",
        "http://a/%20",
    ]
).map(ox.NamedNode)
BLANK = st.integers(0, 6).map(lambda number: ox.BlankNode(f"b{number}"))
LEXICAL = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["1", "-0", "01", "1.0", "1e5", "true", "1" * 20, "\\", '"', "'''", "@en", "^^<x>", " . ", "\x00", "\ufffe", "\x7f"]
)
DATATYPES = st.sampled_from(
    [f"{XSD}{name}" for name in ("integer", "decimal", "double", "boolean", "string", "date")]
    + ["http://a/x#d", f"{RDF}HTML"]
)
LITERALS = (
    st.builds(lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)), LEXICAL, DATATYPES)
    | st.builds(
        lambda text, tag: ox.Literal(text, language=tag), LEXICAL, st.sampled_from(["en", "de-ch", "zh-hant-tw"])
    )
    | st.builds(ox.Literal, LEXICAL)
)
LIST = [ox.NamedNode(RDF + name) for name in ("first", "rest", "nil", "type", "value")]
QUAD = st.builds(
    ox.Quad,
    IRIS | BLANK,
    st.sampled_from(
        [
            *LIST[:2],
            *LIST[3:],
            ox.NamedNode("http://a/x#p"),
            ox.NamedNode("https://kg.example/ns#year"),
            ox.NamedNode("https://kg.example/ns#country"),
        ]
    ),
    LITERALS | IRIS | BLANK | st.just(LIST[2]),
    st.just(ox.DefaultGraph()) | IRIS | BLANK,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(QUAD, max_size=12))
def test_any_graph_comes_back(quads: list[ox.Quad]) -> None:
    for format_ in ("ttl", "trig", "jsonld", "nt", "nq"):
        text = written(quads, format_)
        found = list(ox.parse(text, format=OXIGRAPH[format_]))
        assert canonical(found) == canonical(expected(list(dict.fromkeys(quads)), format_)), text


CELLS = st.lists(
    st.tuples(BLANK, LITERALS | IRIS | BLANK, BLANK | st.just(LIST[2])), max_size=6, unique_by=lambda cell: str(cell[0])
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(CELLS, st.lists(QUAD, max_size=3))
# Lists that hold themselves, and each other.
@example([(ox.BlankNode("b0"), ox.BlankNode("b0"), LIST[2])], [])
@example([(ox.BlankNode("b0"), ox.BlankNode("b1"), LIST[2]), (ox.BlankNode("b1"), ox.BlankNode("b0"), LIST[2])], [])
def test_any_chain_of_cells_comes_back(cells: list[tuple[Any, Any, Any]], more: list[ox.Quad]) -> None:
    quads = without_graphs(more)
    for cell, item, rest in cells:
        quads += [ox.Quad(cell, LIST[0], item), ox.Quad(cell, LIST[1], rest)]
    quads = list(dict.fromkeys(quads))
    for format_ in ("ttl", "jsonld"):
        text = written(quads, format_)
        assert canonical(list(ox.parse(text, format=OXIGRAPH[format_]))) == canonical(quads), text
