"""What the server does with whatever comes: results cut after any row, headers of any kind, and queries read as the parser reads them."""

from __future__ import annotations

import json
from unittest.mock import patch

import pyoxigraph as ox
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.query import read, scoped
from kg.serving import rows as module
from kg.serving.negotiation import choose, encoding, languages
from kg.serving.preconditions import Changes
from kg.serving.rows import Rows
from kg.serving.untrusted import parse
from kg.serving.writer import Change, Writer
from tests.property.strategies import AWKWARD

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

# Results

_HARD = [
    '}},{"',
    "},{",
    "]}}",
    "</result>",
    "<result>",
    "</results></sparql>",
    "\r\n",
    "\n",
    "\r",
    '"',
    '""',
    "\\",
    "\\n",
    "&lt;",
    "]]>",
    ",",
    "\t",
    "'",
    "",
]
# Not in XML, in whatever way.
_TEXT = st.text(
    st.sampled_from([each for each in AWKWARD if each not in "\x00\x01\x08\x0b\x0c\x1f\ufffe\uffff"])
    | st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]),
    max_size=20,
)
_literals = (
    st.lists(st.sampled_from(_HARD) | _TEXT, max_size=5).map("".join).map(ox.Literal)
    | st.builds(lambda size: ox.Literal("long" * size), st.integers(0, 3000))
    | st.integers().map(
        lambda number: ox.Literal(str(number), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    )
    | st.builds(lambda text: ox.Literal(text, language="en-gb"), _TEXT)
)
_names = st.sampled_from(["urn:x", "http://x/a?b=c&d#e", "http://x/'(),;"]).map(ox.NamedNode)
_nodes = _names | st.sampled_from(["b", "c1"]).map(ox.BlankNode)
_terms = st.recursive(
    _nodes | _literals,
    lambda inner: st.builds(ox.Triple, _nodes, _names, inner),
    max_leaves=4,
)
_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "tsv": ox.QueryResultsFormat.TSV,
}


def told(term: Term) -> dict[str, object]:
    """Return a term as results in JSON have it."""
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: told(part) for name, part in parts.items()}}
    if isinstance(term, ox.Literal):
        more = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
        return {"type": "literal", "value": term.value, **more}
    return {"type": "uri" if isinstance(term, ox.NamedNode) else "bnode", "value": term.value}


def written(table: list[list[Term | None]], width: int, format_: str) -> bytes:
    """Have the engine write rows."""
    names = [f"v{number}" for number in range(width)]
    bindings = [
        {name: told(term) for name, term in zip(names, line, strict=True) if term is not None} for line in table
    ]
    document = json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}})
    found = ox.parse_query_results(document, format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=_FORMATS[format_]) or b""


def count(data: bytes, format_: str) -> int:
    found = ox.parse_query_results(data, format=_FORMATS[format_])
    assert isinstance(found, ox.QuerySolutions)
    return len(list(found))


@settings(max_examples=300)
@given(st.data(), st.sampled_from(list(_FORMATS)), st.integers(0, 3), st.sampled_from([0, 100, 1 << 22]))
def test_results_are_cut_after_any_row(data: st.DataObject, format_: str, width: int, kept: int) -> None:
    table = data.draw(st.lists(st.lists(st.none() | _terms, min_size=width, max_size=width), max_size=8))
    limit = data.draw(st.integers(0, len(table) + 1))
    whole = written(table, width, format_)
    assert count(whole, format_) == len(table)
    with patch.object(module, "KEPT", kept):
        rows = Rows(format_, limit)
        out, place = b"", 0
        while place < len(whole) and not rows.full:
            size = data.draw(st.integers(1, 50) | st.just(len(whole)))
            out += rows.feed(whole[place : place + size])
            place += size
        out += rows.stop() if rows.full else rows.rest()
    assert rows.full == (len(table) > limit)
    if not rows.full:
        assert out == whole
    else:
        assert count(out, format_) == limit


# Headers

_headers = st.text(st.sampled_from("ab/*;,=q0.19 -_\"'\xff\x00") | st.characters(codec="latin-1"), max_size=60)


