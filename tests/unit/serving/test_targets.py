"""What can be served, and the folders in which a server works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import ServeError
from kg.serving.targets import Target, open_target
from kg.store import open_store

_TTL = "<http://x/a> <http://x/p> %s ."


def release(folder: Path, value: int = 1) -> Path:
    """Make what a server needs of a release."""
    folder.mkdir(parents=True)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(_TTL.encode() % str(value).encode(), format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    (folder / "manifest.json").write_text(f'{{"made": {value}}}')
    (folder / "graph.ttl").write_text(_TTL % value)
    return folder


def swap(new: Path, place: Path) -> None:
    """Put a release in the place of another, as a build does."""
    place.rename(place.with_name("old"))
    new.rename(place)
    shutil.rmtree(place.with_name("old"))


def values(state: Path) -> list[str]:
    return sorted(str(quad.object.value) for quad in open_store(state / "store") if isinstance(quad.object, ox.Literal))


def refused(target: Path, *, writable: bool = False) -> str:
    with pytest.raises(ServeError) as caught:
        open_target(str(target), writable=writable)
    return caught.value.code


def test_a_release(tmp_path: Path) -> None:
    target = open_target(str(release(tmp_path / "build")), writable=False)
    assert (target.kind, target.title) == ("release", "build")
    assert target.changed()
    target.make(tmp_path / "1")
    assert not target.changed()
    assert values(tmp_path / "1") == ["1"]
    assert (tmp_path / "1" / "graph.ttl").read_text() == _TTL % 1
    assert refused(tmp_path / "build", writable=True) == "KG612"


def test_a_state_outlives_its_release(tmp_path: Path) -> None:
    """Its files are links, so that neither their number nor their size counts."""
    place = release(tmp_path / "build")
    target = open_target(str(place), writable=False)
    target.make(tmp_path / "1")
    table = next((place / "store").glob("*.sst"))
    assert (tmp_path / "1" / "store" / table.name).stat().st_ino == table.stat().st_ino
    swap(release(tmp_path / "new", 2), place)
    assert target.changed()
    target.make(tmp_path / "2")
    assert (values(tmp_path / "1"), values(tmp_path / "2")) == (["1"], ["2"])
    assert not target.changed()
    tags = {(tmp_path / name / ".tag").read_text() for name in ("1", "2")}
    assert len(tags) == 2
    shutil.rmtree(place)
    assert not target.changed()
    with pytest.raises(OSError):  # noqa: PT011 - it is gone
        target.make(tmp_path / "3")


def test_a_release_that_is_swapped_while_a_state_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = release(tmp_path / "build")
    target = open_target(str(place), writable=False)
    new = release(tmp_path / "new", 2)
    link = os.link

    def linked(*paths: Path) -> None:
        link(*paths)
        if new.exists():
            swap(new, place)

    monkeypatch.setattr(os, "link", linked)
    with pytest.raises(OSError):  # noqa: PT011 - it is another one
        target.make(tmp_path / "1")
    target.make(tmp_path / "2")
    assert values(tmp_path / "2") == ["2"]


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", fail)
    target = open_target(str(release(tmp_path / "build")), writable=False)
    target.make(tmp_path / "1")
    assert values(tmp_path / "1") == ["1"]


def test_a_link_to_a_release_may_be_set_to_another(tmp_path: Path) -> None:
    release(tmp_path / "releases" / "a", 1)
    release(tmp_path / "releases" / "b", 2)
    link = tmp_path / "current"
    link.symlink_to(tmp_path / "releases" / "a")
    target = open_target(str(link), writable=False)
    assert target.title == "current"
    target.make(tmp_path / "1")
    (tmp_path / "next").symlink_to(tmp_path / "releases" / "b")
    (tmp_path / "next").rename(link)
    assert target.changed()
    target.make(tmp_path / "2")
    assert (values(tmp_path / "1"), values(tmp_path / "2")) == (["1"], ["2"])


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(_TTL % 1)
    target = open_target(str(path), writable=False)
    assert (target.kind, target.title) == ("file", "graph.ttl")
    target.make(tmp_path / "1")
    assert values(tmp_path / "1") == ["1"]
    assert not target.changed()
    path.write_text(_TTL % "1, 2")
    assert target.changed()
    target.make(tmp_path / "2")
    assert values(tmp_path / "2") == ["1", "2"]
    assert refused(path, writable=True) == "KG612"


def test_the_graphs_of_a_file_are_in_the_default_graph_too(tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    path.write_text("<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:c> <urn:p> <urn:d> .\n")
    open_target(str(path), writable=False).make(tmp_path / "1")
    store = open_store(tmp_path / "1" / "store")
    assert len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))) == 2
    assert len(list(store.quads_for_pattern(None, None, None, ox.NamedNode("urn:g")))) == 1


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text("no RDF")
    with pytest.raises(ServeError):
        open_target(str(path), writable=False).make(tmp_path / "1")


def test_a_store(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.Literal("1")))
    store.flush()
    target = open_target(str(tmp_path / "store"), writable=False)
    assert target.kind == "store"
    target.make(tmp_path / "1")
    # Somebody else may go on writing to it.
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), ox.Literal("2")))
    store.flush()
    assert values(tmp_path / "1") == ["1"]
    assert not target.changed()
    assert open_target(str(tmp_path / "store"), writable=True).kind == "store"


def test_a_store_that_is_not_there_yet(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty", "deeper/new"):
        assert open_target(str(tmp_path / name), writable=True).kind == "store"
        assert refused(tmp_path / name) == "KG613"
    assert (tmp_path / "deeper").is_dir()


def test_what_cannot_be_served(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("")
    for writable in (False, True):
        assert refused(tmp_path / "folder", writable=writable) == "KG613"
    assert refused(tmp_path / "nothing") == "KG613"


def test_a_place_to_work_in_is_removed(tmp_path: Path) -> None:
    target = Target("release", tmp_path / "build")
    with target.workplace() as folder:
        assert folder.parent == tmp_path
        assert folder.name.startswith(".build.kg-serve-")
        (folder / "1").mkdir()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyError), target.workplace():
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_places_of_servers_that_were_killed_are_removed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    gone = tmp_path / f".build.kg-serve-{ended.pid}-abc"
    (gone / "1" / "store").mkdir(parents=True)
    others = {
        tmp_path / f".build.kg-serve-{os.getppid()}-abc",
        tmp_path / f".build2.kg-serve-{ended.pid}-abc",
        tmp_path / ".build.kg-serve-x-abc",
        tmp_path / "build",
    }
    for other in others:
        other.mkdir()
    with Target("release", tmp_path / "build").workplace() as folder:
        assert set(tmp_path.iterdir()) == others | {folder}
    # A name is no pattern.
    with Target("release", tmp_path / "b*").workplace():
        assert others <= set(tmp_path.iterdir())


def test_a_folder_that_nothing_may_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("release", Path("/proc/build"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with target.workplace() as folder:
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []
