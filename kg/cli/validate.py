"""`kg validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import FAIL_ON, write_output

if TYPE_CHECKING:
    from kg.validation import Engine


@click.command("validate")
@click.argument("graph")
@click.option(
    "--shapes",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Shapes of your own: a file or a folder; given several times, all of them.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "ttl", "html", "sarif", "junit"]),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="violation",
    show_default=True,
    help="End with status 1 if a finding is as bad as this.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "relational", "pyshacl"]),
    default="auto",
    show_default=True,
    help="auto checks what it can relationally and the rest with pySHACL.",
)
@click.option("-o", "--output", default="-", help="Write to a file.")
def command(graph: str, shapes: tuple[Path, ...], format_: str, fail_on: str, engine: Engine, output: str) -> int:
    """Check GRAPH (a release or an RDF file) against shapes, and list what is wrong, implausible or missing.

    Each finding leads back to the words of the passage where the graph tells them.

    \b
    Examples:
      kg validate build
      kg validate mine.ttl --shapes shapes.ttl --format sarif -o findings.sarif
    """
    from kg import targets
    from kg.model import Severity
    from kg.validation import render

    report = targets.validate(graph, shapes, engine)
    write_output(render(report, format_).encode(), output)
    return report.exit_status(Severity(fail_on))
