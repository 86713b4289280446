"""What is pushed: sorted chunks, names for blank nodes, digests by value, differences."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest

from kg.pushing.content import Content, compare, digest, prepare
from kg.pushing.literals import canonical_lines, find_ill_typed
from kg.pushing.profiles import PROFILES, Profile
from kg.pushing.source import opened

XSD = "http://www.w3.org/2001/XMLSchema#"
OXIGRAPH, RDF4J, VIRTUOSO = PROFILES["oxigraph"], PROFILES["rdf4j"], PROFILES["virtuoso"]


def content(folder: Path, text: str, profile: Profile, graph: str = "urn:g") -> Content:
    folder.mkdir(exist_ok=True)
    (folder / "in.nt").write_text(text)
    with opened(str(folder / "in.nt"), folder, "https://b.example/id/") as (con, base):
        find_ill_typed(con, profile)
        return prepare(con, folder, profile, base=base, graph=graph, only=None)


def literal(form: str, datatype: str) -> str:
    return f'<urn:s> <urn:p> "{form}"^^<{XSD}{datatype}> .\n'


def test_chunks_are_whole_lines_in_order_and_cover_all(tmp_path: Path) -> None:
    text = (
        "".join(f'<urn:s{number}> <urn:p> "{"x" * (number % 50)}" .\n' for number in range(500))
        + f'<urn:l> <urn:p> "{"y" * 5000}" .\n'
    )
    for name, profile in (
        ("bytes", replace(RDF4J, chunk=700)),
        ("triples", replace(RDF4J, chunk=10_000, chunk_triples=7)),
    ):
        made = content(tmp_path / name, text, profile)
        data = made.lines.read_bytes()
        parts = [data[chunk.start : chunk.start + chunk.size] for chunk in made.chunks]
        assert b"".join(parts) == data
        assert sorted(text.encode().splitlines()) == data.splitlines()
        assert all(
            part.endswith(b"\n") and part.count(b"\n") == chunk.triples
            for part, chunk in zip(parts, made.chunks, strict=True)
        )
        assert [hashlib.sha256(part).hexdigest() for part in parts] == [chunk.sha256 for chunk in made.chunks]
        assert made.triples == 501
        assert len(made.chunks) > 20


def test_a_blank_node_has_one_name_a_graph(tmp_path: Path) -> None:
    text = "_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n"
    one, again, other = (content(tmp_path / name, text, RDF4J, name[-1]) for name in ("1g", "2g", "3h"))
    assert one.sha256 == again.sha256 != other.sha256
    assert one.skolemised == 2
    assert one.lines.read_text().count("<https://b.example/.well-known/genid/") == 4


@pytest.mark.parametrize(
    ("sent", "kept", "profile"),
    [
        (literal("01", "integer"), literal("1", "integer"), OXIGRAPH),
        (literal("1.10", "decimal"), literal("1.1", "decimal"), OXIGRAPH),
        (literal("-7.250", "decimal"), literal("-7.25", "decimal"), OXIGRAPH),
        (literal("+30000000000", "integer"), literal("30000000000", "integer"), OXIGRAPH),
        (literal("2020-01-01T00:00:00Z", "dateTime"), literal("2020-01-01T00:00:00.000Z", "dateTime"), VIRTUOSO),
        (literal("1e10", "double"), literal("10000000000", "double"), OXIGRAPH),
        (literal("5", "int"), literal("5", "integer"), OXIGRAPH),
        (literal("1", "boolean"), literal("true", "boolean"), OXIGRAPH),
        (literal("2020-01-01T00:00:00.000Z", "dateTime"), literal("2020-01-01T00:00:00Z", "dateTime"), OXIGRAPH),
        (literal("01", "integer"), literal("1", "integer"), VIRTUOSO),
        (literal("3000000000", "integer"), literal("3000000000", "decimal"), VIRTUOSO),
        (literal("1.1234567890123457E0", "double"), literal("1.12346", "double"), VIRTUOSO),
        (literal("01", "integer") + literal("1", "integer"), literal("1", "integer"), OXIGRAPH),
    ],
)
def test_forms_of_one_value_have_one_digest_and_no_difference(
    sent: str, kept: str, profile: Profile, tmp_path: Path
) -> None:
    made = content(tmp_path, sent, profile)
    back = tmp_path / "back.nt"
    back.write_text(kept)
    (tmp_path / "x").mkdir()
    with opened(str(tmp_path / "in.nt"), tmp_path / "x", None) as (con, _):
        assert digest(con, back, profile, "back") == digest(con, made.lines, profile, "made")
        found = compare(con, made.lines, back, profile)
        assert (found.missing, found.extra) == (0, 0)


def test_forms_that_are_not_looked_at_again_are_those_that_oxigraph_leaves_as_they_are(tmp_path: Path) -> None:
    forms = [
        ("0", "integer"),
        ("-999999999999999999", "integer"),
        ("0.5", "decimal"),
        ("-999999999.000000001", "decimal"),
    ]
    forms += [("1000", "gYear"), ("9999-12-31", "date"), ("1000-01-01T00:00:00", "dateTime"), ("true", "boolean")]
    forms += [("9999-12-31T23:59:59Z", "dateTime")]
    text = [f'<urn:s> <urn:p{number}> "{form}"^^<{XSD}{name}> .\n' for number, (form, name) in enumerate(forms)]
    (tmp_path / "in.nt").write_text("".join(text))
    kept = ox.Store()
    kept.load(path=tmp_path / "in.nt", format=ox.RdfFormat.N_TRIPLES)
    assert sorted(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in kept) == text
    with duckdb.connect() as con:
        canonical_lines(con, tmp_path / "in.nt", OXIGRAPH, "all")
        assert con.execute("SELECT count(*) FROM all_forms").fetchone() == (0,)


@pytest.mark.parametrize(
    ("sent", "kept", "profile"),
    [
        (literal("01", "integer"), literal("1", "integer"), RDF4J),
        (literal("1.10", "decimal"), literal("1.2", "decimal"), OXIGRAPH),
        (literal("1", "integer"), literal("1", "decimal"), OXIGRAPH),
        ('<urn:s> <urn:p> "01" .\n', '<urn:s> <urn:p> "1" .\n', OXIGRAPH),
    ],
)
def test_another_value_is_another_digest_and_a_difference(
    sent: str, kept: str, profile: Profile, tmp_path: Path
) -> None:
    made = content(tmp_path, sent, profile)
    back = tmp_path / "back.nt"
    back.write_text(kept)
    (tmp_path / "x").mkdir()
    with opened(str(tmp_path / "in.nt"), tmp_path / "x", None) as (con, _):
        assert digest(con, back, profile, "back") != digest(con, made.lines, profile, "made")
        found = compare(con, made.lines, back, profile)
        assert (found.missing, found.extra) == (1, 1)
        assert {example[0] for example in found.examples} == {"-", "+"}


@pytest.mark.parametrize(
    ("form", "datatype", "profile", "ill"),
    [
        ("abc", "integer", OXIGRAPH, True),
        ("2020-02-30", "date", OXIGRAPH, True),
        ("300", "byte", OXIGRAPH, True),
        ("12", "integer", OXIGRAPH, False),
        ("P1Y", "duration", OXIGRAPH, False),
        ("P1Y", "duration", VIRTUOSO, True),
    ],
)
def test_ill_typed_literals_are_found(form: str, datatype: str, profile: Profile, ill: bool, tmp_path: Path) -> None:
    (tmp_path / "in.nt").write_text(literal(form, datatype) + '<urn:s> <urn:p> "abc" .\n')
    with opened(str(tmp_path / "in.nt"), tmp_path, None) as (con, _):
        assert find_ill_typed(con, profile) == int(ill)
