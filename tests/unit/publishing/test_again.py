"""What of the last run still stands: nothing that looked at something that changed, and all else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.pages.graph import ANYTHING
from kg.publishing.again import SEEN, Made, Record, changed, compared, digest, standing
from kg.publishing.tree import JOURNAL, Manifest, Tree, Written, aside, changing, digest_of, finish, read_manifest
from kg.rdf.quads import read_quads

EX = "https://kg.example/id/"
GRAPH = "release/1/graph.nq.zst"
OLD = f"""<{EX}a> <{EX}p> <{EX}b> .
<{EX}a> <{EX}p> "kept" .
<{EX}doc#part> <{EX}p> "old" .
<{EX}c> <{EX}p> <{EX}d> <{EX}g> .
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as found:
        yield found


def graph(folder: Path, text: str, name: str = "graph.nq") -> Path:
    """Write a file of N-Quads."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def differences(con: duckdb.DuckDBPyConnection, folder: Path, new: str) -> set[str]:
    """Return what changed from OLD to a graph."""
    read_quads(con, [graph(folder, new)])
    return changed(con, graph(folder, OLD, "before.nq"))


@given(st.lists(st.text(), max_size=20), st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_looked_at_does_not_count(things: list[str], chance: object) -> None:
    other = [*things, *things[:3]]
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert digest(other) == digest(things)
    assert len(digest(things)) <= 4 * len(set(things))


def test_other_things_have_other_digests() -> None:
    found = {digest([f"{EX}{number}"]) for number in range(1000)}
    assert len(found) == 1000
    assert digest([]) == b""
    # What a store holds need not be a text that has bytes.
    assert len(digest(["\ud800"])) == 4


def test_nothing_changed_but_what_every_change_touches(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert differences(con, tmp_path, OLD) == {ANYTHING}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('"kept"', '"new"', {f"{EX}a"}),
        (f"<{EX}b>", f"<{EX}e>", {f"{EX}a", f"{EX}b", f"{EX}e"}),
        ('"old"', '"new"', {f"{EX}doc#part", f"{EX}doc"}),
        (f"<{EX}d> <{EX}g> .\n", f"<{EX}d> .\n", {f"{EX}c", f"{EX}d", f"{EX}g"}),
        (f"<{EX}d> <{EX}g> .\n", f"<{EX}d> <{EX}h> .\n", {f"{EX}c", f"{EX}d", f"{EX}g", f"{EX}h"}),
        (f'<{EX}a> <{EX}p> "kept" .\n', "", {f"{EX}a"}),
    ],
    ids=["literal", "object", "hash IRI", "graph left", "graph changed", "statement gone"],
)
def test_all_that_a_changed_statement_names_has_changed(
    old: str, new: str, wanted: set[str], con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert old in OLD
    assert differences(con, tmp_path, OLD.replace(old, new)) == {ANYTHING, *wanted}
    # The other graph is let go, so that the next one can be read.
    assert [row[0] for row in con.execute("SHOW TABLES").fetchall()] == ["quads"]


def record(folder: Path, groups: Iterable[tuple[str, dict[str, bytes], set[str]]]) -> tuple[str, dict[str, Written]]:
    """Write the files of groups of documents, and remember what was looked at for each; return the digest and the files."""
    found, tree = Record(folder), Tree(folder)
    files: dict[str, Written] = {}
    for place, contents, seen in groups:
        written = tree.write(contents.items())
        files |= {each.name: each for each in written}
        found.add(Made(place, written, digest(seen)))
    return found.put(), files


GROUPS: list[tuple[str, dict[str, bytes], set[str]]] = [
    ("id/b", {"id/b.html": b"b", "id/b.ttl": b"ttl"}, {f"{EX}b", f"{EX}a"}),
    ("id/a", {"id/a.html": b"a"}, {f"{EX}a"}),
    ("id/\u00e9", {"id/\u00e9.html": b"e"}, set()),
]


def test_a_record_is_the_same_whatever_came_first_and_whole_or_not_there(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    half = Record(one)
    half.add(Made("id/a", []))
    assert not (one / SEEN).exists()
    assert half.put() == digest_of(one / SEEN)
    assert record(one, GROUPS)[0] == record(other, reversed(GROUPS))[0] == digest_of(one / SEEN)
    assert (one / SEEN).read_bytes() == (other / SEEN).read_bytes() != b""
    assert {path.name for path in aside(one).iterdir()}.isdisjoint({"ordered"})


def test_what_looked_at_nothing_that_changed_stands_as_it_was(tmp_path: Path) -> None:
    _, files = record(tmp_path, GROUPS)
    before = Manifest(files=files)
    assert {each.place for each in standing(tmp_path, before, set())} == {"id/a", "id/b", "id/\u00e9"}
    assert [each.place for each in standing(tmp_path, before, {f"{EX}b"})] == ["id/a", "id/\u00e9"]
    assert [each.place for each in standing(tmp_path, before, {f"{EX}a", f"{EX}other"})] == ["id/\u00e9"]
    found = next(each for each in standing(tmp_path, before, set()) if each.place == "id/b")
    assert found == Made("id/b", [files["id/b.html"], files["id/b.ttl"]], digest(GROUPS[0][2]))


def cut(folder: Path) -> None:
    (folder / "id/b.ttl").write_bytes(b"t")


def remove(folder: Path) -> None:
    (folder / "id/b.ttl").unlink()


@pytest.mark.parametrize("spoil", [cut, remove])
def test_what_lost_a_file_is_made_again(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    _, files = record(tmp_path, GROUPS)
    spoil(tmp_path)
    assert [each.place for each in standing(tmp_path, Manifest(files=files), set())] == ["id/a", "id/\u00e9"]


def test_what_the_manifest_does_not_know_is_made_again(tmp_path: Path) -> None:
    _, files = record(tmp_path, GROUPS)
    del files["id/a.html"]
    assert [each.place for each in standing(tmp_path, Manifest(files=files), set())] == ["id/b", "id/\u00e9"]


def site(folder: Path) -> Manifest:
    """Write a site of the graph OLD, and return its manifest."""
    with changing(folder) as before:
        seen, files = record(folder, GROUPS)
        copied = Tree(folder).copy(compressed(folder.parent), GRAPH)
        finish(folder, before, {**files, GRAPH: copied}, {"current": "1", "seen": seen})
    return read_manifest(folder)


def compressed(folder: Path) -> Path:
    import zstandard

    path = folder / "graph.nq.zst"
    path.write_bytes(zstandard.compress(OLD.encode()))
    return path


def test_a_whole_site_is_compared_with_the_graph_that_it_was_made_of(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = site(tmp_path / "site")
    read_quads(con, [graph(tmp_path, OLD.replace('"kept"', '"new"'))])
    assert compared(con, tmp_path / "site", before) == {ANYTHING, f"{EX}a"}


@pytest.mark.parametrize("spoiled", [GRAPH, SEEN, JOURNAL, "graph gone", "record gone", "manifest"])
def test_nothing_is_known_of_a_site_that_somebody_changed(
    spoiled: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    before = site(folder)
    read_quads(con, [graph(tmp_path, OLD)])
    assert compared(con, folder, before) == {ANYTHING}
    if spoiled.endswith("gone"):
        (folder / (GRAPH if spoiled == "graph gone" else SEEN)).unlink()
    elif spoiled == "manifest":
        before = Manifest({"current": "2", "seen": before.about["seen"]}, before.files)
    else:
        with (folder / spoiled).open("ab") as file:
            file.write(b"x")
    assert compared(con, folder, before) is None