@given(_headers)
def test_any_header_chooses_something_or_nothing(accept: str) -> None:
    offers = ("a/b", "text/html", "b/a")
    assert choose(accept, offers) in (*offers, None)
    assert encoding(accept) in ("zstd", "gzip", "")
    assert all(languages(accept))


@given(st.permutations(["a/b", "text/html", "b/a"]), st.lists(st.integers(0, 1000), min_size=3, max_size=3))
def test_the_heaviest_is_chosen(offers: list[str], weights: list[int]) -> None:
    accept = ", ".join(f"{offer};q={weight / 1000}" for offer, weight in zip(offers, weights, strict=True))
    chosen = choose(accept, tuple(offers))
    best = max(weights)
    assert chosen == (offers[weights.index(best)] if best else None)


# RDF that goes through N-Triples into an update


@settings(max_examples=100)
@given(
    st.lists(st.tuples(_nodes, _names, _terms), max_size=5), st.sampled_from(["text/turtle", "application/n-triples"])
)
def test_what_is_put_is_what_is_there(triples: list[tuple[ox.NamedNode, ox.NamedNode, ox.Literal]], media: str) -> None:
    graph = [ox.Triple(*each) for each in triples]
    formats = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}
    sent = ox.serialize(graph, format=formats[media]) or b""
    writer = Writer.__new__(Writer)
    writer.store, writer.changes = ox.Store(), Changes("", 0)
    for name in ("http://x/g", None):
        writer._change(Change("put", name, parse(sent, media, "http://x/"), 0))
        node = ox.DefaultGraph() if name is None else ox.NamedNode(name)
        found = ox.Dataset(
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in writer.store.quads_for_pattern(None, None, None, node)
        )
        wanted = ox.Dataset(ox.Quad(each.subject, each.predicate, each.object) for each in graph)
        for each in (found, wanted):
            each.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        assert found == wanted


# Queries, and the truth about them

_WORDS = ("SERVICE", "LOAD", "FROM", "USING", "WITH", "service")
_words = st.sampled_from(_WORDS)
_gaps = st.sampled_from([" ", "\n", "\t ", " # SERVICE <urn:no> {\n", " #'\r", '#"""\n'])
_variables = st.builds("{}{}".format, st.sampled_from("?$"), _words | st.sampled_from(["s", "p2"]))
_iris = st.sampled_from(
    [
        "<http://x/it's>",
        "<urn:a#b>",
        r"<http://x/\u0041'>",
        "<http://x/SERVICE>",
        "<urn:LOAD:'>",
        "x:a",
        "SERVICE:b",
        "x:SERVICE",
        "x:a\\'b",
        ":",
        "x:",
    ]
)
_texts = st.sampled_from(
    [
        "'SERVICE <urn:no> {'",
        '"FROM <urn:no>"',
        "'''it's \"LOAD\" '' '''",
        '"""SERVICE <urn:no> {""" ',
        "'\\''",
        "'a\\\\'",
        '"x"@service',
        "'x'^^x:LOAD",
        "''",
        '""',
        "1.5",
        "true",
        "-3",
        "1e5",
    ]
)
_objects = _variables | _iris | _texts
_signs = st.sampled_from([" < ", "<", " > ", " = ", ">="])
_ends = st.sampled_from(["", " || 1<2", " && ''=''", "#<\n"])


class Truth:
    """What a query says: its services, its graphs, and whether anybody who does not know the grammar may be in doubt where a text begins."""

    def __init__(self) -> None:
        self.services: list[str | None] = []
        self.graphs: list[str | None] = []
        self.doubt = False


_PROLOGUE = "PREFIX x: <http://x/> PREFIX : <http://y/> PREFIX SERVICE: <http://z/LOAD> "


def _service(draw: st.DrawFn, truth: Truth) -> str:
    keyword = draw(st.sampled_from(["SERVICE", "service", "SeRvIcE"]))
    silent = draw(st.sampled_from(["", " SILENT", "SILENT", " silent"]))
    iri, name = draw(
        st.sampled_from(
            [
                ("<urn:far>", "urn:far"),
                (r"<urn:f\u0061r>", "urn:far"),
                ("x:far", None),
                (":", None),
                ("?far", None),
                ("<http://x/far'>", "http://x/far'"),
            ]
        )
    )
    truth.services.append(name)
    gap = draw(_gaps) if not name and silent else draw(st.sampled_from(["", " ", " # x\n"]))
    return f"{keyword}{silent}{gap}{iri}{{ ?s ?p ?o }}"


