"""RDF files as a relation of quads."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.rdf.quads import columns_of, parse_file, rdf_syntax, read_quads

EX = "http://example.org/"
TRIG = f"""@prefix : <{EX}> .
:a :p "x y \\"z\\"\\t\\u0007 ." , "hallo"@DE , 5 , "plain"^^<http://www.w3.org/2001/XMLSchema#string> , [ :q :b ] .
:g {{ :a :p <{EX}b> , "with <x> y ."^^:dt }}
"""
EXPECTED = [
    (f"<{EX}a>", f"<{EX}p>", '"x y \\"z\\"\\t\\u0007 ."', None),
    (f"<{EX}a>", f"<{EX}p>", '"hallo"@de', None),
    (f"<{EX}a>", f"<{EX}p>", '"5"^^<http://www.w3.org/2001/XMLSchema#integer>', None),
    (f"<{EX}a>", f"<{EX}p>", '"plain"', None),
    ("_:b0", f"<{EX}q>", f"<{EX}b>", None),
    (f"<{EX}a>", f"<{EX}p>", "_:b0", None),
    (f"<{EX}a>", f"<{EX}p>", f"<{EX}b>", f"<{EX}g>"),
    (f"<{EX}a>", f"<{EX}p>", f'"with <x> y ."^^<{EX}dt>', f"<{EX}g>"),
]


def rows(*paths: Path) -> list[tuple[str, str, str, str | None]]:
    with duckdb.connect() as con:
        read_quads(con, paths)
        return con.execute("SELECT * FROM quads").fetchall()


def test_terms_are_canonical(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text(TRIG, encoding="utf-8")
    assert rows(path) == EXPECTED


# Words that look like the other parts of a line.
WORDS = st.lists(st.sampled_from(["", "a", "é", "<a>", "<a", "_:b", ".", '\\\\"', ")>>", "<<("]), max_size=5).map(
    " ".join
)
LITERALS = st.builds('"{}"{}'.format, WORDS, st.sampled_from(["", "@en", f"^^<{EX}dt>"]))
NODES = st.sampled_from([f"<{EX}é>", "_:b1"])
TERMS = NODES | LITERALS | st.builds(f"<<( _:b <{EX}p> {{}} )>>".format, NODES | LITERALS)


@given(st.lists(st.tuples(NODES, st.just(f"<{EX}p>"), TERMS, st.none() | NODES), min_size=1))
def test_lines_are_taken_apart_whatever_their_literals_say(quads: list[tuple[str, str, str, str | None]]) -> None:
    lines = [" ".join([*filter(None, quad), "."]) for quad in quads]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE lines AS SELECT unnest($1) AS line", [lines])
        assert con.execute(columns_of("lines")).fetchall() == quads


@pytest.mark.parametrize("suffix", [".nq", ".nq.gz", ".nq.zst", ".trig.gz", ".jsonld"])
def test_syntaxes_and_compressions(tmp_path: Path, suffix: str) -> None:
    plain = tmp_path / "a.trig"
    plain.write_text(TRIG, encoding="utf-8")
    formats = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG, ".jsonld": ox.RdfFormat.JSON_LD}
    data = ox.serialize(parse_file(plain), format=formats[f".{suffix.split('.')[1]}"])
    path = tmp_path / f"b{suffix}"
    if suffix.endswith(".gz"):
        data = gzip.compress(data or b"")
    elif suffix.endswith(".zst"):
        # two frames, as tools that append to a file make them
        half = len(data or b"") // 2
        data = zstandard.compress((data or b"")[:half]) + zstandard.compress((data or b"")[half:])
    path.write_bytes(data or b"")

    def key(row: tuple[str | None, ...]) -> list[str]:
        return [cell or "" for cell in row]

    assert sorted(rows(path), key=key) == sorted(EXPECTED, key=key)


def test_blank_nodes_of_several_files_are_kept_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "a.nt", tmp_path / "b.nt"]
    for path in paths:
        path.write_text(f"_:x <{EX}p> _:y .\n_:y <{EX}p> _:x .\n", encoding="utf-8")
    assert [row[0] for row in rows(*paths)] == ["_:b0", "_:b1", "_:b2", "_:b3"]


def test_relative_iris_are_resolved(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<x> <y> <> .", encoding="utf-8")
    with duckdb.connect() as con:
        read_quads(con, [path], base=f"{EX}base/")
        assert con.execute("SELECT s, o FROM quads").fetchall() == [(f"<{EX}base/x>", f"<{EX}base/>")]


def test_an_empty_file_has_no_quads(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_text("", encoding="utf-8")
    assert rows(path) == []


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("a.ttl", b"<x> <y> .", "KG151", "not well-formed"),
        ("a.csv", b"a,b", "KG151", "does not say which RDF syntax"),
        ("a.nq.gz", b"no gzip", "KG150", "cannot be read"),
        ("a.nq.zst", b"no zstandard", "KG150", "cannot be read"),
        ("a.nt.gz", gzip.compress(b"<http://e/s> <http://e/p> 1 .\n" * 99, mtime=0)[:-9], "KG15", ""),
        (
            "a.nq.zst",
            zstandard.compress(b"<http://e/s> <http://e/p> <http://e/o> .\n" * 9)[:-9],
            "KG150",
            "ends before",
        ),
        ("a.jsonld", b'{"@context": "https://schema.org/", "name": "x"}', "KG151", "not well-formed"),
        ("a.rdf", b'<?xml version="1.0"?><!DOCTYPE rdf [ <!ENTITY a "b"> ]><rdf/>', "KG152", "document type"),
        ("a.rdf", b" " * (1 << 20) + b"<!doctype x><rdf/>", "KG152", "document type"),
        ("a.owl", "<rdf/>".encode("utf-16"), "KG152", "UTF-8 only"),
        ("a.ttl", b"<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> 1 )>> .", "KG151", "triple terms"),
    ],
)
def test_what_is_not_read(tmp_path: Path, name: str, content: bytes, code: str, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=code) as raised:
        rows(path)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="KG150"):
        rows(tmp_path / "a.nt")


def test_the_line_of_a_mistake_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://e/s> <http://e/p> 1 .\n<http://e/s> oops\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.ttl, line 2: "):
        rows(path)


def test_rdf_xml_without_declarations_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    path.write_text(
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
        '<rdf:Description rdf:about="http://example.org/a"><e:p>x</e:p></rdf:Description></rdf:RDF>',
        encoding="utf-8",
    )
    assert rows(path) == [(f"<{EX}a>", f"<{EX}p>", '"x"', None)]


@pytest.mark.parametrize(
    ("name", "syntax"), [("a.TTL.GZ", "TURTLE"), ("graph.nq.zst", "N_QUADS"), ("a.zst", None), ("a", None)]
)
def test_the_name_says_the_syntax(name: str, syntax: str | None) -> None:
    assert rdf_syntax(Path(name)) == syntax
