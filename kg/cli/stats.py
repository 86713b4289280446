"""`kg stats`."""

from __future__ import annotations

import json

import click

from kg.cli.options import printable


@click.command("stats")
@click.argument("target")
@click.option("--format", "format_", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def command(target: str, format_: str) -> int:
    """Count what is in TARGET (a release or an RDF file): graphs, classes, properties, statements by level and rule.

    \b
    Example:
      kg stats build
    """
    from kg import targets

    rows = targets.stats(target)
    if format_ == "json":
        click.echo(json.dumps([dict(zip(("group", "name", "count"), row, strict=True)) for row in rows], indent=2))
    elif format_ == "csv":
        import csv
        import sys

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("group", "name", "count"))
        writer.writerows(rows)
    else:
        width = max([len(name) for _, name, _ in rows], default=0)
        group = ""
        for heading, name, count in rows:
            if heading != group:
                click.echo(f"{'' if not group else chr(10)}{heading}")
                group = heading
            click.echo(f"  {printable(name).ljust(width)}  {count:>10,}")
    return 0
