"""The embedded store: the default graph is the merge of all graphs, each triple once."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError
from kg.release import write_quads, write_triples
from kg.store import build_store, lines_store, memory_store, open_store
from tests.session import QuadRow, session

QUADS: list[QuadRow] = [
    ("<http://x/s>", "<http://x/p>", '"a"', "<http://x/g>"),
    ("<http://x/s>", "<http://x/p>", '"a"', "<http://x/h>"),
    ("<http://x/s>", "<http://x/p>", '"b"', "<http://x/h>"),
    ("<http://x/s>", "<http://x/p>", '"c"', None),
    ("<http://x/s>", "<http://x/p>", r'"\u0001 \"é葉"@en', None),
]


@pytest.fixture(params=["on disk", "in memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ox.Store:
    with session(QUADS) as con:
        quads, triples = write_quads(con, tmp_path), write_triples(con, tmp_path)
    if request.param == "in memory":
        return memory_store(ox.parse(path=quads))
    build_store(quads, triples, tmp_path / "store")
    return open_store(tmp_path / "store")


def count(store: ox.Store, pattern: str) -> int:
    (row,) = store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")  # type: ignore[misc]
    return int(row[0].value)


def test_the_default_graph_has_each_triple_once(store: ox.Store) -> None:
    assert count(store, "?s ?p ?o") == 4
    assert count(store, '?s ?p "a"') == 1


def test_a_named_graph_has_its_own_triples(store: ox.Store) -> None:
    assert count(store, "GRAPH <http://x/g> { ?s ?p ?o }") == 1
    assert count(store, "GRAPH <http://x/h> { ?s ?p ?o }") == 2
    assert count(store, "GRAPH ?g { ?s ?p ?o }") == 3


def test_a_store_may_be_opened_by_several_at_once(tmp_path: Path) -> None:
    with session(QUADS) as con:
        build_store(write_quads(con, tmp_path), write_triples(con, tmp_path), tmp_path / "store")
    readers = [open_store(tmp_path / "store") for _ in range(3)]
    assert [count(reader, "?s ?p ?o") for reader in readers] == [4, 4, 4]
    with pytest.raises(RuntimeError, match="read-write"):
        readers[0].add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.NamedNode("x:o")))


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"store: the store cannot be opened: .*; build the release again \[KG501\]"):
        open_store(tmp_path / "store")


def test_a_store_that_is_torn_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_text("nonsense")
    with pytest.raises(QueryError, match=r"KG501"):
        open_store(tmp_path / "store")


def test_lines_come_into_a_store_in_pieces_and_none_is_torn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.store.oxigraph._PIECE", 100)
    lines = tmp_path / "lines.nt"
    lines.write_text("".join(f'<urn:s{number}> <urn:p> "{"é" * number}" .\n' for number in range(50)), encoding="utf-8")
    lines_store(lines, tmp_path / "store")
    found = {quad.object.value for quad in open_store(tmp_path / "store") if isinstance(quad.object, ox.Literal)}
    assert found == {"é" * number for number in range(50)}
