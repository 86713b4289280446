"""The difference of two graphs, and what is made of it for programs, makes the new one of the old one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.diffing import NEW, OLD, Difference, blank, difference, sparql_update
from kg.diffing import update as updating
from kg.rdf.patch import rdf_patch
from tests.unit.diffing.graphs import DATASETS, AtOnce, relabelled, same, write


@pytest.fixture(autouse=True, scope="module")
def _at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blank, "Canonicaliser", AtOnce)
        yield


@contextmanager
def compared(old: ox.Dataset, new: ox.Dataset) -> Iterator[Difference]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with difference(write(old, place / "old.nq"), write(new, place / "new.nq", seed=1)) as found:
            yield found


def patched(old: ox.Dataset, patch: str) -> ox.Dataset:
    """Apply an RDF Patch to a dataset that keeps its labels."""
    result = ox.Dataset(old)
    for line in patch.splitlines():
        mark, _, rest = line.partition(" ")
        if mark in "DA":
            (quad,) = ox.parse(rest, format=ox.RdfFormat.N_QUADS)
            result.discard(quad) if mark == "D" else result.add(quad)
    return result


def updated(old: ox.Dataset, update: str) -> ox.Dataset:
    """Apply a SPARQL Update in a store that draws labels of its own."""
    store = ox.Store()
    store.extend(relabelled(old, 7))
    store.update(update)
    return ox.Dataset(store)


@settings(deadline=None, max_examples=40)
@given(DATASETS, DATASETS, st.data())
def test_patch_and_update_make_the_new_graph_of_the_old(one: ox.Dataset, more: ox.Dataset, data: st.DataObject) -> None:
    # Graphs that share most of what they hold.
    kept = data.draw(st.lists(st.sampled_from(sorted(one, key=str)), unique=True)) if len(one) else []
    new = relabelled(ox.Dataset([*kept, *more]), 3)
    with compared(one, new) as found:
        differ = any(found.counts())
        patch = "".join(rdf_patch(found.rows(OLD), found.rows(NEW)))
        update = "".join(sparql_update(found))
    assert differ is not same(one, new)
    assert same(patched(one, patch), new)
    assert same(updated(one, update), new), update


@settings(deadline=None, max_examples=15)
@given(DATASETS, DATASETS)
def test_an_update_that_replaces_all_blank_nodes_is_right(old: ox.Dataset, new: ox.Dataset) -> None:
    with pytest.MonkeyPatch.context() as patch, compared(old, new) as found:
        patch.setattr(updating, "_MOST_NODES", 0)
        assert same(updated(old, "".join(sparql_update(found))), new)


@settings(deadline=None, max_examples=40)
@given(DATASETS, st.integers(0, 1000))
def test_other_labels_and_another_order_are_no_difference(graph: ox.Dataset, seed: int) -> None:
    with compared(graph, relabelled(graph, seed)) as found:
        assert found.counts() == (0, 0)
        assert "".join(sparql_update(found)) == ""
