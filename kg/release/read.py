"""Opens releases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError
from kg.release.directory import MANIFEST


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was opened: its folder and what its manifest says."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def graph(self) -> Path:
        """The quads, compressed."""
        return self.folder / "graph.nq.zst"

    @property
    def store(self) -> Path:
        """The folder of the embedded store."""
        return self.folder / "store"

    @property
    def base(self) -> str:
        """What minted IRIs start with."""
        return str(self.manifest["settings"]["base"])


def open_release(folder: Path) -> Release:
    """Open a release; ReleaseError where the folder is none."""
    if not folder.is_dir():
        raise ReleaseError(
            "KG404", "there is no such release", where=str(folder), advice="make one with `kg build SOURCE -o DIR`"
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        release = Release(folder, manifest)
        release.base  # noqa: B018 - a manifest without settings is no manifest of ours
    except FileNotFoundError as error:
        raise ReleaseError(
            "KG404",
            "this folder is no release: it has no manifest.json",
            where=str(folder),
            advice="make one with `kg build`",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(
            "KG405",
            f"the manifest of the release cannot be read: {error}",
            where=str(folder),
            advice="build the release again",
        ) from error
    return release
