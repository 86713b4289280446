"""`kg explain`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command("explain")
@click.argument("target")
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(target: str, name: str, format_: str) -> int:
    """Show what TARGET knows about NAME (a label, a part of one, or an IRI), and where each statement comes from.

    A stated value comes with the words, their place and the rule that read them; a derived one with its formula, inputs and assumptions.

    \b
    Example:
      kg explain build Flamingo-XL-v2
    """
    from kg import targets
    from kg.query import explanation_text

    explanation = targets.explain(target, name)
    if format_ == "json":
        click.echo(json.dumps(asdict(explanation), indent=2, ensure_ascii=False))
    else:
        click.echo(explanation_text(explanation))
    return 0
