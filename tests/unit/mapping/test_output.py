"""Outputs: the same bytes each time, packed or not, in any encoding, and nothing that is no RDF."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.errors import KgError
from kg.mapping import Settings, map_files, output_of
from kg.mapping.run import Summary
from tests.unit.mapping.mappings import PREFIXES, csv, triples_map, write

FORMATS = "@prefix formats: <http://www.w3.org/ns/formats/> .\n"
VALUES = 'id,v\n1,é葉😀\n2,"a ""b"" \\"\n'


def run(folder: Path, turtle: str, output: str = "out.nq", **settings: bool) -> Summary:
    path = write(folder, turtle, PREFIXES + FORMATS)
    return map_files(path, output_of(str(folder / output)), Settings(base="http://base/", **settings))  # type: ignore[arg-type]


def to(path: str, described: str = "") -> str:
    """Return an object map whose quads go to a file beside the mapping."""
    return f'rml:reference "v" ; rml:logicalTarget [ rml:target [ a rml:FilePath ; rml:root rml:MappingDirectory ; rml:path "{path}" ] {described} ]'


def unpacked(path: Path) -> tuple[str, bytes]:
    """Return the name of an archive's only member, and what it holds."""
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = archive.namelist()
            return name, archive.read(name)
    if path.suffix == ".gz" and ".tar" not in path.suffixes:
        return path.stem, gzip.decompress(data)
    plain = gzip.decompress(data) if path.suffix == ".gz" else lzma.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        (name,) = tar.getnames()
        member = tar.extractfile(name)
        assert member is not None
        return name, member.read()


