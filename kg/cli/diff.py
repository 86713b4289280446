"""`kg diff`."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from kg.cli.options import printable

if TYPE_CHECKING:
    from kg.diffing import By, Mark

_SUFFIXES = {".txt": "text", ".html": "html", ".json": "json", ".rdfp": "patch", ".ru": "update"}
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "html", "json", "patch", "update"]),
    help="text if neither this nor the suffix of the file says otherwise. patch is RDF Patch, update SPARQL Update.",
)
@click.option(
    "--by",
    type=click.Choice(["class", "graph"]),
    default="class",
    show_default=True,
    help="What the things are grouped by.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Tell of evidence, too, and of statements that only stand in another graph.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Tell of so many things, and count the others; 0 tells of all.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    help="The file; .txt, .html, .json, .rdfp or .ru names the format, and .gz or .zst behind it compress it.",
)
def command(old: str, new: str, format_: str | None, by: By, everything: bool, limit: int, output: str) -> int:
    """Tell what has changed from A to B (releases or RDF files).

    Text, HTML and JSON tell it by class, thing and property. A patch or update makes B of A. Graphs that only differ in the labels of blank nodes are equal.
    Like diff, it ends with status 0 if nothing has changed and 1 if something has.

    \b
    Examples:
      kg diff monday tuesday
      kg diff monday tuesday -o changes.html
      kg diff old.ttl new.ttl --format update
    """
    from kg import targets

    coloured = output == "-" and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    paint = _paint if coloured else _plain
    differ = targets.diff(
        old, new, output, format_ or _format(output), by=by, everything=everything, limit=limit, paint=paint
    )
    return 1 if differ else 0


def _format(output: str) -> str:
    """Return the format that a file's suffix names."""
    suffixes = [suffix.lower() for suffix in PurePath(output).suffixes if suffix.lower() not in (".gz", ".zst")]
    return _SUFFIXES.get(suffixes[-1], "text") if suffixes else "text"


def _plain(_: Mark, line: str) -> str:
    return printable(line)


def _paint(mark: Mark, line: str) -> str:
    return click.style(printable(line), fg=_COLOURS.get(mark), bold=mark == "heading", dim=mark == "remark")
