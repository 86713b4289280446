"""Bundles the editor of the query page into `static/editor/`, with npm: `python -m kg.pages.editor.build`.

This file uses the standard library alone, for it runs where nothing of kg is installed yet: while kg is built (see `backend.py`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SOURCES = ("package.json", "package-lock.json", "code.js")
_TARGET = _HERE.parent / "static" / "editor"
_SECONDS = 300


class EditorBuildError(Exception):
    """The editor cannot be built; the query page then has its plain one."""


def build(target: Path = _TARGET) -> bool:
    """Build the editor and say whether there was anything to do; EditorBuildError where npm is missing or fails.

    What was built from the same sources stays as it is. A target that cannot be replaced whole is left alone.
    """
    digest = hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _SOURCES)).hexdigest()
    stamp = target / "sources.sha256"
    if stamp.is_file() and stamp.read_text(encoding="ascii").strip() == digest and (target / "code.js").is_file():
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise EditorBuildError("npm was not found; Node.js brings it")
    with tempfile.TemporaryDirectory(prefix="kg-editor-") as name:
        folder = Path(name)
        for source in _SOURCES:
            shutil.copyfile(_HERE / source, folder / source)
        # No script of a package is run, and what is installed is what the lock file says.
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        _run([npm, "run", "build"], folder)
        made = folder / "built"
        (made / "licences.txt").write_text(_licences(folder / "node_modules"), encoding="utf-8")
        (made / "sources.sha256").write_text(digest + "\n", encoding="ascii")
        target.mkdir(parents=True, exist_ok=True)
        # The stamp goes last: a build that is broken off is done again.
        for file in sorted(made.iterdir(), key=lambda file: (file.name == stamp.name, file.name)):
            shutil.copyfile(file, target / f".{file.name}")
            (target / f".{file.name}").replace(target / file.name)
    return True


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
            env=os.environ | {"CI": "true", "npm_config_update_notifier": "false"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EditorBuildError(f"`{' '.join(['npm', *command[1:]])}` did not end well: {error}") from error
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise EditorBuildError(f"`{' '.join(['npm', *command[1:]])}` failed:\n" + "\n".join(lines[-12:]))


def _licences(modules: Path) -> str:
    """Return the licences of the packages that went into the bundle, which their texts ask to go with it."""
    found = []
    for file in sorted(modules.glob("**/LICENSE*")):
        package = file.parent.relative_to(modules).as_posix()
        if not package.startswith(("esbuild", "@esbuild/")):
            found.append(
                f"{package}\n{'=' * len(package)}\n{file.read_text(encoding='utf-8', errors='replace').strip()}\n"
            )
    return "\n".join(found)


def main() -> int:
    """Build the editor; 1 and a message where that cannot be done."""
    try:
        fresh = build()
    except EditorBuildError as error:
        sys.stderr.write(f"The editor of the query page was not built: {error}\n")
        return 1
    sys.stderr.write(f"The editor of the query page {'is built' if fresh else 'was built already'}: {_TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
