"""Exports: each format says the same to every reader, with the same bytes each time, and a file is replaced whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from rdflib.compare import isomorphic

from kg.errors import QueryError
from kg.export import FORMATS, Options, export, format_of, has_graphs, opened
from kg.rdf.namespaces import RDF, RDFS, XSD
from kg.rdf.prefixes import prefixes
from tests.unit.export.session import session

BASE = "https://x.example/id/"
NAMES = prefixes(BASE)
PLAIN = Options()
OXIGRAPH = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
}
RDFLIB = {"nq": "nquads", "trig": "trig", "jsonld": "json-ld", "nt": "nt", "ttl": "turtle", "rdf": "xml"}
RDF_FORMATS = tuple(OXIGRAPH)
NASTY = 'quote " \'\'\' """ back\\slash \\u0041\r\n\ttab &amp; <b> ]]> é葉 \U0001f600 \u2028 e\u0301 {} $1 @en ^^'


def iri(local: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + local)


def quad(
    subject: str, predicate: str, value: ox.NamedNode | ox.Literal | ox.BlankNode, graph: str | None = None
) -> ox.Quad:
    where = iri(f"graph/{graph}") if graph else ox.DefaultGraph()
    return ox.Quad(iri(subject), ox.NamedNode(predicate), value, where)


def typed(lexical: str, kind: str) -> ox.Literal:
    return ox.Literal(lexical, datatype=ox.NamedNode(XSD + kind))


P = f"{BASE}p"
QUADS = [
    quad("model/a", RDF + "type", ox.NamedNode("https://kg.example/ns#Model"), "one"),
    quad("model/a", RDF + "type", ox.NamedNode("https://kg.example/ns#Model"), "two"),
    quad("model/a", RDFS + "label", ox.Literal("A"), "one"),
    quad("model/a", RDFS + "label", ox.Literal("Der A", language="de"), "one"),
    quad("model/a", P, ox.Literal(NASTY), "one"),
    quad("model/a", P, ox.Literal(""), "one"),
    quad("model/a", f"{BASE}count", typed("70400000000", "integer")),
    quad("model/a", f"{BASE}share", typed("0.10", "decimal")),
    quad("model/a", f"{BASE}flop", typed("1.89E24", "double")),
    quad("model/a", f"{BASE}sure", typed("true", "boolean"), "two"),
    quad("model/a", f"{BASE}run", iri("run/a.x"), "two"),
    quad("run/a.x", f"{BASE}run", iri("model/葉-篤正"), "two"),
    quad("run/a.x", f"{BASE}-odd.name", iri("passage/a#char=1,2")),
]
TRIPLES = [ox.Quad(*triple) for triple in dict.fromkeys((each.subject, each.predicate, each.object) for each in QUADS)]


def fitting(format_: str) -> list[ox.Quad]:
    return QUADS if has_graphs(format_) else TRIPLES


def exported(format_: str, quads: list[ox.Quad] | None = None, options: Options = PLAIN) -> bytes:
    target = io.BytesIO()
    with session(QUADS if quads is None else quads) as con:
        export(con, target, format_, NAMES, options)
    return target.getvalue()


@pytest.mark.parametrize("format_", RDF_FORMATS)
def test_pyoxigraph_reads_back_what_was_written(format_: str) -> None:
    assert set(ox.parse(exported(format_), format=OXIGRAPH[format_])) == set(fitting(format_))


@pytest.mark.parametrize("format_", RDF_FORMATS)
def test_rdflib_reads_back_what_was_written(format_: str) -> None:
    found, expected = rdflib.Dataset(), rdflib.Dataset()
    found.parse(data=exported(format_), format=RDFLIB[format_])
    expected.parse(data=exported("nq", fitting(format_)), format="nquads")

    def lines(dataset: rdflib.Dataset) -> set[tuple[str, ...]]:
        return {
            tuple(term.n3() if isinstance(term, rdflib.term.Node) else "" for term in row) for row in dataset.quads()
        }

    if has_graphs(format_):
        assert lines(found) == lines(expected)
    else:
        assert isomorphic(rdflib.Graph() + found.default_graph, rdflib.Graph() + expected.default_graph)
    assert len(list(found.quads())) == len(fitting(format_))


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_quads_give_the_same_bytes(format_: str) -> None:
    assert exported(format_) == exported(format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_graph_is_a_file_too(format_: str) -> None:
    data = exported(format_, [])
    assert list(ox.parse(data, format=OXIGRAPH[format_])) == []


def test_formats_for_people_use_our_prefixes() -> None:
    assert "model:a a kg:Model" in exported("ttl").decode()
    assert "model:a a kg:Model" in exported("trig").decode()
    assert b"<rdfs:label>A</rdfs:label>" in exported("rdf")


@pytest.mark.parametrize("format_", ["nq", "trig", "jsonld", "nt", "ttl"])
@pytest.mark.parametrize("text", ["\x00", "\x01\x0b\x1f\x7f", "\ufffe\uffff", "\x85\x9b"])
def test_controls_survive_where_a_format_can_hold_them(format_: str, text: str) -> None:
    quads = [quad("model/a", P, ox.Literal(text))]
    assert list(ox.parse(exported(format_, quads), format=OXIGRAPH[format_])) == quads


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (quad("model/a", P, ox.Literal("a\x01b")), "cannot hold the control character"),
        (quad("model/a", P, ox.Literal("\ufffe")), "cannot hold the control character"),
        (quad("model/a", "http://x/1", ox.Literal("a")), "cannot hold the predicate http://x/1"),
        (quad("model/a", "http://x/", ox.Literal("a")), "cannot hold the predicate http://x/"),
    ],
)
def test_rdf_xml_refuses_what_it_cannot_hold(bad: ox.Quad, words: str) -> None:
    with pytest.raises(QueryError, match=rf"RDF/XML {words}.*write another format, such as Turtle \[KG513\]"):
        exported("rdf", [*TRIPLES, bad])


