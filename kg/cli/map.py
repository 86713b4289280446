"""`kg map`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import base_option, printable
from kg.cli.talk import Talk

if TYPE_CHECKING:
    from kg.mapping import Settings
    from kg.mapping.output import Output
    from kg.mapping.rejects import Reject

# So many rows or lines are shown.
_FIRST = 10
_TERM = re.compile(r'"(?:[^"\\]|\\.)*"\S*|\S+')


@click.command("map")
@click.argument("mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    help="The file; its suffix names the syntax, and .gz or .zst compress it.",
)
@click.option(
    "--format",
    "format_",
    help="The syntax, where no suffix says it: nt, nq, ttl, trig, n3, rdf, jsonld, rj or parquet.",
)
@base_option
@click.option("--sorted", "ordered", is_flag=True, help="Sort the lines: the same bytes at every run.")
@click.option("--strict", is_flag=True, help="Stop at the first row that a rule cannot use, and write nothing.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file for the rows that were set aside (JSON Lines).",
)
@click.option("--memory", help="What DuckDB may hold in memory, such as 512MB; beyond that it uses the disk.")
@click.option("--threads", type=click.IntRange(min=1), help="How many threads work.  [default: all cores]")
@click.option(
    "--star",
    type=click.Choice(("rdf12", "legacy")),
    default="rdf12",
    show_default=True,
    help="How triple terms are written: <<( s p o )>>, or << s p o >> as before RDF 1.2.",
)
@click.option(
    "--db", "database", help="The database of an R2RML mapping: postgresql://, mysql://, sqlite:///, duckdb:///."
)
@click.option(
    "--allow-network", "network", multiple=True, metavar="PREFIX", help="Read http(s) addresses that start so."
)
@click.option(
    "--functions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Python file with functions for the mapping.",
)
@click.option(
    "--since",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of an older run: what has not changed is taken from there. -o is a folder then.",
)
@click.option(
    "--changes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file for the quads that came and went: RDF Patch (.rdfp) or SPARQL Update (.ru). -o is a folder then.",
)
@click.option(
    "--engine",
    type=click.Choice(("duckdb", "spark")),
    default="duckdb",
    show_default=True,
    help="What runs the plan. Spark writes a folder of parts.",
)
@click.option("--master", help="Spark's master, or Spark Connect's address (sc://).  [default: this machine]")
@click.option("--progress", is_flag=True, help="Tell how far it is, elsewhere than on a terminal too.")
@click.option(
    "--explain", "job", flag_value="explain", help="Print the plan, its reasons and an estimate, and run nothing."
)
@click.option("--dry-run", "job", flag_value="dry-run", help="Print what the first rows give.")
@click.option(
    "--lint",
    "job",
    flag_value="lint",
    help="Print what looks wrong in the mapping, given the data; status 1 if anything does.",
)
def command(
    mapping: Path,
    output: str,
    format_: str | None,
    base: str,
    ordered: bool,
    strict: bool,
    rejects: Path | None,
    memory: str | None,
    threads: int | None,
    star: str,
    database: str | None,
    network: tuple[str, ...],
    functions: tuple[Path, ...],
    since: Path | None,
    changes: Path | None,
    engine: str,
    master: str | None,
    progress: bool,
    job: str | None,
) -> int:
    """Run MAPPING (RML, R2RML or YARRRML) over its sources and write the triples.

    \b
    Examples:
      kg map mapping.ttl -o graph.nt.zst
      kg map mapping.yml --format ttl | less
      kg map r2rml.ttl --db postgresql://me@localhost/models -o graph.nq --rejects bad.jsonl
      kg map mapping.ttl --explain
      kg map mapping.ttl -o new/ --since old/ --changes changes.rdfp
    """
    from kg.mapping import Settings, map_files, output_of
    from kg.mapping.addresses import read_address
    from kg.mapping.rules import Database

    source = Database(database) if database else None
    if source is not None:
        # A mapping that names its own sources would never get to it.
        read_address(source, "--db")
    settings = Settings(
        base=base,
        strict=strict,
        ordered=ordered,
        legacy=star == "legacy",
        memory=memory,
        threads=threads,
        database=source,
        network=network,
        functions=functions,
    )
    if job is not None:
        return _look(mapping, settings, job)
    if engine == "spark":
        return _on_spark(mapping, output_of(output, format_), settings, master, rejects)
    if since is not None or changes is not None or output.endswith("/") or Path(output).is_dir():
        return _increment(mapping, output, settings, since, changes, rejects)
    shown = progress or sys.stderr.isatty()
    with Talk(always=progress) as talk:
        tell = talk.progress if shown else None
        summary = map_files(mapping, output_of(output, format_), settings, rejects=rejects, progress=tell)
    for path, count in summary.files if shown else ():
        click.echo(printable(f"{path}: {count:,} quads" if count is not None else f"{path} is written"), err=True)
    return _tell(summary.rejects, summary.set_aside, rejects)


def _on_spark(mapping: Path, output: Output, settings: Settings, master: str | None, rejects: Path | None) -> int:
    """Map on Spark."""
    from kg.mapping import write_rejects
    from kg.mapping.spark import map_on_spark

    summary = map_on_spark(mapping, output, settings, master=master)
    if rejects is not None:
        write_rejects(summary.rejects, rejects)
    return _tell(summary.rejects, summary.set_aside, rejects)


def _increment(
    mapping: Path, output: str, settings: Settings, since: Path | None, changes: Path | None, rejects: Path | None
) -> int:
    """Map into a folder."""
    from kg.mapping.incremental import map_increment

    if output == "-":
        raise click.UsageError("Name a folder with -o.")
    if changes is not None and changes.suffix not in (".rdfp", ".ru"):
        raise click.UsageError("The name of --changes ends in .rdfp (RDF Patch) or .ru (SPARQL Update).")
    done = map_increment(mapping, Path(output), settings, since=since, changes=changes, rejects=rejects)
    click.echo(
        f"{done.parts} parts, {done.kept} of them taken over; {done.added:,} quads added, {done.removed:,} removed",
        err=True,
    )
    return _tell(done.rejects, done.set_aside, rejects)


def _look(mapping: Path, settings: Settings, job: str) -> int:
    """Print the plan, the first lines, or what looks wrong."""
    from kg.mapping.explain import explained, first_lines, lint
    from kg.mapping.parse import parse_mapping
    from kg.mapping.run import opened

    rules = parse_mapping(mapping, settings.base, settings.database)
    with opened(rules, replace(settings, threads=1), ordered=True) as run:
        if job == "lint":
            found = list(lint(run))
            for advice in found:
                click.echo(printable(f"{advice.place}: {advice.what}; {advice.advice}"))
            return 1 if found else 0
        for line in explained(run) if job == "explain" else first_lines(run, _FIRST):
            click.echo(printable(line) if job == "explain" else coloured(printable(line)))
    return 0


def coloured(line: str) -> str:
    """Return a line of N-Quads with colours, which click leaves out where output is no terminal."""
    colours = {"<": "cyan", '"': "green", "_": "magenta"}
    return " ".join(click.style(term, fg=colours.get(term[:1])) for term in _TERM.findall(line))


def _tell(found: Sequence[Reject], count: int, rejects: Path | None) -> int:
    """Say which rows were set aside, the first of `count`; return the exit status."""
    for reject in found[:_FIRST]:
        rule = f" ({reject.place})" if reject.row else ""
        click.echo(printable(f"{reject.where}: {reject.reason}{rule}"), err=True)
    if not found:
        return 0
    if any(reject.reason.startswith('"" is no ') for reject in found):
        click.echo('an empty field is an empty text; `rml:null ""` at the rml:source makes it no value', err=True)
    more = (
        f"; {'it is' if count == 1 else 'all of them are'} in {rejects}"
        if rejects
        else "; --rejects FILE writes them down"
    )
    click.echo(f"{count} {'row was' if count == 1 else 'rows were'} set aside{more}", err=True)
    return 1
