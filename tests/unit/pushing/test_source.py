"""What is pushed as relations: lines that are taken as they are, blank nodes that have numbers, graphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.pushing.source import is_canonical, opened
from kg.rdf.quads import read_quads

XSD = "http://www.w3.org/2001/XMLSchema#"
IRIS = [
    "<urn:a>",
    "<http://h.example/é?q=1#f>",
    "<http://h.example:80/a%20b/>",
    "<relative>",
    "<urn:a b>",
    "<a:>",
    "<http://h.example/%zz>",
    "<u:a#b#c>",
    "<HTTP://H/>",
]
LABELS = ["_:a", "_:b1", "_:a.b", "_:é"]
STRINGS = [
    '"a b"',
    '"\\t\\"\\\\"',
    '"\\u0001"',
    '"\t"',
    '"é <x> _:a ."',
    '"\\u00e9"',
    '""',
    '"\U0001f600"',
    '"\x7f"',
    '"a"b"',
]
ENDS = [
    "",
    "@en",
    "@EN",
    "@en-gb",
    "@abcdefghi",
    "@en-x",
    f"^^<{XSD}integer>",
    f"^^<{XSD}string>",
    "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>",
]
LITERALS = st.builds(str.__add__, st.sampled_from(STRINGS), st.sampled_from(ENDS))
RESOURCES = st.sampled_from(IRIS + LABELS)
LINES = st.builds(
    "{}{} {} {}{}.{}\n".format,
    st.sampled_from(["", " ", "# "]),
    RESOURCES,
    st.sampled_from(IRIS),
    st.one_of(RESOURCES, LITERALS),
    st.one_of(st.just(" "), st.just(""), RESOURCES.map(" {} ".format)),
    st.sampled_from(["", "", "", " # comment"]),
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(lines=st.lists(LINES, min_size=1, max_size=3), syntax=st.sampled_from(["nt", "nq"]))
def test_lines_that_are_taken_as_they_are_are_those_that_the_parser_writes(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, lines: list[str], syntax: str
) -> None:
    file = tmp_path / f"lines.{syntax}"
    file.write_text("".join(lines))
    kind = ox.RdfFormat.N_TRIPLES if syntax == "nt" else ox.RdfFormat.N_QUADS
    if is_canonical(con, file):
        assert ox.serialize(ox.parse(path=str(file), format=kind), format=ox.RdfFormat.N_QUADS) == file.read_bytes()


def test_a_usual_file_is_taken_as_it_is(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for name, text in (
        (
            "a.nt",
            '<http://h.example/é> <urn:p> "a \\"b\\" é \U0001f600"@en-gb .\n_:b1 <urn:p> <http://h.example/a?b#c> .\n',
        ),
        ("a.nq", f'<urn:s> <urn:p> "1"^^<{XSD}integer> <urn:g> .\n<urn:s> <urn:p> <urn:o> .\n'),
    ):
        (tmp_path / name).write_text(text)
        assert is_canonical(con, tmp_path / name)


FILES = {
    "a.ttl": '@prefix : <urn:> . :s :p [ :q "_:a b ." ] . _:z :p _:y, "é _:b ." . [] :p ( 1 2 ) .',
    "a.nt": '_:z <urn:p> _:a .\n<urn:s> <urn:p> "x"@en .\n_:a <urn:p> _:z .\n',
    "a.nq": '_:z <urn:p> _:a <urn:g> .\n<urn:s> <urn:p> "a <x> _:a" .\n<urn:s> <urn:p> "a b"@en <urn:h> .\n<urn:s> <urn:p> <urn:o> _:g .\n'
    f'<urn:s> <urn:p> "1"^^<{XSD}integer> <urn:h> .\n<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> "x > ." .\n',
    "a.trig": '@prefix : <urn:> . :g { :s :p [ :q "b" ] } _:h { :s :p :o } :s :p "é" .',
}


@pytest.mark.parametrize("name", FILES)
def test_the_relations_are_those_of_quads(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(FILES[name])
    with duckdb.connect() as con:
        read_quads(con, [file])
        expected = con.execute("SELECT s || ' ' || p || ' ' || o || ' .', g FROM quads ORDER BY ALL").fetchall()
    with opened(str(file), tmp_path, None) as (con, _):
        found = con.execute(
            "SELECT line, g FROM plain UNION ALL SELECT s || ' ' || p || ' ' || o || ' .', g FROM blank ORDER BY ALL"
        ).fetchall()
        assert con.execute("SELECT count(*) FROM blank").fetchone() != (0,)
    assert found == expected


def test_triple_terms_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text("<urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> .\n")
    with pytest.raises(SourceError, match="triple terms"), opened(str(file), tmp_path, None):
        pass
