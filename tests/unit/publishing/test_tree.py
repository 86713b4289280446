"""The files of a site: what is written, what is left alone, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import PublishError
from kg.publishing.tree import (
    JOURNAL,
    MANIFEST,
    Tree,
    changing,
    digest_of,
    finish,
    is_empty,
    is_whole,
    read_journal,
    read_manifest,
)


def run(folder: Path, contents: dict[str, bytes]) -> tuple[set[str], int]:
    """Write a site of these files; return which were written, and how many were removed."""
    with changing(folder) as before:
        found = Tree(folder).write(contents.items())
        removed = finish(folder, before, {each.name: each for each in found}, {"about": "test"})
    return {each.name for each in found if each.changed}, removed


def test_a_second_run_writes_what_differs_and_removes_what_went(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "site"
    assert run(folder, {"a.html": b"1", "b/c.html": b"2", "b/d.html": b"3"}) == ({"a.html", "b/c.html", "b/d.html"}, 0)
    assert run(folder, {"a.html": b"1", "b/c.html": b"2!"}) == ({"b/c.html"}, 1)
    assert run(folder, {"a.html": b"1"}) == (set(), 1)
    # An empty folder of ours goes, too; nothing else is left behind.
    assert {path.name for path in folder.iterdir()} == {"a.html", MANIFEST}


def test_a_manifest_says_what_was_written(tmp_path: Path) -> None:
    run(tmp_path, {"a b.html": b"1", "\u00e9.ttl": b"22"})
    found = read_manifest(tmp_path)
    assert found.about["about"] == "test"
    assert {name: (each.size, each.sha256) for name, each in found.files.items()} == {
        name: (len((tmp_path / name).read_bytes()), digest_of(tmp_path / name)) for name in ("a b.html", "\u00e9.ttl")
    }
    assert is_whole(tmp_path, found)
    (tmp_path / "a b.html").unlink()
    assert not is_whole(tmp_path, found)


def test_what_a_stopped_run_has_announced_is_ours(tmp_path: Path) -> None:
    with changing(tmp_path):
        Tree(tmp_path).write([("old.html", b"1"), ("both.html", b"1")])
    assert (tmp_path / JOURNAL).is_file()
    assert set(read_journal(tmp_path)) == {"old.html", "both.html"}
    written, removed = run(tmp_path, {"both.html": b"2"})
    assert (written, removed) == ({"both.html"}, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"both.html", MANIFEST}


def test_a_cut_line_of_a_journal_names_nothing(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("whole.html\nhal")
    assert read_journal(tmp_path) == ["whole.html"]


def test_a_file_of_others_is_adopted_if_it_is_the_same_and_else_refused(tmp_path: Path) -> None:
    (tmp_path / "same.html").write_bytes(b"1")
    assert run(tmp_path, {"same.html": b"1"}) == (set(), 0)
    (tmp_path / "other.html").write_bytes(b"theirs")
    with pytest.raises(PublishError) as raised, changing(tmp_path):
        Tree(tmp_path).write([("other.html", b"ours")])
    assert raised.value.code == "KG651"
    assert (tmp_path / "other.html").read_bytes() == b"theirs"


@pytest.mark.parametrize("name", ["link/file.html", "file.html/below.html", "folder"])
def test_what_stands_in_the_way_is_refused(name: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "file.html").write_bytes(b"theirs")
    (folder / "folder").mkdir()
    with pytest.raises(PublishError) as raised, changing(folder):
        Tree(folder).write([(name, b"ours")])
    assert raised.value.code == "KG651"
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "content", ["", "{}\n", "[]\n", '{"format": 99}\n', '{"format": 1}\nnonsense\n', '{"format": 1}\nx y z\n', "\xff"]
)
def test_a_manifest_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(content, "latin-1")
    with pytest.raises(PublishError) as raised:
        read_manifest(tmp_path)
    assert raised.value.code == "KG654"


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PublishError) as raised, changing(tmp_path / "file" / "site"):
        pass
    assert raised.value.code == "KG653"


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    source, folder = tmp_path / "graph.nq.zst", tmp_path / "site"
    source.write_bytes(b"graph")
    with changing(folder):
        assert Tree(folder).copy(source, "release/1/graph.nq.zst").changed
        assert not Tree(folder).copy(source, "release/1/graph.nq.zst").changed
    assert (folder / "release/1/graph.nq.zst").read_bytes() == b"graph"


def test_prepared_files_are_in_their_places_only_when_they_are_put_there(tmp_path: Path) -> None:
    run(tmp_path, {"same.html": b"1", "other.html": b"2"})
    contents = {"same.html": b"1", "other.html": b"two", "new/file.html": b"3"}
    with changing(tmp_path) as before:
        tree = Tree(tmp_path)
        prepared = tree.prepare(iter(contents.items()))
        assert (tmp_path / "other.html").read_bytes() == b"2"
        assert not (tmp_path / "new").exists()
        # A run that ends here has announced nothing.
        assert read_journal(tmp_path) == []
        written = tree.put(prepared)
        assert {name for each in written if each.changed for name in [each.name]} == set(read_journal(tmp_path))
        finish(tmp_path, before, {each.name: each for each in written}, {})
    assert {each.name for each in written if each.changed} == {"other.html", "new/file.html"}
    assert {name: (tmp_path / name).read_bytes() for name in contents} == contents
    assert {path.name for path in tmp_path.iterdir()} == {"same.html", "other.html", "new", MANIFEST}


def test_prepared_files_do_not_replace_those_of_others(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_bytes(b"theirs")
    with pytest.raises(PublishError) as raised, changing(tmp_path):
        Tree(tmp_path).prepare([("other.html", b"ours")])
    assert raised.value.code == "KG651"


def test_a_fresh_folder_gets_all_files(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with changing(folder) as before:
        assert is_empty(folder)
        tree = Tree(folder, fresh=is_empty(folder))
        written = [*tree.write([("a.html", b"1"), ("b/c.html", b"2")]), *tree.put(tree.prepare([("d.html", b"3")]))]
        finish(folder, before, {each.name: each for each in written}, {})
    assert all(each.changed for each in written)
    assert run(folder, {"a.html": b"1", "b/c.html": b"2", "d.html": b"3"}) == (set(), 0)
    with changing(folder):
        assert not is_empty(folder)
