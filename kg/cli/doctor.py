"""`kg doctor`."""

from __future__ import annotations

import json

import click

from kg.cli.options import format_option, printable
from kg.cli.push import STORES, address


@click.command("doctor")
@click.argument("url", callback=address)
@click.option("--store", type=click.Choice(STORES), help="The product, where it is not found out.")
@click.option("--write", is_flag=True, help="Also write a few triples into a graph of their own, and remove them.")
@format_option("How it is printed.")
def command(url: str, store: str | None, write: bool, format_: str) -> int:
    """Tell what the triple store at URL is, and what `kg push` makes of it: services, limits, abilities, what it does to literals.

    Nothing is written to it without --write.

    \b
    Examples:
      kg doctor http://127.0.0.1:7878
      kg doctor http://127.0.0.1:3030/ds --write --format json
    """
    from kg.pushing import examine

    found = examine(url, store=store, write=write)
    if format_ == "json":
        click.echo(json.dumps(found.record(), ensure_ascii=False))
    else:
        click.echo(printable("\n".join(found.lines())))
    return 0
