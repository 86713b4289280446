"""Blank nodes are compared by RDFC-1.0: the cases that its own tests and others have shown to be hard."""

from __future__ import annotations

import random
import time
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.diffing import blank, difference
from kg.diffing.blank import compare_blank
from kg.diffing.canonical import Canonicaliser, canonical
from kg.errors import DiffError
from kg.rdf.quads import columns_of
from tests.unit.diffing.graphs import DATASETS, AtOnce, relabelled

P, Q = "<http://x/p>", "<http://x/q>"


def ring(*sizes: int, predicate: str = P) -> str:
    """Return rings of blank nodes, which nothing but their size tells apart."""
    return "".join(
        f"_:r{ring}x{node} {predicate} _:r{ring}x{(node + 1) % size} .\n"
        for ring, size in enumerate(sizes)
        for node in range(size)
    )


def clique(size: int) -> str:
    """Return blank nodes that are linked each to each: what is called a poison graph."""
    return "".join(f"_:k{one} {P} _:k{other} .\n" for one in range(size) for other in range(size) if one != other)


EQUAL = {
    "nodes without a difference": (f"_:a {P} _:b .\n_:c {P} _:d .\n", f"_:x {P} _:y .\n_:z {P} _:u .\n"),
    "a node that refers to itself": (f"_:a {P} _:a .\n", f"_:b {P} _:b .\n"),
    "two ways round": (f"_:a {P} _:b .\n_:b {Q} _:a .\n", f"_:b {P} _:a .\n_:a {Q} _:b .\n"),
    "the same node as subject, object and graph": (f"_:a {P} _:a _:a .\n", f"_:b {P} _:b _:b .\n"),
    "a graph named by a blank node": (
        f"_:g {P} <http://x/o> .\n<http://x/s> {P} _:b _:g .\n",
        f"_:b {P} <http://x/o> .\n<http://x/s> {P} _:g _:b .\n",
    ),
    "rings in another order": (ring(3, 4), ring(4, 3)),
    "literals that look like blank nodes": (f'_:a {P} "_:a" .\n', f'_:b {P} "_:a" .\n'),
    "two roots of one leaf": (f"_:a {P} _:l .\n_:b {P} _:l .\n_:l {Q} <http://x/o> .\n",) * 2,
    "a graph said twice": (f"_:a {P} _:b .\n_:a {P} _:b .\n", f"_:a {P} _:b .\n"),
}
DIFFERENT = {
    "one ring of six and two of three": (ring(6), ring(3, 3)),
    "another direction": (f"_:a {P} _:b .\n_:a {P} _:c .\n", f"_:a {P} _:b .\n_:c {P} _:b .\n"),
    "one node or two": (f"_:a {P} _:b .\n_:a {Q} _:b .\n", f"_:a {P} _:b .\n_:a {Q} _:c .\n"),
    "one of two equal groups is gone": (f"_:a {P} _:b .\n_:c {P} _:d .\n", f"_:a {P} _:b .\n"),
    "another graph": (f"_:a {P} <http://x/o> <http://x/g> .\n", f"_:a {P} <http://x/o> .\n"),
    "a name in place of a blank node": (f"_:a {P} <http://x/o> .\n", f"<http://x/a> {P} <http://x/o> .\n"),
    "a subject and a graph that are one node or two": (f"_:a {P} _:a _:b .\n", f"_:a {P} _:a _:a .\n"),
    "values in another ring": (
        ring(4) + f'_:r0x0 {Q} "1" .\n_:r0x1 {Q} "1" .\n',
        ring(4) + f'_:r0x0 {Q} "1" .\n_:r0x2 {Q} "1" .\n',
    ),
}


def differ(folder: Path, old: str, new: str) -> bool:
    for name, text in (("old.nq", old), ("new.nq", new)):
        lines = text.splitlines(keepends=True)
        random.Random(0).shuffle(lines)  # noqa: S311 - no secret
        (folder / name).write_text("".join(lines), encoding="utf-8")
    with difference(folder / "old.nq", folder / "new.nq") as found:
        return any(found.counts())