def test_blank_nodes_survive() -> None:
    quads = [
        ox.Quad(ox.BlankNode("b0"), ox.NamedNode(P), ox.BlankNode("b1")),
        ox.Quad(ox.BlankNode("b1"), ox.NamedNode(P), ox.Literal("x")),
    ]
    expected = rdflib.Graph().parse(data=exported("nt", quads), format="nt")
    for format_ in RDF_FORMATS:
        found = rdflib.Dataset()
        found.parse(data=exported(format_, quads), format=RDFLIB[format_])
        assert isomorphic(rdflib.Graph() + found.default_graph, expected), format_


@pytest.mark.parametrize(
    ("path", "format_"),
    [
        *(
            ("a.ttl", "ttl"),
            ("a.TTL", "ttl"),
            ("a.trig.zst", "trig"),
            ("a.nq.gz", "nq"),
            ("b/a.v2.nt", "nt"),
            ("a.jsonld", "jsonld"),
        ),
        *(("a.rdf", "rdf"), ("a.xml", "rdf"), ("a.owl", "rdf"), ("a.graphml.GZ", "graphml"), ("a.ttl.gz.zst", "ttl")),
    ],
)
def test_a_suffix_names_the_format(path: str, format_: str) -> None:
    assert format_of(path) == format_


@pytest.mark.parametrize("path", ["a", "a.txt", "a.gz", ".ttl", "a.ttl.bak", "", "ttl", "a.json"])
def test_another_suffix_is_an_error_that_lists_them(path: str) -> None:
    with pytest.raises(
        QueryError, match=r"the suffix names no format of export; use one of \.nq, .*--format \[KG509\]"
    ):
        format_of(path)


def test_every_format_has_a_suffix() -> None:
    assert {format_of(f"a.{format_}") for format_ in FORMATS} == set(FORMATS)


# Files


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "unpack"),
    [
        ("a.ttl", bytes),
        ("a.ttl.gz", gzip.decompress),
        ("a.ttl.zst", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_a_file_is_compressed_as_its_suffix_says_with_the_same_bytes_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, unpack: Callable[[bytes], bytes]
) -> None:
    written = []
    for now in (1.0, 2e9):
        monkeypatch.setattr("time.time", lambda now=now: now)
        with opened(str(tmp_path / name)) as stream:
            stream.write(b"some " * 1000)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert unpack(written[0]) == b"some " * 1000
    assert leftovers(tmp_path) == {name}


def failing(output: str, error: BaseException) -> None:
    """Write half of a file and then fail."""
    with opened(output) as stream:
        stream.write(b"half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, QueryError])
@pytest.mark.parametrize("name", ["a.ttl", "a.ttl.gz", "a.ttl.zst"])
def test_what_was_there_stays_if_anything_fails(tmp_path: Path, name: str, error: type[BaseException]) -> None:
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(error):
        failing(str(tmp_path / name), error("KG000", "no") if error is QueryError else error())
    assert (tmp_path / name).read_bytes() == b"old"
    assert leftovers(tmp_path) == {name}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none/a.ttl", "no such file or directory"),
        ("folder", "is a directory"),
        (".", "is a directory|busy"),
        ("file/a.ttl", "not a directory"),
        ("x" * 300, "file name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(
            QueryError, match=rf": the file cannot be written: ({words}); name another place with -o \[KG511\]"
        ),
        opened(name) as stream,
    ):
        stream.write(b"x")
    assert leftovers(tmp_path) == {"folder", "file"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.ttl").write_bytes(b"old")
    (tmp_path / "link.ttl").symlink_to("real.ttl")
    with opened(str(tmp_path / "link.ttl")) as stream:
        stream.write(b"new")
    assert (tmp_path / "link.ttl").is_symlink()
    assert (tmp_path / "real.ttl").read_bytes() == b"new"
    assert leftovers(tmp_path) == {"real.ttl", "link.ttl"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """So is a device: `-o /dev/stdout` must not put a file in its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()), daemon=True)
    reader.start()
    with opened(str(pipe)) as stream:
        stream.write(b"through")
    reader.join(10)
    assert found == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, to: Path) -> None:
        pytest.fail(f"{path} would take the place of {to}")

    # Root could replace it, and the machine would not forget.
    monkeypatch.setattr(Path, "replace", refuse)
    with opened(os.devnull) as stream:
        stream.write(b"gone")


def test_a_dash_is_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    class Output:
        buffer = io.BytesIO()

    monkeypatch.setattr(sys, "stdout", Output())
    with opened("-") as stream:
        stream.write(b"\xff")
    assert Output.buffer.getvalue() == b"\xff"
