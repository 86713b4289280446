"""Runs the commands that the documentation shows, and compares what they print with what it says they print.

A block of ```console is a session: lines that begin with `$ ` are commands (`> ` continues one), what follows is their output (standard output and error together). A line of
the form `...` stands for any lines, and `...` within a line for any text. The blocks of one file run in one folder, one after the other.
`KG_DOCS=write` writes what the commands print into the files, for a person to read and commit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITH_SESSIONS = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


def commands(block: str) -> list[tuple[str, str]]:
    """Return the commands of a session with the output that it shows for each."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", "")
        else:
            found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


def pattern(expected: str) -> re.Pattern[str]:
    """Return what output must match: the expected text, in which a line `...` is any lines and `...` any text of a line."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*?") + "\n"
        for line in expected.splitlines()
    ]
    return re.compile("".join(lines))


def run(command: str, folder: Path) -> str:
    binaries = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    output = done.stdout + done.stderr
    return "\n".join(line.rstrip() for line in output.splitlines()) + ("\n" if output else "")


def test_documentation_has_sessions() -> None:
    assert ROOT / "README.md" in WITH_SESSIONS
    assert len(WITH_SESSIONS) >= 5


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    text = page.read_text(encoding="utf-8")
    writing = os.environ.get("KG_DOCS") == "write"
    for block in BLOCK.findall(text):
        shown = ""
        for command, expected in commands(block):
            printed = run(command, tmp_path)
            matches = pattern(expected).fullmatch(printed) is not None
            if not writing:
                assert matches, f"$ {command}\nprints\n{printed}\nand the page says\n{expected}"
            shown += "$ " + command.replace("\n", "\n> ") + "\n" + (expected if matches else printed)
        if writing:
            text = text.replace(f"```console\n{block}```", f"```console\n{shown}```")
    if writing:
        page.write_text(text, encoding="utf-8")
