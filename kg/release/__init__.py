"""Releases: a directory that holds a graph with all that describes it, written aside and swapped in whole."""

from __future__ import annotations

from kg.release.directory import staged
from kg.release.read import Release, open_release
from kg.release.write import write_graph, write_manifest, write_quads, write_triples, write_turtle, write_void

__all__ = [
    "Release",
    "open_release",
    "staged",
    "write_graph",
    "write_manifest",
    "write_quads",
    "write_triples",
    "write_turtle",
    "write_void",
]
