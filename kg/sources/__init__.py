"""Sources to passages: files, folders, JSON Lines and standard input."""

from __future__ import annotations

from kg.sources.passages import Reading, read_passages

__all__ = ["Reading", "read_passages"]
