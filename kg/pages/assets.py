"""The files that pages need, as they come with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

MEDIA: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".zst": "application/zstd",
    ".woff2": "font/woff2",
    ".map": "application/json",
}


@cache
def assets() -> dict[str, bytes]:
    """Return the files by their names below `static/`."""
    root = Path(str(files("kg.pages") / "static"))
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in MEDIA
    }
