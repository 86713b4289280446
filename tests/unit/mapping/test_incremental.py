"""Runs that go on from older ones give the bytes of a full run, and changes that turn the old graph into the new."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from kg.errors import MappingError
from kg.mapping import Settings
from kg.mapping.incremental import Increment, map_increment
from tests.unit.mapping.mappings import csv, triples_map, write

FIELDS = '[ rml:fieldName "k" ; rml:reference "k" ]'
VIEWS = f"""
ex:C rml:source "c.csv" ; rml:referenceFormulation rml:CSV .
ex:P rml:source "p.csv" ; rml:referenceFormulation rml:CSV .
ex:Other rml:viewOn ex:P ; rml:field {FIELDS} , [ rml:fieldName "v" ; rml:reference "v" ] .
ex:View rml:viewOn ex:C ; rml:field {FIELDS} ; rml:leftJoin [ rml:parentLogicalView ex:Other ;
  rml:joinCondition [ rml:child "k" ; rml:parent "k" ] ; rml:field [ rml:fieldName "w" ; rml:reference "v" ] ] .
"""


def lines(folder: Path) -> list[str]:
    """Return the lines of a run's graph."""
    data = (folder / "graph.nq.zst").read_bytes()
    return zstandard.ZstdDecompressor().decompressobj().decompress(data).decode().splitlines()


def run(folder: Path, name: str, since: str | None = None, changes: str | None = None) -> Increment:
    settings = Settings(base="http://base/")
    older = folder / since if since else None
    told = folder / changes if changes else None
    return map_increment(folder / "mapping.rml.ttl", folder / name, settings, since=older, changes=told)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a mapping of two sources and a view over two others, and a run of it."""
    (tmp_path / "a.csv").write_text("id,v\n1,x\n2,see _:b\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,v\n1,x\n3,z\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("k\n1\n2\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("k,v\n1,old\n", encoding="utf-8")
    maps = [
        triples_map(f'rml:predicate ex:p ; rml:objectMap [ rml:reference "v" ] ; rml:graph ex:{name}, rml:defaultGraph', source=csv(f"{name}.csv"), name=name)
        for name in "ab"
    ]  # fmt: skip
    maps.append(triples_map('rml:reference "w"', source="ex:View", subject='rml:template "http://example.org/k/{k}"'))
    write(tmp_path, VIEWS + "".join(maps))
    run(tmp_path, "old")
    return tmp_path


def _row_added(folder: Path) -> None:
    (folder / "a.csv").write_text("id,v\n1,x\n2,see _:b\n4,é\n", encoding="utf-8")


def _rows_removed(folder: Path) -> None:
    (folder / "a.csv").write_text("id,v\n", encoding="utf-8")


def _joined_view_changed(folder: Path) -> None:
    (folder / "p.csv").write_text("k,v\n1,new\n2,more\n", encoding="utf-8")


def _mapping_changed(folder: Path) -> None:
    path = folder / "mapping.rml.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("rml:graph ex:a", "rml:graph ex:other"), encoding="utf-8")


def _source_added(folder: Path) -> None:
    (folder / "d.csv").write_text("id,v\n9,n\n", encoding="utf-8")
    path = folder / "mapping.rml.ttl"
    more = triples_map('rml:reference "v"', source=csv("d.csv"), name="d")
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def _nothing(_: Path) -> None:
    """Change nothing."""


CHANGES = {
    _nothing: 3,
    _row_added: 2,
    _rows_removed: 2,
    _joined_view_changed: 2,
    _mapping_changed: 2,
    _source_added: 3,
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_run_that_goes_on_equals_a_full_one(place: Path, change: Callable[[Path], None]) -> None:
    change(place)
    done = run(place, "new", "old", "changes.rdfp")
    run(place, "full")
    assert (place / "new/graph.nq.zst").read_bytes() == (place / "full/graph.nq.zst").read_bytes()
    assert done.kept == CHANGES[change]
    patch = (place / "changes.rdfp").read_text(encoding="utf-8").splitlines()
    assert [patch[0], patch[-1]] == ["TX .", "TC ."]
    added = {line[2:] for line in patch if line.startswith("A ")}
    removed = {line[2:] for line in patch if line.startswith("D ")}
    assert (done.added, done.removed) == (len(added), len(removed))
    assert removed <= set(lines(place / "old"))
    assert set(lines(place / "old")) - removed | added == set(lines(place / "new"))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_sparql_updates_turn_the_old_graph_into_the_new(place: Path, change: Callable[[Path], None]) -> None:
    change(place)
    run(place, "new", "old", "changes.ru")
    store = ox.Store()
    store.load("\n".join(lines(place / "old")), format=ox.RdfFormat.N_QUADS)
    store.update((place / "changes.ru").read_text(encoding="utf-8"))
    assert {str(quad) for quad in store} == {
        str(quad) for quad in ox.parse("\n".join(lines(place / "new")), format=ox.RdfFormat.N_QUADS)
    }


def test_blank_nodes_are_no_matter_of_sparql_updates(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    write(tmp_path, triples_map('rml:reference "id" ; rml:termType rml:BlankNode', source=csv("a.csv")))
    with pytest.raises(MappingError, match="KG254"):
        run(tmp_path, "new", None, "changes.ru")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "mapping.rml.ttl"]


def test_rows_that_were_set_aside_are_told_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1,no iri\n2,http://x/\n3\n", encoding="utf-8")
    write(tmp_path, triples_map('rml:reference "v" ; rml:termType rml:IRI', source=csv("a.csv")))
    assert len(run(tmp_path, "old").rejects) == 2
    done = run(tmp_path, "new", "old")
    assert (len(done.rejects), done.kept) == (2, 0)


def test_a_run_may_take_the_place_of_the_one_it_goes_on_from(place: Path) -> None:
    _row_added(place)
    run(place, "full")
    run(place, "old", "old")
    assert (place / "old/graph.nq.zst").read_bytes() == (place / "full/graph.nq.zst").read_bytes()
    assert not list(place.glob(".*"))


@pytest.mark.parametrize("spoiled", ["none", "empty", "broken"])
def test_what_is_no_run_is_refused(place: Path, spoiled: str) -> None:
    if spoiled == "broken":
        shutil.copytree(place / "old", place / "broken")
        (place / "broken/manifest.json").write_text("[]", encoding="utf-8")
    elif spoiled == "empty":
        (place / "empty").mkdir()
    with pytest.raises(MappingError, match="KG253"):
        run(place, "new", spoiled)
    assert not (place / "new").exists()


def test_a_folder_with_something_else_is_left_alone(place: Path) -> None:
    (place / "mine").mkdir()
    (place / "mine/diary.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(MappingError, match="KG255"):
        run(place, "mine")
    assert [path.name for path in (place / "mine").iterdir()] == ["diary.txt"]
