"""The build backend of the package (PEP 517): that of setuptools, which first has the editor of the query page built, where npm can.

Without npm the package is built all the same, and the page has its plain editor. pyproject.toml names this file; nothing of kg is imported.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build a wheel, with the editor in it if there is npm; return the name of its file."""
    _build_editor()
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the wheel of an editable install, and the editor into the checkout if there is npm; return the name of its file."""
    _build_editor()
    return build_meta.build_editable(wheel_directory, config_settings, metadata_directory)


def _build_editor() -> None:
    """Run the build of the editor; it says itself what went wrong, and that stops nothing."""
    subprocess.run([sys.executable, str(Path(__file__).with_name("build.py"))], check=False)  # noqa: S603 - the script is ours