@pytest.mark.parametrize("case", EQUAL)
def test_graphs_that_are_equal(case: str, tmp_path: Path) -> None:
    assert not differ(tmp_path, *EQUAL[case])


@pytest.mark.parametrize("case", DIFFERENT)
def test_graphs_that_differ(case: str, tmp_path: Path) -> None:
    assert differ(tmp_path, *DIFFERENT[case])
    assert differ(tmp_path, *reversed(DIFFERENT[case]))


@settings(deadline=None, max_examples=20)
@given(DATASETS)
def test_the_relational_form_of_a_group_is_that_of_the_algorithm(dataset: ox.Dataset) -> None:
    lines = [
        f"{quad} ."
        for quad in sorted(dataset, key=str)
        if any(isinstance(term, ox.BlankNode) for term in (quad.subject, quad.object, quad.graph_name))
    ]
    with duckdb.connect() as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blank, "Canonicaliser", AtOnce)
        con.execute("CREATE TABLE changes (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR, side INTEGER, root BIGINT)")
        con.execute("CREATE TABLE line AS SELECT 1 AS side, unnest(?::VARCHAR[]) AS line", [lines])
        con.execute(f"CREATE TABLE blank AS {columns_of('line', 'side')}")
        compare_blank(con)
        found = con.execute(
            """SELECT list(line ORDER BY line), (SELECT list(concat_ws(' ', s, p, o, g) || ' .') FROM quad WHERE quad.root = canonical.root)
            FROM canonical ANTI JOIN alike USING (root) GROUP BY root"""
        ).fetchall()
    for form, quads in found:
        assert form == standard(quads)


@settings(deadline=None, max_examples=100)
@given(DATASETS, st.integers(0, 1000))
def test_colours_do_not_hang_on_labels_and_leave_the_form_right(dataset: ox.Dataset, seed: int) -> None:
    lines, others = ([f"{quad} ." for quad in each] for each in (dataset, relabelled(dataset, seed)))
    assert canonical(lines) == canonical(others)
    assert standard(canonical(lines)) == standard(lines)


def standard(lines: list[str]) -> list[str]:
    """Return the form of RDFC-1.0, without help."""
    dataset = ox.Dataset(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad} ." for quad in dataset)


def test_a_long_chain_is_one_group(tmp_path: Path) -> None:
    # The nodes within the chain are alike at first sight, and only their distance from its start tells them apart.
    text = f'_:c0 {Q} "start" .\n' + "".join(f"_:c{node} {P} _:c{node + 1} .\n" for node in range(2000))
    assert not differ(tmp_path, text, text.replace("_:c", "_:d1"))
    assert differ(tmp_path, text, text.replace("_:c1000 ", "_:c1001 "))


def test_poison_ends_with_an_error_in_time() -> None:
    lines = clique(12).splitlines()
    start = time.monotonic()
    with pytest.raises(DiffError, match="KG660"), Canonicaliser(len(lines), patience=1) as stoppable:
        stoppable(lines)
    assert time.monotonic() - start < 20


def test_labels_of_new_nodes_are_not_those_of_old_ones(tmp_path: Path) -> None:
    old = f'_:n0_0 {P} "kept" .\n_:n7_0 {P} "gone" .\n'
    (tmp_path / "old.nq").write_text(old)
    (tmp_path / "new.nq").write_text(f'_:x {P} "kept" .\n_:y {P} "new" .\n')
    with difference(tmp_path / "old.nq", tmp_path / "new.nq") as found:
        assert list(found.rows(1)) == [("_:n7_0", P, '"gone"', None)]
        assert list(found.rows(2)) == [("_:n8_0", P, '"new"', None)]


def test_the_same_seed_labels_anew() -> None:
    dataset = ox.Dataset(ox.parse(ring(3), format=ox.RdfFormat.N_QUADS))
    assert relabelled(dataset, 1) != dataset
