"""What has changed between two graphs: for people as text and HTML, for programs as JSON, RDF Patch and SPARQL Update.

Two graphs are equal when their canonical forms are (RDFC-1.0): labels of blank nodes mean nothing, and terms that are written differently are different, even if their values are
the same (`1.0` and `1.00`).
"""

from __future__ import annotations

from pathlib import Path

from kg.diffing.changes import By, Change, Changes, Group, Name, Pair, Thing, Value
from kg.diffing.document import render_json
from kg.diffing.html import changelog_html, render_html
from kg.diffing.quads import NEW, OLD, Difference, difference
from kg.diffing.text import Mark, summary, text_lines
from kg.diffing.things import changes_of
from kg.diffing.update import sparql_update

__all__ = [
    "NEW",
    "OLD",
    "By",
    "Change",
    "Changes",
    "Difference",
    "Group",
    "Mark",
    "Name",
    "Pair",
    "Thing",
    "Value",
    "changelog_html",
    "changes_of",
    "compare",
    "difference",
    "render_html",
    "render_json",
    "sparql_update",
    "summary",
    "text_lines",
]


def compare(
    old: Path, new: Path, prefixes: dict[str, str], *, by: By = "class", everything: bool = False, limit: int = 1000
) -> Changes:
    """Return what has changed from one RDF file to another; the errors are those of `difference`, the settings those of `changes_of`."""
    with difference(old, new) as found:
        return changes_of(found, prefixes, by=by, everything=everything, limit=limit)