@pytest.mark.parametrize(
    ("name", "compression"),
    [("t.nt.gz", "gzip"), ("t.nt.zip", "zip"), ("t.nt.tar.gz", "targz"), ("t.nt.tar.xz", "tarxz")],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_packed_targets_have_the_same_bytes_each_time(
    tmp_path: Path, name: str, compression: str, encoding: str
) -> None:
    (tmp_path / "a.csv").write_text(VALUES, encoding="utf-8")
    turtle = triples_map(
        to(
            name,
            f"; rml:compression rml:{compression} ; rml:encoding rml:{encoding} ; rml:serialization formats:N-Triples",
        ),
        source=csv("a.csv"),
    )
    seen = set()
    for _ in range(2):
        run(tmp_path, turtle, ordered=True)
        seen.add((tmp_path / name).read_bytes())
    assert len(seen) == 1
    member, data = unpacked(tmp_path / name)
    assert member == "t.nt"
    assert sorted(quad.object.value for quad in ox.parse(data.decode(encoding), format=ox.RdfFormat.N_TRIPLES)) == [
        'a "b" \\', "é葉😀",
    ]  # fmt: skip


def test_what_an_encoding_does_not_hold_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(VALUES, encoding="utf-8")
    with pytest.raises(KgError):
        run(tmp_path, triples_map(to("t.nq", "; rml:encoding rml:ISO-8859-1"), source=csv("a.csv")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "mapping.rml.ttl"]


def test_a_file_is_not_written_in_two_syntaxes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(VALUES, encoding="utf-8")
    turtle = triples_map(to("t.x", "; rml:serialization formats:Turtle"), source=csv("a.csv"), name="A")
    turtle += triples_map(to("t.x", "; rml:serialization formats:N-Quads"), source=csv("a.csv"), name="B")
    with pytest.raises(KgError):
        run(tmp_path, turtle)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "mapping.rml.ttl"]


def test_a_target_may_be_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(VALUES, encoding="utf-8")
    turtle = triples_map(to("out.nq"), source=csv("a.csv"), name="A")
    turtle += triples_map('rml:reference "id"', source=csv("a.csv"), name="B")
    monkeypatch.chdir(tmp_path)
    map_files(write(tmp_path, turtle), output_of("out.nq"), Settings())
    assert len((tmp_path / "out.nq").read_text(encoding="utf-8").splitlines()) == 4


def test_rdf_xml_holds_only_what_xml_can_hold(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,v\n1,"a\x01\x0b"\n2,b\n', encoding="utf-8")
    turtle = triples_map('rml:reference "v"', source=csv("a.csv"))
    try:
        run(tmp_path, turtle, "out.rdf")
    except KgError:
        assert not (tmp_path / "out.rdf").exists()
    else:
        assert len(rdflib.Graph().parse(tmp_path / "out.rdf", format="xml")) >= 1


def test_rdf_xml_needs_predicates_that_are_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,1 2\n", encoding="utf-8")
    said = 'rml:predicateMap [ rml:template "http://p/{v}" ] ; rml:objectMap [ rml:reference "v" ]'
    turtle = triples_map(source=csv("a.csv")).removesuffix(" .\n") + f" ; rml:predicateObjectMap [ {said} ] .\n"
    try:
        run(tmp_path, turtle, "out.rdf")
    except KgError:
        assert not (tmp_path / "out.rdf").exists()
    else:
        assert len(rdflib.Graph().parse(tmp_path / "out.rdf", format="xml")) == 1


def test_carriage_returns_survive_rdf_xml(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'id,v\n1,"a\r\nb\rc"\n')
    run(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")), "out.rdf")
    (value,) = rdflib.Graph().parse(tmp_path / "out.rdf", format="xml").objects()
    assert str(value) == "a\r\nb\rc"


def test_rdf_json_names_each_kind_of_object(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n", encoding="utf-8")
    maps = (
        'rml:reference "v"',
        'rml:reference "v" ; rml:language "EN"',
        'rml:reference "v" ; rml:datatype ex:t',
        'rml:reference "v" ; rml:termType rml:BlankNode',
        "rml:constant ex:o",
    )
    run(tmp_path, triples_map(*maps, source=csv("a.csv")), "out.rj")
    found = json.loads((tmp_path / "out.rj").read_text(encoding="utf-8"))["http://example.org/1"][
        "http://example.org/p"
    ]
    assert sorted(found, key=str) == sorted(
        (
            {"type": "literal", "value": "x"},
            {"type": "literal", "value": "x", "lang": "en"},
            {"type": "literal", "value": "x", "datatype": "http://example.org/t"},
            {"type": "bnode", "value": "_:bx"},
            {"type": "uri", "value": "http://example.org/o"},
        ),
        key=str,
    )


QUOTED = (
    f'<#Map> rml:logicalSource {csv("a.csv")} ; rml:subjectMap [ rml:template "http://example.org/{{id}}" ] ; '
    "rml:predicateObjectMap [ rml:predicate ex:says ; rml:objectMap [ rml:quotedTriplesMap <#Q> ] ] .\n"
    f'<#Q> a rml:NonAssertedTriplesMap ; rml:logicalSource {csv("a.csv")} ; rml:subjectMap [ rml:template "http://example.org/{{id}}" ] ; '
    'rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "v" ] ] .\n'
)


@pytest.mark.parametrize(
    ("output", "legacy"), [("out.rj", False), ("out.jsonld", False), ("out.ttl", True), ("out.rj", True)]
)
def test_a_syntax_without_triple_terms_is_refused(tmp_path: Path, output: str, legacy: bool) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n", encoding="utf-8")
    with pytest.raises(KgError):
        run(tmp_path, QUOTED, output, legacy=legacy)
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize("output", ["out.ttl", "out.trig", "out.nt"])
def test_triple_terms_are_read_back(tmp_path: Path, output: str) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,x\n", encoding="utf-8")
    run(tmp_path, QUOTED, output)
    (quad,) = ox.parse(path=str(tmp_path / output))
    assert isinstance(quad.object, ox.Triple)
    assert quad.object.object == ox.Literal("x")


def test_a_device_or_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    import os
    import threading

    (tmp_path / "a.csv").write_text("id,v\n1,x\n", encoding="utf-8")
    pipe = tmp_path / "pipe.nq"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()
    run(tmp_path, triples_map('rml:reference "v"', source=csv("a.csv")), "pipe.nq")
    assert pipe.is_fifo(), "a pipe stays one"
    reader.join(5)
    assert got == [b'<http://example.org/1> <http://example.org/p> "x" .\n']


@pytest.mark.parametrize("tag", ["a", "en-a", "en-x", "e1", "abcd-abc", "i-foo", "en-12"])
def test_a_tag_that_is_not_well_formed_is_set_aside(tmp_path: Path, tag: str) -> None:
    """RFC 5646, section 2.1."""
    (tmp_path / "a.csv").write_text(f"id,v,l\n1,x,{tag}\n2,y,de-CH-1996\n", encoding="utf-8")
    turtle = triples_map('rml:reference "v" ; rml:languageMap [ rml:reference "l" ]', source=csv("a.csv"))
    summary = run(tmp_path, turtle, "out.ttl")
    assert [reject.reason for reject in summary.rejects] == [f'"{tag}" is no language tag']
    (quad,) = ox.parse(path=str(tmp_path / "out.ttl"))
    assert quad.object == ox.Literal("y", language="de-ch-1996")


def test_relative_iris_that_mean_the_same_are_written_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\nx\nhttp://base/x\n", encoding="utf-8")
    for subject in ('rml:template "{a}" ; rml:termType rml:UnsafeIRI', 'rml:reference "a"'):
        run(tmp_path, triples_map('rml:constant "c"', source=csv("a.csv"), subject=subject))
        assert (tmp_path / "out.nq").read_text(encoding="utf-8") == '<http://base/x> <http://example.org/p> "c" .\n'


def test_rows_have_the_same_number_whatever_is_wrong_with_them(tmp_path: Path) -> None:
    """The number is that of the record, whether the reader or a rule sets it aside."""
    (tmp_path / "a.csv").write_text("id,v\n1\n2,http://x/\n3,no iri\n", encoding="utf-8")
    summary = run(tmp_path, triples_map('rml:reference "v" ; rml:termType rml:IRI', source=csv("a.csv")))
    assert len({reject.row for reject in summary.rejects}) == 2, summary.rejects
