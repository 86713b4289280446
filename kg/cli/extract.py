"""`kg extract`."""

from __future__ import annotations

import click

from kg.cli.options import place, printable
from kg.cli.talk import Talk


@click.command("extract")
@click.argument("sources", nargs=-1, required=True)
def command(sources: tuple[str, ...]) -> int:
    """Print the facts that SOURCES state, one JSON object a line, each with the characters that say it.

    SOURCES are passages in .txt, .md or .jsonl files, folders of them, or - for standard input. What could not be read, and what is odd about a
    text, is told on standard error.

    \b
    Example:
      kg extract seeds | head -3
    """
    from kg.pipeline import read_all
    from kg.rdf.facts import fact_line

    with Talk() as talk:
        extracted, findings = read_all(sources, talk.progress)
    for _, extraction in extracted:
        for fact in extraction.facts:
            click.echo(fact_line(fact))
    for finding in findings:
        line = f"{finding.severity}: {place(finding)}: {finding.message} [{finding.code}]"
        click.echo(printable(line), err=True)
    return 0
