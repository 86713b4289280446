"""`kg export`."""

from __future__ import annotations

import click

FORMATS = (
    *("ttl", "trig", "nt", "nq", "rdf", "jsonld"),
    *("graphml", "gexf", "parquet", "csv", "neo4j", "duckdb", "croissant"),
)


@click.command("export")
@click.argument("target")
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    help="The file or folder; the suffix of a file names the format, and .gz or .zst compress it.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="The format, where no suffix says it.")
@click.option(
    "--evidence",
    type=click.Choice(("statements", "reifiers")),
    default="statements",
    show_default=True,
    help="How the graph tells which passage says what: as resources with rdf:subject, rdf:predicate and rdf:object, or as reifiers of RDF 1.2 (Turtle, TriG, N-Triples, N-Quads).",
)
@click.option(
    "--frame",
    metavar="CLASS",
    help="JSON-LD with a tree for each thing of a class: Model, kg:Model or an IRI.",
)
def command(target: str, output: str, format_: str | None, evidence: str, frame: str | None) -> int:
    """Write TARGET (a release or an RDF file) as RDF of any syntax, as tables, or as nodes and edges.

    Turtle, N-Triples, RDF/XML, GraphML and GEXF hold triples: which passage said what is in the statements, but no longer in named graphs. GraphML and GEXF are for Gephi, yEd
    and networkx: things and their links, literals as attributes. Parquet is one file, or a folder with a table per class; CSV on the Web, files for Neo4j, and Croissant are folders.

    \b
    Examples:
      kg export build -o graph.jsonld
      kg export build -o graph.trig.zst
      kg export build -o graph.ttl --evidence reifiers
      kg export build -o models.jsonld --frame Model
      kg export build --format ttl | less
      kg export build --format parquet -o tables
      kg export build -o graph.duckdb
    """
    from kg import targets

    if output == "-" and format_ is None:
        raise click.UsageError("Name a file with -o, or a format with --format.")
    targets.export(target, output, format_, reifiers=evidence == "reifiers", frame=frame)
    return 0
