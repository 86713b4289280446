"""Blocks: whatever the batches, a block holds whole subjects, all rows come once and in order, and the text does not depend on where it was cut."""

from __future__ import annotations

import io
from itertools import chain, groupby

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg.export.aside
import kg.export.blocks
import kg.export.texts
from kg.export import export
from kg.export.blocks import blocks
from kg.rdf.prefixes import prefixes
from tests.unit.export.session import session

Row = tuple[str | None, str, str, str]
ROWS = st.lists(
    st.tuples(st.sampled_from([None, "<g:1>", "<g:2>"]), st.sampled_from("abcdefg"), st.sampled_from("pq"), st.sampled_from("xyz")),
    max_size=60,
    unique=True,
)  # fmt: skip
NAMES = prefixes("https://x.example/id/")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(ROWS, st.integers(1, 20))
def test_a_block_holds_whole_subjects_in_their_order(
    monkeypatch: pytest.MonkeyPatch, rows: list[Row], size: int
) -> None:
    monkeypatch.setattr(kg.export.blocks, "_ROWS", size)
    ordered = sorted(rows, key=lambda row: (row[0] or "", row[1:]))
    found: list[Row] = []
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute("CREATE TABLE quads (g VARCHAR, s VARCHAR, p VARCHAR, o VARCHAR)")
        if ordered:
            con.execute(f"INSERT INTO quads VALUES {', '.join(['(?, ?, ?, ?)'] * len(ordered))}", list(chain(*ordered)))
        before = None
        batches = con.sql("SELECT g, s, p, o FROM quads ORDER BY g NULLS FIRST, s, p, o").to_arrow_reader(3)
        for number, block in enumerate(blocks(batches)):
            assert (block.first, block.graph) == (number == 0, before)
            subjects = block.subjects.to_pylist()
            assert [each["subject"] for each in subjects] == list(range(len(subjects)))
            found += [
                (subjects[row["subject"]]["g"], subjects[row["subject"]]["s"], row["p"], row["o"])
                for row in block.rows.to_pylist()
            ]
            before = subjects[-1]["g"]
            # All but the last block are as large as they should be, and no larger than their last subject makes them.
            sizes = [len(list(of_one)) for _, of_one in groupby(block.rows["subject"].to_pylist())]
            assert sum(sizes[:-1]) < size + 3
    assert found == ordered


@pytest.mark.parametrize("format_", ["ttl", "trig", "jsonld", "rdf"])
def test_the_text_does_not_depend_on_the_cuts(monkeypatch: pytest.MonkeyPatch, format_: str) -> None:
    def named(text: str) -> ox.NamedNode:
        return ox.NamedNode(f"https://x.example/id/{text}")

    graphs: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph(), named("graph/a"), named("graph/b")]
    quads = [
        ox.Quad(named(f"model/{s}"), named(f"p{p}"), ox.Literal(str(s * p)), graphs[(s + p) % 3])
        for s in range(12)
        for p in range(5)
    ]
    texts = set()
    for rows, size, batch in ((250_000, 1 << 26, 50_000), (7, 1 << 26, 3), (20, 1 << 26, 16), (250_000, 1, 3)):
        monkeypatch.setattr(kg.export.blocks, "_ROWS", rows)
        monkeypatch.setattr(kg.export.blocks, "_BYTES", size)
        monkeypatch.setattr(kg.export.aside, "BATCH", batch)
        monkeypatch.setattr(kg.export.texts, "BATCH", batch)
        target = io.BytesIO()
        with session(quads) as con:
            export(con, target, format_, NAMES)
        texts.add(target.getvalue())
    assert len(texts) == 1
    assert len(list(ox.parse(texts.pop(), format=ox.RdfFormat.from_extension(format_)))) == len(quads)