@st.composite
def _groups(draw: st.DrawFn, truth: Truth, depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["triple", "filter", "service", "nested", "exists"][: 5 if depth < 2 else 3]))
        if kind == "triple":
            parts.append(" ".join([draw(_variables | _iris), draw(_variables | _iris), draw(_objects), "."]))
        elif kind == "filter":
            sign, other = draw(_signs), draw(_objects) + draw(_ends)
            truth.doubt |= sign == "<" and ("#" in other or "'" in other)
            parts.append(f"FILTER({draw(_variables)}{sign}{other})")
        elif kind == "service" and draw(st.booleans()):
            parts.append(_service(draw, truth))
        elif kind == "nested":
            head = draw(
                st.sampled_from(["OPTIONAL", "MINUS", "GRAPH x:SERVICE", "GRAPH SERVICE:g ", "{ ?s ?p ?o } UNION", ""])
            )
            parts.append(head + draw(_groups(truth, depth + 1)))
        elif kind == "exists":
            parts.append("FILTER(NOT EXISTS" + draw(_groups(truth, depth + 1)) + " || ?s<5)")
    gap = draw(_gaps)
    return "{" + gap.join(parts) + gap + "}"


@st.composite
def _queries(draw: st.DrawFn) -> tuple[str, Truth]:
    truth = Truth()
    clauses = []
    for _ in range(draw(st.integers(0, 2))):
        keyword = draw(st.sampled_from(["FROM", "from", "FROM NAMED", "FROMNAMED", "FROM#c\nNAMED"]))
        iri, name = draw(
            st.sampled_from([("<urn:g>", "urn:g"), (r"<urn:\u0067>", "urn:g"), (" x:g", None), (" SERVICE:g", None)])
        )
        clauses.append(keyword + iri)
        truth.graphs.append(name)
    gap = draw(_gaps)
    return f"{_PROLOGUE}{gap}SELECT*{gap.join(['', *clauses, ''])}WHERE{draw(_groups(truth))}", truth


@settings(max_examples=500)
@given(_queries())
def test_clauses_are_told_as_they_are(case: tuple[str, Truth]) -> None:
    query, truth = case
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        raise AssertionError(query) from error
    except (OSError, ValueError, RuntimeError):
        # The engine went as far as to follow a clause.
        assert truth.services, query
    found = read(query)
    if truth.doubt:
        # Nothing is followed that cannot be told apart.
        assert None in found.services or set(truth.services) <= set(found.services), query
    else:
        assert set(found.services) == set(truth.services), query
    assert set(found.graphs) == set(truth.graphs) or (truth.doubt and None in found.graphs), query
    assert found.loads == () or truth.doubt, query


@st.composite
def _updates(draw: st.DrawFn) -> tuple[str, str]:
    """Return an update, and what it comes to with USING."""
    truth = Truth()
    group = draw(_groups(truth))
    assume(not truth.services and not truth.doubt)
    head, keyword = draw(
        st.sampled_from(
            [("INSERT { ?s <urn:q> 1 } ", "WHERE"), ("DELETE { ?s ?p 'WHERE' }", "WHERE"), ("insert{}", "where")]
        )
    )
    after = draw(st.sampled_from(["", " ; CLEAR ALL", " ; DELETE DATA { x:a x:WHERE 'WHERE {' }"]))
    return f"{_PROLOGUE}{head}{keyword}{group}{after}", f"{_PROLOGUE}{head}USING <urn:g> {keyword}{group}{after}"


@settings(max_examples=200)
@given(_updates())
def test_an_update_is_given_graphs_where_they_belong(case: tuple[str, str]) -> None:
    update, meant = case
    found = scoped(update, ("urn:g",), ())
    ox.Store().update(found)
    assert found == meant
