"""Opening releases, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.release import open_release


def test_a_release_tells_where_its_parts_are(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"settings": {"base": "https://x.example/id/"}}))
    release = open_release(tmp_path)
    assert release.base == "https://x.example/id/"
    assert (release.graph, release.store) == (tmp_path / "graph.nq.zst", tmp_path / "store")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"out: there is no such release.*kg build.*\[KG404\]"):
        open_release(tmp_path / "out")


def test_a_file_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ReleaseError, match=r"KG404"):
        open_release(tmp_path / "out")


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"this folder is no release: it has no manifest\.json.*\[KG404\]"):
        open_release(tmp_path)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"5", b"null", b"{}", b'{"settings": {}}', b'{"settings": null}', b'{"settings": []}', b"\xff"],
)
def test_a_torn_manifest(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(
        ReleaseError, match=r"the manifest of the release cannot be read: .*; build the release again \[KG405\]"
    ):
        open_release(tmp_path)


def test_a_manifest_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(ReleaseError, match=r"KG405"):
        open_release(tmp_path)
