from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from kg.pages.editor import build as building
from kg.pages.editor.build import EditorBuildError, build

HERE = Path(building.__file__).parent


def npm(folder: Path, script: str) -> str:
    """Make an npm that runs a script, and return the PATH on which nothing else is found but a shell's own commands."""
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    (folder / "npm").chmod(0o755)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


def test_without_npm_it_is_said_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EditorBuildError, match="npm was not found"):
        build(tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_an_npm_that_fails_is_told_with_its_last_words_and_leaves_the_target_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", npm(tmp_path / "bin", "echo no registry >&2; exit 3"))
    with pytest.raises(EditorBuildError, match=r"npm ci .*failed:\nno registry"):
        build(tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_what_was_built_from_the_same_sources_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = "mkdir -p built node_modules/a node_modules/esbuild; echo Free > node_modules/a/LICENSE; echo No > node_modules/esbuild/LICENSE; echo 'x' > built/code.js"
    monkeypatch.setenv("PATH", npm(tmp_path / "bin", made))
    target = tmp_path / "target"
    assert build(target)
    assert sorted(file.name for file in target.iterdir()) == ["code.js", "licences.txt", "sources.sha256"]
    assert (target / "licences.txt").read_text(encoding="utf-8") == "a\n=\nFree\n"
    monkeypatch.setenv("PATH", "")
    assert not build(target)
    (target / "sources.sha256").write_text("other\n", encoding="ascii")
    with pytest.raises(EditorBuildError):
        build(target)


def test_the_command_says_why_and_ends_with_a_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "build", lambda: (_ for _ in ()).throw(EditorBuildError("npm was not found")))
    assert building.main() == 1
    assert "was not built: npm was not found" in capsys.readouterr().err


def test_the_lock_file_pins_every_package_by_its_hash_and_names_no_host() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(
        package["integrity"].startswith("sha512-") and "resolved" not in package for package in packages.values()
    )
    wanted = json.loads((HERE / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_the_build_script_needs_nothing_but_python(tmp_path: Path) -> None:
    import subprocess

    copied = tmp_path / "kg" / "pages" / "editor"
    shutil.copytree(HERE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(copied / "build.py")],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "npm was not found" in done.stderr
