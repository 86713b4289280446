"""`kg export`."""

from __future__ import annotations

import click

FORMATS = ("ttl", "trig", "nt", "nq", "rdf", "jsonld", "graphml")


@click.command("export")
@click.argument("target")
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    help="The file; its suffix names the format, and .gz or .zst compress it.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="The format, where no suffix says it.")
def command(target: str, output: str, format_: str | None) -> int:
    """Write TARGET (a release or an RDF file) as Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD or GraphML.

    Turtle, N-Triples, RDF/XML and GraphML hold triples: which passage said what is in the statements, but no longer in named graphs. GraphML is for Gephi, yEd
    and networkx: things and their links, literals as attributes.

    \b
    Examples:
      kg export build -o graph.jsonld
      kg export build -o graph.trig.zst
      kg export build --format ttl | less
    """
    from kg import targets

    if output == "-" and format_ is None:
        raise click.UsageError("Name a file with -o, or a format with --format.")
    targets.export(target, output, format_)
    return 0
