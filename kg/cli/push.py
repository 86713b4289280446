"""`kg push`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from kg.cli.options import format_option, iri, printable, size
from kg.cli.talk import Talk
from kg.errors import PushError

if TYPE_CHECKING:
    from kg.pushing.plan import Method
    from kg.pushing.verification import Verify

STORES = (
    "oxigraph",
    "kg",
    "virtuoso",
    "fuseki",
    "rdf4j",
    "graphdb",
    "blazegraph",
    "neptune",
    "stardog",
    "qlever",
    "generic",
)
_LISTED = 10


def address(_: click.Context, __: click.Parameter, value: str) -> str:
    """Check the address of a store: one by HTTP, without a password in it."""
    scheme, separator, rest = value.partition("://")
    if scheme not in ("http", "https") or not separator or not rest.strip("/"):
        raise click.BadParameter("it must start with http:// or https://")
    if "@" in rest.partition("/")[0]:
        raise click.BadParameter(
            "it must hold no password: set KG_PUSH_USER and KG_PUSH_PASSWORD, or write a line into ~/.netrc"
        )
    return value


@click.command("push")
@click.argument("target")
@click.argument("url", callback=address)
@click.option("--graph", metavar="IRI", callback=iri, help="The graph of the store that TARGET becomes.")
@click.option(
    "--named", is_flag=True, help="Push each named graph of TARGET under its own name; --graph is then for the rest."
)
@click.option("--store", type=click.Choice(STORES), help="The product, where it is not found out.")
@click.option("--dry-run", "dry", is_flag=True, help="Print what would be done, and send nothing.")
@click.option(
    "--diff", "method", flag_value="diff", help="Send only what differs from the graph that is there, in one update."
)
@click.option("--whole", "method", flag_value="whole", help="Send all in one request; for an empty graph.")
@click.option("--staged", "method", flag_value="staged", help="Send chunks into a staging graph, and swap it in.")
@click.option(
    "--ill-typed",
    type=click.Choice(("refuse", "skip")),
    default="refuse",
    show_default=True,
    help="What becomes of literals that the store would refuse or change.",
)
@click.option(
    "--verify",
    type=click.Choice(("full", "count", "none")),
    default="full",
    show_default=True,
    help="Read back and compare every triple, count them, or trust the store.",
)
@click.option(
    "--base", metavar="IRI", callback=iri, help="Where IRIs for blank nodes are made; else it is that of the release."
)
@click.option("--gzip", "compress", is_flag=True, help="Compress uploads, where the store takes that.")
@click.option("--chunk", metavar="SIZE", help="The size of an upload, such as 4MB; else it suits the store.")
@click.option(
    "--retries", type=click.IntRange(0, 100), default=5, show_default=True, help="Tries more for a request that fails."
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of journals; else ~/.local/state/kg/push.",
)
@format_option("How the plan is printed.")
@click.option("--progress", is_flag=True, help="Show progress in a pipe, too.")
def command(
    target: str,
    url: str,
    graph: str | None,
    named: bool,
    store: str | None,
    dry: bool,
    method: str | None,
    ill_typed: str,
    verify: str,
    base: str | None,
    compress: bool,
    chunk: str | None,
    retries: int,
    journal: Path | None,
    format_: str,
    progress: bool,
) -> int:
    """Push TARGET (a release or an RDF file) into the triple store at URL, and verify what it keeps.

    A push that is broken off is finished by giving the same command again. Credentials come from KG_PUSH_USER and KG_PUSH_PASSWORD, KG_PUSH_TOKEN, or ~/.netrc.

    \b
    Addresses:
      Oxigraph, kg serve   http://HOST:7878
      Virtuoso             http://HOST:8890
      Fuseki, Stardog      http://HOST:3030/DATASET
      RDF4J                http://HOST:8080/rdf4j-server/repositories/NAME
      GraphDB              http://HOST:7200/repositories/NAME
      Blazegraph           http://HOST:9999/blazegraph/namespace/kb/sparql
      Neptune              https://HOST:8182
      QLever               http://HOST:7001

    \b
    Examples:
      kg push build http://127.0.0.1:7878 --graph https://example.org/models
      kg push graph.ttl http://127.0.0.1:3030/ds --graph https://example.org/models --dry-run
      kg push build http://127.0.0.1:8890 --named
    """
    from kg.pushing import PushSettings, push

    if graph is None and not named:
        raise click.UsageError("Name a graph with --graph, or push the graphs of TARGET with --named.")
    settings = PushSettings(
        graph=graph,
        named=named,
        store=store,
        method=cast("Method | None", method),
        skip=ill_typed == "skip",
        verify=cast("Verify", verify),
        dry=dry,
        base=base,
        compress=compress,
        chunk=max(1, size(chunk)) if chunk else None,
        retries=retries,
        journal=journal,
    )
    try:
        with Talk(always=progress) as talk:
            done = push(target, url, settings, talk.progress)
    except KeyboardInterrupt:
        raise PushError(
            "KG633",
            "stopped before the end; a graph of the store is what it was or whole, unless its profile says that it is swapped in steps",
            where=url,
            advice="give the same command again to finish",
        ) from None
    for line in done.left_out[:_LISTED]:
        click.echo(printable(f"left out: {line[:500]}"), err=True)
    if len(done.left_out) > _LISTED:
        click.echo(f"left out: {len(done.left_out) - _LISTED} more", err=True)
    if format_ == "json":
        for plan in done.plans:
            click.echo(json.dumps(plan.record(), ensure_ascii=False))
    elif dry:
        click.echo(printable("\n\n".join("\n".join(plan.lines()) for plan in done.plans)))
    if not dry:
        for plan in done.plans:
            click.echo(printable(f"{plan.done}"), err=True)
    return 1 if done.left_out else 0
